/** The tables of all functions, with source text where it is found. */
import { defaultMetric, type Profile, type Sink } from '../../../src/plugin.ts';
import type { LinesOptions } from '../lines.ts';
import { lineTables } from './line-tables.ts';
import { Printer } from './print.ts';
import { SourceTree } from './source-tree.ts';

export async function writeTables(profile: Profile, settings: LinesOptions, sink: Sink): Promise<void> {
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
