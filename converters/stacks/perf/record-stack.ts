/**
 * The stack of a record, and what is remembered of those before: a line with all that stands behind it up to the
 * blank line leads to the same node wherever it stands again. So most of a record is one comparison.
 */
import { areSame, commonPrefix, Float64List, Int32List, type LineReader } from '../../../src/plugin.ts';

/** Offsets are those of bytes in the input; NaN = there is none. */
export class RecordStack {
  readonly #lines: LineReader;
  readonly #child: (node: number, entry: number) => number;
  /** The frames that were read line by line, leaf first: entry, line, its offset and its number. */
  readonly #entries = new Int32List();
  readonly #ids = new Int32List();
  readonly #offsets = new Float64List();
  readonly #numbers = new Int32List();
  /** Whether nothing else stands between these. */
  #isPlain = true;
  /** The node of the frames behind them, or -1. */
  #callers = -1;
  /** Behind the last line that was pushed. */
  #behind = Number.NaN;
  /** Of lines that stood in a record: its offset, bytes and lines from there to the record's end, and the node. */
  readonly #offset = new Float64List();
  readonly #size = new Int32List();
  readonly #count = new Int32List();
  readonly #node = new Int32List();
  /** So far it is known that the input differs from what was compared. */
  #known = 0;

  /** `child` gives the node that an entry leads to from a node, or from -1; always the same. */
  constructor(lines: LineReader, child: (node: number, entry: number) => number) {
    this.#lines = lines;
    this.#child = child;
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0 && this.#callers < 0;
  }

  /** Makes room for one more line. */
  addLine(): void {
    this.#offset.push(Number.NaN);
    this.#size.push(0);
    this.#count.push(0);
    this.#node.push(-1);
  }

  /** The entry that was pushed last; there is one. */
  get top(): number {
    return this.#entries.array[this.#entries.length - 1]!;
  }

  /** Adds the caller of all entries so far: the current line, which begins at `start` in the buffer, or at NaN. */
  push(entry: number, id: number, start: number): void {
    const offset = start + this.#lines.passed;
    this.#isPlain = this.#entries.length === 0 ? offset >= 0 : this.#isPlain && offset === this.#behind;
    this.#entries.push(entry);
    this.#ids.push(id);
    this.#offsets.push(offset);
    this.#numbers.push(this.#lines.line);
    this.#behind = this.#lines.aheadStart + this.#lines.passed;
  }

  /** The current line, which begins at `start`, makes another entry of the one that was pushed last. */
  amend(entry: number, start: number): void {
    this.#entries.array[this.#entries.length - 1] = entry;
    if (start + this.#lines.passed !== this.#behind) this.#isPlain = false;
    this.#behind = this.#lines.aheadStart + this.#lines.passed;
  }

  /** Whether a line stands ahead, and behind it what once stood there, to the record's end: then all is taken. */
  repeats(id: number): boolean {
    const lines = this.#lines;
    const { view, passed, aheadStart, aheadEnd } = lines;
    const before = this.#offset.array[id]! - passed;
    const size = this.#size.array[id]!;
    if (!(before >= 0) || aheadStart + passed < this.#known || aheadStart + size > aheadEnd) return false;
    if (!areSame(lines.bytes, view, before, aheadStart, size)) {
      this.#known = aheadStart + passed + commonPrefix(view, before, view, aheadStart, size);
      return false;
    }
    lines.skip(this.#count.array[id]!, aheadStart + size);
    this.#callers = this.#node.array[id]!;
    return true;
  }

  /** The node of the leaf; there is one. The stack is empty then. `ended`: the current line is empty and ends it. */
  take(ended: boolean): number {
    const { passed, aheadStart, line } = this.#lines;
    const isRemembered =
      this.#isPlain && (this.#callers >= 0 || (ended && aheadStart + passed === this.#behind + 1));
    let node = this.#callers;
    for (let i = this.#entries.length - 1; i >= 0; i--) {
      node = this.#child(node, this.#entries.array[i]!);
      if (!isRemembered) continue;
      const id = this.#ids.array[i]!;
      const offset = this.#offsets.array[i]!;
      this.#offset.array[id] = offset;
      this.#size.array[id] = aheadStart + passed - offset;
      this.#count.array[id] = line + 1 - this.#numbers.array[i]!;
      this.#node.array[id] = node;
    }
    this.#entries.length = this.#ids.length = this.#offsets.length = this.#numbers.length = 0;
    this.#callers = -1;
    return node;
  }
}
