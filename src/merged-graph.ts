/**
 * The call graph in doubles, without arcs of a function to itself; arcs from one to another are one. What of totals
 * no arc accounts for is told apart: it makes roots, and costs of callees that are not in the profile.
 */
import { doubles, Int32List } from './columns.ts';
import { arcsOut, defaultMetric } from './graph.ts';
import type { ArcTable, NodeTable, Profile } from './profile.ts';

/** Totals of a sound profile differ from the sums they stand for by less. */
const ROUNDING = 1e-12;

export class MergedGraph {
  readonly length: number;
  readonly self: Float64Array[];
  readonly total: Float64Array[];
  /** Of the selves' absolute values, by metric. */
  readonly sum: Float64Array;
  /** Calls of node *n* are `callee[start[n] … start[n + 1]]`. */
  readonly start: Int32Array;
  readonly callee: Int32Array;
  readonly value: Float64Array[];
  /** What of a node's total no arc brings, by metric. */
  readonly root: Float64Array[];
  /** What of a node's total is neither its self nor in an arc that leaves it. */
  readonly unexplained: Float64Array[];
  /** Whether its stacks are a guess whatever they come to: if a function calls itself, or values have either sign. */
  readonly guessed: boolean;

  constructor(profile: Profile) {
    const { nodes } = profile;
    this.length = nodes.length;
    this.self = nodes.self.map(doubles);
    this.total = nodes.total.map(doubles);
    this.sum = Float64Array.from(this.self, (column) => column.reduce((sum, v) => sum + Math.abs(v), 0));
    const { start, callee, value, recursive } = mergedArcs(nodes, profile.arcs!);
    this.start = start;
    this.callee = callee;
    this.value = value;
    this.guessed = recursive || profile.meta.isDifference === true;
    this.root = this.total.map((total, m) => {
      const rest = total.slice();
      for (let c = 0; c < callee.length; c++) rest[callee[c]!]! -= value[m]![c]!;
      return rest.map((v, n) => (isPart(v, total[n]!) ? v : 0));
    });
    this.unexplained = this.total.map((total, m) =>
      total.map((whole, n) => {
        let rest = whole - this.self[m]![n]!;
        for (let c = start[n]!; c < start[n + 1]!; c++) rest -= value[m]![c]!;
        return isPart(rest, whole) ? rest : 0;
      }),
    );
    this.#addRoots(defaultMetric(profile));
  }

  /** Functions that call each other but are called by no other have no root yet: the greatest becomes one. */
  #addRoots(metric: number): void {
    const { length, total, root } = this;
    const reached = new Uint8Array(length);
    const queue = new Int32Array(length);
    const reach = (from: number): void => {
      reached[from] = 1;
      queue[0] = from;
      for (let head = 0, tail = 1; head < tail; head++) {
        const n = queue[head]!;
        for (let c = this.start[n]!; c < this.start[n + 1]!; c++) {
          const next = this.callee[c]!;
          if (reached[next]) continue;
          reached[next] = 1;
          queue[tail++] = next;
        }
      }
    };
    for (let n = 0; n < length; n++) if (!reached[n] && root.some((column) => column[n] !== 0)) reach(n);
    const rest = Int32Array.from({ length }, (_, n) => n).filter((n) => !reached[n]);
    rest.sort((a, b) => Math.abs(total[metric]![b]!) - Math.abs(total[metric]![a]!));
    for (const n of rest) {
      if (reached[n] || total.every((column) => column[n] === 0)) continue;
      for (const [m, column] of root.entries()) column[n] = total[m]![n]!;
      reach(n);
    }
  }
}

/** Whether a difference is a part of the total, rather than rounding or a contradiction. */
function isPart(difference: number, total: number): boolean {
  return difference * total > 0 && Math.abs(difference) > Math.abs(total) * ROUNDING;
}

function mergedArcs(nodes: NodeTable, arcs: ArcTable) {
  const start = new Int32Array(nodes.length + 1);
  const callee = new Int32List();
  let recursive = false;
  const value = arcs.total.map(() => new Float64Array(arcs.length));
  const out = arcsOut(arcs, nodes.length);
  const merged = new Int32Array(nodes.length).fill(-1);
  for (let n = 0; n < nodes.length; n++) {
    for (let k = out.start[n]!; k < out.start[n + 1]!; k++) {
      const a = out.arc[k]!;
      const to = arcs.callee[a]!;
      if (to === n) {
        recursive = true;
        continue;
      }
      if (merged[to]! < start[n]!) {
        merged[to] = callee.length;
        callee.push(to);
      }
      // An unknown total is NaN, and takes no part.
      for (const [m, column] of value.entries()) column[merged[to]!]! += Number(arcs.total[m]![a]) || 0;
    }
    start[n + 1] = callee.length;
  }
  return { start, callee: callee.trimmed(), value, recursive };
}
