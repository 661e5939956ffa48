/** Profiles with fewer rows: of samples, of nodes, of labels; and what stops being true when rows go. */
import { greatest, sumOf, type Value } from './columns.ts';
import { type StackProfileRest, stackProfile } from './fold-stacks.ts';
import type {
  ArcTable,
  Column,
  Label,
  LineTable,
  Meta,
  NodeTable,
  Profile,
  SampleTable,
  StackDetails,
  StackTable,
} from './profile.ts';

export function keptStacks({ start, frame, length }: StackTable, keep: Uint8Array): StackTable {
  const kept: StackTable = {
    length: 0,
    start: new Uint32Array(length + 1),
    frame: new Int32Array(frame.length),
  };
  let to = 0;
  for (let i = 0; i < length; i++) {
    if (!keep[i]) continue;
    kept.frame.set(frame.subarray(start[i]!, start[i + 1]!), to);
    to += start[i + 1]! - start[i]!;
    kept.start[++kept.length] = to;
  }
  return {
    length: kept.length,
    start: kept.start.subarray(0, kept.length + 1),
    frame: kept.frame.subarray(0, to),
  };
}

/** The profile with other sets of labels; `setOf`: the new set by the old one, -1 = none. */
export function relabelled(profile: Profile, labelSets: Label[][], setOf: ArrayLike<number>): Profile {
  const { stacks, stackValues, stackDetails } = profile;
  const moved = ({ time, labels }: StackDetails): StackDetails => {
    const sets = labels?.map((set) => setOf[set] ?? -1);
    return { ...(time && { time }), ...(sets?.some((set) => set >= 0) && { labels: sets }) };
  };
  if (stacks && stackValues)
    return stackProfile({ ...restOf(profile), labelSets }, stacks, stackValues, moved(stackDetails ?? {}));
  if (!profile.samples?.labels) return profile;
  const { length, node, values } = profile.samples;
  return { ...profile, labelSets, samples: { length, node, values, ...moved(profile.samples) } };
}

/** The flat profile with only those functions whose nodes are marked. */
export function keepNodes(profile: Profile, keep: Uint8Array): Profile {
  const { nodes, samples, lines } = profile;
  const index = new Int32Array(keep.length).fill(-1);
  for (let n = 0, to = 0; n < keep.length; n++) if (keep[n]) index[n] = to++;
  const frame = keptRows(nodes.frame, keep);
  const table: NodeTable = {
    length: frame.length,
    frame,
    parent: keptRows(nodes.parent, keep),
    self: nodes.self.map((column) => keptRows(column, keep)),
    total: nodes.total.map((column) => keptRows(column, keep)),
  };
  const moved = <T extends { node: Int32Array }>(rows: T): T => ({
    ...rows,
    node: rows.node.map((n) => index[n]!),
  });
  const keepRow = samples && Uint8Array.from({ length: samples.length }, (_, i) => keep[samples.node[i]!]!);
  return changed(profile, {}, (rest) => ({
    ...rest,
    callers: 'none',
    nodes: table,
    ...(samples && keepRow && { samples: moved(keptSamples(samples, keepRow)) }),
    ...(lines && { lines: moved(cutLines(lines, keep)) }),
  }));
}

export function keptSamples(samples: SampleTable, keep: Uint8Array): SampleTable {
  const node = keptRows(samples.node, keep);
  const values = samples.values.map((column) => keptRows(column, keep));
  return { length: node.length, node, values, ...keptDetails(samples, keep) };
}

/** The arcs that are marked. `nodeOf`: what the nodes are now called, if they have changed. */
export function keptArcs(arcs: ArcTable, keep: Uint8Array, nodeOf?: Int32Array): ArcTable {
  const { file, primitiveCalls, self, residual, counts } = arcs;
  const ends = (column: Int32Array) => {
    const kept = keptRows(column, keep);
    return nodeOf ? kept.map((n) => nodeOf[n]!) : kept;
  };
  const caller = ends(arcs.caller);
  const left = residual && keptRows(residual, keep);
  return {
    length: caller.length,
    caller,
    callee: ends(arcs.callee),
    line: keptRows(arcs.line, keep),
    ...(file && { file: keptRows(file, keep) }),
    calls: keptRows(arcs.calls, keep),
    ...(primitiveCalls && { primitiveCalls: keptRows(primitiveCalls, keep) }),
    total: arcs.total.map((column) => keptRows(column, keep)),
    ...(self && { self: self.map((column) => keptRows(column, keep)) }),
    ...(left?.includes(1) && { residual: left }),
    ...(counts && { counts }),
  };
}

export function cutLines(lines: LineTable, keepNode: ArrayLike<number>): LineTable {
  const keep = Uint8Array.from({ length: lines.length }, (_, i) => keepNode[lines.node[i]!]!);
  const node = keptRows(lines.node, keep);
  return {
    length: node.length,
    node,
    line: keptRows(lines.line, keep),
    ...(lines.file && { file: keptRows(lines.file, keep) }),
    values: lines.values.map((column) => keptRows(column, keep)),
  };
}

export function keptDetails({ time, labels }: StackDetails, keep: Uint8Array): StackDetails {
  return { ...(time && { time: keptRows(time, keep) }), ...(labels && { labels: keptRows(labels, keep) }) };
}

/** The rows that are marked; those behind the marks are spare room. */
export function keptRows<T extends Int32Array | Uint8Array | Column>(column: T, keep: Uint8Array): T {
  let count = 0;
  for (let i = 0; i < keep.length; i++) count += keep[i]!;
  if (count === column.length) return column;
  const Columns = column.constructor as new (length: number) => T;
  const kept = new Columns(count);
  for (let i = 0, to = 0; i < keep.length; i++) if (keep[i]) kept[to++] = column[i]!;
  return kept;
}

/**
 * A profile with other stacks. Counts of calls and lists of leftovers are about the old ones; percentages still
 * refer to the old sum.
 */
export function changed(
  profile: Profile,
  tables: Partial<Pick<Profile, 'functions' | 'frames'>>,
  make: (rest: StackProfileRest) => Profile,
): Profile {
  const rest = restOf(profile);
  const { calls: _, primitiveCalls: __, ...functions } = tables.functions ?? rest.functions;
  const result = make({
    ...rest,
    ...tables,
    functions,
    meta: withoutLists(rest.meta),
  });
  const sum = profile.whole?.sum ?? (profile.stackValues ?? profile.nodes.self).map(sumOf);
  let maxSelf: Value[] | undefined;
  result.whole = {
    sum,
    get maxSelf() {
      maxSelf ??= result.nodes.self.map(greatest);
      return maxSelf;
    },
  };
  return result;
}

/** Without leftovers that are lists: their figures are those of the profile as it was. */
export function withoutLists({ raw, ...meta }: Meta): Meta {
  const facts = Object.entries(raw ?? {}).filter(([, leftover]) => !Array.isArray(leftover));
  return facts.length > 0 ? { ...meta, raw: Object.fromEntries(facts) } : meta;
}

/** What stands beside the stacks, without folding these. */
export function restOf(profile: Profile): StackProfileRest {
  const { estimated, metrics, mappings, functions, frames, files, labelSets, meta, whole } = profile;
  const rest = { estimated, metrics, mappings, functions, frames, files, labelSets, meta };
  return whole ? { ...rest, whole } : rest;
}
