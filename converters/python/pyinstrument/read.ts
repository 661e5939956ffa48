/** The top level of a file, whichever of the two kinds it is. */
import { END, JsonKeys, JsonReader, type Profile, ProfileBuilder, type Source } from '../../../src/plugin.ts';
import { describe, type Facts, TIME } from './facts.ts';
import { Report } from './report.ts';
import { Session } from './session.ts';
import { isTextReport } from './text-report.ts';

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

/** `stem`: whether to keep the callers of what was profiled, as far as all stacks have them. */
export function readFile(source: Source, stem: 'keep' | 'drop'): Profile {
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
