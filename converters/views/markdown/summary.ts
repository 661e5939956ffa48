/** The summary: tables of functions, stacks and lines, or the same in JSON. */
import type { Profile, Sink, Value } from '../../../src/plugin.ts';
import type { MarkdownOptions } from '../markdown.ts';
import { headFields, headline, subject, valueText } from '../report/heading.ts';
import { heavyLines, heavyStacks } from '../report/heavy.ts';
import { jsonText } from '../report/json-text.ts';
import { type Row, rowFields, topFunctions } from '../report/rows.ts';
import { partOf, percent } from '../report/table.ts';
import { code, table, text } from './markup.ts';

export function writeSummary(profile: Profile, settings: MarkdownOptions, sink: Sink): void {
  const about = subject(profile, sink, settings.title);
  const { metric, sum } = about;
  const functions = topFunctions(profile, metric, settings.rows);
  const stacks = heavyStacks(profile, metric, settings.rows);
  const lines = heavyLines(profile, metric, settings.rows);
  if (settings.json) {
    const { self, total } = functions;
    const fields = {
      self: self.map(rowFields),
      total: total.map(rowFields),
      stacks: stacks.map((stack) => ({ ...stack })),
      lines: lines.map((line) => ({ ...line })),
    };
    sink.write(`${jsonText({ ...headFields(about), ...fields })}\n`);
    return;
  }
  const value = (each: Value) => [valueText(about, each), percent(partOf(each, sum))];
  const functionRow = (row: Row) => [
    ...value(row.self),
    ...value(row.total),
    code(row.name),
    code(row.place),
  ];
  const heads = ['self', '%', 'total', '%', 'function', 'place'];
  const titles = settings.title === undefined ? [headline(about)] : [settings.title, headline(about)];
  sink.write(`## ${titles.map(text).join('\n\n')}\n`);
  if (profile.meta.command !== undefined) sink.write(`\nCommand: ${code(profile.meta.command)}\n`);
  table(sink, 'Top functions by self', heads, functions.self.map(functionRow));
  table(sink, 'Top functions by total', heads, functions.total.map(functionRow));
  const stackRows = stacks.map(({ self, names }) => [...value(self), names.map(code).join(' › ')]);
  table(sink, 'Heaviest stacks', ['self', '%', 'stack, root first'], stackRows);
  const lineRows = lines.map(({ self, place }) => [...value(self), code(place)]);
  table(sink, 'Hot lines', ['self', '%', 'line'], lineRows);
}
