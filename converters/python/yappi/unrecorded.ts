/** Time of built-in functions: yappi always takes it, but lists it only when it is asked to. */
import { type ArcTable, components } from '../../../src/plugin.ts';

/** Of sums of doubles; and less than a tick of any clock of yappi. */
const SLACK = 1e-9;
const TICK = 5e-10;

/** What is left of the totals when selves and arcs are taken off. */
export interface Unrecorded {
  /** Seconds, by function. */
  time: Float64Array;
  /** True where the members of a recursion cycle share one figure: it stands with the greatest of them. */
  shared: boolean;
}

/**
 * The time that functions spent in callees which are not listed: exact outside cycles, where a total is the self
 * and all that is called. All calls of a cycle's members together are taken for one function.
 */
export function unrecorded(self: number[], total: number[], arcs: ArcTable): Unrecorded {
  const count = self.length;
  const { cycle, cycleCount } = components(arcs, count);
  const arcTotal = arcs.total[0]!;
  const time = new Float64Array(count);
  const entered = new Float64Array(cycleCount);
  const greatest = new Int32Array(cycleCount).fill(-1);
  const inside = new Float64Array(cycleCount);
  for (let func = 0; func < count; func++) {
    const c = cycle[func]!;
    if (c < 0) time[func] = total[func]! - self[func]!;
    else {
      inside[c]! += self[func]!;
      if (greatest[c]! < 0 || total[func]! > total[greatest[c]!]!) greatest[c] = func;
    }
  }
  for (let arc = 0; arc < arcs.length; arc++) {
    const caller = arcs.caller[arc]!;
    const callee = arcs.callee[arc]!;
    const [from, to] = [cycle[caller]!, cycle[callee]!];
    // Of recursive calls none finds its function off the stack: those that do are of another of the same name.
    const recursive = caller === callee ? !(arcs.primitiveCalls![arc]! > 0) : from >= 0 && from === to;
    if (recursive) continue;
    if (from < 0) time[caller]! -= Number(arcTotal[arc]);
    else inside[from]! += Number(arcTotal[arc]);
    if (to >= 0) entered[to]! += Number(arcTotal[arc]);
  }
  for (let func = 0; func < count; func++) if (!isMore(time[func]!, total[func]!)) time[func] = 0;
  let shared = false;
  for (const [c, func] of greatest.entries()) {
    const all = Math.max(entered[c]!, total[func]!);
    if (!isMore(all - inside[c]!, all)) continue;
    time[func] = all - inside[c]!;
    shared = true;
  }
  return { time, shared };
}

/** Whether a rest is more than what rounding left. */
function isMore(rest: number, total: number): boolean {
  return rest > TICK + Math.abs(total) * SLACK;
}
