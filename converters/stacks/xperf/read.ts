/** Reads the rows: one for each sample, or for several with the same stack. */
import {
  CallTree,
  Float64List,
  Int32List,
  Interner,
  type LineReader,
  type Metric,
  type Profile,
  ProfileBuilder,
  type Source,
  summed,
} from '../../../src/plugin.ts';
import { Pairs } from '../pairs.ts';
import { COLUMNS } from './columns.ts';
import { CsvRow } from './row.ts';

const LABELS = { Process: 'process', 'Thread ID': 'thread' };

const TIME: Metric = { name: 'time', unit: 'milliseconds' };
const SAMPLES: Metric = { name: 'samples', unit: 'samples' };
const ROOT = '[Root]';
const NO_STACK = '?';
const IDLE = 'Idle';
/** Numbers below it make one number of two. */
const RADIX = 2 ** 26;

export class Reader {
  readonly #source: Source;
  readonly #lines: LineReader;
  readonly #row: CsvRow;
  readonly #pairs: Pairs | undefined;
  readonly #builder: ProfileBuilder;
  readonly #tree = new CallTree();
  readonly #texts = new Interner();
  /** Sequences of texts by number: a number and the next text, as one number. */
  readonly #sequences = new Map<number, number>();
  /** Frames by text of `module!name`, in pairs with the process. */
  readonly #frames = new Map<string, number>();
  /** Frames of the stack of a row, root first, by sequence. */
  readonly #stacks = new Map<number, number[]>();
  readonly #nodeOf = new Map<number, number>();
  readonly #nodes = new Int32List();
  readonly #weights = new Float64List();
  readonly #counts = new Float64List();
  readonly #labels = new Int32List();
  readonly #labelSets = new Map<number, number>();
  #cell: Record<(typeof COLUMNS)[number], number> | undefined;
  #labelCells: { key: string; cell: number }[] = [];
  #width = 0;

  constructor(source: Source, pairs: boolean) {
    this.#source = source;
    this.#lines = source.lines();
    this.#row = new CsvRow(this.#lines);
    this.#pairs = pairs ? new Pairs() : undefined;
    this.#builder = new ProfileBuilder(pairs ? [SAMPLES] : [TIME, SAMPLES]);
  }

