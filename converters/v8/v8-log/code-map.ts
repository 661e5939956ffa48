/** Which code lies where: ranges of addresses that come, move and go. Where one is laid over others, these are gone. */
import { Float64List, Int32List } from '../../../src/plugin.ts';

/** Ranges are found by the pages that they touch: a few dozen of the smallest size for which these are not more. */
const PAGES = [1 << 12, 1 << 18, 1 << 24];
const MAX_PAGES = 64;
/** Code that is larger than this is none. */
export const MAX_SIZE = 1 << 26;

/** Numbers of ranges by page; no page is empty. */
interface Level {
  page: number;
  ranges: Map<number, number[]>;
}

export class CodeMap {
  readonly #start = new Float64List();
  readonly #end = new Float64List();
  readonly #code = new Int32List();
  readonly #levels: Level[] = PAGES.map((page) => ({ page, ranges: new Map() }));

  /** Adds code of a size up to `MAX_SIZE`. */
  add(start: number, size: number, code: number): void {
    this.#clear(start, start + size);
    const range = this.#start.length;
    this.#start.push(start);
    this.#end.push(start + size);
    this.#code.push(code);
    const { page, ranges } = this.#levelOf(size);
    for (let at = Math.floor(start / page); at <= Math.floor((start + size - 1) / page); at++) {
      const there = ranges.get(at);
      if (there) there.push(range);
      else ranges.set(at, [range]);
    }
  }

  /** The code that begins at `from` is at `to` now. */
  move(from: number, to: number): void {
    const range = this.#at(from);
    if (range < 0 || this.#start.array[range] !== from) return;
    const size = this.#end.array[range]! - from;
    this.#remove(range);
    this.add(to, size, this.#code.array[range]!);
  }

  /** The code that begins at `start` is gone. */
  delete(start: number): void {
    const range = this.#at(start);
    if (range >= 0 && this.#start.array[range] === start) this.#remove(range);
  }

  /** The number of the code at an address, or -1. */
  find(address: number): number {
    const range = this.#at(address);
    return range < 0 ? -1 : this.#code.array[range]!;
  }

  #at(address: number): number {
    const starts = this.#start.array;
    const ends = this.#end.array;
    for (const { page, ranges } of this.#levels)
      for (const range of ranges.get(Math.floor(address / page)) ?? [])
        if (address >= starts[range]! && address < ends[range]!) return range;
    return -1;
  }

  #clear(start: number, end: number): void {
    const isOver = (range: number) => this.#start.array[range]! < end && this.#end.array[range]! > start;
    for (const { page, ranges } of this.#levels) {
      const first = Math.floor(start / page);
      const last = Math.floor((end - 1) / page);
      // Where code is larger than all that is known, that is looked through.
      const isLarge = last - first >= ranges.size;
      for (const at of isLarge ? [...ranges.keys()] : between(first, last))
        if (at >= first && at <= last)
          for (const range of ranges.get(at)?.filter(isOver) ?? []) this.#remove(range);
    }
  }

  #remove(range: number): void {
    const start = this.#start.array[range]!;
    const end = this.#end.array[range]!;
    const { page, ranges } = this.#levelOf(end - start);
    for (let at = Math.floor(start / page); at <= Math.floor((end - 1) / page); at++) {
      const there = ranges.get(at)!;
      there.splice(there.indexOf(range), 1);
      if (there.length === 0) ranges.delete(at);
    }
  }

  #levelOf(size: number): Level {
    return this.#levels.find(({ page }) => size <= page * MAX_PAGES)!;
  }
}

function* between(first: number, last: number): Generator<number> {
  for (let at = first; at <= last; at++) yield at;
}
