/**
 * pyinstrument: recordings (`.pyisession`), and reports made with `-r json`.
 *
 * Written by pyinstrument 3 to 5.
 * Spec: https://github.com/joerick/pyinstrument/blob/main/pyinstrument/session.py
 * The surprise: a report has only totals, and is pruned already; a recording has all stacks in order of time.
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
import { isTextReport } from './pyinstrument/text-report.ts';

const options = () =>
  z.object({
    stem: option(z._default(z.enum(['keep', 'drop']), 'keep'), {
      help: 'the callers of what was profiled, as far as all stacks have them; pyinstrument drops them',
      value: 'WHAT',
    }),
  });

export const pyinstrument = defineFormat({
  name: 'pyinstrument',
  title: 'pyinstrument recording (.pyisession) or JSON report',
  extensions: ['pyisession'],
  spec: 'https://pyinstrument.readthedocs.io/',
  parser: { options, probe, parse },
});

function probe(head: Head): number {
  const { jsonKeys, text } = head;
  if (!jsonKeys) return isTextReport(head) ? 0.95 : 0;
  if (jsonKeys.has('frame_records')) return 0.95;
  // The records are the last key, and may begin behind the head.
  if (jsonKeys.has('start_call_stack') && jsonKeys.has('sample_count')) return 0.9;
  if (!jsonKeys.has('root_frame')) return 0;
  return jsonKeys.has('sample_count') ? 0.95 : text.includes('"file_path_short"') ? 0.8 : 0;
}

async function parse(source: Source, { stem }: OptionsOf<typeof options>): Promise<Profile> {
  const { readFile } = await import('./pyinstrument/read.ts');
  return readFile(source, stem);
}
