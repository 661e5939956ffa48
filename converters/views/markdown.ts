/**
 * A summary for pull requests and chats: the costliest functions, stacks and lines as tables of Markdown.
 *
 * Spec: https://github.github.com/gfm/#tables-extension-
 * The surprise: bars inside names would end a cell, so they are escaped.
 */
import * as z from 'zod/mini';
import {
  defineFormat,
  type OptionsOf,
  option,
  type Profile,
  type Sink,
  type Value,
} from '../../src/plugin.ts';
import { headFields, headline, subject, valueText } from './report/heading.ts';
import { heavyLines, heavyStacks } from './report/heavy.ts';
import { jsonText } from './report/json-text.ts';
import { json, title } from './report/options.ts';
import { type Row, rowFields, topFunctions } from './report/rows.ts';
import { partOf, percent } from './report/table.ts';

const options = () =>
  z.object({
    rows: option(z._default(z.number().check(z.minimum(1)), 10), {
      help: 'how many rows each table has at most',
      value: 'N',
    }),
    title,
    json,
  });

export const markdown = defineFormat({
  name: 'markdown',
  title: 'summary for pull requests and chats',
  extensions: ['md'],
  spec: 'https://github.github.com/gfm/#tables-extension-',
  emitter: { options, needs: 'any', differences: 'signed', emit },
});

function emit(profile: Profile, settings: OptionsOf<typeof options>, sink: Sink): void {
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

/** Writes a table; the last columns that hold names are flush left. */
function table(sink: Sink, title: string, heads: string[], rows: string[][]): void {
  if (rows.length === 0) return;
  const line = (cells: string[]) => `| ${cells.join(' | ')} |\n`;
  const isNumber = (head: string) => ['self', 'total', '%'].includes(head);
  sink.write(
    `\n### ${title}\n\n${line(heads)}${line(heads.map((head) => (isNumber(head) ? '---:' : '---')))}`,
  );
  for (const row of rows) sink.write(line(row));
}

/** As code, whatever is in it. */
function code(name: string): string {
  if (name === '') return '';
  const ticks = '`'.repeat(1 + Math.max(0, ...[...name.matchAll(/`+/g)].map(([run]) => run.length)));
  const padding = /^`|`$/.test(name) ? ' ' : '';
  return `${ticks}${padding}${name.replace(/\s+/g, ' ').replaceAll('|', '\\|')}${padding}${ticks}`;
}

function text(plain: string): string {
  return plain.replace(/[\\`*_<>[\]#|]/g, '\\$&').replace(/\s+/g, ' ');
}
