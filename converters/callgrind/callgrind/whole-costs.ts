/**
 * Costs as the whole numbers that the format holds: time in nanoseconds, the rest in its own unit.
 *
 * The rule: the sum is rounded, and shared out over functions, then over their lines, by largest remainders;
 * so is the total of a function over the arcs that enter it. Thus the numbers add up as the exact ones do.
 */
import {
  type ArcTable,
  arcsIn,
  type Column,
  type Metric,
  type Profile,
  secondsPerUnit,
  sumOf,
  unitName,
  type Value,
  zeros,
} from '../../../src/plugin.ts';
import type { TimeUnit } from './emit-options.ts';
import { outermostArcs } from './outermost-arcs.ts';
import type { SelfLines } from './self-lines.ts';

/** The costs of one metric. */
export interface WholeCosts {
  /** What the numbers count. */
  unit: string;
  /** How many of these units the metric's own is. */
  factor: number;
  /** By row of the self lines. */
  lines: Column;
  /** By arc. */
  arcs: Column;
  /** By node: what enters a function from no other, so that all that enters is the function's total. */
  root: Column;
  sum: Value;
  /** How many arcs have a cost that is an estimate. */
  estimated: number;
  lost: {
    /** Values below 0, written as 0. */
    negative: boolean;
    /** Values of 2^63 and more, cut to that. */
    large: boolean;
    /** Fractions of a unit that is no time. */
    fractions: boolean;
  };
}

const TIME_UNITS: [string, number][] = [
  ['nanoseconds', 1e-9],
  ['microseconds', 1e-6],
  ['milliseconds', 1e-3],
  ['seconds', 1],
];
/** Readers keep 64 bits. The margin is for the rounding of sums in doubles. */
const MAX_COST = 2 ** 63 * (1 - 1e-9);
/** A difference of less than this part of a total comes from the order of additions. */
const SLACK = 1e-9;

/** The costs of metric `m` of a call graph. */
export function wholeCosts(profile: Profile, self: SelfLines, m: number, time: TimeUnit): WholeCosts {
  const metric = profile.metrics[m]!;
  const arcs = profile.arcs!;
  const outermost = outermostArcs(profile, m);
  const given: Columns = {
    lines: self.values[m]!,
    arcs: outermost.total,
    totals: profile.nodes.total[m]!,
  };
  const columns = Object.values(given);
  const whole = columns.every(isWhole);
  const largest = Math.max(sumOfSizes(given.lines), largestSize(given.arcs), largestSize(given.totals));
  const { unit, factor } = chooseUnit(metric, time, largest, whole ? MAX_COST : Number.MAX_SAFE_INTEGER);
  const exact = whole && Number.isInteger(factor);
  const large = !(largest * factor <= MAX_COST);
  const costs =
    exact && !large ? exactCosts(given, factor, arcs) : roundedCosts(given, factor, arcs, self.start);
  const stated = profile.whole?.sum[m];
  return {
    unit,
    factor,
    ...costs,
    estimated: outermost.estimated,
    sum: wholeNumber(stated === undefined ? sumOf(costs.lines) : scaledValue(stated, factor)),
    lost: {
      negative: columns.some((column) => column.some((v: Value) => v < 0)),
      large,
      fractions: !exact && secondsPerUnit(metric) === undefined,
    },
  };
}

interface Columns {
  lines: Column;
  arcs: Column;
  totals: Column;
}

/** For times the unit asked for, or the finest in which the largest value stays below the limit. */
function chooseUnit(
  metric: Metric,
  time: TimeUnit,
  largest: number,
  limit: number,
): { unit: string; factor: number } {
  const seconds = secondsPerUnit(metric);
  if (seconds !== undefined && time !== 'auto') {
    const [unit, size] = TIME_UNITS.find(([name]) => name === unitName(time))!;
    return { unit, factor: seconds < size ? 1 / Math.round(size / seconds) : Math.round(seconds / size) };
  }
  for (const [unit, size] of seconds === undefined ? [] : TIME_UNITS) {
    const factor = Math.round(seconds! / size);
    if (factor >= 1 && largest * factor <= limit) return { unit, factor };
  }
  return { unit: unitName(metric.unit), factor: 1 };
}

function sumOfSizes(column: Column): number {
  let sum = 0;
  for (let i = 0; i < column.length; i++) sum += Math.abs(Number(column[i]));
  return sum;
}

/** Unknown values (NaN) count as 0. */
function largestSize(column: Column): number {
  let largest = 0;
  for (let i = 0; i < column.length; i++) largest = Math.max(largest, Math.abs(Number(column[i])) || 0);
  return largest;
}

function isWhole(column: Column): boolean {
  return column instanceof BigInt64Array || column.every(Number.isInteger);
}

function scaledValue(value: Value, factor: number): Value {
  return typeof value === 'bigint' && Number.isInteger(factor)
    ? value * BigInt(factor)
    : Number(value) * factor;
}

