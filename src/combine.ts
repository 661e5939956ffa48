/** Several profiles as one: brought down to the lowest rung among them, then merged. */
import { maybeRounded } from './columns.ts';
import type { Diagnostics } from './diagnostics.ts';
import { mergedMeta } from './merged-meta.ts';
import type { Callers, Label, Meta, Metric, Profile } from './profile.ts';
import { isList, StackSum } from './stack-sum.ts';
import { coarsen } from './transforms/coarsen.ts';
import { merge } from './transforms/merge.ts';

/** So many profiles are held before they become one. */
const BATCH = 32;

const RUNGS: Callers[] = ['none', 'direct', 'all'];

/** Adds up profiles as they come; memory is bounded by the sum and a batch of profiles. */
export class Combination {
  readonly #diagnostics: Diagnostics;
  #profiles: Profile[] = [];
  #labels: Label[][] = [];
  #stream: StackStream | undefined;
  #count = 0;

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
  }

  /** `labels` are given to all samples of the profile. */
  add(profile: Profile, labels: Label[] = []): void {
    this.#count++;
    if (this.#stream && isStreamed([this.#stream, profile])) {
      this.#stream.add(profile, labels);
      return;
    }
    this.#endStream();
    this.#profiles.push(profile);
    this.#labels.push(labels);
    if (this.#profiles.length === 2 && isStreamed(this.#profiles)) this.#startStream();
    else if (this.#profiles.length > BATCH) this.#fold();
  }

  /** The sum. Throws `ProfileError` when the profiles have no metric in common. */
  finish(): Profile {
    this.#endStream();
    if (this.#profiles.length > 1 || this.#labels.some((labels) => labels.length > 0)) this.#fold();
    const sum = this.#profiles[0]!;
    if (this.#count > 1) tellOfRounding(sum, this.#diagnostics);
    return sum;
  }

  #startStream(): void {
    this.#stream = new StackStream(this.#profiles[0]!.metrics);
    for (const [p, profile] of this.#profiles.entries()) this.#stream.add(profile, this.#labels[p]!);
    this.#profiles = [];
    this.#labels = [];
  }

  #endStream(): void {
    if (!this.#stream) return;
    this.#profiles = [this.#stream.finish()];
    this.#labels = [[]];
    this.#stream = undefined;
  }

  #fold(): void {
    const own = this.#profiles[0]!.sum;
    if (own && this.#profiles.every(({ sum }) => sum === own)) {
      this.#profiles = [own(this.#profiles)];
      this.#labels = [[]];
      return;
    }
    const sum = merge(onOneRung(this.#profiles, this.#diagnostics), {
      labels: this.#labels,
      onLostMetric: (metric) => tellOfLoss(metric, this.#diagnostics),
    });
    this.#profiles = [sum];
    this.#labels = [[]];
  }
}

/** The sum of lists of stacks with the same metrics, none of which is held. */
class StackStream {
  readonly metrics: Metric[];
  readonly #sum: StackSum;
  #estimated = false;
  #metas: Meta[] = [];

  constructor(metrics: Metric[]) {
    this.metrics = metrics;
    this.#sum = new StackSum(metrics.map((metric) => ({ ...metric })));
  }

  add(profile: Profile, labels: Label[]): void {
    this.#sum.add(
      profile,
      this.metrics.map((_, index) => ({ index, factor: 1 })),
      labels,
    );
    this.#metas = [mergedMeta([...this.#metas, profile.meta], [...this.metrics.keys()])];
    this.#estimated ||= profile.estimated;
  }

  finish(): Profile {
    this.#sum.builder.meta = this.#metas[0] ?? {};
    return Object.assign(this.#sum.finish(), { estimated: this.#estimated });
  }
}

/** Whether the profiles can be added up one after the other, each for good. */
function isStreamed(profiles: (Profile | StackStream)[]): boolean {
  const { metrics } = profiles[0]!;
  return profiles.every(
    (profile) =>
      profile instanceof StackStream ||
      (isList(profile) &&
        profile.sum === undefined &&
        profile.whole === undefined &&
        profile.metrics.length === metrics.length &&
        profile.metrics.every(({ name, unit }, m) => name === metrics[m]!.name && unit === metrics[m]!.unit)),
  );
}

/** The profiles brought down to the lowest rung among them. */
export function onOneRung(profiles: readonly Profile[], diagnostics: Diagnostics): Profile[] {
  const rung = RUNGS.find((callers) => profiles.some((profile) => profile.callers === callers))!;
  return profiles.map((profile) => {
    if (profile.callers === rung) return profile;
    const lost = rung === 'none' ? 'callers are' : 'stacks are';
    warn(diagnostics, 'lower-rung', `${lost} left out, since not all inputs have them`);
    const graph =
      profile.callers === 'all' ? coarsen(profile, { arcTotals: 'outermost', lines: true }) : profile;
    if (rung === 'direct') return graph;
    const { arcs: _, ...flat } = graph;
    return { ...flat, callers: 'none' };
  });
}

/** Tells of metrics whose values came to more than 64 bits together: doubles then hold them. */
export function tellOfRounding(profile: Profile, diagnostics: Diagnostics): void {
  const columns = profile.stackValues ?? profile.nodes.self;
  for (const [m, { name }] of profile.metrics.entries())
    if (maybeRounded(columns[m]!))
      warn(diagnostics, 'rounded', `${name}: values of more than 2^53 are rounded`);
}

/** Tells of a metric that not all inputs have. */
export function tellOfLoss({ name }: Metric, diagnostics: Diagnostics): void {
  warn(diagnostics, 'metric-missing', `${name} is left out, since not all inputs have it`);
}

function warn(diagnostics: Diagnostics, what: string, message: string): void {
  diagnostics.add({ severity: 'warning', code: `merge/${what}`, message });
}
