/** Profiles with fewer rows: of samples, of nodes, of labels; and what stops being true when rows go. */
import { greatest, sumOf, type Value } from './columns.ts';
import { type StackProfileRest, stackProfile, treeTable } from './fold-stacks.ts';
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
  Whole,
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
  const rows = markedRows(keep);
  const frame = rowsAt(nodes.frame, rows);
  const table: NodeTable = {
    length: frame.length,
    frame,
    parent: rowsAt(nodes.parent, rows),
    self: nodes.self.map((column) => rowsAt(column, rows)),
    total: nodes.total.map((column) => rowsAt(column, rows)),
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

/** The profile without nodes, arcs and samples whose values are all 0 unless others depend on them. */
export function withoutZeros(profile: Profile): Profile {
  const { stacks, stackValues, stackDetails } = profile;
  if (stacks && stackValues) {
    const keep = rowsWithValues(stacks.length, stackValues);
    const values = stackValues.map((column) => keptRows(column, keep));
    const details = keptDetails(stackDetails ?? {}, keep);
    return stackProfile(restOf(profile), keptStacks(stacks, keep), values, details);
  }
  const { nodes, arcs, lines } = profile;
  const keep = rowsWithValues(nodes.length, nodes.self);
  if (profile.callers !== 'all') markValues(keep, nodes.total);
  const keepSample = profile.samples && rowsWithValues(profile.samples.length, profile.samples.values);
  const samples = profile.samples && keepSample && keptSamples(profile.samples, keepSample);
  if (samples) for (const n of samples.node) if (n >= 0) keep[n] = 1;
  if (lines)
    for (const [i, has] of rowsWithValues(lines.length, lines.values).entries())
      if (has) keep[lines.node[i]!] = 1;
  const keepArc = arcs && rowsWithValues(arcs.length, arcs.total);
  if (arcs && keepArc)
    for (let a = 0; a < arcs.length; a++) if (keepArc[a]) keep[arcs.caller[a]!] = keep[arcs.callee[a]!] = 1;
  for (let n = nodes.length - 1; n >= 0; n--)
    if (keep[n] && nodes.parent[n]! >= 0) keep[nodes.parent[n]!] = 1;

  const index = new Int32Array(nodes.length);
  for (let n = 0, to = 0; n < nodes.length; n++) index[n] = keep[n] ? to++ : -1;
  const moved = <T extends { node: Int32Array }>(rows: T): T => ({
    ...rows,
    node: rows.node.map((n) => (n < 0 ? -1 : index[n]!)),
  });
  const rows = markedRows(keep);
  const frame = rowsAt(nodes.frame, rows);
  const parent = rowsAt(nodes.parent, rows).map((n) => (n < 0 ? -1 : index[n]!));
  const self = nodes.self.map((column) => rowsAt(column, rows));
  const total = profile.callers !== 'all' && nodes.total.map((column) => rowsAt(column, rows));
  const table = total ? { length: frame.length, frame, parent, self, total } : treeTable(frame, parent, self);
  const { stacks: _, stackValues: __, stackDetails: ___, ...rest } = profile;
  return {
    ...rest,
    nodes: nodes.calls ? withCalls(table, rowsAt(nodes.calls, rows)) : table,
    ...(samples && { samples: moved(samples) }),
    ...(lines && { lines: moved(cutLines(lines, keep)) }),
    ...(arcs && keepArc && { arcs: keptArcs(arcs, keepArc, index) }),
  };
}

/** Keeps totals that are yet to be added up. */
function withCalls(table: NodeTable, calls: Float64Array): NodeTable {
  return Object.defineProperties({ calls } as NodeTable, Object.getOwnPropertyDescriptors(table));
}

/** Marks the rows that have a value other than 0, or an unknown one. */
function rowsWithValues(length: number, columns: Column[]): Uint8Array {
  const marks = new Uint8Array(length);
  markValues(marks, columns);
  return marks;
}

function markValues(marks: Uint8Array, columns: Column[]): void {
  for (const column of columns)
    for (let i = 0; i < marks.length; i++) if (Number(column[i]) !== 0) marks[i] = 1;
}

export function keptSamples(samples: SampleTable, keep: Uint8Array): SampleTable {
  const rows = markedRows(keep);
  const node = rowsAt(samples.node, rows);
  const values = samples.values.map((column) => rowsAt(column, rows));
  return { length: node.length, node, values, ...keptDetails(samples, keep) };
}

/** The arcs that are marked. `nodeOf`: what the nodes are now called, if they have changed. */
export function keptArcs(arcs: ArcTable, keep: Uint8Array, nodeOf?: Int32Array): ArcTable {
  return arcsAt(arcs, markedRows(keep), nodeOf);
}

/** As `keptArcs`, of the rows with these numbers, which go up. */
export function arcsAt(arcs: ArcTable, rows: Int32Array, nodeOf?: Int32Array): ArcTable {
  const { file, primitiveCalls, self, residual, counts } = arcs;
  const ends = (column: Int32Array) => {
    const kept = rowsAt(column, rows);
    return nodeOf ? kept.map((n) => nodeOf[n]!) : kept;
  };
  const caller = ends(arcs.caller);
  const left = residual && rowsAt(residual, rows);
  return {
    length: caller.length,
    caller,
    callee: ends(arcs.callee),
    line: rowsAt(arcs.line, rows),
    ...(file && { file: rowsAt(file, rows) }),
    calls: rowsAt(arcs.calls, rows),
    ...(primitiveCalls && { primitiveCalls: rowsAt(primitiveCalls, rows) }),
    total: arcs.total.map((column) => rowsAt(column, rows)),
    ...(self && { self: self.map((column) => rowsAt(column, rows)) }),
    ...(left?.includes(1) && { residual: left }),
    ...(counts && { counts }),
  };
}

export function cutLines(lines: LineTable, keepNode: ArrayLike<number>): LineTable {
  const keep = Uint8Array.from({ length: lines.length }, (_, i) => keepNode[lines.node[i]!]!);
  const rows = markedRows(keep);
  const node = rowsAt(lines.node, rows);
  return {
    length: node.length,
    node,
    line: rowsAt(lines.line, rows),
    ...(lines.file && { file: rowsAt(lines.file, rows) }),
    values: lines.values.map((column) => rowsAt(column, rows)),
  };
}

export function keptDetails({ time, labels }: StackDetails, keep: Uint8Array): StackDetails {
  return { ...(time && { time: keptRows(time, keep) }), ...(labels && { labels: keptRows(labels, keep) }) };
}

/** The rows that are marked; those behind the marks are spare room. */
export function keptRows<T extends Int32Array | Uint8Array | Column>(column: T, keep: Uint8Array): T {
  return rowsAt(column, markedRows(keep));
}

/** Numbers of the rows that are marked: where more than one column is cut, found once for all. */
export function markedRows(keep: Uint8Array): Int32Array {
  let count = 0;
  for (let i = 0; i < keep.length; i++) count += keep[i]!;
  const rows = new Int32Array(count);
  for (let i = 0, to = 0; to < count; i++) if (keep[i]) rows[to++] = i;
  return rows;
}

/** The rows with these numbers, which go up. */
export function rowsAt<T extends Int32Array | Uint8Array | Column>(column: T, rows: Int32Array): T {
  const { length } = rows;
  if (length === column.length) return column;
  const Columns = column.constructor as new (length: number) => T;
  const kept = new Columns(length);
  for (let i = 0; i < length; i++) kept[i] = column[rows[i]!]!;
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
  result.whole = lazyWhole(sum, result);
  return result;
}

/** A whole with this sum; the greatest self of the profile is looked for when somebody asks. */
export function lazyWhole(sum: Value[], profile: Profile): Whole {
  let maxSelf: Value[] | undefined;
  return {
    sum,
    get maxSelf() {
      maxSelf ??= profile.nodes.self.map(greatest);
      return maxSelf;
    },
  };
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
