/** JSON objects that come again and again, as the same bytes each time: each is read only once. */
import { Int32List } from '../columns.ts';
import { Interner } from '../interner.ts';
import type { JsonReader } from './json.ts';
import { findByte } from './scan.ts';

const CLOSE_BRACE = 125;
/** In place of a number: bytes up to a `}` that does not end the object. */
const PART = -1;
/** Objects met lately are found by this part of them, without a look for their end. */
const SAMPLE_START = 16;
const SAMPLE_END = 48;
const CACHE_SIZE = 1 << 15;

export class RepeatedObjects {
  readonly #read: (json: JsonReader) => number;
  readonly #pieces = new Interner();
  /** What `read` gave for each piece, or PART. The same bytes always end the same way. */
  readonly #numbers = new Int32List();
  /** The piece + 1 that was last met, by hash of its sample. */
  readonly #cache = new Int32Array(CACHE_SIZE);

  /** `read` reads the value that comes next, and gives a number for it, not negative: the same for the same value. */
  constructor(read: (json: JsonReader) => number) {
    this.#read = read;
  }

  /** The number of the value that comes next. */
  next(json: JsonReader): number {
    if (!json.isObject()) return this.#read(json);
    const { bytes, view, at, filled } = json;
    const slot = at + SAMPLE_END <= filled ? slotOf(view, at) : -1;
    const recent = slot < 0 ? -1 : this.#cache[slot]! - 1;
    if (recent >= 0 && this.#pieces.isAt(recent, bytes, view, at)) {
      json.at = at + this.#pieces.size(recent);
      return this.#numbers.array[recent]!;
    }
    const close = findByte(bytes, view, at, filled, CLOSE_BRACE);
    if (close === filled) return this.#read(json);
    const piece = this.#pieces.intern(bytes, view, at, close + 1);
    if (piece === this.#numbers.length) return this.#addPiece(json, close + 1);
    const number = this.#numbers.array[piece]!;
    if (number === PART) return this.#read(json);
    if (slot >= 0) this.#cache[slot] = piece + 1;
    json.at = close + 1;
    return number;
  }

  /** Reads a new object; `end` is where it ends, unless its first `}` stands in a string. */
  #addPiece(json: JsonReader, end: number): number {
    const offset = json.offset + end - json.at;
    const number = this.#read(json);
    this.#numbers.push(json.offset === offset ? number : PART);
    return number;
  }
}

function slotOf(view: DataView, at: number): number {
  let hash = 0;
  for (let i = SAMPLE_START; i < SAMPLE_END; i += 4) {
    hash = Math.imul(hash ^ view.getInt32(at + i, true), 0x9e3779b1) ^ (hash >>> 15);
  }
  return (hash ^ (hash >>> 16)) & (CACHE_SIZE - 1);
}
