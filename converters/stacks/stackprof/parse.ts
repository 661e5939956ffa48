/** From the dump to the profile. */
import { type Profile, ProfileBuilder, type Source } from '../../../src/plugin.ts';
import { scaleOf, tellFacts } from './facts.ts';
import { readFrames } from './frames.ts';
import { graphOf } from './graph.ts';
import { readJson } from './read-json.ts';
import { readMarshal } from './read-marshal.ts';
import { isMarshal } from './signature.ts';
import { Stacks } from './stacks.ts';

/** Throws `ProfileError`. */
export function read(source: Source): Profile {
  const recording = isMarshal(source.head.bytes) ? readMarshal(source) : readJson(source);
  const frames = readFrames(recording.frames, source);
  const scale = scaleOf(recording, source);
  const builder = new ProfileBuilder(scale.metrics);
  tellFacts(recording, scale, builder, source);
  return recording.raw.length > 0
    ? new Stacks(recording, frames, scale, builder, source).profile()
    : graphOf(recording, frames, scale, builder, source);
}
