/** A sample as it stands in a message. */
import type { ProtobufReader, Value } from '../../../src/plugin.ts';
import { eightBytes, type Unknown } from './message.ts';

/** Wire type of lists that are packed. */
const PACKED = 2;

export interface Sample {
  stack: number;
  attributes: number[];
  link: number;
  values: Value[];
  /** Nanoseconds since 1970. */
  times: bigint[];
}

/** Reads the sample whose tag stands at `at`; `unknown` is told of fields that are left out. */
export function readSample(reader: ProtobufReader, at: number, unknown: Unknown): Sample {
  const sample: Sample = { stack: 0, attributes: [], link: 0, values: [], times: [] };
  reader.at = at;
  reader.limit = reader.bytes.length;
  reader.next();
  reader.enter();
  while (reader.next()) {
    const { field } = reader;
    if (field === 1) sample.stack = reader.int();
    else if (field === 3) sample.link = reader.int();
    else if (field === 2) each(reader, () => sample.attributes.push(reader.bare()));
    else if (field === 4) {
      each(reader, () => {
        const value = reader.bare();
        sample.values.push(Number.isSafeInteger(value) ? value : reader.exact());
      });
    } else if (field === 5) each(reader, () => sample.times.push(eightBytes(reader).getBigUint64(0, true)));
    else {
      unknown('Sample', field, reader.tagAt);
      reader.skip();
    }
  }
  return sample;
}

/** Whether it has a value, or one for each of its times, or none but times. */
export function isComplete({ values, times }: Sample): boolean {
  return times.length === 0 ? values.length === 1 : values.length === 0 || values.length === times.length;
}

/** Calls the function at each number of a list, packed or not. */
function each(reader: ProtobufReader, read: () => void): void {
  if (reader.wire !== PACKED) {
    read();
    return;
  }
  const outer = reader.enter();
  while (reader.at < reader.limit) read();
  reader.limit = outer;
}
