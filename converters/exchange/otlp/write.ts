/** Writes one message: a profile for each metric, all of the same samples, and the dictionary of them. */
import { type Column, Interner, type Metric, type Profile, type Sink, VERSION } from '../../../src/plugin.ts';
import { integers } from '../integers.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import { eachSample, type SampleRows } from '../sample-rows.ts';
import { attributeKey, COMMAND_LINE, COMMENT, CONVERTER } from './attributes.ts';
import { DictionaryWriter } from './write-dictionary.ts';

/** What a comment looks like that was an attribute of the resource. */
const ATTRIBUTE = /^([a-z0-9_]+(?:\.[a-z0-9_]+)+): (.*)$/s;

/** Fields of a sample that all metrics share: before and behind its value. */
interface Row {
  before: Uint8Array;
  time: bigint | undefined;
}

export function write(profile: Profile, sink: Sink): Uint8Array<ArrayBuffer> {
  const dictionary = new DictionaryWriter(profile, sink);
  const rows = eachSample(profile);
  const times = profile.stackDetails?.time ?? (profile.stacks ? undefined : profile.samples?.time);
  const scope = new ProtobufWriter();
  const header = new ProtobufWriter();
  header.text(1, profile.meta.producer ?? CONVERTER);
  if (profile.meta.producer === undefined) header.text(2, VERSION);
  scope.message(1, header.written());
  const shared = sharedFields(profile, rows, times, dictionary);
  for (const [m, given] of rows.values.entries()) {
    const { metric, column, rounded, cut } = integers(given, profile.metrics[m]!);
    if (rounded)
      sink.lost(
        'rounded',
        `${metric.name}: fractions of ${metric.unit || 'one'} are rounded; the sum is kept`,
      );
    if (cut) sink.lost('too-large', `${metric.name}: values beyond 64 bits are cut to the largest one`);
    scope.message(2, profileOf(profile, metric, column, shared, dictionary));
  }
  const resource = new ProtobufWriter();
  resource.message(1, resourceOf(profile));
  resource.message(2, scope.written());
  const out = new ProtobufWriter();
  out.message(1, resource.written());
  out.message(2, dictionary.written());
  noteLosses(profile, sink);
  return out.written();
}

function profileOf(
  profile: Profile,
  metric: Metric,
  column: Column,
  rows: Row[],
  dictionary: DictionaryWriter,
): Uint8Array {
  const { meta } = profile;
  const out = new ProtobufWriter();
  const sample = new ProtobufWriter();
  const list = new ProtobufWriter();
  out.message(1, dictionary.valueType(metric));
  for (const [i, { before, time }] of rows.entries()) {
    sample.length = 0;
    sample.append(before);
    list.length = 0;
    list.varint(column[i]!);
    sample.message(4, list.written());
    if (time !== undefined) {
      list.length = 0;
      list.eight((view) => view.setBigUint64(0, time, true));
      sample.message(5, list.written());
    }
    out.message(2, sample.written());
  }
  if (meta.startTime !== undefined) out.fixed64(3, meta.startTime);
  if (meta.duration !== undefined) out.some(4, Math.round(meta.duration));
  if (meta.period) {
    out.message(5, dictionary.valueType(meta.period.metric));
    out.some(6, Math.round(meta.period.value));
  }
  const comments = commentsOf(profile);
  if (comments.length > 0) {
    list.length = 0;
    list.varint(dictionary.texts(COMMENT, comments));
    out.message(11, list.written());
  }
  return out.written();
}

/** Stack, attributes and link of each sample, as fields; few differ, and those are shared. */
function sharedFields(
  profile: Profile,
  { stacks, labels }: SampleRows,
  times: Float64Array | undefined,
  dictionary: DictionaryWriter,
): Row[] {
  const { startTime = 0n } = profile.meta;
  const sets = profile.labelSets.map((set) => dictionary.labels(set));
  const none = dictionary.labels([]);
  const fields: Uint8Array[] = [];
  const interner = new Interner();
  const out = new ProtobufWriter();
  return Array.from({ length: stacks.length }, (_, i) => {
    stacks.goto(i);
    out.length = 0;
    out.some(1, dictionary.stack(stacks));
    out.append(sets[labels?.[i] ?? -1] ?? none);
    out.room(4);
    const id = interner.intern(out.bytes, new DataView(out.bytes.buffer), 0, out.length);
    fields[id] ??= out.written().slice();
    const time = times ? startTime + BigInt(Math.round(times[i]!)) : undefined;
    return { before: fields[id], time };
  });
}

/** What is said of the whole process. */
function resourceOf({ meta }: Profile): Uint8Array {
  const out = new ProtobufWriter();
  const pair = new ProtobufWriter();
  const value = new ProtobufWriter();
  const add = (key: string, text: string | undefined) => {
    if (text === undefined) return;
    value.length = 0;
    value.text(1, text);
    pair.length = 0;
    pair.text(1, key);
    pair.message(2, value.written());
    out.message(1, pair.written());
  };
  add('service.name', meta.title);
  add(COMMAND_LINE, meta.command);
  for (const comment of meta.comments ?? []) {
    const found = ATTRIBUTE.exec(comment);
    if (found) add(attributeKey(found[1]!), found[2]);
  }
  return out.written();
}

/** Comments that no attribute of the resource became, and what has to be said of estimates. */
function commentsOf({ meta, estimated }: Profile): string[] {
  const comments = (meta.comments ?? []).filter((comment) => !ATTRIBUTE.test(comment));
  if (estimated) comments.push('estimated: stacks were guessed from calls between functions');
  return comments;
}

/** Tells what OTLP has no place for. Looks at nothing that would have to be made first. */
function noteLosses(profile: Profile, sink: Sink): void {
  const { functions, stacks } = profile;
  const left = [
    'lines' in profile && 'values by line',
    (functions.calls ?? (stacks ? undefined : profile.nodes.calls)) && 'numbers of calls',
    functions.column.some((column) => column > 0) && 'columns of functions',
    functions.process && 'processes of functions',
    profile.metrics.some(({ title }) => title !== undefined) && 'titles of metrics',
  ].filter(Boolean);
  if (left.length > 0) sink.note('left-out', `OTLP has no place for ${left.join(', ')}`);
}
