/** Tables of call trees: rows that say how deep they are, each below the last one that is less deep. */
import { CallTree, Float64List, Int32List } from '../../src/plugin.ts';

export class CallRows {
  readonly tree = new CallTree();
  /** Nodes of the rows that the next may be below, by depth; -1 = a row that is none. */
  readonly #path = new Int32List();

  /** How deep the next row may be. */
  get depth(): number {
    return this.#path.length;
  }

  /** The node of a row, which is the same for the same stack. `depth`: no more than it may be. */
  add(depth: number, frame: number): number {
    const node = this.tree.child(depth === 0 ? -1 : this.#path.array[depth - 1]!, frame);
    this.#path.length = depth;
    this.#path.push(node);
    return node;
  }

  /** Passes a row that is no function: what is below it is below nothing. */
  pass(depth: number): void {
    this.#path.length = depth;
    this.#path.push(-1);
  }
}

/** What rows say of one metric, by node. */
export class RowValues {
  readonly self = new Float64List();
  readonly total = new Float64List();
  /** By how much rounding may have changed the difference of a total and of what should make it. */
  readonly slack = new Float64List();
  /** Whether there are selves, and whether there are totals. */
  readonly hasSelf: boolean;
  readonly hasTotal: boolean;

  constructor(hasSelf: boolean, hasTotal: boolean) {
    this.hasSelf = hasSelf;
    this.hasTotal = hasTotal;
  }

  /** Adds what a row says; a node may have several. */
  add(node: number, self: number, total: number, slack: number): void {
    this.#fill(node + 1);
    this.self.array[node]! += self;
    this.total.array[node]! += total;
    this.slack.array[node]! += slack;
  }

  #fill(length: number): void {
    while (this.self.length < length) for (const list of [this.self, this.total, this.slack]) list.push(0);
  }

  /** What totals come to beyond selves and the rows below. Negative = these come to more. Rounding is nothing. */
  rests(tree: CallTree): Float64Array {
    const rests = new Float64Array(tree.length);
    this.#fill(tree.length);
    if (!this.hasTotal) return rests;
    const slacks = this.slack.trimmed().slice();
    const { array: totals } = this.total;
    for (let node = 0; node < tree.length; node++) {
      rests[node]! += totals[node]! - this.self.array[node]!;
      const parent = tree.parent[node]!;
      if (parent < 0) continue;
      rests[parent]! -= totals[node]!;
      slacks[parent]! += this.slack.array[node]!;
    }
    return this.hasSelf
      ? rests.map((rest, node) => (Math.abs(rest) > slacks[node]! * (1 + 1e-9) ? rest : 0))
      : rests.map((rest, node) => (rest < 0 && -rest <= slacks[node]! * (1 + 1e-9) ? 0 : rest));
  }
}
