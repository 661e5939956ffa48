/** Up the ladder. */
import type { Profile } from '../profile.ts';

export function estimateStacks(profile: Profile): Profile {
  return profile;
}
