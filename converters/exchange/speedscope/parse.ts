/** From the file to the profile. */
import type { Profile, Source } from '../../../src/plugin.ts';
import type { SpeedscopeOptions } from '../speedscope.ts';
import { profileOf } from './profile.ts';
import { readFile } from './read.ts';

/** Throws `ProfileError`. */
export function parse(source: Source, { lines }: SpeedscopeOptions): Profile {
  return profileOf(readFile(source), source, lines);
}
