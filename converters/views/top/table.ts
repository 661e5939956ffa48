/** The table: a row for each function, or the same in JSON. */
import { type Profile, type Sink, sumOfValues } from '../../../src/plugin.ts';
import { headFields, heading, type Subject, subject, valueText } from '../report/heading.ts';
import { jsonText } from '../report/json-text.ts';
import { label, type Row, rowFields, sortedRows } from '../report/rows.ts';
import { aligned, ofAll, percent } from '../report/table.ts';
import type { TopOptions } from '../top.ts';

const HEADS = ['self', 'self%', 'sum%', 'total', 'total%', 'function'];

export function writeTable(profile: Profile, settings: TopOptions, sink: Sink): void {
  const about = subject(profile, sink, settings.title);
  const all = sortedRows(profile, about.metric, settings.sort);
  const rows = settings.rows === 0 ? all : all.slice(0, settings.rows);
  if (settings.json) {
    const fields = { ...headFields(about), functionCount: all.length, functions: rows.map(rowFields) };
    sink.write(`${jsonText(fields)}\n`);
    return;
  }
  sink.write(heading(about));
  sink.write(`${shownText(about, rows, all.length)}\n\n`);
  for (const line of aligned([HEADS, ...cells(about, rows)])) sink.write(line);
}

function* cells(about: Subject, rows: Row[]): Iterable<string[]> {
  let sum = 0;
  for (const row of rows) {
    sum += row.selfShare;
    const self = [valueText(about, row.self), percent(row.selfShare), percent(sum)];
    yield [...self, valueText(about, row.total), percent(row.totalShare), label(row)];
  }
}

function shownText(about: Subject, rows: Row[], all: number): string {
  const selves = sumOfValues(rows.map(({ self }) => self));
  const of = rows.length === all ? `${all}` : `${rows.length} of ${all}`;
  return `${of} functions with ${valueText(about, selves)} of self${ofAll(selves, about.sum)}`;
}
