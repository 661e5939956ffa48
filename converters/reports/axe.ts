/**
 * VTune Amplifier's report in the manner of gprof: `amplxe-cl -report gprof-cc`.
 *
 * Spec: https://www.intel.com/content/www/us/en/docs/vtune-profiler/user-guide/current/gprof-cc-report.html
 * The surprise: VTune samples stacks, so unlike gprof's these totals are measured. Totals of functions count recursion
 * once; an arc into a cycle has what the whole cycle took for this caller, and arcs within a cycle, or of a function to
 * itself, have no total. There are no calls at all.
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
import { isHeader } from './axe/header.ts';

const options = () =>
  z.object({
    totals: option(z._default(z.enum(['seconds', 'percent']), 'seconds'), {
      help: 'totals from the columns of seconds, or of functions from that of percents and of arcs guessed (as gprof2dot)',
      value: 'FROM',
    }),
  });

const TOTALS = 'what VTune measured: the stacks that hold a function or a call, recursion counted once';

export const axe = defineFormat({
  name: 'axe',
  title: "VTune's gprof-cc report",
  extensions: ['axe'],
  spec: 'https://www.intel.com/content/www/us/en/docs/vtune-profiler/user-guide/current/gprof-cc-report.html',
  parser: { totals: TOTALS, options, probe, parse },
});

function probe(head: Head): number {
  return head.lines.some(isHeader) ? 1 : 0;
}

async function parse(source: Source, { totals }: OptionsOf<typeof options>): Promise<Profile> {
  const { Reader } = await import('./axe/read.ts');
  return new Reader(source, totals === 'percent').read();
}
