/**
 * gprof's report: the call graph and the flat profile that it prints of `gmon.out`.
 *
 * Written by GNU gprof (`gprof program > report`; also of profiles summed up by `-s`), by the gprof of BSD and AIX, and
 * by embedded ones. Spec: https://sourceware.org/binutils/docs/gprof/Output.html
 * The surprise: only self and calls are measured. Totals of functions and arcs are gprof's own estimate, which shares
 * the total of a function among its callers by calls, and that is what "exact" rests on here. Within a cycle gprof
 * shares nothing: arcs between its members, and of a function to itself, have calls and no total. Arcs into a cycle
 * have their part of the whole cycle, so a member's total is at least what comes in from outside.
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
import { isFlatHeader, isGraphHeader } from './gprof/header.ts';

const options = () =>
  z.object({
    totals: option(z._default(z.enum(['printed', 'none']), 'printed'), {
      help: 'totals as gprof prints them, or none: then --total callratios goes by calls (as gprof2dot does)',
      value: 'WHICH',
    }),
    unlisted: option(z._default(z.enum(['keep', 'drop']), 'keep'), {
      help: 'functions that gprof gives no entry, such as `mcount (76)`',
      value: 'WHAT',
    }),
    unit: option(z._default(z.enum(['printed', 'seconds']), 'printed'), {
      help: 'the unit in the heading, or seconds whatever it says',
      value: 'UNIT',
    }),
  });

export type GprofOptions = OptionsOf<typeof options>;

const TOTALS =
  'what gprof printed: selves are sampled, and shared out among callers by counts of calls; a cycle is one function';

export const gprof = defineFormat({
  name: 'gprof',
  aliases: ['prof'],
  title: "gprof's call graph or flat profile",
  extensions: ['gprof', 'prof'],
  spec: 'https://sourceware.org/binutils/docs/gprof/Output.html',
  parser: {
    totals: TOTALS,
    raw: [
      {
        begins: 'gmon',
        hint: 'it is what the program wrote for gprof: `gprof program gmon.out > report` makes a report of it',
      },
    ],
    options,
    probe,
    parse,
  },
});

/** The heading of one of the tables, or entries of a call graph under a heading in another language. */
function probe(head: Head): number {
  if (head.lines.some(isGraphHeader)) return 0.95;
  if (head.lines.some(isFlatHeader)) return 0.9;
  const entries = head.lines.filter((line) =>
    /^\[\d+\]? +\d+[.,]\d+ +\d+[.,]\d+ +-?\d+[.,]\d+ .*\[\d+\]\s*$/.test(line),
  );
  const ruled = head.lines.some((line) => /^--+\s*$/.test(line));
  return entries.length > 0 && ruled ? 0.8 : 0;
}

async function parse(source: Source, options: GprofOptions): Promise<Profile> {
  const { Reader } = await import('./gprof/read.ts');
  return new Reader(source, options).read();
}
