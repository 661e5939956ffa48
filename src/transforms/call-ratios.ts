/**
 * Totals the way gprof2dot computes them: each function's self is shared out among its callers in proportion to
 * the arcs, and recursion cycles are spread out by rank. For its sake the arithmetic is followed to the last bit.
 *
 * The surprise: a cycle that nothing outside of it calls gets a total of 0.
 */
import { doubles } from '../columns.ts';
import type { Diagnostics } from '../diagnostics.ts';
import {
  arcsOut,
  type Components,
  components,
  defaultMetric,
  graphShares,
  shareOf,
  sumOfMetric,
} from '../graph.ts';
import type { Profile, Shares } from '../profile.ts';

/**
 * The graph with totals from call ratios. Arcs whose total the method does not know get NaN: those of a
 * function to itself, and those that lead back inside a cycle. The input's arc totals must count `every`.
 * `diagnostics`: to be told of cycles that nothing calls, where a total of 0 makes them vanish.
 */
export function callRatios(profile: Profile, diagnostics?: Diagnostics): Profile {
  const graph = new RatioGraph(profile);
  const spreads = profile.metrics.map((_, m) => new Spread(graph, m));
  const { lost } = spreads[defaultMetric(profile)]!;
  if (lost.length > 0) {
    diagnostics?.add({
      severity: 'warning',
      code: 'callratios/lost-cycle',
      message: `functions that call each other, but nothing else calls them, get a total of 0: ${names(graph, lost)}`,
      hint: '--total exact shows what they took',
    });
  }
  const shares = {
    self: profile.metrics.map((_, m) => graphShares(profile, m).self.map(bounded)),
    total: spreads.map(({ total }, m) => (graph.byCalls[m] ? sharesOf(profile, m, total) : total)),
    arcTotal: spreads.map(({ arcTotal }, m) =>
      graph.byCalls[m] ? sharesOf(profile, m, arcTotal) : arcTotal,
    ),
  };
  const result = withShares(profile, shares);
  for (const [m, { total, arcTotal }] of spreads.entries()) {
    if (!graph.byCalls[m]) continue;
    result.nodes.total[m] = total;
    result.arcs!.total[m] = arcTotal;
  }
  return result;
}

function sharesOf(profile: Profile, metric: number, values: Float64Array): Float64Array {
  const sum = sumOfMetric(profile, metric);
  return values.map((value) => bounded(shareOf(value, sum)));
}

/**
 * The graph with the totals of its functions as they are, and arc totals from call ratios. Arcs of a function
 * to itself get NaN.
 */
export function callStackTotals(profile: Profile): Profile {
  const graph = new RatioGraph(profile);
  const of = profile.metrics.map((_, m) => graphShares(profile, m));
  return withShares(profile, {
    self: of.map(({ self }) => self.map(bounded)),
    total: of.map(({ total }) => total.map(bounded)),
    arcTotal: of.map(({ total }, m) =>
      graph.ratios(m).map((ratio, a) => ratio * bounded(total[graph.callee[a]!]!)),
    ),
  });
}

/** The profile with these shares, and the totals that follow from them: doubles, as shares are. */
function withShares(profile: Profile, shares: Shares): Profile {
  const { nodes, arcs, lines } = profile;
  const sums = profile.metrics.map((_, m) => Number(sumOfMetric(profile, m)));
  const values = (share: Float64Array, m: number) => share.map((s) => s * sums[m]!);
  return {
    ...profile,
    nodes: { ...nodes, self: nodes.self.map(doubles), total: shares.total.map(values) },
    arcs: {
      ...arcs!,
      total: shares.arcTotal.map(values),
      ...(arcs!.self && { self: arcs!.self.map(doubles) }),
    },
    ...(lines && { lines: { ...lines, values: lines.values.map(doubles) } }),
    shares,
  };
}

function names({ profile }: RatioGraph, nodes: number[]): string {
  const { functions, frames } = profile;
  const shown = nodes.slice(0, 3).map((n) => functions.name[frames.func[profile.nodes.frame[n]!]!]!);
  return shown.join(', ') + (nodes.length > 3 ? `, … (${nodes.length} in all)` : '');
}

/** The call graph as gprof2dot sees it: functions in the order of the input, and the cycles they form. */
class RatioGraph {
  readonly profile: Profile;
  readonly nodeCount: number;
  readonly arcCount: number;
  readonly callee: Int32Array;
  /** Arcs by caller, in table order, without those from a node to itself: node *n* has `arc[start[n] … start[n + 1]]`. */
  readonly start: Int32Array;
  readonly arc: Int32Array;
  /** Nodes in the order in which the input names their functions. */
  readonly inputOrder: Int32Array;
  readonly components: Components;
  /** 1 = both ends of the arc are in one cycle. */
  readonly inside: Uint8Array;
  /** The cycle that an arc enters from outside; -1 = none. */
  readonly entered: Int32Array;
  /** By metric: whether no arc's total is known, so that calls stand for totals, and values are handed on themselves. */
  readonly byCalls: boolean[];

