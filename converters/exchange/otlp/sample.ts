/** A sample as it stands in a message. */
import type { ProtobufReader, Value } from '../../../src/plugin.ts';
import { eachNumber, eightBytes, type Unknown } from './message.ts';

export interface Sample {
  stack: number;
  attributes: number[];
  link: number;
  values: Value[];
  /** Nanoseconds since 1970. */
  times: bigint[];
}

export function emptySample(): Sample {
  return { stack: 0, attributes: [], link: 0, values: [], times: [] };
}

/** Reads the sample whose tag stands at `at` into one; `unknown` is told of fields that are left out. */
export function readSample(reader: ProtobufReader, at: number, unknown: Unknown, sample: Sample): void {
  sample.stack = sample.link = 0;
  sample.attributes.length = sample.values.length = sample.times.length = 0;
  reader.at = at;
  reader.limit = reader.bytes.length;
  reader.next();
  reader.enter();
  while (reader.next()) {
    const { field } = reader;
    if (field === 1) sample.stack = reader.int();
    else if (field === 3) sample.link = reader.int();
    else if (field === 2) eachNumber(reader, () => sample.attributes.push(reader.bare()));
    else if (field === 4) {
      eachNumber(reader, () => {
        const value = reader.bare();
        sample.values.push(Number.isSafeInteger(value) ? value : reader.exact());
      });
    } else if (field === 5)
      eachNumber(reader, () => sample.times.push(eightBytes(reader).getBigUint64(0, true)));
    else {
      unknown('Sample', field, reader.tagAt);
      reader.skip();
    }
  }
}

/** Whether it has a value, or one for each of its times, or none but times. */
export function isComplete({ values, times }: Sample): boolean {
  return times.length === 0 ? values.length === 1 : values.length === 0 || values.length === times.length;
}
