/**
 * What has changed as values that are not negative, for formats that hold no others: of each metric two are made,
 * what has grown and what has shrunk. One less the other is the change, of every self, total and arc.
 *
 * A function grows and shrinks apart in each stack, or as a whole where no stacks are known. Lines, labels and counts
 * of calls are gone: lines move between two versions of a program, and would shrink in one place to grow in another.
 */
import { CallTree } from '../call-tree.ts';
import { greatest, scatterAdd, sumOf, type Value, zeros } from '../columns.ts';
import { addGroupFrames, type Granularity, groupFrames } from '../group-frames.ts';
import type { Column, Metric, Profile } from '../profile.ts';

/** The metrics of which the shown one consists. */
export function splitMetrics(metric: number): [grown: number, shrunk: number] {
  return [2 * metric, 2 * metric + 1];
}

/** A change of stacks by functions, files, …, with two metrics for each: 2m has grown, 2m + 1 has shrunk. */
export function splitTree(change: Profile, by: Granularity): Profile {
  const { nodes, functions, metrics, meta, estimated } = change;
  const { calls: _, primitiveCalls: __, ...uncounted } = functions;
  const groups = groupFrames({ ...change, ...named(metrics, meta), functions: uncounted }, by);
  const tree = new CallTree(nodes.length);
  const nodeOf = new Int32Array(nodes.length);
  for (let n = 0; n < nodes.length; n++) {
    const parent = nodes.parent[n]!;
    nodeOf[n] = tree.child(parent < 0 ? -1 : nodeOf[parent]!, groups.of[nodes.frame[n]!]!);
  }
  const self = nodes.self.map((column) => {
    const sums = zeros(column, tree.length);
    scatterAdd(sums, nodeOf, column);
    return sums;
  });
  const every = Int32Array.from({ length: groups.builder.functionCount }, (_, group) => group);
  const frameOf = addGroupFrames(groups, every);
  const columns = {
    frame: tree.frame.subarray(0, tree.length).map((group) => frameOf[group]!),
    parent: tree.parent.slice(0, tree.length),
    self: self.flatMap(parts),
  };
  return Object.assign(groups.builder.tree(columns), { estimated });
}

/** The same of a call graph, or of functions alone. */
export function splitGraph(change: Profile): Profile {
  const { nodes, arcs, functions, metrics, meta, whole: _, ...rest } = change;
  const { calls: __, primitiveCalls: ___, ...uncounted } = functions;
  const self = nodes.self.flatMap(parts);
  const arcTotal = arcs?.total.flatMap(parts);
  const total = nodes.total.flatMap((column, m) =>
    totalParts(
      column,
      splitMetrics(m).map((part) => leastTotals(self[part]!, change, arcTotal?.[part])),
    ),
  );
  // Where nobody knows the stacks, what a function has grown by may be more than all selves have.
  const sum = total.map((column, part) => {
    const [selves, most] = [sumOf(self[part]!), greatest(column)];
    return most > selves ? most : selves;
  });
  const split: Profile = {
    ...rest,
    ...named(metrics, meta),
    functions: uncounted,
    nodes: { ...nodes, self, total },
    whole: { sum, maxSelf: self.map(greatest) },
  };
  if (!arcs) return split;
  const { primitiveCalls: ____, ...table } = arcs;
  split.arcs = {
    ...table,
    calls: new Float64Array(arcs.length).fill(Number.NaN),
    total: arcTotal!,
    ...(arcs.self && { self: arcs.self.flatMap(parts) }),
  };
  return split;
}

function named(
  metrics: Metric[],
  { isDifference: _, ...meta }: Profile['meta'],
): Pick<Profile, 'metrics' | 'meta'> {
  const { defaultMetric } = meta;
  return {
    metrics: metrics.flatMap((metric) =>
      ['grown', 'shrunk'].map((word) => ({
        ...metric,
        name: `${metric.name} ${word}`,
        ...(metric.title !== undefined && { title: `${metric.title} ${word}` }),
      })),
    ),
    meta: defaultMetric === undefined ? meta : { ...meta, defaultMetric: splitMetrics(defaultMetric)[0] },
  };
}

/** What has grown, and what has shrunk; what is unknown is so in both. */
function parts(column: Column): [grown: Column, shrunk: Column] {
  if (column instanceof BigInt64Array)
    return [
      column.map((value) => (value > 0n ? value : 0n)),
      column.map((value) => (value < 0n ? -value : 0n)),
    ];
  return [column.map((value) => (value <= 0 ? 0 : value)), column.map((value) => (value >= 0 ? 0 : -value))];
}

/** No total is less than the self, nor than what enters by the arcs. */
function leastTotals(self: Column, { arcs }: Profile, arcTotal: Column | undefined): Column {
  const entering = zeros(self, self.length);
  for (let a = 0; a < (arcs?.length ?? 0); a++) {
    const value = arcTotal![a]!;
    const to = arcs!.callee[a]!;
    if (arcs!.caller[a] !== to && !Number.isNaN(Number(value)))
      entering[to] = ((entering[to] as number) + (value as number)) as never;
  }
  for (let n = 0; n < self.length; n++) if (self[n]! > entering[n]!) entering[n] = self[n]! as never;
  return entering;
}

/** The least totals of which one less the other is what it was. */
function totalParts(total: Column, [grown, shrunk]: Column[]): [grown: Column, shrunk: Column] {
  const larger = zeros(total, total.length);
  const smaller = zeros(total, total.length);
  for (let n = 0; n < total.length; n++) {
    const value = total[n] as number;
    const needed = (value + (shrunk![n] as number)) as Value;
    larger[n] = (needed > grown![n]! ? needed : grown![n]!) as never;
    smaller[n] = ((larger[n] as number) - value) as never;
  }
  return [larger, smaller];
}
