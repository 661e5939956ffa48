/** Functions with their figures, as the reports list them. */
import {
  coarsen,
  type GraphShares,
  graphShares,
  type Profile,
  sumOfMetric,
  type Value,
} from '../../../src/plugin.ts';
import type { Json } from './json-text.ts';

export interface Row {
  node: number;
  name: string;
  /** File and line; '' = unknown. */
  place: string;
  self: Value;
  total: Value;
  /** Parts of the sum; NaN where that is 0. */
  selfShare: number;
  totalShare: number;
}

/** The nodes of a call graph, those with the greatest self (or total) first; equal ones by name. */
export function sortedRows(profile: Profile, metric: number, sort: 'self' | 'total'): Row[] {
  const shares = Number(sumOfMetric(profile, metric)) === 0 ? undefined : graphShares(profile, metric);
  const rows = Array.from({ length: profile.nodes.length }, (_, node) =>
    rowOf(profile, metric, shares, node),
  );
  const [first, second] = sort === 'self' ? (['self', 'total'] as const) : (['total', 'self'] as const);
  return rows.sort(
    (a, b) =>
      byMagnitude(a[first], b[first]) || byMagnitude(a[second], b[second]) || compareTexts(a.name, b.name),
  );
}

function rowOf(profile: Profile, metric: number, shares: GraphShares | undefined, node: number): Row {
  const { nodes, frames, functions } = profile;
  const func = frames.func[nodes.frame[node]!]!;
  const [file, line] = [functions.file[func]!, functions.line[func]!];
  return {
    node,
    name: functions.name[func]!,
    place: placeText(file, line),
    self: nodes.self[metric]![node]!,
    total: nodes.total[metric]![node]!,
    selfShare: shares?.self[node] ?? Number.NaN,
    totalShare: shares?.total[node] ?? Number.NaN,
  };
}

/** Of two values of one column: negative = the first is greater, whatever the signs. */
export function byMagnitude(a: Value, b: Value): number {
  const [x, y] = [magnitude(a), magnitude(b)];
  return x > y ? -1 : Number(x < y);
}

function magnitude(value: Value): Value {
  return value < 0 ? -value : value;
}

export function placeText(file: string, line: number): string {
  return line > 0 ? `${file}:${line}` : file;
}

/** By code units: the same everywhere. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** As in `parse  src/parse.ts:12`. */
export function label({ name, place }: Pick<Row, 'name' | 'place'>): string {
  return place === '' || place === name ? name : `${name}  ${place}`;
}

/** A row for programs. Shares are parts of the sum, 0 … 1; there are none of nothing. */
export function rowFields({ name, place, self, total, selfShare, totalShare }: Row): {
  [key: string]: Json;
} {
  return {
    name,
    place: place || undefined,
    self,
    selfShare: knownShare(selfShare),
    total,
    totalShare: knownShare(totalShare),
  };
}

/** Undefined for NaN, which JSON does not have. */
export function knownShare(share: number): number | undefined {
  return Number.isNaN(share) ? undefined : share;
}

/** The functions with the greatest self and those with the greatest total, of a profile on any rung. */
export function topFunctions(
  profile: Profile,
  metric: number,
  count: number,
): Record<'self' | 'total', Row[]> {
  const graph = coarsen(profile);
  const top = (sort: 'self' | 'total') =>
    sortedRows(graph, metric, sort)
      .filter((row) => Number(row[sort]) !== 0)
      .slice(0, count);
  return { self: top('self'), total: top('total') };
}
