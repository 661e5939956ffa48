/**
 * Lines as byte ranges of one reused buffer: no string is made for a line unless somebody asks.
 *
 * LF and CRLF end a line; a lone CR is part of it, unless there are no others. The last line needs no line end.
 */
import { type Place, ProfileError } from '../diagnostics.ts';
import { findByte } from '../scan.ts';
import type { ByteInput } from './byte-input.ts';

const NEWLINE = 10;
const RETURN = 13;
/** What is read at once stays in the processor's own memory until it is looked through. */
const BUFFER_SIZE = 1 << 18;
/** A line longer than this is not a line of any profile. */
const MAX_LINE = 1 << 26;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export class LineReader {
  /** The buffer the current line lies in; may change at each `next`. A newline follows each line. */
  bytes: Uint8Array<ArrayBuffer>;
  /** The same memory as `bytes`. */
  view: DataView<ArrayBuffer>;
  /** The current line is `bytes[start … end]`, without its line end. */
  start = 0;
  end = 0;
  /** 1-based number of the current line. */
  line = 0;
  /** How many bytes of the input were in the buffer and are not any more. */
  passed = 0;
  readonly #input: ByteInput;
  /** First byte behind the current line's end. */
  #next = 0;
  #filled = 0;
  #ended = false;
  readonly #fileName: string;

  constructor(input: ByteInput, fileName: string, bufferSize: number = BUFFER_SIZE) {
    this.#input = input;
    this.#fileName = fileName;
    const size = Math.min(bufferSize, (input.size ?? bufferSize) + 1) + 8;
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Goes to the next line; false at the end of the input. */
  next(): boolean {
    const { bytes } = this;
    // Most lines are not long: look a little way by hand before calling out.
    const near = Math.min(this.#next + 128, this.#filled);
    let at = findByte(bytes, this.view, this.#next, near, NEWLINE);
    if (at === near) {
      at = bytes.indexOf(NEWLINE, at);
      if (at < 0 || at >= this.#filled) at = this.#refill();
    }
    if (at < 0) return false;
    this.#take(at);
    return true;
  }

  /** Where the line behind the current one begins: what is in the buffer may be read ahead by hand. */
  get aheadStart(): number {
    return this.#next;
  }

  /** End of what is in the buffer. A few bytes behind it that are no text may be looked at, too. */
  get aheadEnd(): number {
    return this.#filled;
  }

  /**
   * Says that `count` lines were read by hand: `next` goes to the line that begins at `start`. Until then
   * `start` and `end` are those of the line before.
   */
  skip(count: number, start: number): void {
    this.#next = start;
    this.line += count;
  }

  #take(newline: number): void {
    this.start = this.#next;
    this.#next = newline + 1;
    this.end = newline > this.start && this.bytes[newline - 1] === RETURN ? newline - 1 : newline;
    this.line++;
  }

  /** Reads on until the line that is ahead in part is whole: it begins the buffer then. False at the input's end. */
  readAhead(): boolean {
    return this.#refill() >= 0;
  }

  /** Moves the unfinished line to the front of the buffer and reads on until it is whole. Where it ends, or -1. */
  #refill(): number {
    let length = this.#filled - this.#next;
    this.bytes.copyWithin(0, this.#next, this.#filled);
    this.passed += this.#next;
    this.#next = 0;
    for (;;) {
      if (length + 8 >= this.bytes.length) this.#enlarge(length);
      const read = this.#ended ? 0 : this.#input.read(this.bytes.subarray(length, this.bytes.length - 8));
      this.#filled = length + read;
      if (read === 0) {
        this.#ended = true;
        if (length === 0) return -1;
        this.bytes[length] = NEWLINE;
        this.#filled = length + 1;
        return length;
      }
      const found = this.bytes.subarray(length, this.#filled).indexOf(NEWLINE);
      if (found >= 0) return length + found;
      length = this.#filled;
    }
  }

  #enlarge(length: number): void {
    if (length > MAX_LINE) {
      throw new ProfileError({
        code: 'input/line-too-long',
        file: this.#fileName,
        place: { line: this.line + 1 },
        message: `a line of more than ${MAX_LINE} bytes`,
      });
    }
    const larger = new Uint8Array(this.bytes.length * 2);
    larger.set(this.bytes.subarray(0, length));
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }

  /** The current line, or the part of it from `from` to `to` (positions in `bytes`), as text. */
  text(from: number = this.start, to: number = this.end): string {
    return decoder.decode(this.bytes.subarray(from, to));
  }

  /** Whether the current line begins with these ASCII characters. */
  startsWith(prefix: string): boolean {
    if (this.end - this.start < prefix.length) return false;
    for (let i = 0; i < prefix.length; i++) {
      if (this.bytes[this.start + i] !== prefix.charCodeAt(i)) return false;
    }
    return true;
  }

  /** The place of the byte at `at` (a position in `bytes`; default: the line as a whole). */
  place(at?: number): Place {
    const place: Place = {
      line: this.line,
      excerpt: this.text(this.start, Math.min(this.end, this.start + 4096)),
    };
    if (at !== undefined) place.column = this.text(this.start, Math.min(at, this.end)).length + 1;
    return place;
  }
}
