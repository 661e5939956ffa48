/** A list of distinct stacks under construction: (frames, labels) to row, in typed arrays. */
import { grown, Int32List } from './columns.ts';
import type { StackTable } from './profile.ts';

/** Memory that is not used costs nothing, and copies do. */
const GROWTH = 4;

export class StackRows {
  /** Index of the labels by row; -1 = none. */
  readonly labels = new Int32List();
  readonly #hash = new Int32List();
  #start: Uint32Array<ArrayBuffer> = new Uint32Array(1024);
  #frame: Int32Array<ArrayBuffer> = new Int32Array(1024);
  #used = 0;
  /** Row + 1; 0 = free. */
  #table = new Int32Array(1024);

  get length(): number {
    return this.labels.length;
  }

  /** The row of a stack, made if it is new: the frames from `from` to `to`, each as `frameOf` has it. */
  find(frames: Int32Array, from: number, to: number, frameOf: Int32Array, labels: number): number {
    const end = this.#used + to - from;
    if (end > this.#frame.length)
      this.#frame = grown(this.#frame, Math.max(end, this.#frame.length * GROWTH));
    const own = this.#frame;
    let hash = labels | 0;
    for (let at = from, k = this.#used; at < to; at++, k++) {
      const frame = frameOf[frames[at]!]!;
      own[k] = frame;
      hash = mixed(hash, frame);
    }
    const mask = this.#table.length - 1;
    let slot = hash & mask;
    for (; this.#table[slot] !== 0; slot = (slot + 1) & mask) {
      const row = this.#table[slot]! - 1;
      if (this.#hash.array[row] !== hash || this.labels.array[row] !== labels) continue;
      const at = this.#start[row]!;
      if (this.#start[row + 1]! - at === end - this.#used && isSame(own, at, this.#used, end)) return row;
    }
    return this.#append(end, hash, labels, slot);
  }

  #append(end: number, hash: number, labels: number, slot: number): number {
    const row = this.labels.length;
    this.labels.push(labels);
    this.#hash.push(hash);
    this.#used = end;
    this.#start = grown(this.#start, row + 2);
    this.#start[row + 1] = end;
    this.#table[slot] = row + 1;
    if (this.length * 2 > this.#table.length) this.#rehash();
    return row;
  }

  #rehash(): void {
    const table = new Int32Array(this.#table.length * 2);
    const mask = table.length - 1;
    for (let row = 0; row < this.length; row++) {
      let slot = this.#hash.array[row]! & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = row + 1;
    }
    this.#table = table;
  }

  /** The stacks, without a copy. */
  stacks(): StackTable {
    const { length } = this;
    return {
      length,
      start: this.#start.subarray(0, length + 1),
      frame: this.#frame.subarray(0, this.#used),
    };
  }
}

/**
 * Which stacks of a list are the same and have the same labels: the number of its kind by stack, and the first
 * stack by kind. `as`: what to take frames for, if not for themselves.
 */
export function kindsOfStacks(
  { start, frame, length }: StackTable,
  labels?: Int32Array,
  as?: Int32Array,
): { kind: Int32Array; first: Int32Array } {
  const kind = new Int32Array(length);
  const first = new Int32Array(length);
  const hashes = new Int32Array(length);
  // Kind + 1; 0 = free.
  const table = new Int32Array(2 ** Math.ceil(Math.log2(length * 2 + 2)));
  const mask = table.length - 1;
  let kinds = 0;
  for (let i = 0; i < length; i++) {
    const from = start[i]!;
    const to = start[i + 1]!;
    const label = labels ? labels[i]! : -1;
    let hash = label;
    for (let k = from; k < to; k++) hash = mixed(hash, as ? as[frame[k]!]! : frame[k]!);
    let slot = hash & mask;
    for (; table[slot] !== 0; slot = (slot + 1) & mask) {
      const other = first[table[slot]! - 1]!;
      if (hashes[other] !== hash || (labels && labels[other] !== label)) continue;
      if (start[other + 1]! - start[other]! === to - from && isSame(frame, start[other]!, from, to, as))
        break;
    }
    hashes[i] = hash;
    if (table[slot] === 0) {
      first[kinds] = i;
      table[slot] = ++kinds;
    }
    kind[i] = table[slot]! - 1;
  }
  return { kind, first: first.subarray(0, kinds) };
}

/** Whether the frames behind `at` are those from `from` to `to`. */
function isSame(frame: Int32Array, at: number, from: number, to: number, as?: Int32Array): boolean {
  for (let k = from, other = at; k < to; k++, other++)
    if (frame[k] !== frame[other] && (!as || as[frame[k]!] !== as[frame[other]!])) return false;
  return true;
}

function mixed(hash: number, frame: number): number {
  const next = Math.imul(hash ^ frame, 0x9e3779b1);
  return next ^ (next >>> 15);
}
