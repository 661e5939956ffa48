/** Metrics, functions, frames and all else that has names: read into a builder, every value checked. */
import type { Label, Meta, Metric, ProfileBuilder } from '../../../src/plugin.ts';
import type { Checked, JsonObject } from './checked.ts';

const META = [
  'producer',
  'command',
  'title',
  'startTime',
  'duration',
  'period',
  'comments',
  'defaultMetric',
  'isDifference',
  'raw',
];
const MAPPING = ['name', 'buildId', 'start', 'limit', 'offset'];
const FUNCTION = ['name', 'systemName', 'file', 'line', 'column', 'mapping', 'id', 'process'];
const FUNCTION_FIGURES = ['calls', 'primitiveCalls', 'self', 'total'];
const FRAME = ['function', 'line', 'column', 'mapping', 'address', 'inline'];

export function readMetric(checked: Checked, { name, unit, title }: JsonObject, path: string): Metric {
  return {
    name: checked.text(name, `${path}.name`),
    unit: checked.text(unit, `${path}.unit`),
    ...(title !== undefined && { title: checked.text(title, `${path}.title`) }),
  };
}

export function readMeta(checked: Checked, given: unknown, metricCount: number): Meta {
  const {
    producer,
    command,
    title,
    startTime,
    duration,
    period,
    comments,
    defaultMetric,
    isDifference,
    raw,
  } = checked.object(given ?? {}, 'meta', META);
  const meta: Meta = {};
  if (producer !== undefined) meta.producer = checked.text(producer, 'meta.producer');
  if (command !== undefined) meta.command = checked.text(command, 'meta.command');
  if (title !== undefined) meta.title = checked.text(title, 'meta.title');
  if (startTime !== undefined) meta.startTime = checked.int64(startTime, 'meta.startTime');
  if (duration !== undefined) meta.duration = checked.number(duration, 'meta.duration');
  if (period !== undefined) {
    const row = checked.object(period, 'meta.period', ['name', 'unit', 'title', 'value']);
    meta.period = {
      metric: readMetric(checked, row, 'meta.period'),
      value: checked.number(row['value'], 'meta.period.value'),
    };
  }
  if (comments !== undefined)
    meta.comments = checked
      .array(comments, 'meta.comments')
      .map((c, i) => checked.text(c, `meta.comments[${i}]`));
  if (defaultMetric !== undefined) {
    meta.defaultMetric = checked.integer(defaultMetric, 'meta.defaultMetric', 0, metricCount);
  }
  if (isDifference !== undefined) meta.isDifference = checked.boolean(isDifference, 'meta.isDifference');
  if (raw !== undefined) meta.raw = checked.object(raw, 'meta.raw');
  return meta;
}

export function readMappings(checked: Checked, given: unknown, builder: ProfileBuilder): void {
  for (const [i, value] of checked.array(given ?? [], 'mappings').entries()) {
    const path = `mappings[${i}]`;
    const row = checked.object(value, path, MAPPING);
    builder.mappings.push({
      name: checked.text(row['name'], `${path}.name`),
      buildId: checked.optionalText(row['buildId'], `${path}.buildId`) ?? '',
      start: checked.address(row['start'], `${path}.start`),
      limit: checked.address(row['limit'], `${path}.limit`),
      offset: checked.address(row['offset'], `${path}.offset`),
    });
  }
}

export function readFunctions(checked: Checked, given: unknown, builder: ProfileBuilder): void {
  const mappingCount = builder.mappings.length;
  const known = [...FUNCTION, ...FUNCTION_FIGURES];
  for (const [f, value] of checked.array(given, 'functions').entries()) {
    const path = `functions[${f}]`;
    const row = checked.object(value, path, known);
    const id = checked.optionalText(row['id'], `${path}.id`);
    const process = checked.optionalText(row['process'], `${path}.process`);
    const func = builder.addFunction(checked.text(row['name'], `${path}.name`), {
      systemName: checked.optionalText(row['systemName'], `${path}.systemName`) ?? '',
      file: checked.optionalText(row['file'], `${path}.file`) ?? '',
      line: checked.place(row['line'], `${path}.line`),
      column: checked.place(row['column'], `${path}.column`),
      mapping: checked.place(row['mapping'], `${path}.mapping`, -1, mappingCount),
      ...(id !== undefined && { id }),
      ...(process !== undefined && { process }),
    });
    const { calls, primitiveCalls } = row;
    if (calls === undefined && primitiveCalls === undefined) continue;
    builder.addCalls(
      func,
      calls === undefined ? Number.NaN : checked.count(calls, `${path}.calls`),
      primitiveCalls === undefined ? undefined : checked.count(primitiveCalls, `${path}.primitiveCalls`),
    );
  }
}

export function readFrames(checked: Checked, given: unknown, builder: ProfileBuilder): void {
  const mappingCount = builder.mappings.length;
  for (const [f, value] of checked.array(given, 'frames').entries()) {
    const path = `frames[${f}]`;
    const row = checked.object(value, path, FRAME);
    builder.addFrame(checked.integer(row['function'], `${path}.function`, 0, builder.functionCount), {
      line: checked.place(row['line'], `${path}.line`),
      column: checked.place(row['column'], `${path}.column`),
      mapping: checked.place(row['mapping'], `${path}.mapping`, -1, mappingCount),
      address: checked.address(row['address'], `${path}.address`),
      inline: checked.place(row['inline'], `${path}.inline`),
    });
  }
}

export function readFiles(checked: Checked, given: unknown, builder: ProfileBuilder): void {
  for (const [i, value] of checked.array(given ?? [], 'files').entries()) {
    const file = checked.text(value, `files[${i}]`);
    if (i > 0) builder.files.push(file);
    else if (file !== '') checked.wrong('files[0]', '"", which stands for the function\'s own file', file);
  }
}

export function readLabelSets(checked: Checked, given: unknown, builder: ProfileBuilder): void {
  for (const [i, value] of checked.array(given ?? [], 'labelSets').entries()) {
    const labels = checked.array(value, `labelSets[${i}]`);
    builder.labelSets.push(labels.map((label, k) => readLabel(checked, label, `labelSets[${i}][${k}]`)));
  }
}

function readLabel(checked: Checked, given: unknown, path: string): Label {
  const { key, value, int64, unit } = checked.object(given, path, ['key', 'value', 'int64', 'unit']);
  const wide = int64 !== undefined && checked.boolean(int64, `${path}.int64`);
  if (!wide && typeof value !== 'string' && typeof value !== 'number' && value !== null)
    checked.wrong(`${path}.value`, 'a text or a number', value);
  return {
    key: checked.text(key, `${path}.key`),
    value: wide
      ? checked.bigInteger(value, `${path}.value`)
      : ((value as string | number | null) ?? Number.NaN),
    ...(unit !== undefined && { unit: checked.text(unit, `${path}.unit`) }),
  };
}
