/** Reads a profile: what it says of itself, its tables, its samples. */
import {
  BYTES,
  type Column,
  type Meta,
  type Metric,
  type Profile,
  ProfileBuilder,
  type ProtobufReader,
  type Source,
} from '../../../src/plugin.ts';
import { markEstimate } from '../estimate-mark.ts';
import { markDifference } from '../mark-difference.ts';
import { dropTest } from './drop-frames.ts';
import {
  COMMENT,
  DEFAULT_SAMPLE_TYPE,
  DOC_URL,
  DROP_FRAMES,
  DURATION_NANOS,
  KEEP_FRAMES,
  PERIOD,
  PERIOD_TYPE,
  SAMPLE_TYPE,
  TIME_NANOS,
} from './fields.ts';
import { Parts } from './parts.ts';
import type { Raw } from './raw.ts';
import { SampleReader } from './samples.ts';
import { TableReader } from './tables.ts';

/** With `allFrames`, also the frames that the profile asks to leave out. */
export async function read(source: Source, allFrames: boolean): Promise<Profile> {
  const parts = new Parts(source);
  const builder = new ProfileBuilder(readMetrics(parts));
  builder.meta = readMeta(parts);
  const raw = readRaw(parts);
  chooseMetric(builder, raw);
  const dropped = allFrames ? undefined : await dropTestOf(source, raw);
  const tables = new TableReader(parts, builder, dropped);
  const locations = tables.read();
  const samples = new SampleReader(parts, builder, locations);
  const { stacks, values, labels } = samples.read();
  if (stacks.length === 0) source.warn('no-samples', 'the profile holds no samples');
  const isCut = samples.tails.some || tables.layout.shortened.length > 0;
  if (isCut) {
    const message = 'frames are left out, as the profile asks (drop_frames)';
    source.warn('dropped-frames', message, undefined, '--pprof.all-frames keeps them');
  }
  const [main] = builder.mappings;
  if (main && main.name !== '') builder.meta.command = main.name;
  const fit = values.map((column, m) => fitting(source, column, builder.metrics[m]!));
  const profile = builder.stacks(stacks, fit, labels && { labels });
  raw.tables = tables.layout.tables(profile, stacks.length, samples.emptyFrame);
  if (isCut) raw.cut = samples.tails.cut(profile, tables.layout.shortened);
  builder.meta.raw = { pprof: raw };
  markDifference(profile);
  markEstimate(profile);
  return profile;
}

function readMetrics(parts: Parts): Metric[] {
  const metrics = Array.from(parts.each(SAMPLE_TYPE), (reader) => readValueType(parts, reader));
  if (metrics.length === 0) parts.fail('no-types', 'there are no sample types: the values mean nothing', 0);
  const count = new Map<string, number>();
  for (const { name } of metrics) count.set(name, (count.get(name) ?? 0) + 1);
  if (![...count.values()].includes(1)) {
    const names = [...count.keys()].slice(0, 10).join(', ');
    parts.fail('duplicate-types', `each sample type is there more than once: ${names}`);
  }
  return metrics;
}

/** The current field, as a metric. */
function readValueType(parts: Parts, reader: ProtobufReader): Metric {
  const metric = { name: '', unit: '' };
  reader.enter();
  while (reader.next()) {
    if (reader.field === 1) metric.name = parts.string(reader.int());
    else if (reader.field === 2) metric.unit = parts.string(reader.int());
    else parts.unknown('ValueType');
  }
  return metric;
}

function readMeta(parts: Parts): Meta {
  const meta: Meta = {};
  parts.number(TIME_NANOS);
  const time = parts.reader.exact();
  if (time !== 0n) meta.startTime = time;
  const duration = parts.number(DURATION_NANOS);
  if (duration !== 0) meta.duration = duration;
  const period = parts.number(PERIOD);
  let periodType: Metric = { name: '', unit: '' };
  for (const reader of parts.each(PERIOD_TYPE)) periodType = readValueType(parts, reader);
  if (period !== 0 || periodType.name !== '' || periodType.unit !== '')
    meta.period = { metric: periodType, value: period };
  if (![duration, period].every(Number.isSafeInteger)) {
    parts.source.warn('rounded', 'duration or period is more than 2^53 and rounded');
  }
  const comments = [...readComments(parts)];
  if (comments.length > 0) meta.comments = comments;
  return meta;
}

function readRaw(parts: Parts): Raw {
  const raw: Raw = {};
  const texts = {
    dropFrames: parts.text(DROP_FRAMES),
    keepFrames: parts.text(KEEP_FRAMES),
    defaultSampleType: parts.text(DEFAULT_SAMPLE_TYPE),
    docUrl: parts.text(DOC_URL),
  };
  for (const [key, text] of Object.entries(texts)) if (text !== '') raw[key as keyof typeof texts] = text;
  for (const [key, field] of [
    ['duration', DURATION_NANOS],
    ['period', PERIOD],
  ] as const) {
    if (!Number.isSafeInteger(parts.number(field))) raw[key] = `${parts.reader.exact()}`;
  }
  return raw;
}

/** The default sample type, or the last one. */
function chooseMetric({ meta, metrics }: ProfileBuilder, { defaultSampleType }: Raw): void {
  const chosen = metrics.findIndex(({ name }) => name === defaultSampleType);
  meta.defaultMetric = chosen >= 0 ? chosen : metrics.length - 1;
}

function* readComments(parts: Parts): Generator<string> {
  for (const reader of parts.each(COMMENT)) {
    if (reader.wire !== BYTES) {
      yield parts.string(reader.int());
      continue;
    }
    reader.enter();
    while (reader.at < reader.limit) yield parts.string(reader.bare());
  }
}

/** The test of names to leave out, where the profile has one that can be understood. */
async function dropTestOf(
  source: Source,
  { dropFrames, keepFrames = '' }: Raw,
): Promise<((name: string) => boolean) | undefined> {
  if (dropFrames === undefined) return undefined;
  try {
    return await dropTest(dropFrames, keepFrames);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    source.warn(
      'bad-drop-frames',
      `no frames are left out: the profile's expression for them cannot be read, as ${why}`,
    );
    return undefined;
  }
}

/** The column, in doubles where even sums of 64 bits would overflow. */
function fitting(source: Source, column: Column, metric: Metric): Column {
  let bound = 0;
  for (let i = 0; i < column.length; i++) bound += Math.abs(Number(column[i]!));
  if (bound < 2 ** 63) return column;
  source.warn('rounded-values', `the values of ${metric.name} add up to more than 2^63: they are rounded`);
  return Float64Array.from(column, Number);
}
