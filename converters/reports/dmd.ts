/**
 * The trace that D programs write: who called whom how often, and how long functions took.
 *
 * Written as trace.log by programs of `dmd -profile`, and of `ldc2 -fdmd-trace-functions`.
 * Spec: https://dlang.org/dmd-linux.html#switch-profile
 * The surprise: times are ticks of a timer whose frequency stands below the call graph, if anybody knew it.
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
import { isEntry, isRule } from './dmd/lines.ts';

const options = () =>
  z.object({
    unit: option(z._default(z.enum(['stated', 'seconds']), 'stated'), {
      help: 'of times: by the frequency of the timer, or seconds whatever they are (as gprof2dot does)',
      value: 'UNIT',
    }),
  });

const TOTALS =
  'what the program measured itself: from call to return, recursion counted once; calls are counted, not timed';

export const dmd = defineFormat({
  name: 'dmd',
  title: 'traces of D programs (dmd -profile)',
  extensions: ['dmd', 'trace.log'],
  spec: 'https://dlang.org/dmd-linux.html#switch-profile',
  parser: { totals: TOTALS, options, probe, parse },
});

/** A rule first, and an entry below it. */
function probe({ lines }: Head): number {
  if (!isRule(lines[0] ?? '')) return 0;
  return lines.slice(1, 2000).some(isEntry) ? 0.95 : 0;
}

async function parse(source: Source, { unit }: OptionsOf<typeof options>): Promise<Profile> {
  const { Reader } = await import('./dmd/read.ts');
  return new Reader(source, unit === 'seconds').read();
}
