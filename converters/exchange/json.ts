/**
 * JSON of our own: all that a profile holds, for jq, for scripts, and to be read again without loss.
 *
 * Schema: fixtures/json/profile.schema.json, shipped with the package.
 * The surprise: `self` and `total` of functions are there for readers; they follow from the nodes and are not
 * read back. gprof2dot's JSON is read by the same door, since both are plain JSON to whoever has the file.
 */
import * as z from 'zod/mini';
import {
  defineFormat,
  type Head,
  type OptionsOf,
  option,
  type Profile,
  type Sink,
  type Source,
} from '../../src/plugin.ts';
import { gprof2dotOptions, isGprof2dotJson } from './json/gprof2dot-options.ts';
import { FORMAT } from './json/shape.ts';

const OWN = new RegExp(String.raw`"format"\s*:\s*"${FORMAT}"`);

export const json = defineFormat({
  name: 'json',
  title: "JSON of prof2dot's own, for jq and scripts; gprof2dot's is read, too",
  extensions: ['json'],
  spec: 'https://unpkg.com/prof2dot/fixtures/json/profile.schema.json',
  parser: { options: gprof2dotOptions, probe, parse },
  emitter: {
    options: () =>
      z.object({
        content: option(z._default(z.enum(['profile', 'graph']), 'profile'), {
          help: 'all of the profile, or the call graph as dot draws it; the same as -t json:graph',
          value: 'WHAT',
        }),
      }),
    argument: 'content',
    needs: ({ content }) => (content === 'graph' ? 'direct' : 'any'),
    thresholds: { node: 0.5, edge: 0.1 },
    differences: 'signed',
    emit,
  },
});

function probe({ jsonKeys, text }: Head): number {
  if (jsonKeys === undefined) return 0;
  if (jsonKeys.has('format') && OWN.test(text)) return 0.95;
  return isGprof2dotJson(jsonKeys) ? 0.9 : 0;
}

async function parse(source: Source, { events }: OptionsOf<typeof gprof2dotOptions>): Promise<Profile> {
  const room = await import('./json/parse.ts');
  return room.parse(source, events);
}

async function emit(profile: Profile, _options: unknown, sink: Sink): Promise<void> {
  const { write } = await import('./json/write.ts');
  write(profile, sink);
}
