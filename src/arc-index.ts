/** Rows of arcs by their ends and call site, found by hash; also of line costs, by node and line. */
import { Int32List, slotsFor } from './columns.ts';

export class ArcIndex {
  readonly caller = new Int32List();
  readonly callee = new Int32List();
  readonly line = new Int32List();
  readonly file = new Int32List();
  /** Four words a slot: caller, callee, line, row + 1 (0 = free). */
  #slots: Int32Array<ArrayBuffer>;
  #mask: number;
  #oneFile = true;

  /** `expected` rows: a table that grows is filled anew. */
  constructor(expected = 0) {
    const slots = slotsFor(expected);
    this.#mask = slots - 1;
    this.#slots = new Int32Array(4 * slots);
  }

  get length(): number {
    return this.caller.length;
  }

  /** The row with exactly these, added if it is new. */
  find(caller: number, callee: number, line: number, file: number): number {
    const slots = this.#slots;
    let slot = this.#slot(caller, callee, line);
    for (;;) {
      const at = slot << 2;
      const found = slots[at + 3]!;
      if (found === 0) break;
      if (slots[at] === caller && slots[at + 1] === callee && slots[at + 2] === line) {
        if ((this.#oneFile && file === 0) || this.file.array[found - 1] === file) return found - 1;
      }
      slot = (slot + 1) & this.#mask;
    }
    const row = this.length;
    this.caller.push(caller);
    this.callee.push(callee);
    this.line.push(line);
    this.file.push(file);
    if (file !== 0) this.#oneFile = false;
    this.#place(row, slot);
    if (this.length * 2 > this.#mask) this.#rehash();
    return row;
  }

  /** Adds rows without a call site that are not found later. */
  append(caller: Int32Array, callee: Int32Array): void {
    const zeros = new Int32Array(caller.length);
    this.caller.append(caller);
    this.callee.append(callee);
    this.line.append(zeros);
    this.file.append(zeros);
  }

  /** The column of files, left out when every file is the function's own. */
  files(): { file?: Int32Array } {
    return this.#oneFile ? {} : { file: this.file.trimmed() };
  }

  #slot(caller: number, callee: number, line: number): number {
    let hash = Math.imul(caller, 0x9e3779b1) ^ Math.imul(callee, 0x85ebca6b) ^ Math.imul(line, 0x27d4eb2f);
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 0xc2b2ae35);
    return (hash ^ (hash >>> 13)) & this.#mask;
  }

  #place(row: number, slot: number): void {
    const at = slot << 2;
    this.#slots[at] = this.caller.array[row]!;
    this.#slots[at + 1] = this.callee.array[row]!;
    this.#slots[at + 2] = this.line.array[row]!;
    this.#slots[at + 3] = row + 1;
  }

  #rehash(): void {
    this.#mask = this.#mask * 2 + 1;
    this.#slots = new Int32Array(4 * (this.#mask + 1));
    for (let row = 0; row < this.length; row++) {
      let slot = this.#slot(this.caller.array[row]!, this.callee.array[row]!, this.line.array[row]!);
      while (this.#slots[(slot << 2) + 3] !== 0) slot = (slot + 1) & this.#mask;
      this.#place(row, slot);
    }
  }
}
