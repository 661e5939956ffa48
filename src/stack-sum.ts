/**
 * Lists of stacks added up, one profile after the other; each may be forgotten once it is added. Stacks that are
 * the same and have the same labels are one.
 */
import { ProfileBuilder } from './builder.ts';
import { scaled } from './columns.ts';
import { ExactSums } from './exact-sums.ts';
import { MergedNames } from './merged-names.ts';
import type { Label, Metric, Profile } from './profile.ts';
import { StackRows } from './stack-rows.ts';

/** Whether nothing is known of a profile but its stacks, one by one, so that no tree is needed. */
export function isList({ stacks, functions }: Profile): boolean {
  return stacks !== undefined && functions.calls === undefined;
}

export class StackSum {
  readonly builder: ProfileBuilder;
  readonly #names: MergedNames;
  readonly #rows = new StackRows();
  readonly #sums: ExactSums[];

  constructor(metrics: Metric[]) {
    this.builder = new ProfileBuilder(metrics);
    this.#names = new MergedNames(this.builder);
    this.#sums = metrics.map(() => new ExactSums());
  }

  /** Adds a list of stacks. `columns`: by metric, which of its own it is and what that is multiplied by. */
  add(profile: Profile, columns: { index: number; factor: number }[], labels: Label[] = []): void {
    const { start, frame, length } = profile.stacks!;
    const { frameOf } = this.#names.add(profile);
    const sets = profile.stackDetails?.labels;
    const setOf = labelsIn(this.builder, profile, labels);
    const row = new Int32Array(length);
    for (let i = 0; i < length; i++)
      row[i] = this.#rows.find(frame, start[i]!, start[i + 1]!, frameOf, setOf(sets ? sets[i]! : -1));
    for (const [m, { index, factor }] of columns.entries()) {
      if (factor === 0) continue;
      const values = scaled(profile.stackValues![index]!, factor);
      for (let i = 0; i < length; i++) this.#sums[m]!.add(row[i]!, values[i]!);
    }
  }

  finish(): Profile {
    const labels = this.#rows.labels.trimmed();
    const values = this.#sums.map((sums) => sums.column(this.#rows.length));
    const isLabelled = labels.some((set) => set >= 0);
    return this.builder.stacks(this.#rows.stacks(), values, isLabelled ? { labels } : {});
  }
}

/** The set of labels of the sum by that of a profile (-1 = none), with more labels for all of them. */
export function labelsIn(
  builder: ProfileBuilder,
  { labelSets }: Profile,
  more: Label[],
): (set: number) => number {
  const known = new Int32Array(labelSets.length + 1).fill(UNKNOWN);
  return (set) => {
    if (known[set + 1] === UNKNOWN) {
      const all = [...(labelSets[set] ?? []), ...more];
      known[set + 1] = all.length === 0 ? -1 : builder.labels(all);
    }
    return known[set + 1]!;
  };
}

const UNKNOWN = -2;
