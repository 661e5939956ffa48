/**
 * VTune's top-down report as CSV: a row for each node of the call tree.
 *
 * Written by `vtune -report top-down -format csv` (`amplxe-cl` of old).
 * Spec: https://www.intel.com/content/www/us/en/docs/vtune-profiler/user-guide/current/top-down-report.html
 * The surprise: times are seconds that name no unit; totals are percentages unless values are asked for; and the
 * first row, Total, is no function.
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, type Source } from '../../src/plugin.ts';
import { delimiterOf } from './vtune/titles.ts';

export const vtune = defineFormat({
  name: 'vtune',
  title: "VTune's top-down report (CSV)",
  extensions: ['vtune', 'vtune.csv', 'csv'],
  spec: 'https://www.intel.com/content/www/us/en/docs/vtune-profiler/user-guide/current/top-down-report.html',
  parser: { options: () => z.object({}), probe, parse },
});

/** What the program says about its work may stand in front of the titles. */
function probe({ lines }: Head): number {
  return lines.slice(0, 20).some((line) => delimiterOf(line) !== undefined) ? 0.95 : 0;
}

async function parse(source: Source): Promise<Profile> {
  const { Reader } = await import('./vtune/read.ts');
  return new Reader(source).read();
}