function wholeNumber(value: Value): Value {
  return typeof value === 'bigint' ? value : Math.min(Math.round(value), MAX_COST);
}

/** Columns of whole numbers in the new unit; in 64-bit integers where doubles would not do. */
function exactCosts(
  given: Columns,
  factor: number,
  table: ArcTable,
): Pick<WholeCosts, 'lines' | 'arcs' | 'root'> {
  const sums = [given.lines, given.arcs, given.totals].map(sumOfSizes);
  const large = sums.some((sum) => sum * factor > Number.MAX_SAFE_INTEGER);
  const convert = large ? scaledWide : scaled;
  const [lines, arcs, root] = [given.lines, given.arcs, given.totals].map((column) =>
    convert(column, factor),
  );
  const zero = zeros(root!, 1)[0]!;
  subtractEntering(root!, arcs!, table);
  for (let n = 0; n < root!.length; n++) if (root![n]! < 0) root![n] = zero as never;
  return { lines: lines!, arcs: arcs!, root: root! };
}

function scaled(column: Column, factor: number): Float64Array {
  const values = new Float64Array(column.length);
  for (let i = 0; i < values.length; i++) {
    const value = Number(column[i]) * factor;
    if (value > 0) values[i] = Math.min(value, MAX_COST);
  }
  return values;
}

function scaledWide(column: Column, factor: number): BigInt64Array {
  const values = new BigInt64Array(column.length);
  for (let i = 0; i < values.length; i++) {
    const value = column[i]!;
    if (value > 0) values[i] = BigInt(value) * BigInt(factor);
  }
  return values;
}

/** Leaves of the total of each node what does not enter it from other nodes; below 0 where arcs overlap. */
function subtractEntering(total: Column, arcs: Column, { caller, callee, length }: ArcTable): void {
  for (let a = 0; a < length; a++) {
    const to = callee[a]!;
    if (caller[a] !== to) total[to] = ((total[to] as number) - (arcs[a] as number)) as never;
  }
}

/** Columns of numbers rounded as the head of this file says. */
function roundedCosts(
  given: Columns,
  factor: number,
  table: ArcTable,
  start: Int32Array,
): Pick<WholeCosts, 'lines' | 'arcs' | 'root'> {
  const lines = scaled(given.lines, factor);
  const arcs = scaled(given.arcs, factor);
  const totals = scaled(given.totals, factor);
  const ownLines = (n: number) => lines.subarray(start[n], start[n + 1]);
  const exactSelf = totals.map((_, n) => sum(ownLines(n)));
  const self = shareOut(exactSelf, Math.round(sum(exactSelf)));
  for (let n = 0; n < self.length; n++) ownLines(n).set(shareOut(ownLines(n), self[n]!));

  const root = totals.slice();
  subtractEntering(root, arcs, table);
  const entering = arcsIn(table, totals.length);
  for (let n = 0; n < totals.length; n++) {
    const into = entering.arc.subarray(entering.start[n], entering.start[n + 1]);
    const total = totals[n]!;
    const slack = total * SLACK;
    if (Math.abs(root[n]!) <= slack) root[n] = 0;
    const target = total - exactSelf[n]! <= slack ? self[n]! : Math.max(self[n]!, Math.round(total));
    const parts = new Float64Array(into.length + 1);
    for (const [i, a] of into.entries()) parts[i] = table.caller[a] === n ? 0 : arcs[a]!;
    parts[into.length] = root[n]!;
    const shares = root[n]! < 0 ? parts.map(Math.round) : shareOut(parts, target);
    for (const [i, a] of into.entries()) arcs[a] = table.caller[a] === n ? Math.round(arcs[a]!) : shares[i]!;
    root[n] = Math.max(shares[into.length]!, 0);
  }
  return { lines, arcs, root };
}

function sum(column: Float64Array): number {
  return sumOf(column) as number;
}

/** Whole numbers that add up to `target`, each next to its exact value: the largest fractions are rounded up. */
function shareOut(exact: Float64Array, target: number): Float64Array {
  const parts = exact.map(Math.floor);
  const fraction = exact.map((value, i) => value - parts[i]!);
  const order = Int32Array.from(exact.keys()).sort((a, b) => fraction[b]! - fraction[a]! || a - b);
  let rest = target - sum(parts);
  for (let i = 0; i < order.length && rest > 0; i++, rest--) parts[order[i]!]!++;
  // Sums of doubles are not exact: more may be left than one for each, or less than nothing.
  if (rest > 0 && order.length > 0) parts[order[0]!]! += rest;
  for (let i = order.length - 1; i >= 0 && rest < 0; i--) {
    const taken = Math.min(parts[order[i]!]!, -rest);
    parts[order[i]!]! -= taken;
    rest += taken;
  }
  return parts;
}
