/**
 * Cuts a call graph down as pprof does. What calls over nodes that are left out is joined by residual arcs, so that
 * a hidden middle makes no caller look unconnected; of those, the ones that other ways make needless go.
 *
 * The surprise: nodes are chosen by *entropy*, which favours roots, leaves and branching points over nodes that
 * only pass on what they get.
 */
import { doubles, greatest, holdsIntegers } from '../columns.ts';
import { keptArcs } from '../fewer-rows.ts';
import { type Adjacency, arcsIn, arcsOut, defaultMetric, sumOfMetric } from '../graph.ts';
import type { ArcTable, Profile } from '../profile.ts';

export interface TrimOptions {
  /** Leave out nodes whose total is below this share of the sum of selves. */
  nodeShare: number;
  /** Leave out arcs below this share. */
  edgeShare: number;
  /** At most so many nodes; 0 = all. */
  nodeCount: number;
  /** Names of functions that are not left out, whatever their share. */
  alsoKeep?: ReadonlySet<string> | undefined;
}

/**
 * `rebuild` makes the graph anew from the groups that are marked, by function of `full`. Percentages refer to the
 * sum of the whole.
 */
export function trim(
  full: Profile,
  { nodeShare, edgeShare, nodeCount, alsoKeep }: TrimOptions,
  rebuild: (keep: Uint8Array) => Profile,
): Profile {
  const first = new Weights(full);
  const sum = first.self.reduce((a, b) => a + b, 0);
  const nodeCutoff = first.whole(Math.abs(sum * nodeShare));
  const edgeCutoff = first.whole(Math.abs(sum * edgeShare));
  const heavy = first.nodes().filter((n) => Math.abs(first.total[n]!) >= nodeCutoff && first.isUsed(n));
  let graph = heavy.length === full.nodes.length ? full : rebuild(first.groups(heavy));
  if (nodeCount > 0 && graph.nodes.length > nodeCount) {
    const weights = new Weights(graph);
    graph = rebuild(weights.groups(weights.byEntropy().subarray(0, nodeCount)));
  }
  if (alsoKeep) graph = rebuild(new Weights(graph).groupsAnd(alsoKeep));
  const weights = new Weights(graph);
  const order = weights.byEntropy();
  weights.dropArcs(edgeCutoff);
  weights.dropRedundant(order);
  const whole = {
    sum: full.metrics.map((_, m) => sumOfMetric(full, m)),
    maxSelf: graph.nodes.self.map(greatest),
  };
  return { ...graph, arcs: weights.arcs(), whole };
}

/** One metric of a graph, and which arcs of it are left. */
class Weights {
  readonly self: Float64Array;
  readonly total: Float64Array;
  readonly #profile: Profile;
  readonly #arcs: ArcTable;
  readonly #arc: Float64Array;
  readonly #keep: Uint8Array;
  readonly #in: Adjacency;
  readonly #out: Adjacency;
  readonly #integers: boolean;

  constructor(profile: Profile) {
    const { nodes } = profile;
    const m = defaultMetric(profile);
    this.#profile = profile;
    this.#arcs = profile.arcs!;
    this.self = doubles(nodes.self[m]!);
    this.total = doubles(nodes.total[m]!);
    this.#arc = doubles(this.#arcs.total[m]!);
    // Calls that cost nothing of this metric are no calls, unless costs have cancelled each other out.
    this.#keep = Uint8Array.from(this.#arc, (weight) => Number(weight !== 0 || profile.meta.isDifference));
    this.#in = arcsIn(this.#arcs, nodes.length);
    this.#out = arcsOut(this.#arcs, nodes.length);
    this.#integers = holdsIntegers(nodes.self[m]!);
  }

  /** As pprof counts: in integers where the values are. */
  whole(value: number): number {
    return this.#integers ? Math.trunc(value) : value;
  }

  nodes(): Int32Array {
    return Int32Array.from(this.self, (_, n) => n);
  }

  /** Nodes of a difference are there because something has changed, though all changes may add up to nothing. */
  isUsed(node: number): boolean {
    return this.#profile.meta.isDifference === true || this.self[node] !== 0 || this.total[node] !== 0;
  }

  /** Marks the groups of nodes, which are functions. */
  groups(nodes: Int32Array): Uint8Array {
    const { functions, frames, nodes: table } = this.#profile;
    const keep = new Uint8Array(functions.length);
    for (const node of nodes) keep[frames.func[table.frame[node]!]!] = 1;
    return keep;
  }

