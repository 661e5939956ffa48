/** A message of a few fields, decoded whole: for all but samples. */
import { BYTES, type ProtobufReader, VARINT } from '../../../src/plugin.ts';
import { type Field, fieldsOf, isMessage, type MessageName } from './schema.ts';

/** Attributes hold lists of lists; no deeper than this. */
const MAX_DEPTH = 40;

type Scalar = number | bigint | string | boolean | Uint8Array;

/** Is told of fields that are left out. */
export type Unknown = (message: string, field: number, offset: number) => void;

export class Message {
  readonly #scalars = new Map<string, Scalar[]>();
  readonly #messages = new Map<string, Message[]>();

  has(name: string): boolean {
    return this.#scalars.has(name) || this.#messages.has(name);
  }

  addScalar(name: string, value: Scalar): void {
    const list = this.#scalars.get(name);
    if (list) list.push(value);
    else this.#scalars.set(name, [value]);
  }

  addMessage(name: string, value: Message): void {
    const list = this.#messages.get(name);
    if (list) list.push(value);
    else this.#messages.set(name, [value]);
  }

  /** The last value of a field, or the one that stands for none. */
  #last(name: string): Scalar | undefined {
    return this.#scalars.get(name)?.at(-1);
  }

  number(name: string): number {
    return Number(this.#last(name) ?? 0);
  }

  exact(name: string): number | bigint {
    const value = this.#last(name) ?? 0;
    return typeof value === 'bigint' ? value : Number(value);
  }

  big(name: string): bigint {
    return BigInt(this.exact(name));
  }

  text(name: string): string {
    return String(this.#last(name) ?? '');
  }

  bytes(name: string): Uint8Array {
    const value = this.#last(name);
    return value instanceof Uint8Array ? value : new Uint8Array();
  }

  numbers(name: string): number[] {
    return (this.#scalars.get(name) ?? []).map(Number);
  }

  messages(name: string): readonly Message[] {
    return this.#messages.get(name) ?? [];
  }

  message(name: string): Message | undefined {
    return this.#messages.get(name)?.at(-1);
  }
}

/** Reads the fields of a message up to the reader's limit. */
export function decode(reader: ProtobufReader, name: MessageName, unknown: Unknown, depth = 0): Message {
  const message = new Message();
  const fields = fieldsOf(name);
  while (reader.next()) {
    const field = fields.find(({ number }) => number === reader.field);
    if (!field || depth > MAX_DEPTH) {
      unknown(name, reader.field, reader.tagAt);
      reader.skip();
    } else if (isMessage(field.type)) {
      const outer = reader.enter();
      message.addMessage(field.name, decode(reader, field.type, unknown, depth + 1));
      reader.limit = outer;
    } else if (field.repeated && field.type !== 'string' && reader.wire === BYTES) {
      const outer = reader.enter();
      while (reader.at < reader.limit) message.addScalar(field.name, bareScalar(reader, field));
      reader.limit = outer;
    } else {
      message.addScalar(field.name, scalar(reader, field));
    }
  }
  return message;
}

function scalar(reader: ProtobufReader, field: Field): Scalar {
  switch (field.type) {
    case 'string':
      return reader.text();
    case 'bytes':
    case 'hex': {
      const outer = reader.enter();
      const bytes = reader.bytes.slice(reader.at, reader.limit);
      reader.at = reader.limit;
      reader.limit = outer;
      return bytes;
    }
    case 'fixed64':
    case 'double':
      reader.expect(FIXED64);
      return bareScalar(reader, field);
    default:
      reader.expect(VARINT);
      return bareScalar(reader, field);
  }
}

/** Wire type of numbers of 8 bytes. */
const FIXED64 = 1;

/** A number without its tag. */
function bareScalar(reader: ProtobufReader, { type }: Field): Scalar {
  if (type === 'fixed64' || type === 'double') {
    const view = eightBytes(reader);
    return type === 'double' ? view.getFloat64(0, true) : view.getBigUint64(0, true);
  }
  const value = reader.bare();
  if (type === 'bool') return value !== 0;
  if (type === 'uint64') return reader.high < 2 ** 21 ? value : reader.exactUnsigned();
  return Number.isSafeInteger(value) ? value : reader.exact();
}

/** Steps over 8 bytes. */
export function eightBytes(reader: ProtobufReader): DataView {
  const { bytes, at } = reader;
  reader.wire = FIXED64;
  reader.skip();
  return new DataView(bytes.buffer, bytes.byteOffset + at, 8);
}

/** Calls the function at each number of a list, packed or not. */
export function eachNumber(reader: ProtobufReader, read: () => void): void {
  if (reader.wire !== BYTES) {
    read();
    return;
  }
  const outer = reader.enter();
  while (reader.at < reader.limit) read();
  reader.limit = outer;
}
