/** A file: what it says of itself, and then its lines or its stacks. */
import { JsonReader, type Profile, ProfileBuilder, type Source } from '../../../src/plugin.ts';
import { type JsonObject, JsonValues } from '../json-values.ts';
import { readLines } from './lines.ts';
import { readStacks, stacksOf } from './stacks.ts';
import { isTextReport } from './text-report.ts';

const NANO = 1e9;
/** Seconds since 1970 in 64 bits of nanoseconds. */
const MAX_SECONDS = 2 ** 33;

export function readFile(source: Source, what: 'lines' | 'stacks'): Profile {
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
  if (what === 'stacks') return readStacks(document, elapsed, builder, values, source);
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
