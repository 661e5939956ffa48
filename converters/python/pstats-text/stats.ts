/** All that is printed of a profile: its table, and the sums of the header. */
import {
  defaultMetric,
  type Metric,
  type Profile,
  secondsPerUnit,
  sumOf,
  sumOfMetric,
  type Value,
} from '../../../src/plugin.ts';
import { conversion, graphRows } from '../pstats-table/of-graph.ts';
import {
  exactRows,
  inPythonsOrder,
  type PstatsRow,
  type PstatsTable,
  type PyNumber,
  plus,
  strippedRows,
} from '../pstats-table.ts';
import { ctime } from './ctime.ts';

export interface Stats {
  rows: PstatsRow[];
  /** Files and when they were modified, as Python prints them. */
  files: string[];
  /** Functions at which profiling began, as far as that is known. */
  topLevel: string[];
  /** Sums over all functions; they stay what they are when rows are merged. */
  calls: Count;
  primitiveCalls: Count;
  sum: PyNumber;
  metric: Metric;
  /** Whether values are seconds. */
  timed: boolean;
  estimated: boolean;
  /** Whether values and counts are what has changed. */
  isDifference: boolean;
}

/** A sum of counts, of which some may be unknown. */
export interface Count {
  known: PyNumber;
  /** How many were not counted. */
  unknown: number;
}

/** Throws `MixedCallers`. */
export function statsOf(profile: Profile): Stats {
  const metric = defaultMetric(profile);
  const exact = metric === 0 ? exactRows(profile) : undefined;
  const rows = exact?.rows ?? graphRows(profile);
  return {
    rows,
    files: inPythonsOrder(exact?.tables ?? []).flatMap(fileLine),
    topLevel: rows.filter(({ callers }) => callers.some(isProfiler)).map(({ key }) => key.name),
    calls: countOf(rows.map(({ calls }) => calls)),
    primitiveCalls: countOf(rows.map(({ primitiveCalls }) => primitiveCalls)),
    sum: exact
      ? inPythonsOrder(exact.tables).map(sumOfTable).reduce(added)
      : conversion(profile, metric)(sumOrChange(profile, metric)),
    metric: profile.metrics[metric]!,
    timed: secondsPerUnit(profile.metrics[metric]!) !== undefined,
    estimated: profile.estimated,
    isDifference: profile.meta.isDifference === true,
  };
}

/** The sum; of a difference, by how much that has changed. */
function sumOrChange(profile: Profile, metric: number): Value {
  return profile.meta.isDifference ? sumOf(profile.nodes.self[metric]!) : sumOfMetric(profile, metric);
}

function fileLine({ file }: PstatsTable): string[] {
  return file ? [`${ctime(file.modified)}    ${file.name}`] : [];
}

/** The caller that stands for the profiler itself. */
function isProfiler({ key }: PstatsRow['callers'][number]): boolean {
  return key.file === 'jprofile' && key.line === 0 && key.name === 'profiler';
}

function sumOfTable({ rows }: PstatsTable): PyNumber {
  return rows.reduce((sum: PyNumber, { self }) => added(sum, self!), 0n);
}

function added(a: PyNumber, b: PyNumber): PyNumber {
  return plus(a, b)!;
}

function countOf(counts: (PyNumber | undefined)[]): Count {
  const known = counts.filter((count) => count !== undefined);
  const unknown = counts.length - known.length;
  // Integers are added exactly, however they are given.
  const exact = known.every((count) => typeof count === 'bigint' || Number.isInteger(count));
  const zero: PyNumber = exact ? 0n : 0;
  return { known: known.reduce((sum, count) => added(sum, exact ? BigInt(count) : count), zero), unknown };
}

/** Throws `MixedCallers`; returns how many callers are lost. */
export function stripDirs(stats: Stats): number {
  const { rows, lost } = strippedRows(stats.rows);
  stats.rows = rows;
  return lost;
}
