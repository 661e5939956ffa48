/**
 * What yappi measures, and GreenletProfiler, which has an older yappi inside: who called whom, how often, how long.
 *
 * Written by `get_func_stats().save(path, 'ystat')` as a pickle, and printed by `print_all()`. (Their callgrind and
 * pstat files are those formats'.) Spec: https://github.com/sumerc/yappi/blob/master/doc/api.md
 * The surprise: functions that never returned, as those of most greenlets, have a total of 0.
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, type Source } from '../../src/plugin.ts';
import { isPickle, isPickleOf } from './pickle/signature.ts';

const TOTALS =
  'what yappi measured: from call to return, recursion counted once, for each function and each of its callers';

export const yappi = defineFormat({
  name: 'yappi',
  title: 'yappi and GreenletProfiler: their .ystat files, and what they print',
  extensions: ['ystat', 'ys'],
  spec: 'https://github.com/sumerc/yappi/blob/master/doc/api.md',
  parser: { totals: TOTALS, options: () => z.object({}), probe, parse },
});

const CLOCK = /^Clock type: \w+\s*$/;
const HEADER = /^name +(ncall|#n) +tsub +ttot +tavg\s*$/;

function probe(head: Head): number {
  if (isPickleOf(head, 'YFuncStat')) return 0.98;
  const clock = head.lines.findIndex((line) => CLOCK.test(line));
  if (clock >= 0 && head.lines[clock + 1]?.startsWith('Ordered by: ')) return 0.97;
  return head.lines.some((line) => HEADER.test(line)) ? 0.8 : 0;
}

async function parse(source: Source): Promise<Profile> {
  if (isPickle(source.head)) return (await import('./yappi/ystat.ts')).readStats(source);
  return (await import('./yappi/report.ts')).readReport(source);
}
