/**
 * Byte strings to small integers: the same bytes get the same id, ids count up from 0.
 *
 * Names are compared byte by byte, never by hash alone; a string is made only when it is asked for.
 */
import { FIRST_ROOM, slotsFor } from './columns.ts';
import { commonPrefix, hasZeroByte, ONES } from './scan.ts';

/** More bytes than this are not made one string. */
const MAX_AT_ONCE = 1 << 28;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function mixed(hash: number, word: number): number {
  return Math.imul(hash ^ word, 0x9e3779b1) ^ (hash >>> 15);
}

export class Interner {
  length = 0;
  /** Four words a slot: hash, offset, length, id + 1 (0 = free). */
  #slots: Int32Array;
  #mask: number;
  #heap: Uint8Array<ArrayBuffer> = new Uint8Array(FIRST_ROOM);
  #heapView = new DataView(this.#heap.buffer);
  #heapLength = 0;
  #offset = new Int32Array(FIRST_ROOM);
  #size = new Int32Array(FIRST_ROOM);

  /** `expected` ids: a table that grows is filled anew. */
  constructor(expected = 0) {
    const slots = slotsFor(expected);
    this.#slots = new Int32Array(4 * slots);
    this.#mask = slots - 1;
  }

  /**
   * The id of `bytes[start … end]`, which is given out in order of first sight. `view` looks at the same memory as
   * `bytes` does.
   */
  intern(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    let hash = 0;
    let at = start;
    for (const whole = end - 3; at < whole; at += 4) hash = mixed(hash, view.getInt32(at, true));
    return this.#find(bytes, view, start, end, hash, at);
  }

  /** The id of what stands in `bytes[start … end]` in front of the first `byte`; of all of it if there is none. */
  internUpTo(byte: number, bytes: Uint8Array, view: DataView, start: number, end: number): number {
    const pattern = Math.imul(byte, ONES);
    let hash = 0;
    let at = start;
    for (const whole = end - 3; at < whole; at += 4) {
      const word = view.getInt32(at, true);
      if (hasZeroByte(word ^ pattern)) break;
      hash = mixed(hash, word);
    }
    let to = at;
    while (to < end && bytes[to] !== byte) to++;
    return this.#find(bytes, view, start, to, hash, at);
  }

  /** The id of `bytes[start … end]`. Up to `from`, four bytes at a time, they are in the hash already. */
  #find(bytes: Uint8Array, view: DataView, start: number, end: number, hashed: number, from: number): number {
    const size = end - start;
    let word = 0;
    for (let i = from, shift = 0; i < end; i++, shift += 8) word |= bytes[i]! << shift;
    let hash = mixed(hashed ^ size, word);
    hash ^= hash >>> 16;
    hash = Math.imul(hash, 0x85ebca6b);
    hash ^= hash >>> 13;

    const slots = this.#slots;
    let slot = hash & this.#mask;
    for (;;) {
      const at = slot << 2;
      const found = slots[at + 3]!;
      if (found === 0) return this.#add(bytes, start, size, hash, slot);
      if (
        slots[at] === hash &&
        slots[at + 2] === size &&
        commonPrefix(this.#heapView, slots[at + 1]!, view, start, size) === size
      ) {
        return found - 1;
      }
      slot = (slot + 1) & this.#mask;
    }
  }

  /** Whether the bytes of an id stand at `start`. Up to 7 bytes behind the first that differs are read, too. */
  isAt(id: number, view: DataView, start: number): boolean {
    const size = this.#size[id]!;
    return commonPrefix(this.#heapView, this.#offset[id]!, view, start, size) === size;
  }

  /** Number of bytes of an id. */
  size(id: number): number {
    return this.#size[id]!;
  }

  #add(bytes: Uint8Array, start: number, size: number, hash: number, slot: number): number {
    if (this.#heapLength + size > this.#heap.length) {
      const larger = new Uint8Array(Math.max(this.#heap.length * 2, this.#heapLength + size));
      larger.set(this.#heap.subarray(0, this.#heapLength));
      this.#heap = larger;
      this.#heapView = new DataView(larger.buffer);
    }
    const id = this.length++;
    if (id === this.#offset.length) {
      const offset = new Int32Array(id * 2);
      offset.set(this.#offset);
      this.#offset = offset;
      const sizes = new Int32Array(id * 2);
      sizes.set(this.#size);
      this.#size = sizes;
    }
    this.#heap.set(bytes.subarray(start, start + size), this.#heapLength);
    this.#offset[id] = this.#heapLength;
    this.#size[id] = size;
    const at = slot << 2;
    this.#slots[at] = hash;
    this.#slots[at + 1] = this.#heapLength;
    this.#slots[at + 2] = size;
    this.#slots[at + 3] = id + 1;
    this.#heapLength += size;
    if (this.length * 2 > this.#mask) this.#rehash();
    return id;
  }

  #rehash(): void {
    const old = this.#slots;
    this.#mask = this.#mask * 2 + 1;
    const slots = new Int32Array(4 * (this.#mask + 1));
    for (let from = 0; from < old.length; from += 4) {
      if (old[from + 3] === 0) continue;
      let slot = old[from]! & this.#mask;
      while (slots[(slot << 2) + 3] !== 0) slot = (slot + 1) & this.#mask;
      const to = slot << 2;
      slots[to] = old[from]!;
      slots[to + 1] = old[from + 1]!;
      slots[to + 2] = old[from + 2]!;
      slots[to + 3] = old[from + 3]!;
    }
    this.#slots = slots;
  }

  /** The bytes of an id, without a copy; good until the next `intern`. */
  bytes(id: number): Uint8Array {
    const offset = this.#offset[id]!;
    return this.#heap.subarray(offset, offset + this.#size[id]!);
  }

  /** The text of an id, read as UTF-8; bytes that are not UTF-8 become U+FFFD. */
  text(id: number): string {
    return decoder.decode(this.bytes(id));
  }

  /** The texts of all ids: quicker than one by one, if most are asked for. */
  texts(): string[] {
    const starts = new Int32Array(this.length + 1);
    starts.set(this.#offset.subarray(0, this.length));
    starts[this.length] = this.#heapLength;
    return textsIn(this.#heap, starts);
  }
}

/** Texts that lie one behind the other in `heap`, each from one of the positions to the next. */
export function textsIn(heap: Uint8Array, starts: Int32Array): string[] {
  const length = starts.at(-1)!;
  const all = decoder.decode(heap.subarray(0, Math.min(length, MAX_AT_ONCE)));
  // Where no character takes more than a byte, a byte is a character.
  const ascii = all.length === length;
  const texts = new Array<string>(starts.length - 1);
  let start = 0;
  for (let id = 0; id < texts.length; id++) {
    const end = starts[id + 1]!;
    texts[id] = ascii ? all.slice(start, end) : decoder.decode(heap.subarray(start, end));
    start = end;
  }
  return texts;
}
