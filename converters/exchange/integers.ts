/** Columns of integers, for formats that have no fractions. */
import { bytesPerUnit, type Column, INT64, type Metric, secondsPerUnit } from '../../src/plugin.ts';

/** Products of decimal fractions miss the integer by no more than this part of it. */
const NOISE = 2 ** -49;

export interface Integers {
  metric: Metric;
  column: Column;
  /** Whether fractions were rounded: the sum is kept, single values are the next integers. */
  rounded: boolean;
  /** Whether there were values that no integer of 64 bits can hold. */
  cut: boolean;
}

/** The column as integers of 64 bits; fractions are put into a finer unit where there is one. */
export function integers(column: Column, metric: Metric): Integers {
  if (column instanceof BigInt64Array) return { metric, column, rounded: false, cut: false };
  if (!column.every(Number.isInteger)) return scaledUp(column, metric);
  return { metric, rounded: false, ...withinRange(column) };
}

function withinRange(column: Float64Array): { column: Column; cut: boolean } {
  const outside = (value: number) => value < -INT64 || value >= INT64;
  if (!column.some(outside)) return { column, cut: false };
  const cut = BigInt64Array.from(column, (value) =>
    outside(value) ? (value < 0 ? -(2n ** 63n) : 2n ** 63n - 1n) : BigInt(value),
  );
  return { column: cut, cut: true };
}

function scaledUp(column: Float64Array, metric: Metric): Integers {
  const seconds = secondsPerUnit(metric);
  const bytes = bytesPerUnit(metric);
  const factor = seconds === undefined ? (bytes ?? 1) : Math.max(1, Math.round(seconds / 1e-9));
  const unit = factor === 1 ? metric.unit : seconds === undefined ? 'bytes' : 'nanoseconds';
  const scaled = column.map((value) => value * factor);
  const isNear = (value: number) => Math.abs(value - Math.round(value)) <= Math.abs(value) * NOISE;
  const rounded = !scaled.every(isNear);
  const whole = rounded ? largestRemainders(scaled) : scaled.map(Math.round);
  return { metric: { ...metric, unit }, rounded, ...withinRange(whole) };
}

/** Integers next to the values whose sum is the rounded sum: those with the greatest fractions go up. */
function largestRemainders(values: Float64Array): Float64Array {
  const floors = values.map(Math.floor);
  const fractions = values.map((value, i) => value - floors[i]!);
  let up = Math.round(fractions.reduce((sum, fraction) => sum + fraction, 0));
  if (up === 0) return floors;
  const least = fractions.toSorted()[values.length - up]!;
  for (let i = 0; i < values.length; i++) {
    if (fractions[i]! <= least) continue;
    floors[i]! += 1;
    up--;
  }
  for (let i = 0; up > 0; i++) {
    if (fractions[i] !== least) continue;
    floors[i]! += 1;
    up--;
  }
  return floors;
}
