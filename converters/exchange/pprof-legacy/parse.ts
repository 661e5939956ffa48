/** From the file to the profile: machine words, a text, or a text with names in front of machine words. */
import type { Profile, Source } from '../../../src/plugin.ts';
import { AddressProfile } from './address-profile.ts';
import { readCpu } from './cpu.ts';
import { isCpuProfile } from './cpu-header.ts';
import { isWithNames, readText, readWithNames } from './text.ts';

/** With `names`, those of functions and threads that the text holds. Throws `ProfileError`. */
export function parse(source: Source, names: boolean): Profile {
  const profile = new AddressProfile(source, names);
  const { bytes, text } = source.head;
  if (isWithNames(bytes)) readWithNames(source.bytes(), profile);
  else if (isCpuProfile(bytes) || (text === '' && bytes.length > 0)) readCpu(source.bytes(), 0, profile);
  else readText(source, profile);
  return profile.finish();
}
