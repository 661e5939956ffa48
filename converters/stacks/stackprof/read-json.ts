/** Reads a dump that was made JSON. */
import { END, JsonKeys, JsonReader, type Source } from '../../../src/plugin.ts';
import { Recording } from './recording.ts';

const KEYS = new JsonKeys([
  'mode',
  'interval',
  'samples',
  'missed_samples',
  'metadata',
  'frames',
  'raw',
  'raw_lines',
  'raw_sample_timestamps',
  'raw_timestamp_deltas',
]);

export function readJson(source: Source): Recording {
  const json = new JsonReader(source.utf8(), source);
  const recording = new Recording();
  for (let key = json.enterObject(KEYS); key !== END; key = json.nextKey(KEYS)) {
    const name = KEYS.names[key];
    const list = name === undefined ? undefined : recording.list(name);
    if (name === undefined || json.isNull()) {
      if (name === undefined) json.skip();
    } else if (list) json.numbers(list);
    else if (name === 'frames' && !json.isObject()) json.enterObject(KEYS);
    else recording.take(name, json.value());
  }
  json.finish();
  return recording;
}
