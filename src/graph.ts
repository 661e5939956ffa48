/** The reading view of a profile: sums, who calls whom by index, and recursion cycles. */
import { sumOf, type Value } from './columns.ts';
import type { ArcTable, Column, NodeTable, Profile } from './profile.ts';

/** The sum of a metric over the whole profile, also of one from which nodes were cut. */
export function sumOfMetric(profile: Profile, metric: number): Value {
  // Stacks have the same sum as the tree that is made of them when somebody asks for it.
  return profile.whole?.sum[metric] ?? sumOf((profile.stackValues ?? profile.nodes.self)[metric]!);
}

/** What part of the sum a value is: 0 … 1. Of a sum of 0 everything is the whole; NaN stays NaN. */
export function shareOf(value: Value, sum: Value): number {
  const part = Number(value);
  const whole = Number(sum);
  return whole === 0 && !Number.isNaN(part) ? 1 : part / whole;
}

/** The selves that are not 0, as rows of their own. */
export function selfRows({ length, self }: NodeTable): {
  length: number;
  node: Int32Array;
  values: Column[];
} {
  const node = Int32Array.from({ length }, (_, n) => n).filter((n) =>
    self.some((column) => Number(column[n]) !== 0),
  );
  const values = self.map((column) =>
    column instanceof Float64Array
      ? Float64Array.from(node, (n) => column[n]!)
      : BigInt64Array.from(node, (n) => column[n]!),
  );
  return { length: node.length, node, values };
}

/** The finest rows that add up to the selves of a stack profile, and their frames (-1 = of no frame). */
export function finestSelves(profile: Profile): { frame: Int32Array; values: Column[] } {
  const { lines, stacks, stackValues } = profile;
  if (lines)
    return {
      frame: lines.node.subarray(0, lines.length).map((n) => profile.nodes.frame[n]!),
      values: lines.values,
    };
  if (!stacks || !stackValues) return { frame: profile.nodes.frame, values: profile.nodes.self };
  const { start, frame } = stacks;
  const leaf = new Int32Array(stacks.length);
  for (let i = 0; i < leaf.length; i++) leaf[i] = start[i] === start[i + 1] ? -1 : frame[start[i + 1]! - 1]!;
  return { frame: leaf, values: stackValues };
}

/** The shares of one metric, by node and by arc. */
export interface GraphShares {
  self: Float64Array;
  total: Float64Array;
  arcTotal: Float64Array;
}

/** What parts of the sum the values of a call graph are. */
export function graphShares(profile: Profile, metric: number): GraphShares {
  const { shares, nodes, arcs } = profile;
  if (shares) {
    return { self: shares.self[metric]!, total: shares.total[metric]!, arcTotal: shares.arcTotal[metric]! };
  }
  const sum = sumOfMetric(profile, metric);
  return {
    self: sharesOf(nodes.self[metric]!, sum),
    total: sharesOf(nodes.total[metric]!, sum),
    arcTotal: arcs ? sharesOf(arcs.total[metric]!, sum) : new Float64Array(),
  };
}

/** What parts of the sum the totals of nodes are. */
export function totalShares(profile: Profile, metric: number): Float64Array {
  const { shares, nodes } = profile;
  return shares ? shares.total[metric]! : sharesOf(nodes.total[metric]!, sumOfMetric(profile, metric));
}

/** What part of the sum the total of an arc is, by arc: for graphs of which few arcs are asked for. */
export function arcShares(profile: Profile, metric: number): (arc: number) => number {
  const known = profile.shares?.arcTotal[metric];
  if (known) return (arc) => known[arc]!;
  const total = profile.arcs!.total[metric]!;
  const sum = sumOfMetric(profile, metric);
  return (arc) => shareOf(total[arc]!, sum);
}

function sharesOf(column: Column, sum: Value): Float64Array {
  const shares = new Float64Array(column.length);
  for (let i = 0; i < shares.length; i++) shares[i] = shareOf(column[i]!, sum);
  return shares;
}

/** Index of the metric that is shown when none is asked for. */
export function defaultMetric(profile: Profile): number {
  return profile.meta.defaultMetric ?? 0;
}

/** Arcs by node: those of node *n* are `arc[start[n] … start[n + 1]]`, in table order. */
export interface Adjacency {
  start: Int32Array;
  arc: Int32Array;
}

function adjacency(ends: Int32Array, nodeCount: number, arcCount: number): Adjacency {
  const start = new Int32Array(nodeCount + 1);
  for (let a = 0; a < arcCount; a++) start[ends[a]! + 1]!++;
  for (let n = 0; n < nodeCount; n++) start[n + 1]! += start[n]!;
  const arc = new Int32Array(arcCount);
  const at = start.slice();
  for (let a = 0; a < arcCount; a++) arc[at[ends[a]!]!++] = a;
  return { start, arc };
}

/** The arcs that leave each node. */
export function arcsOut(arcs: ArcTable, nodeCount: number): Adjacency {
  return adjacency(arcs.caller, nodeCount, arcs.length);
}

/** The arcs that enter each node. */
export function arcsIn(arcs: ArcTable, nodeCount: number): Adjacency {
  return adjacency(arcs.callee, nodeCount, arcs.length);
}

/** The recursion cycles of a call graph. */
export interface Components {
  /** Index of its cycle by node; -1 for nodes outside cycles. A node that only calls itself is in no cycle. */
  cycle: Int32Array;
  cycleCount: number;
  /** All nodes: members of a cycle side by side, and callees before their callers outside of it. */
  calleesFirst: Int32Array;
}

/** Strongly connected components (Tarjan 1972, without recursion). */
export function components(
  arcs: ArcTable,
  nodeCount: number,
  out: Adjacency = arcsOut(arcs, nodeCount),
): Components {
  const cycle = new Int32Array(nodeCount).fill(-1);
  const calleesFirst = new Int32Array(nodeCount);
  const order = new Int32Array(nodeCount);
  const low = new Int32Array(nodeCount);
  const onStack = new Uint8Array(nodeCount);
  const stack: number[] = [];
  const path: number[] = [];
  const cursor = out.start.slice(0, nodeCount);
  let visited = 0;
  let done = 0;
  let cycleCount = 0;
  for (let root = 0; root < nodeCount; root++) {
    if (order[root] !== 0) continue;
    path.push(root);
    while (path.length > 0) {
      const node = path[path.length - 1]!;
      if (order[node] === 0) {
        order[node] = low[node] = ++visited;
        stack.push(node);
        onStack[node] = 1;
      }
      let descended = false;
      while (cursor[node]! < out.start[node + 1]!) {
        const callee = arcs.callee[out.arc[cursor[node]!++]!]!;
        if (order[callee] === 0) {
          path.push(callee);
          descended = true;
          break;
        }
        if (onStack[callee]) low[node] = Math.min(low[node]!, order[callee]!);
      }
      if (descended) continue;
      path.pop();
      const caller = path[path.length - 1];
      if (caller !== undefined) low[caller] = Math.min(low[caller]!, low[node]!);
      if (low[node] !== order[node]) continue;
      const members = stack.splice(stack.lastIndexOf(node));
      for (const member of members) {
        onStack[member] = 0;
        calleesFirst[done++] = member;
        if (members.length > 1) cycle[member] = cycleCount;
      }
      if (members.length > 1) cycleCount++;
    }
  }
  return { cycle, cycleCount, calleesFirst };
}
