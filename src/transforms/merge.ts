/**
 * Several profiles of one rung as one: the values of what is the same are added up.
 *
 * Functions and frames are the same if all that is known of them is, but for lines that may differ; nodes, if their
 * frames are, along the same callers. What one profile does not know, the sum does not know either. Times of samples
 * are gone.
 */
import { ArcIndex } from '../arc-index.ts';
import { ProfileBuilder } from '../builder.ts';
import { CallTree } from '../call-tree.ts';
import { greatest, Int32List, scaled, summed, sumOfValues, type Value, zeros } from '../columns.ts';
import { withCommonLines } from '../common-lines.ts';
import {
  type Arrangement,
  arranged,
  type CommonMetric,
  commonMetrics,
  type LostMetric,
} from '../common-metrics.ts';
import { withoutLists } from '../fewer-rows.ts';
import { selfRows, sumOfMetric } from '../graph.ts';
import { mergedMeta } from '../merged-meta.ts';
import { MergedNames, type MergedRows } from '../merged-names.ts';
import type { ArcTable, Column, Label, LineTable, Profile, SampleTable } from '../profile.ts';
import { isList, labelsIn, StackSum } from '../stack-sum.ts';

export interface MergeOptions {
  /** Labels that the samples of each profile get, by profile. */
  labels?: Label[][];
  /** Default `sum`. */
  values?: Arrangement;
  /** Is told of each metric that is left out, because not all profiles have it. */
  onLostMetric?: LostMetric;
}

/**
 * One profile of those that agree in `callers`: their sum, if nothing else is asked for. Throws `ProfileError` when
 * they have no metric in common.
 */
export function merge(given: readonly Profile[], options: MergeOptions = {}): Profile {
  const profiles = withCommonLines(given);
  const [first] = profiles;
  if (!first) throw new RangeError('nothing to merge');
  const { callers } = first;
  if (profiles.some((each) => each.callers !== callers)) throw new RangeError('profiles of different rungs');
  const { values = 'sum' } = options;
  const metrics = commonMetrics(profiles, options.onLostMetric).flatMap((metric) => arranged(metric, values));
  const meta = mergedMeta(
    (values === 'sum' ? profiles : [first]).map((profile) => profile.meta),
    metrics.map(({ columns }) => columns[0]!.index),
  );
  const columnsOf = (p: number) => metrics.map(({ columns }) => columns[p]!);
  const own = metrics.map(({ metric }) => metric);
  if (profiles.every(isList)) {
    const sum = new StackSum(own);
    sum.builder.meta = values === 'sum' ? meta : withoutLists(meta);
    for (const [p, profile] of profiles.entries()) sum.add(profile, columnsOf(p), options.labels?.[p]);
    return finished(sum.finish(), profiles, metrics);
  }
  const builder = new ProfileBuilder(own);
  builder.meta = values === 'sum' ? meta : withoutLists(meta);
  builder.linesMayDiffer = profiles.every(({ functions }) => functions.linesMayDiffer);
  const names = new MergedNames(builder);
  const parts = profiles.map((profile, p): Part => {
    const sign = values === 'difference' && p > 0 ? -1 : 1;
    return { profile, columns: columnsOf(p), sign, ...names.add(profile), nodeOf: new Int32Array() };
  });
  if (callers === 'all') {
    const tree = new CallTree();
    for (const part of parts) part.nodeOf = addTree(tree, part);
    const calls = sumOfCounts(
      parts.map(({ profile, nodeOf, sign }) => [profile.nodes.calls, nodeOf, sign]),
      tree.length,
    );
    const nodes = {
      frame: tree.frame.slice(0, tree.length),
      parent: tree.parent.slice(0, tree.length),
      self: sums(parts, tree.length, ({ nodes: { self } }) => self),
      ...(calls && { calls }),
    };
    addCalls(builder, parts);
    return finished(builder.tree(nodes, details(builder, parts, options.labels)), profiles, metrics);
  }
  const frames = new Int32List();
  const nodeOfFrame = new Int32Array(builder.frameCount).fill(-1);
  for (const part of parts) part.nodeOf = addNodes(frames, nodeOfFrame, part);
  const nodes = {
    frame: frames.trimmed(),
    self: sums(parts, frames.length, ({ nodes: { self } }) => self),
    total: sums(parts, frames.length, ({ nodes: { total } }) => total),
  };
  addCalls(builder, parts);
  const rest = details(builder, parts, options.labels);
  const merged =
    callers === 'none' ? builder.flat(nodes, rest) : builder.graph(nodes, mergedArcs(parts), rest);
  return finished(merged, profiles, metrics);
}

