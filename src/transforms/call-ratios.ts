/** Totals the way gprof2dot computes them. */
import type { Profile } from '../profile.ts';

export function callRatios(profile: Profile): Profile {
  return profile;
}

export function callStackTotals(profile: Profile): Profile {
  return profile;
}
