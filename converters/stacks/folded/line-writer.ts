/** Writes lines of stacks as bytes: what a line shares with the one before is copied from there. */
import { Int32List, type Sink } from '../../../src/plugin.ts';

const NEWLINE = 10;
const SPACE = 32;
const SEMICOLON = 59;
/** Bytes that are passed on at once. */
const PIECE = 1 << 16;

export class LineWriter {
  readonly #sink: Sink;
  /** What is written for frames, a semicolon behind each, and where each ends. */
  readonly #texts: DataView;
  readonly #textEnds: Int32Array;
  /** Lines up to `end` that are not passed on yet; the last one begins at `start`. */
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(2 * PIECE);
  #view = new DataView(this.#bytes.buffer);
  #start = 0;
  #end = 0;
  /** The texts of the last line, and where each ends, counted from its beginning. */
  readonly #stack = new Int32List();
  readonly #ends = new Int32List();

  constructor(texts: string[], sink: Sink) {
    this.#sink = sink;
    // Reading four bytes at a time reaches three bytes behind the last.
    const all = new TextEncoder().encode(`${texts.map((text) => `${text};`).join('')}   `);
    this.#texts = new DataView(all.buffer, all.byteOffset, all.length);
    let end = 0;
    this.#textEnds = Int32Array.from(texts, (text) => (end += Buffer.byteLength(text) + 1));
  }

  /** Writes the stack of the texts `stack[from … to]`, at least one, root first; behind it `counts`, in ASCII. */
  write(stack: Int32Array, from: number, to: number, counts: string): void {
    let shared = 0;
    const before = this.#stack;
    while (shared < before.length && from + shared < to && before.array[shared] === stack[from + shared])
      shared++;
    const prefix = shared === 0 ? 0 : this.#ends.array[shared - 1]!;
    let size = prefix + counts.length + 1;
    for (let i = from + shared; i < to; i++) size += this.#size(stack[i]!);
    this.#begin(prefix, size);

    const bytes = this.#bytes;
    const view = this.#view;
    const texts = this.#texts;
    let at = this.#end + prefix;
    before.length = shared;
    this.#ends.length = shared;
    for (let i = from + shared; i < to; i++) {
      const text = stack[i]!;
      const textEnd = this.#textEnds[text]!;
      const length = this.#size(text);
      // Four at a time: up to three bytes too many are written over by what comes.
      for (let j = 0; j < length; j += 4) view.setInt32(at + j, texts.getInt32(textEnd - length + j));
      at += length;
      before.push(text);
      this.#ends.push(at - this.#start);
    }
    bytes[at - 1] = SPACE;
    for (let i = 0; i < counts.length; i++) bytes[at++] = counts.charCodeAt(i);
    bytes[at++] = NEWLINE;
    this.#end = at;
  }

  /** Passes on what is written. */
  flush(): void {
    this.#sink.write(this.#bytes.subarray(0, this.#end));
    this.#end = 0;
  }

  /** Number of bytes of a text and its semicolon. */
  #size(text: number): number {
    return this.#textEnds[text]! - (text === 0 ? 0 : this.#textEnds[text - 1]!);
  }

  /** Begins a line of `size` bytes with so many bytes of the last one. */
  #begin(prefix: number, size: number): void {
    if (this.#end >= PIECE) this.flush();
    if (this.#end + size + 3 > this.#bytes.length) {
      const larger = new Uint8Array(2 * (this.#end + size + 3));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    this.#bytes.copyWithin(this.#end, this.#start, this.#start + prefix);
    this.#start = this.#end;
    // Where the last line ended is a blank.
    if (prefix > 0) this.#bytes[this.#start + prefix - 1] = SEMICOLON;
  }
}
