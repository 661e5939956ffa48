/** What a `LineReader` has in its buffer, in the memory of a WebAssembly module. */
import type { Memory } from '../instantiate.ts';
import type { LineReader } from './lines.ts';

/** As much as a `LineReader` reads at once. */
export const WINDOW = 1 << 18;

export class Window {
  readonly #memory: Memory;
  readonly #address: number;
  /** What it holds: these bytes of the reader's buffer, which had passed on so many then. */
  start = 0;
  end = 0;
  #passed = -1;

  /** `WINDOW` bytes of the memory, from an address on. */
  constructor(memory: Memory, address: number) {
    this.#memory = memory;
    this.#address = address;
  }

  /** Sees to it that it holds what stands in the buffer in `at … to`, and what is behind it. Whether that is new. */
  hold({ bytes, passed, aheadEnd }: LineReader, at: number, to: number = at + 1): boolean {
    if (passed === this.#passed && at >= this.start && to <= this.end) return false;
    this.start = at;
    this.end = Math.min(aheadEnd, at + WINDOW);
    this.#passed = passed;
    new Uint8Array(this.#memory.buffer, this.#address, WINDOW).set(bytes.subarray(at, this.end));
    return true;
  }

  /** Whether there is more, when no whole line is left; `isStuck`: there was none in what it held. */
  advance(lines: LineReader, isStuck: boolean): boolean {
    const isCut = this.end < lines.aheadEnd;
    this.#passed = -1;
    return isCut ? !isStuck : lines.readAhead();
  }
}