  /** Marks the groups of all nodes, and those of these names. */
  groupsAnd(names: ReadonlySet<string>): Uint8Array {
    const own = this.groups(this.nodes());
    return own.map((keep, f) => (keep || names.has(this.#profile.functions.name[f]!) ? 1 : 0));
  }

  dropArcs(cutoff: number): void {
    for (let a = 0; a < this.#keep.length; a++) if (Math.abs(this.#arc[a]!) < cutoff) this.#keep[a] = 0;
  }

  /** Nodes, the most telling first. */
  byEntropy(): Int32Array {
    const score = Float64Array.from(this.self, (_, n) => this.#score(n));
    return this.nodes().sort((a, b) => {
      if (score[a] !== score[b]) return score[b]! - score[a]!;
      const order = this.#compareTexts(a, b);
      if (order !== 0) return order;
      return Math.abs(this.self[b]!) - Math.abs(this.self[a]!);
    });
  }

  /** The order of nodes that weigh the same. */
  #compareTexts(a: number, b: number): number {
    const { functions, frames, nodes } = this.#profile;
    const text = (n: number) => {
      const func = frames.func[nodes.frame[n]!]!;
      const address = frames.address?.[nodes.frame[n]!]?.toString(16).padStart(16, '0') ?? '';
      return `${address} ${functions.name[func]} ${functions.file[func]}:${functions.line[func]}`;
    };
    const [x, y] = [text(a), text(b)];
    return x === y ? 0 : x < y ? -1 : 1;
  }

  #score(node: number): number {
    const ins = this.#weights(this.#in, node);
    const outs = this.#weights(this.#out, node);
    const score =
      (ins.length === 0 ? 1 : entropy(ins, 0)) + (outs.length === 0 ? 1 : entropy(outs, this.self[node]!));
    return this.whole(score * Math.abs(this.total[node]!)) + Math.abs(this.self[node]!);
  }

  /** Of the arcs to or from other nodes that are left. */
  #weights({ start, arc }: Adjacency, node: number): number[] {
    const { caller, callee } = this.#arcs;
    const weights: number[] = [];
    for (let k = start[node]!; k < start[node + 1]!; k++) {
      const a = arc[k]!;
      if (this.#keep[a] && caller[a] !== callee[a]) weights.push(this.#arc[a]!);
    }
    return weights;
  }

  /** Drops residual arcs whose callee the caller reaches by another way: the lightest of the last node first. */
  dropRedundant(order: Int32Array): void {
    const { residual, caller } = this.#arcs;
    if (!residual?.includes(1)) return;
    for (const node of order.toReversed()) {
      const arcs = this.#in.arc
        .slice(this.#in.start[node], this.#in.start[node + 1])
        .filter((a) => this.#keep[a] && caller[a] !== node)
        .sort(
          (a, b) =>
            Math.abs(this.#arc[b]!) - Math.abs(this.#arc[a]!) || this.#compareTexts(caller[a]!, caller[b]!),
        );
      for (const a of arcs.reverse()) {
        // What is heavier than a call that happened stays, lest it look less than that.
        if (!residual[a]) break;
        if (this.#isRedundant(a)) this.#keep[a] = 0;
      }
    }
  }

  #isRedundant(arc: number): boolean {
    const { caller, callee } = this.#arcs;
    const seen = new Uint8Array(this.self.length);
    const queue = [callee[arc]!];
    seen[callee[arc]!] = 1;
    for (const node of queue) {
      for (let k = this.#in.start[node]!; k < this.#in.start[node + 1]!; k++) {
        const a = this.#in.arc[k]!;
        const from = caller[a]!;
        if (!this.#keep[a] || a === arc || seen[from]) continue;
        if (from === caller[arc]) return true;
        seen[from] = 1;
        queue.push(from);
      }
    }
    return false;
  }

  /** What is left. */
  arcs(): ArcTable {
    return keptArcs(this.#arcs, this.#keep);
  }
}

/**
 * How evenly the weights, and `self`, are spread: 0 = all in one. What has grown and what has shrunk weigh alike (in
 * pprof, where signs differ, parts may be of less than nothing, and their logarithms no numbers).
 */
function entropy(weights: number[], self: number): number {
  const sum = weights.reduce((total, weight) => total + Math.abs(weight), Math.abs(self));
  const part = (value: number) => {
    const share = Math.abs(value) / sum;
    return value === 0 ? 0 : -share * Math.log2(share);
  };
  return weights.reduce((total, weight) => total + part(weight), part(self));
}
