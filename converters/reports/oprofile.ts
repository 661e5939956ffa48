/**
 * OProfile's report with callers and callees, or of symbols alone.
 *
 * Written by `opreport -cdf` and other options of opreport that list symbols.
 * Spec: https://oprofile.sourceforge.io/doc/opreport.html
 * The surprise: an arc has the samples of all stacks that hold it, so self and callees add up to a total, in which
 * recursion counts each level; and a function stands in an entry for each image that calls it.
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
import { headingOf } from './oprofile/heading.ts';

const options = () =>
  z.object({
    module: option(z._default(z.enum(['path', 'name']), 'path'), {
      help: 'images as they are written, or without directories and source files (as gprof2dot does)',
      value: 'WHAT',
    }),
    same: option(z._default(z.enum(['sum', 'last']), 'sum'), {
      help: 'rows of one name among the callees of a function: added up, or the last one (as gprof2dot does)',
      value: 'WHICH',
    }),
  });

export type OprofileOptions = OptionsOf<typeof options>;

const TOTALS = 'the samples of calls that OProfile added up; in recursion each level counts, up to the sum';

export const oprofile = defineFormat({
  name: 'oprofile',
  title: "OProfile's call graph or list of symbols (opreport)",
  extensions: ['oprofile'],
  spec: 'https://oprofile.sourceforge.io/doc/opreport.html',
  parser: { totals: TOTALS, options, probe, parse },
});

function probe({ lines }: Head): number {
  return lines.slice(0, 100).some(headingOf) ? 0.95 : 0;
}

async function parse(source: Source, chosen: OprofileOptions): Promise<Profile> {
  const { Reader } = await import('./oprofile/read.ts');
  return new Reader(source, chosen).read();
}
