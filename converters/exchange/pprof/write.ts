/** Writes a profile: samples first, as they come, then the tables that they have filled. */
import { type Column, defaultMetric, type Metric, type Profile, type Sink } from '../../../src/plugin.ts';
import { integers } from '../integers.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import { eachSample, summedSamples } from '../sample-rows.ts';
import { StringTable } from '../strings.ts';
import { commentsOf, noteLosses } from './describe.ts';
import {
  COMMENT,
  DEFAULT_SAMPLE_TYPE,
  DOC_URL,
  DROP_FRAMES,
  DURATION_NANOS,
  KEEP_FRAMES,
  PERIOD,
  PERIOD_TYPE,
  SAMPLE,
  SAMPLE_TYPE,
  STRING_TABLE,
  TIME_NANOS,
} from './fields.ts';
import type { Output } from './gzip.ts';
import { type Raw, rawOf } from './raw.ts';
import { LabelWriter } from './write-labels.ts';
import { SampleWriter } from './write-samples.ts';
import { TableWriter } from './write-tables.ts';

/** Bytes that are passed on at once. */
const PIECE = 256 * 1024;

export function write(profile: Profile, output: Output, sink: Sink): void {
  const strings = new StringTable();
  const out = new ProtobufWriter();
  const flush = (least = PIECE) => {
    if (out.length < least) return;
    output.write(out.written());
    out.length = 0;
  };
  const raw = rawOf(profile);
  const tables = new TableWriter(profile, raw.tables, strings);
  const rows = tables.isWhole ? eachSample(profile) : summedSamples(profile);
  const { metrics, values } = integerColumns(profile.metrics, rows.values, sink);
  for (const metric of metrics) out.message(SAMPLE_TYPE, valueType(metric, strings));
  const labels = new LabelWriter(profile.labelSets, strings, sink);
  const samples = new SampleWriter(profile, { ...rows, values }, tables, labels, raw.cut);
  for (let i = 0; i < rows.stacks.length; i++) {
    // What was nothing in the file that was read is written; what was rounded to nothing is not.
    if (!tables.isWhole && values.every((column) => Number(column[i]!) === 0)) continue;
    out.message(SAMPLE, samples.message(i));
    flush();
  }
  tables.write(out, flush);
  writeDescription(profile, metrics, raw, strings, out);
  for (const text of strings.all()) {
    out.text(STRING_TABLE, text);
    flush();
  }
  flush(1);
  noteLosses(profile, sink);
}

function integerColumns(
  metrics: Metric[],
  columns: Column[],
  sink: Sink,
): { metrics: Metric[]; values: Column[] } {
  const done = columns.map((column, m) => integers(column, metrics[m]!));
  for (const { metric, rounded, cut } of done) {
    if (rounded) {
      sink.lost(
        'rounded',
        `${metric.name}: fractions of ${metric.unit || 'one'} are rounded; the sum is kept`,
      );
    }
    if (cut) sink.lost('too-large', `${metric.name}: values beyond 64 bits are cut to the largest one`);
  }
  return {
    metrics: withNames(
      done.map(({ metric }) => metric),
      sink,
    ),
    values: done.map(({ column }) => column),
  };
}

/** Metrics of one name are told apart if no reader could do without: it takes only those whose name is there once. */
function withNames(metrics: Metric[], sink: Sink): Metric[] {
  const names = metrics.map(({ name }) => name);
  if (names.some((name, m) => names.indexOf(name) === m && names.lastIndexOf(name) === m)) return metrics;
  sink.lost('metric-names', `metrics of one name are numbered: ${[...new Set(names)].join(', ')}`);
  return metrics.map((metric, m) => ({ ...metric, name: `${metric.name} ${m + 1}` }));
}

function valueType({ name, unit }: Metric, strings: StringTable): Uint8Array {
  const message = new ProtobufWriter();
  message.some(1, strings.of(name));
  message.some(2, strings.of(unit));
  return message.written();
}

function writeDescription(
  profile: Profile,
  metrics: Metric[],
  raw: Raw,
  strings: StringTable,
  out: ProtobufWriter,
): void {
  const { startTime = 0n, duration = 0, period } = profile.meta;
  out.some(DROP_FRAMES, strings.of(raw.dropFrames ?? ''));
  out.some(KEEP_FRAMES, strings.of(raw.keepFrames ?? ''));
  out.some(TIME_NANOS, startTime);
  out.some(DURATION_NANOS, exactly(raw.duration, duration));
  if (period) {
    out.message(PERIOD_TYPE, valueType(period.metric, strings));
    out.some(PERIOD, exactly(raw.period, period.value));
  }
  for (const comment of commentsOf(profile)) out.int(COMMENT, strings.of(comment));
  out.some(DEFAULT_SAMPLE_TYPE, strings.of(defaultType(profile, metrics, raw)));
  out.some(DOC_URL, strings.of(raw.docUrl ?? ''));
}

/** The number as the file had it, where a double is not exact and has not become another. */
function exactly(given: string | undefined, value: number): number | bigint {
  return given !== undefined && Number(given) === value ? BigInt(given) : Math.round(value);
}

/** The last type is the default by itself, and so it is if none of the name is there. */
function defaultType(profile: Profile, metrics: Metric[], { defaultSampleType }: Raw): string {
  const chosen = defaultMetric(profile);
  const { name } = metrics[chosen] ?? { name: '' };
  if (chosen !== metrics.length - 1) return name;
  const isKnown = metrics.some((metric) => metric.name === defaultSampleType);
  return isKnown && defaultSampleType !== name ? '' : (defaultSampleType ?? '');
}
