/** Numbers for what a call graph does not know and a binary profile must say. */
import { keyId, type PstatsFigures, type PstatsRow, type PyNumber } from '../pstats-table.ts';

/**
 * Fills in what is unknown with the least that it can be: an arc was taken once, a function was called as often
 * as the arcs into it were taken and once at least, the first call of a recursion was one. Unknown values are 0.
 * Known counts become Python's integers, values its floats. Returns how many counts and values were filled in.
 */
export function fillIn(rows: PstatsRow[]): { counts: number; values: number } {
  let counts = 0;
  let values = 0;
  const count = (known: PyNumber | undefined, least: bigint): bigint => {
    if (known !== undefined) return BigInt(Math.round(Number(known)));
    counts++;
    return least;
  };
  const value = (known: PyNumber | undefined): number => {
    if (known === undefined) values++;
    return Number(known ?? 0);
  };
  const fill = (figures: PstatsFigures, calls: bigint, primitiveCalls: bigint): void => {
    figures.calls = calls;
    figures.primitiveCalls = primitiveCalls < calls ? primitiveCalls : calls;
    figures.self = value(figures.self);
    figures.total = value(figures.total);
  };
  for (const row of rows) {
    let entered = 0n;
    let recursive = 0n;
    for (const { key, figures } of row.callers) {
      const known = figures as PstatsFigures;
      const calls = count(known.calls, 1n);
      const isRecursive = keyId(key) === keyId(row.key);
      entered += calls;
      if (isRecursive) recursive += calls;
      fill(known, calls, count(known.primitiveCalls, isRecursive ? 1n : calls));
    }
    const calls = count(row.calls, entered > 0n ? entered : 1n);
    const outside = calls - recursive;
    fill(row, calls, count(row.primitiveCalls, outside > 0n ? outside : 1n));
  }
  return { counts, values };
}
