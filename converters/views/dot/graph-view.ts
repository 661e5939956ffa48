/** A call graph in the order and with the weights in which it is drawn. */
import {
  type Adjacency,
  type ArcTable,
  arcsOut,
  bytesPerUnit,
  defaultMetric,
  functionIds,
  type GraphShares,
  graphShares,
  type Metric,
  type Profile,
  secondsPerUnit,
  shareOf,
  sumOfMetric,
  unitName,
} from '../../../src/plugin.ts';
import type { ArcFigures, Figures } from './labels.ts';

export class GraphView {
  readonly profile: Profile;
  readonly arcs: ArcTable;
  readonly metric: number;
  readonly shares: GraphShares;
  /** By node. */
  readonly ids: string[];
  readonly order: Int32Array;
  readonly #samples: number;
  readonly #rank: Int32Array;
  readonly #out: Adjacency;
  /** The greatest share of self, if nodes are coloured by that. */
  readonly #greatestSelf: number;

  constructor(profile: Profile, bySelf: boolean) {
    const { nodes, arcs } = profile;
    if (!arcs) throw new TypeError('DOT needs the arcs of a call graph');
    const ids = functionIds(profile);
    this.profile = profile;
    this.arcs = arcs;
    this.metric = defaultMetric(profile);
    this.#samples = samplesMetric(profile);
    this.shares = graphShares(profile, this.metric);
    this.ids = Array.from({ length: nodes.length }, (_, node) => ids[this.func(node)]!);
    this.order = sortedNodes(this.ids);
    this.#rank = new Int32Array(nodes.length);
    for (const [position, node] of this.order.entries()) this.#rank[node] = position;
    this.#out = arcsOut(arcs, nodes.length);
    const before =
      profile.whole && shareOf(profile.whole.maxSelf[this.metric]!, sumOfMetric(profile, this.metric));
    this.#greatestSelf = bySelf ? (before ?? this.shares.self.reduce((a, b) => Math.max(a, b), 0)) : 0;
  }

  /** The function of a node. */
  func(node: number): number {
    const { nodes, frames } = this.profile;
    return frames.func[nodes.frame[node]!]!;
  }

  /** The name of the function of a node. */
  name(node: number): string {
    return this.profile.functions.name[this.func(node)]!;
  }

  figures(node: number): Figures {
    const { nodes } = this.profile;
    return {
      selfShare: this.shares.self[node]!,
      totalShare: this.shares.total[node]!,
      self: nodes.self[this.metric]![node]!,
      total: nodes.total[this.metric]![node]!,
      samples: nodes.self[this.#samples]?.[node],
    };
  }

  arcFigures(arc: number): ArcFigures {
    const { caller, callee, total, calls } = this.arcs;
    const share = this.shares.arcTotal[arc]!;
    // What has changed is no part of anything.
    const of = (node: number) => {
      const whole = this.profile.meta.isDifference ? 0 : this.shares.total[node]!;
      return whole === 0 ? Number.NaN : share / whole;
    };
    return {
      share,
      ofCaller: of(caller[arc]!),
      ofCallee: of(callee[arc]!),
      total: total[this.metric]![arc]!,
      calls: calls[arc]!,
    };
  }

  nodeWeight(node: number): number {
    return this.#greatestSelf > 0 ? this.shares.self[node]! / this.#greatestSelf : this.shares.total[node]!;
  }

  /** The share of the arc; one that has none cannot weigh more than either of its ends. */
  arcWeight(arc: number): number {
    const share = this.shares.arcTotal[arc]!;
    if (!Number.isNaN(share)) return share;
    return Math.min(this.shares.total[this.arcs.caller[arc]!]!, this.shares.total[this.arcs.callee[arc]!]!);
  }

  /** The arcs that leave a node, in the order of their callees. */
  leaving(node: number): Int32Array {
    const { start, arc } = this.#out;
    const callee = (a: number) => this.#rank[this.arcs.callee[a]!]!;
    return arc.slice(start[node]!, start[node + 1]!).sort((a, b) => callee(a) - callee(b));
  }
}

/** The metric that counts samples: the one that is shown, if it is a count; -1 = none does. */
export function samplesMetric(profile: Profile): number {
  const { metrics } = profile;
  const shown = defaultMetric(profile);
  if (isCount(metrics[shown]!)) return shown;
  const ofSamples = ({ name, unit }: Metric) => name === 'samples' || unitName(unit) === 'samples';
  return metrics.findIndex((metric) => isCount(metric) && ofSamples(metric));
}

function isCount(metric: Metric): boolean {
  return secondsPerUnit(metric) === undefined && bytesPerUnit(metric) === undefined;
}

/** Nodes by id: numbers by value where all ids are numbers, else by code points. */
export function sortedNodes(ids: string[]): Int32Array {
  const nodes = Int32Array.from(ids.keys());
  const numbers = ids.every((text) => /^(0|[1-9]\d{0,14})$/.test(text));
  if (numbers) return nodes.sort((a, b) => Number(ids[a]) - Number(ids[b]));
  // Only from surrogates on do units of UTF-16 stand in another order than characters.
  const isPlain = !ids.some((text) => /[\uD800-\uFFFF]/.test(text));
  const compare = isPlain ? compareUnits : compareCodePoints;
  return nodes.sort((a, b) => compare(ids[a]!, ids[b]!));
}

function compareUnits(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** JavaScript compares UTF-16 units, in which U+E000 … U+FFFF come behind all that is beyond U+FFFF. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return aboveAll(x) - aboveAll(y);
  }
  return a.length - b.length;
}

function aboveAll(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}
