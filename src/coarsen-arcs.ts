/** From a fine call graph to a coarse one. */
import { ArcIndex } from './arc-index.ts';
import { asIn, gathered, Int32List, type Value } from './columns.ts';
import { components, sumOfMetric } from './graph.ts';
import { addGroupFrames, type Groups } from './group-frames.ts';
import type { ArcTable, Column, LineTable, NodeTable, Profile } from './profile.ts';

/**
 * Groups the nodes of an arc profile. Arcs and selves add up; the total of a group is the sum of its members'
 * totals without the arcs between them: a guess where members call each other, directly or by way of other groups,
 * or where nobody knows whether they do, and then marked as one.
 */
export function coarsenArcs(profile: Profile, groups: Groups, lines: boolean): Profile {
  const { nodes, arcs } = profile;
  const { builder } = groups;
  const { nodeOf, groupOfNode } = groupNodes(nodes, groups);
  const count = groupOfNode.length;
  const frame = addGroupFrames(groups, groupOfNode);
  const self = nodes.self.map((column) => gathered(column, nodeOf, count));
  const total = nodes.total.map((column) => gathered(column, nodeOf, count));
  const details = lines && profile.lines ? { lines: regroupLines(profile.lines, nodeOf) } : {};
  const columns = { frame, self, total };
  const grouped = count < nodes.length;
  if (!arcs) {
    const guessed = grouped && mayOverlap(nodes, nodeOf, count);
    if (guessed) noMoreThanAll(profile, total);
    return Object.assign(builder.flat(columns, details), { estimated: profile.estimated || guessed });
  }

  const { index, to } = groupArcs(arcs, nodeOf, lines);
  const isSigned = profile.meta.isDifference === true;
  const guessed = grouped && takeOutInner(arcs, nodeOf, self, total, isSigned);
  const table: ArcTable = {
    length: index.length,
    caller: index.caller.trimmed(),
    callee: index.callee.trimmed(),
    line: index.line.trimmed(),
    ...index.files(),
    calls: gathered(arcs.calls, to, index.length) as Float64Array,
    ...(arcs.primitiveCalls && {
      primitiveCalls: gathered(arcs.primitiveCalls, to, index.length) as Float64Array,
    }),
    total: arcs.total.map((column) => gathered(column, to, index.length)),
    ...(arcs.self && { self: arcs.self.map((column) => gathered(column, to, index.length)) }),
  };
  const reentered = grouped && isReentered(table, nodeOf, count);
  // What is counted again each time that a group is entered is still no more than there is.
  if (guessed || reentered) noMoreThanAll(profile, [...total, ...table.total]);
  const estimated = profile.estimated || guessed || reentered;
  if (arcs.counts) table.counts = arcs.counts;
  if (arcs.residual) {
    table.residual = new Uint8Array(index.length);
    for (let a = 0; a < arcs.length; a++) table.residual[to[a]!]! |= arcs.residual[a]!;
  }
  // Shares of what is not grouped are what they were: rows keep their order.
  const same = !grouped && index.length === arcs.length;
  const shares = same && profile.shares ? { shares: profile.shares } : {};
  return Object.assign(builder.graph(columns, table, details), { estimated, ...shares });
}

/** The node that each node becomes a part of, and the groups of those. */
function groupNodes({ frame, length }: NodeTable, { builder, of }: Groups) {
  const nodeOfGroup = new Int32Array(builder.functionCount).fill(-1);
  const nodeOf = new Int32Array(length);
  const groupOfNode = new Int32List();
  for (let n = 0; n < length; n++) {
    const group = of[frame[n]!]!;
    if (nodeOfGroup[group] === -1) {
      nodeOfGroup[group] = groupOfNode.length;
      groupOfNode.push(group);
    }
    nodeOf[n] = nodeOfGroup[group]!;
  }
  return { nodeOf, groupOfNode: groupOfNode.trimmed() };
}

/** The arcs between new nodes, and the one that each arc becomes a part of. */
function groupArcs({ length, caller, callee, line, file }: ArcTable, nodeOf: Int32Array, lines: boolean) {
  const index = new ArcIndex(length);
  const to = new Int32Array(length);
  for (let a = 0; a < length; a++) {
    const inFile = lines && file ? file[a]! : 0;
    to[a] = index.find(nodeOf[caller[a]!]!, nodeOf[callee[a]!]!, lines ? line[a]! : 0, inFile);
  }
  return { index, to };
}

/** Whether a group has several members, and one of them has more in its total than its self. */
function mayOverlap({ self, total }: NodeTable, nodeOf: Int32Array, count: number): boolean {
  const sizes = sizesOf(nodeOf, count);
  return total.some((column, m) =>
    column.some((value: Value, n: number) => value !== self[m]![n] && sizes[nodeOf[n]!]! > 1),
  );
}

/** Takes the arcs between members of a group out of its totals; whether there were any. */
function takeOutInner(
  arcs: ArcTable,
  nodeOf: Int32Array,
  self: Column[],
  total: Column[],
  isSigned: boolean,
): boolean {
  let found = false;
  for (let a = 0; a < arcs.length; a++) {
    const node = nodeOf[arcs.caller[a]!]!;
    if (node !== nodeOf[arcs.callee[a]!] || arcs.caller[a] === arcs.callee[a]) continue;
    found = true;
    for (const [m, column] of total.entries()) {
      const least = self[m]![node] as number;
      const left = (column[node] as number) - (arcs.total[m]![a] as number);
      // What is not known is no number.
      const isLess = isSigned ? Number.isNaN(left) : !(left >= least);
      column[node] = (isLess ? least : left) as never;
    }
  }
  return found;
}

/** Whether a group of several members calls itself by way of others. */
function isReentered(arcs: ArcTable, nodeOf: Int32Array, count: number): boolean {
  const { cycle } = components(arcs, count);
  return sizesOf(nodeOf, count).some((size, node) => size > 1 && cycle[node]! >= 0);
}

function sizesOf(nodeOf: Int32Array, count: number): Int32Array {
  const sizes = new Int32Array(count);
  for (const node of nodeOf) sizes[node]!++;
  return sizes;
}

/** Cuts values of each metric down to its sum; those of a difference have none. */
function noMoreThanAll(profile: Profile, columns: Column[]): void {
  if (profile.meta.isDifference) return;
  const sums = profile.metrics.map((_, m) => sumOfMetric(profile, m));
  for (const [i, column] of columns.entries()) {
    const sum = asIn(column, sums[i % sums.length]!);
    for (let row = 0; row < column.length; row++) if (column[row]! > sum) column[row] = sum as never;
  }
}

function regroupLines(lines: LineTable, nodeOf: Int32Array): LineTable {
  return { ...lines, node: lines.node.map((n) => nodeOf[n]!) };
}
