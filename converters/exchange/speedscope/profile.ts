/** The profile that a file makes: its frames as functions, its profiles as samples with labels. */
import {
  CallTree,
  Float64List,
  Int32List,
  type Metric,
  type Profile,
  ProfileBuilder,
  type SampleTable,
  type Source,
  secondsPerUnit,
  summed,
  unitName,
} from '../../../src/plugin.ts';
import { takeSuffix } from '../estimate-mark.ts';
import { replay } from './events.ts';
import { type Part, placeIn, type SpeedscopeFile } from './read.ts';

/** They write the line that was executing; others write where the function begins. */
const WRITES_EXECUTING = /^(py-spy|rbspy|memray|austin)/i;

/** Observations of all parts, in the order of the file. */
export class Rows {
  readonly node = new Int32List();
  readonly value = new Float64List();
  /** In the unit of the part; NaN = unknown. */
  readonly at = new Float64List();
  readonly part = new Int32List();

  push(part: number, node: number, value: number, at: number): void {
    this.part.push(part);
    this.node.push(node);
    this.value.push(value);
    this.at.push(at);
  }
}

export function profileOf(
  file: SpeedscopeFile,
  source: Source,
  lines: 'function' | 'executing' | undefined,
): Profile {
  const { parts } = file;
  if (parts.length === 0) source.fail('no-profiles', 'there are no profiles in it', { path: 'profiles' });
  const estimated = takeSuffix(file);
  const rows = new Rows();
  for (const [p, part] of parts.entries()) {
    if (isEvented(part)) replay(part, p, file, rows, source);
    else addSamples(part, p, rows, source);
  }
  if (rows.value.trimmed().some((value) => Math.abs(value) > Number.MAX_SAFE_INTEGER))
    source.warn('inexact-value', 'values beyond 2^53 are rounded');
  const units = [...new Set(parts.map(({ unit }) => unitName(unit)))];
  const builder = new ProfileBuilder(metricsOf(units));
  const frames = framesOf(
    file,
    builder,
    lines ?? (WRITES_EXECUTING.test(file.exporter) ? 'executing' : 'function'),
  );
  const { tree, target } = withFrames(file, frames, source);
  const metric = parts.map(({ unit }) => units.indexOf(unitName(unit)));
  readMeta(file, builder, metric);
  const node = rows.node.trimmed().map((n) => target[n]!);
  const values = builder.metrics.map((_, m) =>
    rows.value.trimmed().map((value, i) => (metric[rows.part.array[i]!] === m ? value : 0)),
  );
  const samples: SampleTable = { length: node.length, node, values };
  if (parts.length > 1) {
    const labels = parts.map(({ name }, p) =>
      builder.labels([{ key: 'profile', value: name === '' ? `${p + 1}` : name }]),
    );
    samples.labels = rows.part.trimmed().map((p) => labels[p]!);
  }
  const { length } = tree;
  const columns = {
    frame: tree.frame.subarray(0, length),
    parent: tree.parent.subarray(0, length),
    self: values.map((column) => summed([column], [node], length)),
  };
  const profile = builder.tree(columns, { samples: withTime(samples, file, rows, source) });
  return Object.assign(profile, { estimated });
}

function isEvented({ type, event }: Part): boolean {
  return type === 'evented' || (type !== 'sampled' && event.length > 0);
}

function addSamples(part: Part, index: number, rows: Rows, source: Source): void {
  const { node, weight, weighted } = part;
  if (!weighted && node.length > 0)
    source.warn('no-weights', 'samples without weights count as 1 each', placeIn(part, 'weights'));
  else if (weight.length !== node.length) {
    const message = `${node.length} samples, but ${weight.length} weights: what has no other half is left out`;
    source.warn('weights-differ', message, placeIn(part, 'weights'));
  }
  let none = 0;
  let onNone = 0;
  const length = weighted ? Math.min(node.length, weight.length) : node.length;
  for (let i = 0; i < length; i++) {
    const value = weighted ? weight.array[i]! : 1;
    if (node.array[i]! >= 0) rows.push(index, node.array[i]!, value, Number.NaN);
    else if (value !== 0) {
      none++;
      onNone += value;
    }
  }
  if (none > 0)
    source.note(
      'empty-stack',
      `samples without a stack are left out: ${none}, with ${onNone}`,
      placeIn(part, 'samples'),
    );
}