  constructor(profile: Profile) {
    const { nodes, frames, arcs } = profile;
    if (!arcs) throw new TypeError('call ratios need the arcs of a call graph');
    this.profile = profile;
    this.nodeCount = nodes.length;
    this.arcCount = arcs.length;
    this.callee = arcs.callee;
    const out = arcsOut(arcs, nodes.length);
    this.components = components(arcs, nodes.length, out);
    this.arc = out.arc.filter((a) => arcs.callee[a] !== arcs.caller[a]);
    this.start = new Int32Array(nodes.length + 1);
    for (const a of this.arc) this.start[arcs.caller[a]! + 1]!++;
    for (let n = 0; n < nodes.length; n++) this.start[n + 1]! += this.start[n]!;
    const func = (node: number) => frames.func[nodes.frame[node]!]!;
    this.inputOrder = this.components.calleesFirst.slice().sort((a, b) => func(a) - func(b));
    this.inside = new Uint8Array(arcs.length);
    this.entered = new Int32Array(arcs.length).fill(-1);
    const { cycle } = this.components;
    for (const a of this.arc) {
      const to = cycle[arcs.callee[a]!]!;
      if (to < 0) continue;
      if (to === cycle[arcs.caller[a]!]) this.inside[a] = 1;
      else this.entered[a] = to;
    }
    this.byCalls = arcs.total.map((column) => column.every((v) => Number.isNaN(Number(v))));
  }

  /** All arcs, callers in the order of the input. */
  *arcsInOrder(): Iterable<number> {
    for (const node of this.inputOrder) {
      for (let k = this.start[node]!; k < this.start[node + 1]!; k++) yield this.arc[k]!;
    }
  }

  /**
   * What part of the totals of all arcs to its callee, or into the cycle it enters, each arc is; NaN from a node to
   * itself. Where no total is known, calls stand for totals.
   */
  ratios(metric: number): Float64Array {
    const { callee, entered } = this;
    const { total, calls } = this.profile.arcs!;
    const value = this.byCalls[metric] ? calls : doubles(total[metric]!);
    const intoNode = new Float64Array(this.nodeCount);
    const intoCycle = new Float64Array(this.components.cycleCount);
    for (const a of this.arcsInOrder()) {
      if (Number.isNaN(value[a])) continue;
      intoNode[callee[a]!]! += value[a]!;
      if (entered[a]! >= 0) intoCycle[entered[a]!]! += value[a]!;
    }
    const ratio = new Float64Array(this.arcCount).fill(Number.NaN);
    for (const a of this.arc) {
      const whole = entered[a]! < 0 ? intoNode[callee[a]!]! : intoCycle[entered[a]!]!;
      ratio[a] = Number.isNaN(value[a]) ? 0 : bounded(shareOf(value[a]!, whole));
    }
    return ratio;
  }
}

function bounded(share: number): number {
  return Math.min(Math.max(share, 0), 1);
}

/** Spreads the selves of one metric over the graph. All figures are shares of the sum, or values if it goes by calls. */
class Spread {
  readonly self: Float64Array;
  readonly total: Float64Array;
  /** NaN where the method gives none. */
  readonly arcTotal: Float64Array;
  /** Members of cycles without an entry, though something was spent there. */
  readonly lost: number[] = [];
  readonly #graph: RatioGraph;
  readonly #ratio: Float64Array;
  readonly #cycleTotal: Float64Array;
  // By node, for the entry that is being spread:
  /** Steps from the entry; -1 = not reached. */
  readonly #rank: Int32Array;
  /** Sum of the ratios of the arcs that lead here away from the entry; NaN = not reached. */
  readonly #into: Float64Array;
  readonly #partial: Float64Array;
  readonly #cursor: Int32Array;

  constructor(graph: RatioGraph, metric: number) {
    const { profile, nodeCount, arcCount } = graph;
    this.#graph = graph;
    this.#ratio = graph.ratios(metric);
    this.self = graph.byCalls[metric]
      ? doubles(profile.nodes.self[metric]!)
      : graphShares(profile, metric).self.map(bounded);
    this.total = new Float64Array(nodeCount);
    this.arcTotal = new Float64Array(arcCount).fill(Number.NaN);
    this.#cycleTotal = new Float64Array(graph.components.cycleCount);
    this.#rank = new Int32Array(nodeCount);
    this.#into = new Float64Array(nodeCount);
    this.#partial = new Float64Array(nodeCount);
    this.#cursor = new Int32Array(nodeCount);
    this.#run();
  }

