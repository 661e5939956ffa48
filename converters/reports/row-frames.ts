/** Frames of rows: those whose cells hold the same texts have the same one. */
import { CallTree, Interner, type LineReader } from '../../src/plugin.ts';
import type { CsvRow } from './csv-row.ts';

export class RowFrames {
  readonly #lines: LineReader;
  readonly #row: CsvRow;
  readonly #cells: number[];
  readonly #make: () => number;
  readonly #texts = new Interner();
  /** Sequences of texts: a node for each, below that for the one without its last text. */
  readonly #sequences = new CallTree();
  readonly #frames: number[] = [];

  /** `cells`: what a frame depends on; -1 = a cell that is not there. `make` adds the frame of the current row. */
  constructor(lines: LineReader, row: CsvRow, cells: number[], make: () => number) {
    this.#lines = lines;
    this.#row = row;
    this.#cells = cells.filter((cell) => cell >= 0);
    this.#make = make;
  }

  /** The frame of the current row. */
  frame(): number {
    const { bytes, view } = this.#lines;
    let sequence = -1;
    for (const cell of this.#cells) {
      const text = this.#texts.intern(bytes, view, this.#row.from(cell), this.#row.to(cell));
      sequence = this.#sequences.child(sequence, text);
    }
    return (this.#frames[sequence] ??= this.#make());
  }
}
