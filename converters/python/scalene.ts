/**
 * Scalene's JSON: the cost of lines in time and memory; in newer ones call stacks, too.
 *
 * Written by `scalene --json` (1.3 and later).
 * Spec: https://github.com/plasma-umass/scalene/blob/master/scalene/scalene_json.py
 * The surprise: times are percentages of the elapsed time; files below one percent are not in it; and a line does
 * not say which function it is in.
 */
import * as z from 'zod/mini';
import {
  defineFormat,
  type Head,
  JsonReader,
  type OptionsOf,
  option,
  type Profile,
  ProfileBuilder,
  type Source,
} from '../../src/plugin.ts';
import { type JsonObject, JsonValues } from './json-values.ts';
import { readLines } from './scalene/lines.ts';
import { readStacks, stacksOf } from './scalene/stacks.ts';

const NANO = 1e9;
/** Seconds since 1970 in 64 bits of nanoseconds. */
const MAX_SECONDS = 2 ** 33;

const options = () =>
  z.object({
    read: option(z._default(z.enum(['lines', 'stacks']), 'lines'), {
      help: 'costs of lines, or call stacks, which newer Scalene samples too',
      value: 'WHAT',
    }),
  });

export const scalene = defineFormat({
  name: 'scalene',
  title: 'Scalene line costs (JSON)',
  extensions: ['scalene.json', 'json'],
  spec: 'https://github.com/plasma-umass/scalene',
  parser: { options, probe, parse },
});

/** Above the table of a file, in reports that are made for people. */
const TEXT_REPORT = /^.*: % of time = *[\d.]+% \(.*\) out of /m;

function isTextReport({ text }: Head): boolean {
  return TEXT_REPORT.test(text.slice(0, 4000));
}

function probe(head: Head): number {
  const { jsonKeys, text } = head;
  if (!jsonKeys?.has('elapsed_time_sec')) return !jsonKeys && isTextReport(head) ? 0.9 : 0;
  return jsonKeys.has('files') || text.includes('"n_cpu_percent_python"') ? 0.95 : 0.8;
}

function parse(source: Source, { read }: OptionsOf<typeof options>): Profile {
  if (isTextReport(source.head)) {
    const hint = 'scalene --json --outfile profile.json PROGRAM';
    source.fail('text-report', 'a report for people has rounded its numbers', { line: 1 }, hint);
  }
  const json = new JsonReader(source.utf8(), source);
  const values = new JsonValues(source);
  const document = values.object(json.value(), '$');
  json.finish();
  const elapsed = values.number(document['elapsed_time_sec'], 'elapsed_time_sec');
  const builder = new ProfileBuilder([]);
  describe(builder, document, elapsed);
  if (read === 'stacks') return readStacks(document, elapsed, builder, values, source);
  if (stacksOf(document)) {
    const hint = '--scalene.read stacks reads them instead of lines';
    source.note('stacks', 'there are call stacks in it, which are not read', undefined, hint);
  }
  return readLines(document, elapsed, builder, values, source);
}

function describe({ meta }: ProfileBuilder, document: JsonObject, elapsed: number): void {
  const { program, args, start_time_absolute: start, max_footprint_mb: peak } = document;
  meta.producer = 'Scalene';
  meta.duration = elapsed * NANO;
  if (typeof program === 'string' && program !== '') {
    const words = Array.isArray(args) ? args.filter((each) => typeof each === 'string') : [];
    meta.command = [program, ...words].join(' ');
  }
  if (typeof start === 'number' && start > 0 && start < MAX_SECONDS)
    meta.startTime = BigInt(Math.round(start * 1e6)) * 1000n;
  if (typeof peak === 'number' && peak > 0) meta.comments = [`largest footprint: ${peak} MB`];
}
