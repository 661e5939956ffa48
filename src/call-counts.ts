/** Numbers of calls by function while functions are added; NaN = not counted, undefined = none are. */
import { grown } from './columns.ts';

type Counts = Float64Array | undefined;

/** Adds to the count of one function. */
export function withCalls(counts: Counts, func: number, calls: number): Float64Array {
  let column = counts ?? new Float64Array(0);
  if (func >= column.length) {
    const old = column.length;
    column = grown(column, func + 1);
    column.fill(Number.NaN, old);
  }
  column[func] = Number.isNaN(column[func]!) ? calls : column[func]! + calls;
  return column;
}

/** Counts of the first functions, so many, and of those behind them. */
export function withCounts(counts: Counts, length: number, more: Float64Array): Counts {
  if (more.every(Number.isNaN)) return counts;
  const all = fitted(counts, length + more.length);
  all.set(more, length);
  return all;
}

/** The same, of which those behind are the rows `order` of a column. */
export function withCountsOf(
  counts: Counts,
  length: number,
  column: Float64Array,
  order: Int32Array,
): Float64Array {
  const all = fitted(counts, length + order.length);
  for (let i = 0; i < order.length; i++) all[length + i] = column[order[i]!]!;
  return all;
}

/** The counts of the first functions, so many. */
export function fitted(counts: Counts, length: number): Float64Array {
  const column = new Float64Array(length).fill(Number.NaN);
  if (counts) column.set(counts.subarray(0, length));
  return column;
}