/** One for each unit. */
function metricsOf(units: string[]): Metric[] {
  const names = new Set<string>();
  return units.map((unit) => {
    const metric = { name: '', unit: unit === 'none' ? 'count' : unit };
    const timed = secondsPerUnit(metric) !== undefined;
    const name = timed ? 'time' : unit === 'none' ? 'weight' : unit;
    metric.name = names.has(name) ? `${name} (${unit})` : name;
    names.add(name);
    return metric;
  });
}

/** Frames by number. Those that agree in all that is known of them are one. */
function framesOf(
  { frames }: SpeedscopeFile,
  builder: ProfileBuilder,
  lines: 'function' | 'executing',
): number[] {
  return frames.map(({ name, file, line, column }) =>
    lines === 'function'
      ? builder.frame(builder.function(name, { file, line, column }))
      : builder.frame(builder.function(name, { file }), { line, column }),
  );
}

/** The tree with frames for their numbers, and what became of each node. */
function withFrames(
  { tree: numbers }: SpeedscopeFile,
  frames: number[],
  source: Source,
): { tree: CallTree; target: Int32Array } {
  const tree = new CallTree(Math.max(1, numbers.length));
  const target = new Int32Array(numbers.length);
  for (let n = 0; n < numbers.length; n++) {
    const frame = frames[numbers.frame[n]!];
    if (frame === undefined) {
      const message = `a stack names frame ${numbers.frame[n]}, but there are ${frames.length}`;
      source.fail('no-frame', message, { path: 'shared.frames' });
    }
    const parent = numbers.parent[n]!;
    target[n] = tree.child(parent < 0 ? -1 : target[parent]!, frame);
  }
  return { tree, target };
}

function readMeta(
  { name, exporter, active, parts }: SpeedscopeFile,
  builder: ProfileBuilder,
  metric: number[],
) {
  const { meta } = builder;
  if (exporter !== '') meta.producer = exporter;
  const title = name === '' && parts.length === 1 ? parts[0]!.name : name;
  if (title !== '') meta.title = title;
  if (metric[active]! > 0) meta.defaultMetric = metric[active]!;
  const start = startOf(parts);
  const nanos = Math.round(start.seconds * 1e9);
  let end = Number.NaN;
  for (const { endValue } of parts) if (!(endValue <= end)) end = endValue;
  if (nanos > 0 && end > start.at) meta.duration = (end - start.at) * nanos;
}

/** When the first of them began, in their one unit of that many seconds; 0 seconds = they have no clock in common. */
function startOf(parts: Part[]): { at: number; seconds: number } {
  let at = Number.NaN;
  for (const { startValue } of parts) if (!(startValue >= at)) at = startValue;
  const { unit } = parts[0]!;
  const common = parts.every((part) => unitName(part.unit) === unitName(unit));
  return { at, seconds: (common && secondsPerUnit({ name: '', unit })) || 0 };
}

/** Adds the times of the rows, and puts the rows in their order, where all profiles say when. */
function withTime(samples: SampleTable, { parts }: SpeedscopeFile, rows: Rows, source: Source): SampleTable {
  if (samples.length === 0 || !parts.some(isEvented)) return samples;
  const nanos = Math.round(startOf(parts).seconds * 1e9);
  if (nanos === 0 || !parts.every(isEvented)) {
    if (parts.length > 1)
      source.note('no-clock', 'the profiles have no clock in common: what ran at the same time is not told');
    return samples;
  }
  const at = rows.at.trimmed();
  let start = startOf(parts).at;
  for (const each of at) if (!(each >= start)) start = each;
  const time = at.map((each) => (each - start) * nanos);
  const order = Uint32Array.from(time.keys());
  if (parts.length > 1) order.sort((a, b) => time[a]! - time[b]! || a - b);
  const { length, node, values, labels } = samples;
  return {
    length,
    node: Int32Array.from(order, (i) => node[i]!),
    values: values.map((column) => Float64Array.from(order, (i) => Number(column[i]))),
    time: Float64Array.from(order, (i) => time[i]!),
    ...(labels && { labels: Int32Array.from(order, (i) => labels[i]!) }),
  };
}
