/** Frames under construction: their columns, and rows found by all that is known of them, in typed arrays. */
import { FIRST_ROOM, grown, Int32List } from './columns.ts';
import type { FrameTable } from './profile.ts';

/** What is known of a frame besides its function. */
export interface FrameInfo {
  line?: number;
  column?: number;
  mapping?: number;
  address?: bigint;
  inline?: number;
}

export class FrameRows {
  readonly #func = new Int32List();
  readonly #line = new Int32List();
  readonly #column = new Int32List();
  readonly #mapping = new Int32List();
  #address: BigUint64Array | undefined;
  /** The memory of the addresses, two words each. */
  #words: Int32Array = new Int32Array();
  #inline: Int32Array | undefined;
  /** Row + 1 of those that can be found; 0 = free. */
  #slots = new Int32Array(FIRST_ROOM);
  #findable = 0;
  readonly #wanted = new BigUint64Array(1);
  readonly #wantedWords = new Int32Array(this.#wanted.buffer);

  get length(): number {
    return this.#func.length;
  }

  /** The frame with exactly these facts, added if it is new. */
  find(func: number, info: FrameInfo): number {
    const line = (info.line ?? 0) | 0;
    const column = (info.column ?? 0) | 0;
    const mapping = (info.mapping ?? -1) | 0;
    const inline = (info.inline ?? 0) | 0;
    this.#wanted[0] = info.address ?? 0n;
    const low = this.#wantedWords[0]!;
    const high = this.#wantedWords[1]!;
    const mask = this.#slots.length - 1;
    let slot = hashOf(func, line, column, mapping, low, high, inline) & mask;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const row = this.#slots[slot]! - 1;
      if (
        this.#func.array[row] === func &&
        this.#line.array[row] === line &&
        this.#word(2 * row) === low &&
        this.#word(2 * row + 1) === high &&
        this.#column.array[row] === column &&
        this.#mapping.array[row] === mapping &&
        (this.#inline?.[row] ?? 0) === inline
      )
        return row;
    }
    const row = this.add(func, info);
    this.#slots[slot] = row + 1;
    if (++this.#findable * 2 > mask) this.#rehash();
    return row;
  }

  /** A new frame, which is not found later. */
  add(func: number, info: FrameInfo): number {
    const { line = 0, column = 0, mapping = -1, address = 0n, inline = 0 } = info;
    const row = this.length;
    this.#func.push(func);
    this.#line.push(line);
    this.#column.push(column);
    this.#mapping.push(mapping);
    if (address !== 0n || this.#address) {
      const all = grown(this.#address ?? new BigUint64Array(), row + 1);
      if (all !== this.#address) this.#words = new Int32Array(all.buffer, all.byteOffset, all.length * 2);
      this.#address = all;
      all[row] = address;
    }
    if (inline !== 0 || this.#inline) {
      this.#inline = grown(this.#inline ?? new Int32Array(), row + 1);
      this.#inline[row] = inline;
    }
    return row;
  }

  /** New frames of which no more is known, as `add` adds them. Returns their rows. */
  addAll(func: Int32Array, mapping: Int32Array): Int32Array {
    const before = this.length;
    const zeros = new Int32Array(func.length);
    this.#func.append(func);
    this.#line.append(zeros);
    this.#column.append(zeros);
    this.#mapping.append(mapping);
    return zeros.map((_, i) => before + i);
  }

  #word(at: number): number {
    return this.#address === undefined ? 0 : this.#words[at]!;
  }

  #rehash(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    const mask = this.#slots.length - 1;
    for (const found of old) {
      if (found === 0) continue;
      const row = found - 1;
      const hash = hashOf(
        this.#func.array[row]!,
        this.#line.array[row]!,
        this.#column.array[row]!,
        this.#mapping.array[row]!,
        this.#word(2 * row),
        this.#word(2 * row + 1),
        this.#inline?.[row] ?? 0,
      );
      let slot = hash & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = found;
    }
  }

  /** The frames, without a copy. */
  table(): FrameTable {
    const { length } = this;
    const table: FrameTable = {
      length,
      func: this.#func.trimmed(),
      line: this.#line.trimmed(),
      column: this.#column.trimmed(),
      mapping: this.#mapping.trimmed(),
    };
    if (this.#address) table.address = grown(this.#address, length).subarray(0, length);
    if (this.#inline) table.inline = grown(this.#inline, length).subarray(0, length);
    return table;
  }
}

function hashOf(
  func: number,
  line: number,
  column: number,
  mapping: number,
  low: number,
  high: number,
  inline: number,
): number {
  let hash = Math.imul(func, 0x9e3779b1) ^ Math.imul(line, 0x85ebca6b) ^ Math.imul(column, 0x27d4eb2f);
  hash ^= hash >>> 15;
  hash = Math.imul(hash ^ low, 0xc2b2ae35) ^ Math.imul(high + mapping, 0x165667b1) ^ inline;
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0x9e3779b1);
  return hash ^ (hash >>> 16);
}
