/**
 * Totals of functions, from their selves and the totals of calls.
 *
 * Callgrind adds up the cost of a call at every return, so calls inside recursion count several times. Outside
 * cycles (a function that calls itself is none) self and outgoing calls are exact. Inside, no more is known
 * than bounds: the cost of the whole cycle, and what the calls of the function say, which may count twice.
 * What enters the cycle by no call may enter at any function of it.
 */
import { type Column, sumOf } from '../../../src/plugin.ts';

export interface Calls {
  length: number;
  caller: Int32Array;
  callee: Int32Array;
}

/**
 * The total of each node, exact outside `cycle` (cycle of each node, -1 = none) and an upper bound inside.
 * Columns of 64-bit integers give such a column; the sum must fit it.
 */
export function totalsOf(self: Column, calls: Calls, callTotal: Column, cycle: Int32Array): Column {
  if (self instanceof Float64Array)
    return Float64Array.from(compute(self, calls, callTotal as Float64Array, cycle, 0));
  // The same arithmetic on bigints: sums of calls may pass 64 bits before they are cut to the sum.
  const wide = compute(self as never, calls, callTotal as never, cycle, 0n as never) as unknown as bigint[];
  return BigInt64Array.from(wide);
}

function compute(
  self: ArrayLike<number>,
  { length, caller, callee }: Calls,
  callTotal: ArrayLike<number>,
  cycle: Int32Array,
  zero: number,
): number[] {
  const count = self.length;
  /** What leaves a node, but for calls that stay in its cycle; and what enters a node in a cycle. */
  const out = new Array<number>(count).fill(zero);
  const into = new Array<number>(count).fill(zero);
  /** By cycle: what it costs, less what enters it from outside. */
  const spontaneous: number[] = [];
  const whole: number[] = [];
  for (let a = 0; a < length; a++) {
    const from = caller[a]!;
    const to = callee[a]!;
    if (from === to) continue;
    const c = cycle[to]!;
    const crosses = c < 0 || cycle[from] !== c;
    if (crosses) out[from]! += callTotal[a]!;
    if (c < 0) continue;
    into[to]! += callTotal[a]!;
    if (crosses) spontaneous[c] = (spontaneous[c] ?? zero) - callTotal[a]!;
  }
  for (let n = 0; n < count; n++) {
    const c = cycle[n]!;
    if (c < 0) continue;
    whole[c] = (whole[c] ?? zero) + self[n]! + out[n]!;
    spontaneous[c] = (spontaneous[c] ?? zero) + self[n]! + out[n]!;
  }
  const sum = sumOf(self as Column) as number;
  const positive = !(self as Float64Array).some((v) => v < 0);
  const total = new Array<number>(count);
  for (let n = 0; n < count; n++) {
    let value = self[n]! + out[n]!;
    const c = cycle[n]!;
    if (c >= 0) {
      const entered = spontaneous[c]! > zero ? into[n]! + spontaneous[c]! : into[n]!;
      if (entered > value) value = entered;
      if (whole[c]! < value) value = whole[c]!;
    }
    if (positive) {
      if (value < self[n]!) value = self[n]!;
      if (value > sum) value = sum;
    }
    total[n] = value;
  }
  return total;
}
