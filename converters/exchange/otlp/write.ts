/** Writes one message: a profile for each metric, all of the same samples, and the dictionary of them. */
import { BYTES, type Column, type Metric, type Profile, type Sink, VERSION } from '../../../src/plugin.ts';
import { ESTIMATE_COMMENT } from '../estimate-mark.ts';
import { integers } from '../integers.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import { eachSample, type SampleRows } from '../sample-rows.ts';
import { attributeKey, COMMAND_LINE, COMMENT, CONVERTER } from './attributes.ts';
import { DictionaryWriter } from './write-dictionary.ts';

/** What a comment looks like that was an attribute of the resource. */
const ATTRIBUTE = /^([a-z0-9_]+(?:\.[a-z0-9_]+)+): (.*)$/s;

/** What a sample has besides its values, by row. */
interface Shared {
  stack: Int32Array;
  /** Attributes and link by set of labels, as fields; the last one is that of no labels. */
  sets: Uint8Array[];
  labels: Int32Array | undefined;
  times: Float64Array | undefined;
}

/** Gives the pieces of the message to `pass`, in order. */
export function write(profile: Profile, sink: Sink, pass: (piece: Uint8Array) => void): void {
  const dictionary = new DictionaryWriter(profile, sink);
  const rows = eachSample(profile);
  const shared = sharedOf(profile, rows, dictionary);
  const scope = new ProtobufWriter();
  scope.text(1, profile.meta.producer ?? CONVERTER);
  if (profile.meta.producer === undefined) scope.text(2, VERSION);
  const profiles = rows.values.map((given, m) => {
    const { metric, column, rounded, cut } = integers(given, profile.metrics[m]!);
    if (rounded)
      sink.lost(
        'rounded',
        `${metric.name}: fractions of ${metric.unit || 'one'} are rounded; the sum is kept`,
      );
    if (cut) sink.lost('too-large', `${metric.name}: values beyond 64 bits are cut to the largest one`);
    return profileOf(profile, metric, column, shared, dictionary);
  });
  const scopeProfiles = [framed(1, [scope.written()]), ...profiles.map((bytes) => framed(2, [bytes]))].flat();
  const resource = [framed(1, [resourceOf(profile)]), framed(2, scopeProfiles)].flat();
  for (const piece of [framed(1, resource), framed(2, dictionary.pieces())].flat()) pass(piece);
  noteLosses(profile, sink);
}

/** The pieces of a message as those of a field: its tag and length come before them. */
function framed(field: number, pieces: Uint8Array[]): Uint8Array[] {
  const head = new ProtobufWriter();
  head.varint(field * 8 + BYTES);
  head.varint(pieces.reduce((sum, piece) => sum + piece.length, 0));
  return [head.written(), ...pieces];
}

function profileOf(
  profile: Profile,
  metric: Metric,
  column: Column,
  { stack, sets, labels, times }: Shared,
  dictionary: DictionaryWriter,
): Uint8Array {
  const { meta } = profile;
  const out = new ProtobufWriter();
  const sample = new ProtobufWriter();
  const list = new ProtobufWriter();
  out.message(1, dictionary.valueType(metric));
  const { startTime = 0n } = meta;
  const none = sets[sets.length - 1]!;
  for (let i = 0; i < stack.length; i++) {
    sample.length = 0;
    sample.some(1, stack[i]!);
    sample.append(sets[labels?.[i] ?? -1] ?? none);
    list.length = 0;
    list.varint(column[i]!);
    sample.message(4, list.written());
    if (times) {
      const time = startTime + BigInt(Math.round(times[i]!));
      list.length = 0;
      list.eight((view, at) => view.setBigUint64(at, time, true));
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

function sharedOf(profile: Profile, { stacks, labels }: SampleRows, dictionary: DictionaryWriter): Shared {
  const stack = new Int32Array(stacks.length);
  for (let i = 0; i < stack.length; i++) {
    stacks.goto(i);
    stack[i] = dictionary.stack(stacks);
  }
  const sets = [...profile.labelSets, []].map((set) => dictionary.labels(set));
  const times = profile.stackDetails?.time ?? (profile.stacks ? undefined : profile.samples?.time);
  return { stack, sets, labels, times };
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
  if (estimated) comments.push(ESTIMATE_COMMENT);
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
