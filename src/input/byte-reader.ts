/** The bytes of a binary input through one reused buffer: nothing is copied or made for what is read. */
import type { ByteInput } from './byte-input.ts';

/** So many bytes behind the end may be looked at, though they mean nothing. */
const SLACK = 32;

export class ByteReader {
  /** Holds what comes next from `at` to `end`; may change at each `has`. */
  bytes: Uint8Array<ArrayBuffer>;
  /** The same memory as `bytes`. */
  view: DataView<ArrayBuffer>;
  /** Position in `bytes` of the next byte: moved by hand. */
  at = 0;
  end = 0;
  readonly #input: ByteInput;
  /** Offset in the input of the first byte of the buffer. */
  #start = 0;
  #ended = false;

  constructor(input: ByteInput, bufferSize: number = 1 << 20) {
    this.#input = input;
    this.bytes = new Uint8Array(Math.min(bufferSize, input.size ?? bufferSize) + SLACK);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Offset in the input of the next byte. */
  get offset(): number {
    return this.#start + this.at;
  }

  /** Whether the input has so many bytes more; if so, they are in the buffer. Memory grows as they come. */
  has(count: number): boolean {
    return this.end - this.at >= count || this.#fill(count);
  }

  #fill(count: number): boolean {
    this.bytes.copyWithin(0, this.at, this.end);
    this.#start += this.at;
    this.end -= this.at;
    this.at = 0;
    while (this.end < count && !this.#ended) {
      if (this.end === this.bytes.length - SLACK) this.#enlarge();
      const read = this.#input.read(this.bytes.subarray(this.end, this.bytes.length - SLACK));
      this.#ended = read === 0;
      this.end += read;
    }
    return this.end >= count;
  }

  #enlarge(): void {
    const larger = new Uint8Array(this.bytes.length * 2);
    larger.set(this.bytes.subarray(0, this.end));
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}
