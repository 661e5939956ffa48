/**
 * Costs of arcs as the readers of the format take them: those into a function add up to its total.
 *
 * Where arcs count each stack once (pstats), those within recursion add up to more: they are cut down to what the
 * arcs from outside leave. What one knows of an arc but its calls (Python's module profile) is its share of them.
 */
import { type Column, components, type Profile } from '../../../src/plugin.ts';

export interface OutermostArcs {
  total: Column;
  /** How many arcs have another cost than in the profile. */
  estimated: number;
}

/** The totals of arcs in metric `m`; as they are, unless the profile says that they count each stack once. */
export function outermostArcs({ arcs, nodes }: Profile, m: number): OutermostArcs {
  const { length, caller, callee, calls, total, counts } = arcs!;
  const given = total[m]!;
  if (counts !== 'once' || !(given instanceof Float64Array)) return { total: given, estimated: 0 };
  const cost = given.slice();
  const { cycle } = components(arcs!, nodes.length);
  const isInside = (a: number) => cycle[caller[a]!]! >= 0 && cycle[caller[a]!] === cycle[callee[a]!];
  const isLoop = (a: number) => caller[a] === callee[a];
  const room = Float64Array.from(nodes.total[m]!, Number);
  share(isUnknownAnd((a) => !isLoop(a) && !isInside(a)));
  fit((a) => !isLoop(a) && !isInside(a));
  share(isUnknownAnd((a) => !isLoop(a)));
  fit((a) => !isLoop(a) && isInside(a));
  let estimated = 0;
  for (let a = 0; a < length; a++) {
    if (isLoop(a)) cost[a] = 0;
    if (cost[a] !== given[a]) estimated++;
  }
  return { total: cost, estimated };

  function isUnknownAnd(holds: (a: number) => boolean): (a: number) => boolean {
    return (a) => Number.isNaN(cost[a]) && holds(a);
  }

  /** What costs nothing in all has no call that does. */
  function weight(a: number): number {
    return Number(nodes.total[m]![caller[a]!]) > 0 ? calls[a]! || 1 : 0;
  }

  /** Gives arcs of unknown cost parts of what is left of the callee's total, by their calls. */
  function share(holds: (a: number) => boolean): void {
    const count = new Float64Array(nodes.length);
    const known = new Float64Array(nodes.length);
    for (let a = 0; a < length; a++) {
      const to = callee[a]!;
      if (holds(a)) count[to]! += weight(a);
      else if (!isLoop(a) && cost[a]! > 0) known[to]! += cost[a]!;
    }
    for (let a = 0; a < length; a++) {
      if (!holds(a)) continue;
      const to = callee[a]!;
      const left = Math.max(0, Number(nodes.total[m]![to]) - known[to]!);
      cost[a] = count[to] === 0 ? 0 : (left * weight(a)) / count[to]!;
    }
  }

  /** Cuts arcs down to the room that the callee has left for them, all by the same part, and takes the room. */
  function fit(holds: (a: number) => boolean): void {
    const sum = new Float64Array(nodes.length);
    for (let a = 0; a < length; a++) if (holds(a)) sum[callee[a]!]! += cost[a]!;
    for (let a = 0; a < length; a++) {
      const to = callee[a]!;
      // Sums of doubles may pass the total by a hair.
      if (holds(a) && sum[to]! > room[to]! * (1 + 1e-9)) cost[a]! *= Math.max(0, room[to]!) / sum[to]!;
    }
    for (let n = 0; n < nodes.length; n++) room[n] = Math.max(0, room[n]! - sum[n]!);
  }
}
