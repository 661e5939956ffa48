/** From a fine call graph to a coarse one. */
import { ArcIndex } from './arc-index.ts';
import { gathered, Int32List, sumOf } from './columns.ts';
import { components } from './graph.ts';
import { addGroupFrames, type Groups } from './group-frames.ts';
import type { ArcTable, Column, LineTable, Profile } from './profile.ts';

/**
 * Groups the nodes of an arc profile. Arcs and selves add up; the total of a group is the sum of its members'
 * totals without the arcs between them: a guess where members call each other, directly or by way of other groups,
 * and then marked as one.
 */
export function coarsenArcs(profile: Profile, groups: Groups, lines: boolean): Profile {
  const { nodes, arcs } = profile;
  const { builder, of } = groups;
  const nodeOfGroup = new Int32Array(builder.functionCount).fill(-1);
  const nodeOf = new Int32Array(nodes.length);
  const groupOfNode = new Int32List();
  const members = new Int32Array(builder.functionCount);
  for (let n = 0; n < nodes.length; n++) {
    const group = of[nodes.frame[n]!]!;
    if (nodeOfGroup[group] === -1) {
      nodeOfGroup[group] = groupOfNode.length;
      groupOfNode.push(group);
    }
    const node = nodeOfGroup[group]!;
    nodeOf[n] = node;
    members[node]!++;
  }
  const count = groupOfNode.length;
  const frame = addGroupFrames(groups, groupOfNode.trimmed());
  const self = nodes.self.map((column) => gathered(column, nodeOf, count));
  const total = nodes.total.map((column) => gathered(column, nodeOf, count));
  const details = lines && profile.lines ? { lines: regroupLines(profile.lines, nodeOf) } : {};
  const columns = { frame, self, total };
  if (!arcs) return Object.assign(builder.flat(columns, details), { estimated: profile.estimated });

  const index = new ArcIndex(arcs.length);
  const to = new Int32Array(arcs.length);
  let estimated = profile.estimated;
  for (let a = 0; a < arcs.length; a++) {
    const caller = nodeOf[arcs.caller[a]!]!;
    const callee = nodeOf[arcs.callee[a]!]!;
    to[a] = index.find(caller, callee, lines ? arcs.line[a]! : 0, lines ? (arcs.file?.[a] ?? 0) : 0);
    if (caller === callee && arcs.caller[a] !== arcs.callee[a]) {
      estimated = true;
      for (const [m, column] of total.entries()) {
        const least = self[m]![caller] as number;
        column[caller] = ((column[caller] as number) - (arcs.total[m]![a] as number)) as never;
        // Also where the arc's total is not known.
        if (!((column[caller] as number) >= least)) column[caller] = least as never;
      }
    }
  }
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
  if (nodes.length > count && isReentered(table, members.subarray(0, count))) {
    estimated = true;
    // What is counted again each time that the group is entered is still no more than there is.
    if (!profile.meta.isDifference) noMoreThanAll(self, [...total, ...table.total]);
  }
  if (arcs.counts) table.counts = arcs.counts;
  if (arcs.residual) {
    table.residual = new Uint8Array(index.length);
    for (let a = 0; a < arcs.length; a++) table.residual[to[a]!]! |= arcs.residual[a]!;
  }
  // Shares of what is not grouped are what they were: rows keep their order.
  const same = count === nodes.length && index.length === arcs.length;
  const shares = same && profile.shares ? { shares: profile.shares } : {};
  return Object.assign(builder.graph(columns, table, details), { estimated, ...shares });
}

/** Whether a group of several members calls itself by way of others. */
function isReentered(arcs: ArcTable, members: Int32Array): boolean {
  const { cycle } = components(arcs, members.length);
  return members.some((count, node) => count > 1 && cycle[node]! >= 0);
}

/** Cuts values of each metric down to the sum of its selves. */
function noMoreThanAll(self: Column[], columns: Column[]): void {
  for (const [i, column] of columns.entries()) {
    const sum = sumOf(self[i % self.length]!);
    for (let row = 0; row < column.length; row++) if (column[row]! > sum) column[row] = sum as never;
  }
}

function regroupLines(lines: LineTable, nodeOf: Int32Array): LineTable {
  return { ...lines, node: lines.node.map((n) => nodeOf[n]!) };
}
