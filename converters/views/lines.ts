/**
 * Costs by source line, function by function, in the manner of line_profiler's tables.
 *
 * For whatever knows lines: line_profiler, callgrind, pprof, cpuprofile and others.
 * Spec: https://github.com/pyutils/line_profiler
 * The surprise: profiles hold no source text. It is looked up where the profile says, or below `--source-root`.
 */
import * as z from 'zod/mini';
import {
  defaultMetric,
  defineFormat,
  type OptionsOf,
  option,
  type Profile,
  type Sink,
} from '../../src/plugin.ts';
import { lineTables } from './lines/line-tables.ts';
import { Printer } from './lines/print.ts';
import { SourceTree } from './lines/source-tree.ts';

const options = () =>
  z.object({
    sourceRoot: option(z._default(z.array(z.string()), []), {
      help: 'look for source files in this directory, too (repeatable)',
      flag: 'source-root',
      value: 'DIR',
    }),
    sort: option(z._default(z.enum(['cost', 'file', 'none']), 'cost'), {
      help: 'order of the functions: the costliest first, by file and line, or as they come',
      value: 'ORDER',
    }),
    source: option(z._default(z.boolean(), true), 'show source text, where it is found'),
  });

type Settings = OptionsOf<typeof options>;

export const lines = defineFormat({
  name: 'lines',
  title: 'costs by source line, as line_profiler prints them',
  extensions: ['lines.txt'],
  spec: 'https://github.com/pyutils/line_profiler',
  emitter: { options, needs: 'direct', lines: true, differences: 'signed', emit },
});

async function emit(profile: Profile, settings: Settings, sink: Sink): Promise<void> {
  const metric = defaultMetric(profile);
  const tables = lineTables(profile, metric, settings.sort);
  const sources = new SourceTree(settings.sourceRoot);
  const printer = new Printer(profile, metric, sink);
  let missing = '';
  for (const table of tables) {
    const text = settings.source ? await sources.lines(table.file) : undefined;
    if (text === undefined && table.file !== '') missing ||= table.file;
    printer.table(table, text);
  }
  const nothingChanged = profile.meta.isDifference === true && tables.length === 0;
  if (!nothingChanged && tables.every(({ rows }) => rows.every(({ line }) => line === 0)))
    sink.lost('no-lines', 'the profile does not say which lines its costs belong to');
  else if (settings.source && missing !== '')
    sink.note('no-source', `source files are not here: ${missing}`, '--source-root DIR says where they are');
}
