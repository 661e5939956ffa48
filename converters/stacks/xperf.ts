/**
 * Sampled stacks of Windows as CSV, as the Windows Performance Toolkit exports them.
 *
 * Written by xperfview or WPA from the "CPU Sampling" summary table with the column Stack.
 * Spec: https://learn.microsoft.com/en-us/windows-hardware/test/wpt/cpu-analysis
 * The surprise: nothing is quoted, so a row whose names have commas has too many cells; and the sampled function
 * may be missing at the end of its stack.
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
import { COLUMNS } from './xperf/columns.ts';

const options = () =>
  z.object({
    traces: option(z._default(z.enum(['stacks', 'pairs']), 'stacks'), {
      help: 'read whole stacks, or only who called whom, with weights times counts as selves, counts as totals of arcs, and without Idle (as gprof2dot does)',
      value: 'AS',
    }),
  });

export const xperf = defineFormat({
  name: 'xperf',
  title: 'Windows CPU samples (CSV of xperf and WPA)',
  extensions: ['xperf', 'csv'],
  spec: 'https://learn.microsoft.com/en-us/windows-hardware/test/wpt/cpu-analysis',
  parser: { options, probe, parse },
});

/** The first line names the columns that are read. */
function probe({ lines }: Head): number {
  const first = lines.find((line) => line.trim() !== '') ?? '';
  const cells = new Set(
    first
      .slice(0, 4000)
      .split(/,\s*/)
      .map((cell) => cell.trim()),
  );
  const found = COLUMNS.filter((name) => cells.has(name)).length;
  return found === COLUMNS.length ? 0.95 : cells.has('Process Name') && found >= 3 ? 0.6 : 0;
}

async function parse(source: Source, { traces }: OptionsOf<typeof options>): Promise<Profile> {
  const { Reader } = await import('./xperf/read.ts');
  return new Reader(source, traces === 'pairs').read();
}
