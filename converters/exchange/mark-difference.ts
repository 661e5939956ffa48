/** Tells differences from other profiles where the format has no word for them: values have either sign. */
import { baseRows, type Column, defaultMetric, type Profile, wholeOfChange } from '../../src/plugin.ts';

/**
 * Marks a profile as a difference if it has values below 0, or samples that pprof marks as those of a base. As in
 * pprof, percentages are parts of the base, or of all that has changed.
 *
 * Only values of the default metric count: Go's counts of all allocations that ever were may overflow.
 */
export function markDifference(profile: Profile): void {
  const { stackValues: values = [] } = profile;
  if (!baseRows(profile) && !holdsNegative(values[defaultMetric(profile)]!)) return;
  profile.meta.isDifference = true;
  profile.whole = wholeOfChange(profile);
}

function holdsNegative(column: Column): boolean {
  for (let i = 0; i < column.length; i++) if (column[i]! < 0) return true;
  return false;
}