/** One of the profiles, and what the rows of its tables are in the sum. */
interface Part extends MergedRows {
  profile: Profile;
  /** What its counts are multiplied by. */
  sign: number;
  columns: { index: number; factor: number }[];
  nodeOf: Int32Array;
}

function addTree(tree: CallTree, { profile: { nodes }, frameOf }: Part): Int32Array {
  const nodeOf = new Int32Array(nodes.length);
  for (let n = 0; n < nodes.length; n++) {
    const parent = nodes.parent[n]!;
    nodeOf[n] = tree.child(parent < 0 ? -1 : nodeOf[parent]!, frameOf[nodes.frame[n]!]!);
  }
  return nodeOf;
}

/** `nodeOfFrame` holds the nodes that there are, and -1. */
function addNodes(frames: Int32List, nodeOfFrame: Int32Array, { profile, frameOf }: Part): Int32Array {
  return profile.nodes.frame.map((own) => {
    const frame = frameOf[own]!;
    if (nodeOfFrame[frame] === -1) {
      nodeOfFrame[frame] = frames.length;
      frames.push(frame);
    }
    return nodeOfFrame[frame]!;
  });
}

function mergedArcs(parts: Part[]): ArcTable {
  const index = new ArcIndex();
  const rows = parts.map(({ profile, nodeOf, fileOf }) => {
    const arcs = profile.arcs!;
    return Int32Array.from({ length: arcs.length }, (_, a) =>
      index.find(
        nodeOf[arcs.caller[a]!]!,
        nodeOf[arcs.callee[a]!]!,
        arcs.line[a]!,
        fileOf[arcs.file?.[a] ?? 0]!,
      ),
    );
  });
  const counts = (column: (arcs: ArcTable) => Float64Array | undefined) =>
    sumOfCounts(
      parts.map(({ profile, sign }, p) => [column(profile.arcs!), rows[p]!, sign]),
      index.length,
    );
  const primitiveCalls = counts((arcs) => arcs.primitiveCalls);
  const unknown = (arcs: ArcTable) =>
    arcs.total.map((column) => new Float64Array(column.length).fill(Number.NaN));
  const residual = parts.some(({ profile }) => profile.arcs!.residual) && new Uint8Array(index.length);
  for (const [p, { profile }] of parts.entries())
    profile.arcs!.residual?.forEach((flag, a) => {
      if (residual && flag) residual[rows[p]![a]!] = 1;
    });
  const known = parts.some(({ profile }) => profile.arcs!.self);
  const counted = new Set(parts.map(({ profile }) => profile.arcs!.counts));
  const [what] = counted;
  return {
    length: index.length,
    caller: index.caller.trimmed(),
    callee: index.callee.trimmed(),
    line: index.line.trimmed(),
    ...index.files(),
    calls: counts((arcs) => arcs.calls)!,
    ...(primitiveCalls && { primitiveCalls }),
    total: sums(parts, index.length, ({ arcs }) => arcs!.total, rows),
    ...(known && { self: sums(parts, index.length, ({ arcs }) => arcs!.self ?? unknown(arcs!), rows) }),
    ...(residual && { residual }),
    ...(counted.size === 1 && what !== undefined && { counts: what }),
  };
}

/** A column of each metric: what the profiles have in it, added up by row of the sum. */
function sums(
  parts: Part[],
  length: number,
  columnsOf: (profile: Profile, p: number) => Column[],
  rows: Int32Array[] = parts.map(({ nodeOf }) => nodeOf),
): Column[] {
  const tables = parts.map(({ profile }, p) => columnsOf(profile, p));
  return parts[0]!.columns.map((_, m) =>
    summed(
      parts.map(({ columns }, p) => multiple(tables[p]![columns[m]!.index]!, columns[m]!.factor)),
      rows,
      length,
    ),
  );
}

/** The values times a whole number; nothing of what is unknown is nothing. */
function multiple(column: Column, factor: number): Column {
  return factor === 0 ? zeros(column, column.length) : scaled(column, factor);
}

/** Counts times a sign added up; unknown where one of them is. Undefined if nothing was counted. */
function sumOfCounts(
  parts: [Float64Array | undefined, Int32Array, number][],
  length: number,
): Float64Array | undefined {
  if (parts.every(([counts]) => counts === undefined)) return undefined;
  const sum = new Float64Array(length);
  for (const [counts, rows, sign] of parts)
    for (let i = 0; i < rows.length; i++) sum[rows[i]!]! += counts ? counts[i]! * sign : Number.NaN;
  return sum;
}

