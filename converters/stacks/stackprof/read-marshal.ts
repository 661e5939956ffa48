/** Reads a dump as Ruby writes it. */
import type { Source } from '../../../src/plugin.ts';
import { MarshalReader } from './marshal.ts';
import { Recording } from './recording.ts';

export function readMarshal(source: Source): Recording {
  const marshal = new MarshalReader(source);
  const recording = new Recording();
  marshal.hash((key) => {
    const list = recording.list(key);
    if (list) marshal.numbers(list);
    else recording.take(key, marshal.value());
  });
  marshal.finish();
  return recording;
}
