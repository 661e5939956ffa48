/**
 * Call trees of the profiler of Visual Studio (2005 to 2019), exported as CSV.
 *
 * Written by "Export report" in Visual Studio, and by `VSPerfReport /summary:calltree`, as …_CallTreeSummary.csv.
 * Spec: https://learn.microsoft.com/en-us/visualstudio/profiling/call-tree-view-instrumentation-data
 * The surprise: of instrumented programs it mostly has no times, but shares of the whole with two decimals, and
 * averages of calls, from which times can be made again.
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, type Source } from '../../src/plugin.ts';
import { delimiterOf } from './vsprof/titles.ts';

export const vsprof = defineFormat({
  name: 'vsprof',
  title: 'call trees of Visual Studio (CSV)',
  extensions: ['vsprof', 'vsprof.csv', 'csv'],
  spec: 'https://learn.microsoft.com/en-us/visualstudio/profiling/call-tree-view-instrumentation-data',
  parser: { options: () => z.object({}), probe, parse },
});

function probe({ lines }: Head): number {
  return delimiterOf(lines[0] ?? '') === undefined ? 0 : 0.95;
}

async function parse(source: Source): Promise<Profile> {
  const { Reader } = await import('./vsprof/read.ts');
  return new Reader(source).read();
}