function addCalls(builder: ProfileBuilder, parts: Part[]): void {
  const counts = (column: 'calls' | 'primitiveCalls') =>
    sumOfCounts(
      parts.map(({ profile, functionOf, sign }) => [profile.functions[column], functionOf, sign]),
      builder.functionCount,
    );
  const calls = counts('calls');
  const primitiveCalls = counts('primitiveCalls');
  calls?.forEach((count, f) => {
    const primitive = primitiveCalls?.[f] ?? Number.NaN;
    if (!Number.isNaN(count)) builder.addCalls(f, count, Number.isNaN(primitive) ? undefined : primitive);
  });
}

/** Samples only where they have labels, lines only where a profile has some. */
function details(
  builder: ProfileBuilder,
  parts: Part[],
  labels: Label[][] = [],
): { samples?: SampleTable; lines?: LineTable } {
  const labelled =
    labels.some((set) => set.length > 0) || parts.some(({ profile }) => profile.samples?.labels);
  return {
    ...(labelled && { samples: mergedSamples(builder, parts, labels) }),
    ...(parts.some(({ profile }) => profile.lines) && { lines: mergedLines(parts) }),
  };
}

/** One row for each node and set of labels. */
function mergedSamples(builder: ProfileBuilder, parts: Part[], labels: Label[][]): SampleTable {
  const index = new ArcIndex();
  const tables = parts.map(
    ({ profile }): SampleTable => (profile.samples?.labels ? profile.samples : selfRows(profile.nodes)),
  );
  const rows = parts.map(({ profile, nodeOf }, p) => {
    const { node, labels: sets } = tables[p]!;
    const merged = labelsIn(builder, profile, labels[p] ?? []);
    return Int32Array.from(node, (n, i) =>
      index.find(n < 0 ? -1 : nodeOf[n]!, merged(sets?.[i] ?? -1), 0, 0),
    );
  });
  return {
    length: index.length,
    node: index.caller.trimmed(),
    labels: index.callee.trimmed(),
    values: sums(parts, index.length, (_, p) => tables[p]!.values, rows),
  };
}

function mergedLines(parts: Part[]): LineTable {
  const tables = parts.map(({ profile }): LineTable => {
    if (profile.lines) return profile.lines;
    const { nodes, frames } = profile;
    const selves = selfRows(profile.nodes);
    return { ...selves, line: selves.node.map((n) => frames.line[nodes.frame[n]!]!) };
  });
  const index = new ArcIndex(tables.reduce((most, { length }) => Math.max(most, length), 0));
  const rows = parts.map(({ nodeOf, fileOf }, p) => {
    const { node, line, file } = tables[p]!;
    return Int32Array.from({ length: tables[p]!.length }, (_, i) =>
      index.find(nodeOf[node[i]!]!, 0, line[i]!, fileOf[file?.[i] ?? 0]!),
    );
  });
  return {
    length: index.length,
    node: index.caller.trimmed(),
    line: index.line.trimmed(),
    ...index.files(),
    values: sums(parts, index.length, (_, p) => tables[p]!.values, rows),
  };
}

/**
 * What was cut from the profiles is missing from their sum, and percentages refer to it all the same; those of
 * differences refer to what the differences' did, as in pprof.
 */
function finished(merged: Profile, profiles: readonly Profile[], metrics: CommonMetric[]): Profile {
  merged.estimated = profiles.some(({ estimated }) => estimated);
  const [only] = profiles as [Profile];
  // Of one profile alone, rows and metrics are what they were unless some of them are alike.
  if (profiles.length === 1 && only.shares && keepsRows(merged, only)) merged.shares = only.shares;
  if (profiles.every(({ whole }) => whole === undefined)) return merged;
  const isOfWhole = ({ meta }: Profile) => !merged.meta.isDifference || meta.isDifference === true;
  const sum = metrics.map(({ columns }) =>
    sumOfValues(profiles.map((each, p) => (isOfWhole(each) ? scaledSum(each, columns[p]!) : 0))),
  );
  const maxSelf = merged.nodes.self.map(greatest);
  merged.whole = { sum, maxSelf };
  return merged;
}

function keepsRows(merged: Profile, { nodes, arcs }: Profile): boolean {
  return merged.nodes.length === nodes.length && merged.arcs?.length === arcs?.length;
}

function scaledSum(profile: Profile, { index, factor }: Part['columns'][number]): Value {
  const sum = sumOfMetric(profile, index);
  return typeof sum === 'bigint' && Number.isInteger(factor) ? sum * BigInt(factor) : Number(sum) * factor;
}
