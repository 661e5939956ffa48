/** The nodes that rows of a stack table lead to, and their categories: each is looked up when a sample first needs it. */
import { type CallTree, Int32List, type Source } from '../../../src/plugin.ts';
import { dangling, type Frames, valueAt } from './frames.ts';
import type { Table } from './tables.ts';

export class Stacks {
  readonly #tree: CallTree;
  readonly #source: Source;
  readonly #frames: Frames;
  readonly #table: Table;
  /** By row; -1 = not looked up yet. */
  readonly #node: Int32Array;
  readonly #category: Int32Array;
  readonly #rows = new Int32List();

  constructor(tree: CallTree, source: Source, frames: Frames, table: Table) {
    this.#tree = tree;
    this.#source = source;
    this.#frames = frames;
    this.#table = table;
    this.#node = new Int32Array(table.length).fill(-1);
    this.#category = new Int32Array(table.length).fill(-1);
  }

  /** The node of a row; `where` names who asks. */
  node(row: number, where: () => string): number {
    if (this.#node[row] === undefined) dangling(this.#source, where(), row, 'stacks', this.#node.length);
    if (this.#node[row]! < 0) this.#lookUp(row);
    return this.#node[row]!;
  }

  /** Index of the category of a row that has its node, or -1. */
  category(row: number): number {
    return this.#category[row]!;
  }

  #lookUp(row: number): void {
    const rows = this.#rows;
    rows.length = 0;
    for (let at = row; at >= 0 && this.#node[at]! < 0; at = this.#prefix(at)) rows.push(at);
    for (let i = rows.length - 1; i >= 0; i--) this.#add(rows.array[i]!);
  }

  #add(row: number): void {
    const table = this.#table;
    const prefix = this.#prefix(row);
    const frame = valueAt(table, 'frame', row);
    const frameTable = this.#frames.table('frameTable');
    this.#node[row] = this.#tree.child(
      prefix < 0 ? -1 : this.#node[prefix]!,
      this.#frames.frame(frame, () => `${table.path}.frame[${row}]`),
    );
    const own = valueAt(frameTable, 'category', frame);
    const category = Number.isNaN(own) ? valueAt(table, 'category', row) : own;
    this.#category[row] = category >= 0 ? category : prefix < 0 ? -1 : this.#category[prefix]!;
  }

  /** The row of the caller, or -1. Callers stand before what they call. */
  #prefix(row: number): number {
    const offset = valueAt(this.#table, 'prefixOffset', row);
    const prefix = offset > 0 ? row - offset : valueAt(this.#table, 'prefix', row);
    if (Number.isNaN(prefix)) return -1;
    if (prefix >= 0 && prefix < row && Number.isInteger(prefix)) return prefix;
    const path = `${this.#table.path}.${offset > 0 ? 'prefixOffset' : 'prefix'}[${row}]`;
    return this.#source.fail(
      'bad-prefix',
      `the caller of stack ${row} is ${prefix}, but callers stand first`,
      { path },
    );
  }
}