  #run(): void {
    const { calleesFirst, cycle } = this.#graph.components;
    const entries = this.#entries();
    let at = 0;
    while (at < calleesFirst.length) {
      const node = calleesFirst[at]!;
      const of = cycle[node]!;
      let end = at + 1;
      if (of < 0) {
        this.total[node] = this.#withCallees(node);
      } else {
        while (end < calleesFirst.length && cycle[calleesFirst[end]!] === of) end++;
        this.#spreadCycle(of, calleesFirst.subarray(at, end), entries[of]!);
      }
      at = end;
    }
  }

  /** By cycle: what part of it is called at which of its members, in the order of the input. */
  #entries(): Map<number, number>[] {
    const { components, callee, entered } = this.#graph;
    const byCycle = Array.from({ length: components.cycleCount }, () => new Map<number, number>());
    for (const a of this.#graph.arcsInOrder()) {
      if (entered[a]! < 0) continue;
      const entries = byCycle[entered[a]!]!;
      entries.set(callee[a]!, (entries.get(callee[a]!) ?? 0) + this.#ratio[a]!);
    }
    return byCycle;
  }

  /** Self and what is called outside the node's own cycle. Settles the totals of those arcs. */
  #withCallees(node: number): number {
    const { start, arc, callee, inside, entered } = this.#graph;
    let total = this.self[node]!;
    for (let k = start[node]!; k < start[node + 1]!; k++) {
      const a = arc[k]!;
      if (inside[a]) continue;
      const whole = entered[a]! < 0 ? this.total[callee[a]!]! : this.#cycleTotal[entered[a]!]!;
      this.arcTotal[a] = this.#ratio[a]! * whole;
      total += this.arcTotal[a]!;
    }
    return total;
  }

  #spreadCycle(cycle: number, members: Int32Array, entries: Map<number, number>): void {
    let total = 0;
    for (const member of members) total += this.#withCallees(member);
    this.#cycleTotal[cycle] = total;
    if (entries.size === 0 && total > 0) for (const member of members) this.lost.push(member);
    for (const [entry, share] of entries) {
      const nearFirst = this.#rankFrom(entry, members);
      this.#sumRatios(entry, members);
      this.#spreadFrom(share, nearFirst);
    }
  }

  /** Sets the ranks of all members; returns them by rank. */
  #rankFrom(entry: number, members: Int32Array): Int32Array {
    const { start, arc, callee, inside } = this.#graph;
    const rank = this.#rank;
    for (const member of members) rank[member] = -1;
    const queue = new Int32Array(members.length);
    let length = 1;
    queue[0] = entry;
    rank[entry] = 0;
    for (let i = 0; i < length; i++) {
      const node = queue[i]!;
      for (let k = start[node]!; k < start[node + 1]!; k++) {
        const to = callee[arc[k]!]!;
        if (!inside[arc[k]!] || rank[to]! >= 0) continue;
        rank[to] = rank[node]! + 1;
        queue[length++] = to;
      }
    }
    return queue;
  }

  /** Adds up `#into`; depth first, because gprof2dot adds in that order. */
  #sumRatios(entry: number, members: Int32Array): void {
    const { start, arc, callee, inside } = this.#graph;
    const into = this.#into;
    const rank = this.#rank;
    for (const member of members) {
      into[member] = Number.NaN;
      this.#cursor[member] = start[member]!;
    }
    const path = [entry];
    while (path.length > 0) {
      const node = path[path.length - 1]!;
      const k = this.#cursor[node]!++;
      if (k >= start[node + 1]!) {
        path.pop();
        continue;
      }
      const to = callee[arc[k]!]!;
      if (!inside[arc[k]!] || rank[to]! <= rank[node]!) continue;
      const seen = !Number.isNaN(into[to]);
      into[to] = (seen ? into[to]! : 0) + this.#ratio[arc[k]!]!;
      if (!seen) path.push(to);
    }
  }

  /** Adds what the calls at one entry, `share` of all calls of the cycle, cause in it: along arcs away from it. */
  #spreadFrom(share: number, nearFirst: Int32Array): void {
    const { start, arc, callee, inside } = this.#graph;
    const partial = this.#partial;
    for (let i = nearFirst.length - 1; i >= 0; i--) {
      const node = nearFirst[i]!;
      let sum = share * this.self[node]!;
      for (let k = start[node]!; k < start[node + 1]!; k++) {
        const a = arc[k]!;
        const to = callee[a]!;
        if (!inside[a]) {
          sum += share * this.arcTotal[a]!;
        } else if (this.#rank[to]! > this.#rank[node]!) {
          const part = bounded(shareOf(this.#ratio[a]!, this.#into[to]!)) * partial[to]!;
          this.arcTotal[a] = Number.isNaN(this.arcTotal[a]) ? part : this.arcTotal[a]! + part;
          sum += part;
        }
      }
      partial[node] = sum;
      this.total[node]! += sum;
    }
  }
}
