/** Marshal for tests: bigints are Python's integers, numbers its floats, lists its tuples. */
import { MarshalWriter } from '../converters/python/marshal/writer.ts';

export type Encodable = bigint | number | string | Encodable[] | Pairs;

/** A dictionary; keys may stand in it more than once. */
export class Pairs {
  readonly list: [Encodable, Encodable][];

  constructor(list: [Encodable, Encodable][] = []) {
    this.list = list;
  }
}

export function marshalled(value: Encodable): Uint8Array {
  const writer = new MarshalWriter();
  write(value, writer);
  return writer.take();
}

function write(value: Encodable, writer: MarshalWriter): void {
  if (typeof value === 'string') writer.text(value);
  else if (typeof value === 'number' || typeof value === 'bigint') writer.number(value);
  else if (Array.isArray(value)) {
    writer.tuple(value.length);
    for (const item of value) write(item, writer);
  } else {
    writer.beginDict();
    for (const pair of value.list) for (const item of pair) write(item, writer);
    writer.endDict();
  }
}

/** A row of a profile whose counts and times are all the same number. */
export function statsRow(figure: bigint, callers: Pairs = new Pairs()): Encodable {
  return [figure, figure, Number(figure), Number(figure), callers];
}
