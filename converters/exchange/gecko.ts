/**
 * Profiles of the Firefox Profiler (https://profiler.firefox.com): stacks, sampled thread by thread.
 *
 * Written by Firefox, samply, vernier, perf's `gecko` script and Python's `profiling.sampling`.
 * Spec: https://github.com/firefox-devtools/profiler/blob/main/docs-developer/gecko-profile-format.md, and
 * https://github.com/firefox-devtools/profiler/blob/main/docs-developer/processed-profile-format.md
 * The surprise: there are two formats, each of which has changed dozens of times. What a file holds is seen from the
 * columns of its tables, whatever its version.
 */
import * as z from 'zod/mini';
import {
  defineFormat,
  type Head,
  type OptionsOf,
  option,
  type Profile,
  type Source,
} from '../../src/plugin.ts';

const options = () =>
  z.object({
    idle: option(z._default(z.enum(['keep', 'drop']), 'keep'), {
      help: 'samples whose category is Idle',
      value: 'WHAT',
    }),
    unknown: option(z._default(z.enum(['object', 'address']), 'object'), {
      help: 'what functions without a symbol are named after',
      value: 'WHAT',
    }),
  });

export type GeckoOptions = OptionsOf<typeof options>;

export const gecko = defineFormat({
  name: 'gecko',
  aliases: ['firefox'],
  title: 'Firefox Profiler (Firefox, samply, vernier)',
  extensions: ['gecko.json', 'firefox.json'],
  spec: 'https://github.com/firefox-devtools/profiler/tree/main/docs-developer',
  parser: {
    raw: [
      {
        begins: '\xdc\xdfJSLB',
        hint: 'it is a binary container of the Firefox Profiler: open it at https://profiler.firefox.com and save it as JSON',
      },
    ],
    options,
    probe,
    parse,
  },
});

const VERSION = /"preprocessedProfileVersion"\s*:/;
const INTERVAL = /"interval"\s*:/;
const RECORDED = /"(?:stackwalk|processType|markerSchema)"\s*:/;
const LIBRARY = /"breakpadId"\s*:/;
const RECORDING = ['label', 'duration', 'frames', 'memory', 'ticks'];

/** What is known of the recording may fill the head, and so may libraries. */
function probe({ jsonKeys, text }: Head): number {
  if (jsonKeys === undefined) return 0;
  const isNamed = jsonKeys.has('meta') && INTERVAL.test(text) && RECORDED.test(text);
  if (isNamed) return VERSION.test(text) ? 0.97 : 0.95;
  if (jsonKeys.has('libs') && LIBRARY.test(text) && (jsonKeys.has('meta') || jsonKeys.size < 3)) return 0.95;
  if (jsonKeys.has('meta') && VERSION.test(text)) return 0.95;
  return RECORDING.every((key) => jsonKeys.has(key)) ? 0.9 : 0;
}

async function parse(source: Source, chosen: GeckoOptions): Promise<Profile> {
  const [{ readFile }, { profileOf }] = await Promise.all([
    import('./gecko/read.ts'),
    import('./gecko/profile.ts'),
  ]);
  return profileOf(readFile(source), source, chosen);
}
