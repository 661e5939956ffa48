/**
 * AQtime's performance profiles of Windows programs, exported as XML.
 *
 * Written by AQtime ("Save results as XML" of the performance profiler).
 * Spec: https://support.smartbear.com/aqtime/docs/profiling-with/profilers/performance-profiler/results.html
 * The surprise: a table says at its beginning what its columns are, and rows hold tables of their own: of parents and
 * of children.
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
    graph: option(z._default(z.enum(['full', 'bare']), 'full'), {
      help: 'all that is known, or names and totals alone, as they stand in the table (as gprof2dot does)',
      value: 'WHAT',
    }),
  });

const TOTALS = 'what AQtime measured: the time of a function with its children';

export const aqtime = defineFormat({
  name: 'aqtime',
  title: 'AQtime performance results (XML)',
  extensions: ['aqtime', 'xml'],
  spec: 'https://support.smartbear.com/aqtime/docs/profiling-with/profilers/performance-profiler/results.html',
  parser: { totals: TOTALS, options, probe, parse },
});

function probe({ text }: Head): number {
  return /^\s*(?:<\?xml[^>]*>\s*)?<AQtime_Results[\s>]/.test(text) ? 0.95 : 0;
}

async function parse(source: Source, { graph }: OptionsOf<typeof options>): Promise<Profile> {
  const { Reader } = await import('./aqtime/read.ts');
  return new Reader(source, graph === 'bare').read();
}
