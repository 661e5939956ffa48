/** What percentages of a difference refer to. */
import { magnitudeOf } from './columns.ts';
import { keptRows, lazyWhole } from './fewer-rows.ts';
import type { Column, Profile, Whole } from './profile.ts';

/** By which pprof tells the samples of a base. */
export const BASE_LABEL = { key: 'pprof::base', value: 'true' } as const;

/** As in pprof: the base if samples are labelled as those of one, else all that has changed. */
export function wholeOfChange(profile: Profile): Whole {
  const ofBase = baseRows(profile);
  const sum = valuesOf(profile).map(
    (column) => (ofBase && magnitudeOf(keptRows(column, ofBase))) || magnitudeOf(column),
  );
  return lazyWhole(sum, profile);
}

/** By sample: 1 = it is of the base; undefined = none is. */
export function baseRows(profile: Profile): Uint8Array | undefined {
  const labels = labelsOf(profile);
  const isBase = profile.labelSets.map((set) =>
    set.some(({ key, value }) => key === BASE_LABEL.key && value === BASE_LABEL.value),
  );
  return labels && isBase.includes(true)
    ? Uint8Array.from(labels, (set) => Number(isBase[set] ?? false))
    : undefined;
}

/** Folds no stacks into a tree. */
function labelsOf(profile: Profile): Int32Array | undefined {
  return profile.stacks ? profile.stackDetails?.labels : profile.samples?.labels;
}

/** Of samples where they are labelled: each is a change of its own. */
function valuesOf(profile: Profile): Column[] {
  if (profile.stackValues) return profile.stackValues;
  const { samples, nodes } = profile;
  return samples?.labels ? samples.values : nodes.self;
}
