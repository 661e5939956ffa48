/** Totals as gprof2dot has them: of functions as printed in percent, of arcs guessed from the totals of callers. */
import { graphShares, type Profile, shareOf } from '../../../src/plugin.ts';

/**
 * The profile with totals that are shares. An arc has the part of its callee's total that its caller's total is of
 * those of all callers; one of a function to itself has all of it. `percent` and `cycle`: by node, of nodes that have
 * an entry.
 */
export function arcShares(profile: Profile, percent: number[], cycle: number[]): Profile {
  const { nodes, arcs } = profile;
  const { length, caller, callee } = arcs!;
  const printed = graphShares(profile, 0);
  const total = printed.total.map((share, node) => (node < percent.length ? percent[node]! / 100 : share));
  const entered = (a: number): number => {
    const to = cycle[callee[a]!] ?? 0;
    return to > 0 && to !== cycle[caller[a]!] ? to : 0;
  };
  const intoNode = new Float64Array(nodes.length);
  const intoCycle = new Map<number, number>();
  for (let a = 0; a < length; a++) {
    if (caller[a] === callee[a]) continue;
    const value = total[caller[a]!]!;
    intoNode[callee[a]!]! += value;
    if (entered(a) > 0) intoCycle.set(entered(a), (intoCycle.get(entered(a)) ?? 0) + value);
  }
  const arcTotal = new Float64Array(length);
  for (let a = 0; a < length; a++) {
    const value = total[caller[a]!]!;
    const whole = entered(a) > 0 ? intoCycle.get(entered(a))! : intoNode[callee[a]!]!;
    const ratio = caller[a] === callee[a] ? 1 : Math.min(Math.max(shareOf(value, whole), 0), 1);
    arcTotal[a] = ratio * total[callee[a]!]!;
  }
  const selves = { ...profile };
  delete selves.whole;
  const self = graphShares(selves, 0).self;
  const unknown = (rows: number) => new Float64Array(rows).fill(Number.NaN);
  return {
    ...selves,
    estimated: true,
    // Shares alone are known: the seconds of the report are not theirs.
    nodes: { ...nodes, total: [unknown(nodes.length)] },
    arcs: { ...arcs!, total: [unknown(length)], self: [unknown(length)] },
    shares: { self: [self], total: [total], arcTotal: [arcTotal] },
  };
}
