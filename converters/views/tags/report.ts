/** The report: the labels of each key with their costs, or the same in JSON. */
import type { Profile, Sink, Value } from '../../../src/plugin.ts';
import { headFields, heading, subject, valueText } from '../report/heading.ts';
import { jsonText } from '../report/json-text.ts';
import { labelValue } from '../report/label-text.ts';
import { aligned, ofAll, partOf, percent } from '../report/table.ts';
import type { TagsOptions } from '../tags.ts';
import { labelCosts } from './label-costs.ts';

export function writeReport(profile: Profile, settings: TagsOptions, sink: Sink): void {
  const about = subject(profile, sink, settings.title);
  const keys = labelCosts(profile, about.metric);
  if (settings.json) {
    const labels = keys.map(({ key, total, values }) => ({
      key,
      total,
      values: values.map(({ label: { value, unit }, cost }) => ({ value, unit, cost })),
    }));
    sink.write(`${jsonText({ ...headFields(about), labels })}\n`);
    return;
  }
  sink.write(heading(about));
  if (keys.length === 0) sink.write('no sample has a label\n');
  const text = (value: Value) => valueText(about, value);
  for (const { key, total, values } of keys) {
    sink.write(`\n${key}: ${text(total)}${ofAll(total, about.sum)}\n`);
    const rows = values.map(({ label, cost }) => [
      `  ${text(cost)}`,
      percent(partOf(cost, about.sum)),
      labelValue(label),
    ]);
    for (const line of aligned(rows)) sink.write(line);
  }
}
