/**
 * pyinstrument: recordings (`.pyisession`), and reports made with `-r json`.
 *
 * Written by pyinstrument 3 to 5.
 * Spec: https://github.com/joerick/pyinstrument/blob/main/pyinstrument/session.py
 * The surprise: a report has only totals, and is pruned already; a recording has all stacks in order of time.
 */
import * as z from 'zod/mini';
import {
  defineFormat,
  END,
  type Head,
  JsonKeys,
  JsonReader,
  type Metric,
  type OptionsOf,
  option,
  type Profile,
  ProfileBuilder,
  type Source,
} from '../../src/plugin.ts';
import { Report } from './pyinstrument/report.ts';
import { Session } from './pyinstrument/session.ts';

const TIME: Metric = { name: 'time', unit: 'seconds' };
const NANO = 1e9;
/** Seconds since 1970 in 64 bits of nanoseconds. */
const MAX_SECONDS = 2 ** 33;
/** In front of the command in a description. */
const PROGRAM = 'Program: ';

const options = () =>
  z.object({
    stem: option(z._default(z.enum(['keep', 'drop']), 'keep'), {
      help: 'the callers of what was profiled, as far as all stacks have them; pyinstrument drops them',
      value: 'WHAT',
    }),
  });

export const pyinstrument = defineFormat({
  name: 'pyinstrument',
  title: 'pyinstrument recording (.pyisession) or JSON report',
  extensions: ['pyisession'],
  spec: 'https://pyinstrument.readthedocs.io/',
  parser: { options, probe, parse },
});

/** Part of what stands above each report that is made for people. */
const LOGO = String.raw`/_//_/// /_\ / //_// / //_'/ //`;

function isTextReport({ text }: Head): boolean {
  return text.slice(0, 1000).includes(LOGO);
}

function probe(head: Head): number {
  const { jsonKeys, text } = head;
  if (!jsonKeys) return isTextReport(head) ? 0.95 : 0;
  if (jsonKeys.has('frame_records')) return 0.95;
  // The records are the last key, and may begin behind the head.
  if (jsonKeys.has('start_call_stack') && jsonKeys.has('sample_count')) return 0.9;
  if (!jsonKeys.has('root_frame')) return 0;
  return jsonKeys.has('sample_count') ? 0.95 : text.includes('"file_path_short"') ? 0.8 : 0;
}

const TOP = new JsonKeys([
  'start_time',
  'duration',
  'min_interval',
  'max_interval',
  'sample_count',
  'cpu_time',
  'target_description',
  'program',
  'start_call_stack',
  'frame_records',
  'root_frame',
]);

/** What a recording says of itself. */
type Facts = Partial<Record<string, string | number>>;

function parse(source: Source, { stem }: OptionsOf<typeof options>): Profile {
  if (isTextReport(source.head)) refuse(source);
  const json = new JsonReader(source.utf8(), source);
  const session = new Session(json, source);
  const report = new Report(json, source);
  const facts: Facts = {};
  let kind: 'session' | 'report' | undefined;
  for (let key = json.enterObject(TOP); key !== END; key = json.nextKey(TOP)) {
    const name = TOP.names[key];
    if (name === undefined) json.skip();
    else if (json.isNull()) facts[name] = undefined;
    else if (name === 'start_call_stack') session.readStem();
    else if (name === 'frame_records') {
      session.readRecords();
      kind = 'session';
    } else if (name === 'root_frame') {
      report.read();
      kind ??= 'report';
    } else facts[name] = json.isString() ? json.string() : json.number();
  }
  json.finish();
  const count = kind === 'session' ? session.recordCount : 1;
  if (kind === undefined || count === 0) {
    const hint = 'pyinstrument samples once a millisecond: was the program too short?';
    source.fail('no-samples', 'there are no samples in it', undefined, hint);
  }
  const builder = new ProfileBuilder([TIME]);
  describe(builder, facts);
  if (kind === 'report') return report.profile(builder);
  const { sample_count: stated } = facts;
  if (typeof stated === 'number' && stated !== count)
    source.warn('other-count', `it says that it holds ${stated} samples, and has ${count}`);
  return session.profile(builder, stem);
}

/** A text has rounded times, and leaves out most frames. */
function refuse(source: Source): never {
  const [, previous] = /pyinstrument (--load-prev \S+)/.exec(source.head.text) ?? [];
  const hint = `pyinstrument ${previous ?? 'PROGRAM'} -o recording.pyisession`;
  source.fail('text-report', 'a report for people does not hold the whole recording', { line: 1 }, hint);
}

function describe({ meta }: ProfileBuilder, facts: Facts): void {
  meta.producer = 'pyinstrument';
  const { target_description: about, program } = facts;
  if (typeof program === 'string') meta.command = program;
  if (typeof about === 'string') {
    if (about.startsWith(PROGRAM)) meta.command = about.slice(PROGRAM.length);
    else meta.title = about;
  }
  const number = (name: string) => {
    const value = facts[name];
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  };
  const start = number('start_time');
  if (start !== undefined && Math.abs(start) < MAX_SECONDS)
    meta.startTime = BigInt(Math.round(start * 1e6)) * 1000n;
  const duration = number('duration');
  if (duration !== undefined) meta.duration = duration * NANO;
  const interval = number('min_interval');
  if (interval !== undefined && interval > 0 && interval === number('max_interval'))
    meta.period = { metric: TIME, value: interval };
  const cpu = number('cpu_time');
  if (cpu !== undefined) meta.comments = [`CPU time: ${cpu} seconds`];
}