  read(): Profile {
    const lines = this.#lines;
    let rows = 0;
    while (lines.next()) {
      this.#row.read();
      if (this.#row.length === 1 && this.#row.from(0) === this.#row.to(0)) continue;
      if (!this.#cell) this.#readHeading();
      else if (this.#readRow()) rows++;
    }
    if (rows === 0) this.#source.fail('no-rows', 'there is no row of samples below the names of columns');
    return this.#pairs ? this.#pairs.profile(this.#builder) : this.#profile();
  }

  #readHeading(): void {
    const row = this.#row;
    const names = Array.from({ length: row.length }, (_, cell) => row.text(cell));
    const missing = COLUMNS.filter((name) => !names.includes(name));
    if (missing.length > 0) {
      const hint =
        'export the CPU samples with the columns of the process, stack, module, function, weight and count';
      this.#source.fail('no-column', `there is no column ${missing.join(', ')}`, this.#lines.place(), hint);
    }
    const cells = COLUMNS.map((name) => [name, names.indexOf(name)] as const);
    this.#cell = Object.fromEntries(cells) as Record<(typeof COLUMNS)[number], number>;
    for (const [name, key] of Object.entries(LABELS))
      if (names.includes(name)) this.#labelCells.push({ key, cell: names.indexOf(name) });
    if (!names.includes('Process'))
      this.#labelCells.push({ key: 'process', cell: this.#cell['Process Name'] });
    this.#width = names.length;
  }

  /** Whether the row counts. */
  #readRow(): boolean {
    const row = this.#row;
    const cell = this.#cell!;
    if (row.length !== this.#width) {
      const hint = 'names with commas cannot be told from cells';
      const message = `a row has ${row.length} cells for ${this.#width} columns, and is left out`;
      this.#source.warn('bad-row', message, this.#lines.place(), hint);
      return false;
    }
    const weight = row.number(cell.Weight);
    const count = row.number(cell.Count);
    if (!Number.isFinite(weight) || !Number.isFinite(count)) {
      this.#source.warn('bad-number', 'a row without weight or count is left out', this.#lines.place());
      return false;
    }
    if (this.#pairs && row.text(cell['Process Name']) === IDLE) return true;
    const sequence = this.#sequence(cell.Module, cell.Function, cell.Stack, cell['Process Name']);
    let stack = this.#stacks.get(sequence);
    if (!stack) this.#stacks.set(sequence, (stack = this.#stack()));
    if (this.#pairs) {
      this.#pairs.addStack([...stack].reverse(), weight * count, count);
      return true;
    }
    this.#nodes.push(this.#node(sequence, stack));
    this.#weights.push(weight);
    this.#counts.push(count);
    this.#labels.push(this.#labelSet());
    return true;
  }

  /** A number for the texts of these cells. */
  #sequence(...cells: number[]): number {
    const { bytes, view } = this.#lines;
    let sequence = 0;
    for (const cell of cells) {
      const text = this.#texts.intern(bytes, view, this.#row.from(cell), this.#row.to(cell));
      const key = sequence * RADIX + text;
      let next = this.#sequences.get(key);
      if (next === undefined) this.#sequences.set(key, (next = this.#sequences.size + 1));
      sequence = next;
    }
    return sequence;
  }

  /** Frames, root first. A part of a stack without a module is a function without one. */
  #stack(): number[] {
    const cell = this.#cell!;
    const row = this.#row;
    const process = row.text(cell['Process Name']);
    const leaf = `${row.text(cell.Module)}!${row.text(cell.Function)}`;
    const frame = this.#frame(leaf, process);
    const text = row.text(cell.Stack);
    if (text === NO_STACK || text === '') return [frame];
    const parts = text.split('/');
    const frames = parts.slice(parts[0] === ROOT ? 1 : 0).map((part) => this.#frame(part, process));
    if (parts.at(-1) !== leaf) frames.push(frame);
    return frames;
  }

  #frame(symbol: string, process: string): number {
    const builder = this.#builder;
    const at = symbol.indexOf('!');
    const module = at < 0 ? {} : { mapping: builder.mapping(symbol.slice(0, at)) };
    const id = this.#pairs ? `${process}!${symbol}` : symbol;
    let frame = this.#frames.get(id);
    if (frame === undefined) {
      const func = builder.addFunction(symbol.slice(at + 1), {
        ...module,
        ...(this.#pairs && { id, process }),
      });
      this.#frames.set(id, (frame = builder.addFrame(func)));
    }
    return frame;
  }

  #node(sequence: number, stack: number[]): number {
    let node = this.#nodeOf.get(sequence);
    if (node === undefined) {
      node = -1;
      for (const frame of stack) node = this.#tree.child(node, frame);
      this.#nodeOf.set(sequence, node);
    }
    return node;
  }

  #labelSet(): number {
    const sequence = this.#sequence(...this.#labelCells.map(({ cell }) => cell));
    let set = this.#labelSets.get(sequence);
    if (set === undefined) {
      const labels = this.#labelCells.map(({ key, cell }) => ({ key, value: this.#row.text(cell) }));
      this.#labelSets.set(sequence, (set = this.#builder.labels(labels)));
    }
    return set;
  }

  #profile(): Profile {
    const node = this.#nodes.trimmed();
    const values = [this.#weights.trimmed(), this.#counts.trimmed()];
    const { length, frame, parent } = this.#tree;
    const self = values.map((column) => summed([column], [node], length));
    const samples = { length: node.length, node, values, labels: this.#labels.trimmed() };
    return this.#builder.tree(
      { frame: frame.subarray(0, length), parent: parent.subarray(0, length), self },
      { samples },
    );
  }
}
