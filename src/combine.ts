/** Several profiles as one: brought down to the lowest rung among them, then merged. */
import type { Diagnostics } from './diagnostics.ts';
import type { Callers, Label, Metric, Profile } from './profile.ts';
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

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
  }

  /** `labels` are given to all samples of the profile. */
  add(profile: Profile, labels: Label[] = []): void {
    this.#profiles.push(profile);
    this.#labels.push(labels);
    if (this.#profiles.length > BATCH) this.#fold();
  }

  /** The sum. Throws `ProfileError` when the profiles have no metric in common. */
  finish(): Profile {
    if (this.#profiles.length > 1 || this.#labels.some((labels) => labels.length > 0)) this.#fold();
    return this.#profiles[0]!;
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

/** Tells of a metric that not all inputs have. */
export function tellOfLoss({ name }: Metric, diagnostics: Diagnostics): void {
  warn(diagnostics, 'metric-missing', `${name} is left out, since not all inputs have it`);
}

function warn(diagnostics: Diagnostics, what: string, message: string): void {
  diagnostics.add({ severity: 'warning', code: `merge/${what}`, message });
}
