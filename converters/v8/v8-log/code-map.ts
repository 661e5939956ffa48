/** Which code lies where: ranges of addresses that come, move and go. Where one is laid over others, these are gone. */
import { Float64List, Int32List } from '../../../src/plugin.ts';

/** Ranges are found by the pages that they touch. */
const PAGE = 1 << 12;
/** Code that is larger than this is none. */
export const MAX_SIZE = 1 << 28;

export class CodeMap {
  readonly #start = new Float64List();
  readonly #end = new Float64List();
  readonly #code = new Int32List();
  readonly #pages = new Map<number, number[]>();

  /** Adds code of a size up to `MAX_SIZE`. */
  add(start: number, size: number, code: number): void {
    this.#clear(start, start + size);
    const range = this.#start.length;
    this.#start.push(start);
    this.#end.push(start + size);
    this.#code.push(code);
    for (let page = pageOf(start); page <= pageOf(start + size - 1); page++) {
      const ranges = this.#pages.get(page);
      if (ranges) ranges.push(range);
      else this.#pages.set(page, [range]);
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
    for (const range of this.#pages.get(pageOf(address)) ?? [])
      if (address >= starts[range]! && address < ends[range]!) return range;
    return -1;
  }

  #clear(start: number, end: number): void {
    for (let page = pageOf(start); page <= pageOf(end - 1); page++) {
      const ranges = this.#pages.get(page);
      const isOver = (range: number) => this.#start.array[range]! < end && this.#end.array[range]! > start;
      for (const range of ranges?.filter(isOver) ?? []) this.#remove(range);
    }
  }

  #remove(range: number): void {
    const first = pageOf(this.#start.array[range]!);
    const last = pageOf(this.#end.array[range]! - 1);
    for (let page = first; page <= last; page++) {
      const ranges = this.#pages.get(page)!;
      ranges.splice(ranges.indexOf(range), 1);
    }
  }
}

function pageOf(address: number): number {
  return Math.floor(address / PAGE);
}
