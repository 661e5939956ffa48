/** From the file to the profile, by the rules of the style that was chosen. */
import type { Profile, Source } from '../../../src/plugin.ts';
import type { CpuprofileOptions } from '../cpuprofile.ts';
import { profileOf } from './profile.ts';
import { readRecordings } from './read.ts';
import type { Rules } from './timeline.ts';

/** Throws `ProfileError`. */
export function parse(source: Source, chosen: CpuprofileOptions): Profile {
  return profileOf(readRecordings(source), rulesOf(chosen), chosen.delta === 'hits');
}

function rulesOf({ style, delta, gc, program, idle }: CpuprofileOptions): Rules {
  const speedscope = style === 'speedscope';
  return {
    delta: delta === 'backward' ? 'backward' : 'forward',
    last: speedscope ? 'none' : 'mean',
    unsorted: speedscope ? 'clamp' : 'sort',
    gc: gc ?? 'stack',
    program: program ?? (speedscope ? 'stack' : 'fill'),
    idle: idle ?? (speedscope ? 'drop' : 'keep'),
  };
}
