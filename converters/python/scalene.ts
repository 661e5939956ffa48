/**
 * Scalene's JSON: the cost of lines in time and memory; in newer ones call stacks, too.
 *
 * Written by `scalene --json` (1.3 and later).
 * Spec: https://github.com/plasma-umass/scalene/blob/master/scalene/scalene_json.py
 * The surprise: times are percentages of the elapsed time; files below one percent are not in it; and a line does
 * not say which function it is in.
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
import { isTextReport } from './scalene/text-report.ts';

const options = () =>
  z.object({
    read: option(z._default(z.enum(['lines', 'stacks']), 'lines'), {
      help: 'costs of lines, or call stacks, which newer Scalene samples too',
      value: 'WHAT',
    }),
  });

export const scalene = defineFormat({
  name: 'scalene',
  title: 'Scalene line costs (JSON)',
  extensions: ['scalene.json', 'json'],
  spec: 'https://github.com/plasma-umass/scalene',
  parser: { options, probe, parse },
});

function probe(head: Head): number {
  const { jsonKeys, text } = head;
  if (!jsonKeys?.has('elapsed_time_sec')) return !jsonKeys && isTextReport(head) ? 0.9 : 0;
  return jsonKeys.has('files') || text.includes('"n_cpu_percent_python"') ? 0.95 : 0.8;
}

async function parse(source: Source, { read }: OptionsOf<typeof options>): Promise<Profile> {
  const { readFile } = await import('./scalene/read.ts');
  return readFile(source, read);
}
