/** From the file to the profile. */
import type { Profile, Source } from '../../../src/plugin.ts';
import { profileOf } from './profile.ts';
import { readTrace } from './read.ts';

/** Throws `ProfileError`. */
export function parse(source: Source): Profile {
  return profileOf(readTrace(source), source);
}
