/**
 * Lines of stacks, known by their bytes without their indent. A line that was met before is mostly what followed the
 * line before it the last time, or what began with the same address: then its end is not looked for, nor is all of
 * it hashed.
 */
import { Int32List, Interner, type LineReader } from '../../../src/plugin.ts';
import { skipBlanks } from './header.ts';

const TAB = 9;
const NEWLINE = 10;
/** An address in a column, as perf writes it. */
const ADDRESS = 16;
/** A power of two. */
const SLOTS = 1 << 18;

export class KnownLines {
  readonly texts = new Interner();
  readonly #lines: LineReader;
  /** The line that last followed a line; -1 = none yet. */
  readonly #next = new Int32List();
  /** Line + 1 by its first bytes; the last one that has them. */
  readonly #slots = new Int32Array(SLOTS);

  constructor(lines: LineReader) {
    this.#lines = lines;
  }

  /** The id of what stands in `start … end` in the buffer: the next one, if it is new. */
  intern(start: number, end: number): number {
    const { bytes, view } = this.#lines;
    const { length } = this.texts;
    const id = this.texts.intern(bytes, view, start, end);
    if (id === length) this.#next.push(-1);
    if (start + ADDRESS <= this.#lines.aheadEnd) this.#slots[slot(view, start)] = id + 1;
    return id;
  }

  /** Which line may stand ahead, behind another (-1 = that is none); -1 = nothing is known. */
  follower(before: number): number {
    return before < 0 ? -1 : this.#next.array[before]!;
  }

  follow(before: number, id: number): void {
    this.#next.array[before] = id;
  }

  /** Which line may stand ahead, by the address behind its tab; -1 = nothing is known. */
  sameAddress(): number {
    const { bytes, view, aheadStart, aheadEnd } = this.#lines;
    if (bytes[aheadStart] !== TAB) return -1;
    const start = skipBlanks(bytes, aheadStart, aheadEnd);
    return start + ADDRESS <= aheadEnd ? this.#slots[slot(view, start)]! - 1 : -1;
  }

  /** Goes to the next line if it is this one. */
  goTo(id: number): boolean {
    const { bytes, view, aheadStart, aheadEnd } = this.#lines;
    const start = skipBlanks(bytes, aheadStart, aheadEnd);
    const end = start + this.texts.size(id);
    if (end >= aheadEnd || bytes[end] !== NEWLINE || !this.texts.isAt(id, view, start)) return false;
    this.#lines.skip(1, end + 1);
    return true;
  }
}

function slot(view: DataView, start: number): number {
  let hash = Math.imul(view.getInt32(start, true), 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15) ^ view.getInt32(start + 4, true), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13) ^ view.getInt32(start + 8, true), 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16) ^ view.getInt32(start + 12, true), 0x9e3779b1);
  return hash >>> 14;
}
