/**
 * JSON objects that come again and again, as the same bytes each time: each is parsed only once.
 */
import { Int32List } from '../columns.ts';
import { Interner } from '../interner.ts';
import { findByte } from '../scan.ts';
import type { JsonReader } from './json.ts';

const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
/** Objects met lately are found by this part of them, without a look for their end. */
const SAMPLE_START = 16;
const SAMPLE_END = 48;
const CACHE_SIZE = 1 << 15;
/** Bytes up to a `}` that is not the end of the object. */
const PART = -1;

export class RepeatedObjects {
  /** How many different objects there were. */
  length = 0;
  /** The newest of them. */
  value: unknown;
  /** Where the object ends that `find` found. */
  end = 0;
  readonly #pieces = new Interner();
  /** Number of the object by number of its bytes, or PART. The same bytes always end the same way. */
  readonly #objects = new Int32List();
  /** The piece + 1 that was last met, by hash of its sample. */
  readonly #cache = new Int32Array(CACHE_SIZE);

  /** Number of the object that comes next; if it equals the former `length`, it is new, and in `value`. */
  read(json: JsonReader): number {
    if (json.isObject()) {
      const found = this.find(json, json.at);
      if (found >= 0) {
        json.at = this.end;
        return found;
      }
    }
    json.raw();
    return this.#object(this.#pieces.intern(json.bytes, json.view, json.start, json.end));
  }

  /** The same of the object at a position ahead of the reader, which then ends at `end`; -1 = it is not seen whole. */
  find({ bytes, view, filled }: JsonReader, at: number): number {
    const slot = at + SAMPLE_END <= filled ? slotOf(view, at) : -1;
    const recent = slot < 0 ? -1 : this.#cache[slot]! - 1;
    if (recent >= 0 && this.#pieces.isAt(recent, view, at)) {
      this.end = at + this.#pieces.size(recent);
      return this.#objects.array[recent]!;
    }
    const close = findByte(bytes, view, at, filled, CLOSE_BRACE);
    if (bytes[at] !== OPEN_BRACE || close >= filled) return -1;
    const piece = this.#pieces.intern(bytes, view, at, close + 1);
    const object = this.#object(piece);
    if (object === PART) return -1;
    if (slot >= 0) this.#cache[slot] = piece + 1;
    this.end = close + 1;
    return object;
  }

  #object(piece: number): number {
    if (piece === this.#objects.length) this.#objects.push(this.#parse(this.#pieces.text(piece)));
    return this.#objects.array[piece]!;
  }

  #parse(text: string): number {
    try {
      this.value = JSON.parse(text);
    } catch {
      return PART;
    }
    return this.length++;
  }
}

function slotOf(view: DataView, at: number): number {
  let hash = 0;
  for (let i = SAMPLE_START; i < SAMPLE_END; i += 4) {
    hash = Math.imul(hash ^ view.getInt32(at + i, true), 0x9e3779b1) ^ (hash >>> 15);
  }
  return (hash ^ (hash >>> 16)) & (CACHE_SIZE - 1);
}
