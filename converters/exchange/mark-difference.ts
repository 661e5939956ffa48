/** Tells differences from other profiles where the format has no word for them: values have either sign. */
import {
  type Column,
  defaultMetric,
  greatest,
  keptRows,
  magnitudeOf,
  type Profile,
} from '../../src/plugin.ts';

/**
 * Marks a profile as a difference if it has values below 0, or samples that pprof marks as those of a base. As in
 * pprof, percentages are parts of the base, or of all that has changed.
 *
 * Only values of the default metric count: Go's counts of all allocations that ever were may overflow.
 */
export function markDifference(profile: Profile): void {
  const { stackValues: values = [], stackDetails } = profile;
  const ofBase = stackDetails?.labels && baseRows(profile, stackDetails.labels);
  if (!ofBase && !holdsNegative(values[defaultMetric(profile)]!)) return;
  profile.meta.isDifference = true;
  const whole = (column: Column) => (ofBase && magnitudeOf(keptRows(column, ofBase))) || magnitudeOf(column);
  profile.whole = {
    sum: values.map(whole),
    get maxSelf() {
      return profile.nodes.self.map(greatest);
    },
  };
}

/** By sample: whether it is of the base; undefined = none is. */
function baseRows({ labelSets }: Profile, labels: Int32Array): Uint8Array | undefined {
  const isBase = labelSets.map((set) =>
    set.some(({ key, value }) => key === 'pprof::base' && value === 'true'),
  );
  return isBase.includes(true) ? Uint8Array.from(labels, (set) => Number(isBase[set] ?? false)) : undefined;
}

function holdsNegative(column: Column): boolean {
  for (let i = 0; i < column.length; i++) if (column[i]! < 0) return true;
  return false;
}
