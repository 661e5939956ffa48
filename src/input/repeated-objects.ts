/**
 * JSON objects that come again and again, as the same bytes each time: each is parsed only once.
 */
import { Int32List } from '../columns.ts';
import { Interner } from '../interner.ts';
import type { JsonReader } from './json.ts';
import { findByte } from './scan.ts';

const CLOSE_BRACE = 125;
/** Bytes up to a `}` that is not the end of the object. */
const PART = -1;

export class RepeatedObjects {
  /** How many different objects there were. */
  length = 0;
  /** The newest of them. */
  value: unknown;
  readonly #pieces = new Interner();
  /** Number of the object by number of its bytes, or PART. The same bytes always end the same way. */
  readonly #objects = new Int32List();

  /** Number of the object that comes next; if it equals the former `length`, it is new, and in `value`. */
  read(json: JsonReader): number {
    if (json.isObject()) {
      const { bytes, view, at } = json;
      const close = findByte(bytes, view, at, json.filled, CLOSE_BRACE);
      if (close < json.filled) {
        const object = this.#object(this.#pieces.intern(bytes, view, at, close + 1));
        if (object !== PART) {
          json.at = close + 1;
          return object;
        }
      }
    }
    json.raw();
    return this.#object(this.#pieces.intern(json.bytes, json.view, json.start, json.end));
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
