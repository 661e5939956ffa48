/** OTLP's JSON as protobuf and back: field by field, by the schema. */
import { BYTES, ProtobufReader, type Sink, type Source } from '../../../src/plugin.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import { eightBytes } from './message.ts';
import { type Field, fieldsOf, isMessage, type MessageName } from './schema.ts';

/** Attributes hold lists of lists; no deeper than this. */
const MAX_DEPTH = 40;
const MAX_TEXT = 200;

/** Stops at a value of the wrong type. */
function wrong(source: Source, what: string, value: unknown, path: string): never {
  source.fail('bad-json', `expected ${what}, got ${short(value)}`, { path: path === '' ? '.' : path });
}

/** Encodes the object of a message. Fails with its path where a value is of the wrong type. */
export function encode(
  value: unknown,
  message: MessageName,
  source: Source,
  path = '',
  depth = 0,
): Uint8Array<ArrayBuffer> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    wrong(source, 'an object', value, path);
  if (depth > MAX_DEPTH) wrong(source, `less than ${MAX_DEPTH} levels`, '…', path);
  const out = new ProtobufWriter();
  const fields = fieldsOf(message);
  for (const [key, content] of Object.entries(value)) {
    const name = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const field = fields.find((one) => one.name === name);
    const at = path === '' ? key : `${path}.${key}`;
    if (!field) {
      source.warn('unknown-field', `${key} of ${message} is unknown and left out`, { path: at });
    } else if (content !== null && !field.repeated) {
      encodeField(out, field, content, source, at, depth);
    } else if (content !== null) {
      if (!Array.isArray(content)) wrong(source, 'a list', content, at);
      for (const [i, item] of content.entries()) encodeField(out, field, item, source, `${at}[${i}]`, depth);
    }
  }
  return out.written();
}

function encodeField(
  out: ProtobufWriter,
  { number, type }: Field,
  value: unknown,
  source: Source,
  path: string,
  depth: number,
): void {
  if (isMessage(type)) out.message(number, encode(value, type, source, path, depth + 1));
  else if (type === 'string') {
    if (typeof value !== 'string') wrong(source, 'a text', value, path);
    out.text(number, value);
  } else if (type === 'hex' || type === 'bytes') {
    const bytes = typeof value === 'string' ? bytesOf(value, type) : undefined;
    if (!bytes) wrong(source, type === 'hex' ? 'hexadecimal digits' : 'base64', value, path);
    out.message(number, bytes);
  } else if (type === 'bool') {
    if (typeof value !== 'boolean') wrong(source, 'true or false', value, path);
    out.int(number, value ? 1 : 0);
  } else if (type === 'double') {
    const double = typeof value === 'string' ? Number(value) : value;
    if (typeof double !== 'number') wrong(source, 'a number', value, path);
    out.double(number, double);
  } else {
    const integer = integerOf(value);
    if (integer === undefined) wrong(source, 'an integer of 64 bits', value, path);
    if (type === 'fixed64') out.fixed64(number, BigInt(integer));
    else out.int(number, integer);
  }
}

/** JSON writes integers as numbers or, those of 64 bits, as texts. */
function integerOf(value: unknown): number | bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined;
  if (typeof value !== 'string' || !/^-?\d{1,20}$/.test(value)) return undefined;
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  const exact = BigInt(value);
  return exact >= -(2n ** 63n) && exact < 2n ** 64n ? exact : undefined;
}

function bytesOf(text: string, type: 'hex' | 'bytes'): Uint8Array | undefined {
  if (type === 'hex') {
    if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return undefined;
    return Uint8Array.from({ length: text.length / 2 }, (_, i) =>
      Number.parseInt(text.slice(2 * i, 2 * i + 2), 16),
    );
  }
  try {
    return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

/** Writes a message that we encoded as JSON: an object, rows of lists on lines of their own. */
export function print(bytes: Uint8Array, message: MessageName, sink: Sink): void {
  const reader = new ProtobufReader(bytes, (code) => {
    throw new Error(code);
  });
  printMessage(reader, message, sink, 0);
  sink.write('\n');
}

function printMessage(reader: ProtobufReader, message: MessageName, sink: Sink, depth: number): void {
  const fields = fieldsOf(message);
  sink.write('{');
  let open: Field | undefined;
  let isFirst = true;
  while (reader.next()) {
    const field = fields.find(({ number }) => number === reader.field)!;
    if (field === open) sink.write(depth < 5 ? ',\n' : ',');
    else {
      if (open) sink.write(']');
      if (!isFirst) sink.write(',');
      sink.write(`"${field.name}":${field.repeated ? '[' : ''}`);
      open = field.repeated ? field : undefined;
    }
    isFirst = false;
    if (isMessage(field.type)) {
      const outer = reader.enter();
      printMessage(reader, field.type, sink, depth + 1);
      reader.limit = outer;
    } else if (field.repeated && field.type !== 'string' && reader.wire === BYTES) {
      const outer = reader.enter();
      for (let i = 0; reader.at < reader.limit; i++) {
        if (i > 0) sink.write(',');
        sink.write(numberText(reader, field));
      }
      reader.limit = outer;
    } else sink.write(scalarText(reader, field));
  }
  sink.write(open ? ']}' : '}');
}

function numberText(reader: ProtobufReader, { type }: Field): string {
  if (type === 'fixed64') return `"${eightBytes(reader).getBigUint64(0, true)}"`;
  if (type === 'double') return JSON.stringify(eightBytes(reader).getFloat64(0, true));
  const value = reader.bare();
  if (type === 'int32') return `${value}`;
  if (type === 'bool') return value === 0 ? 'false' : 'true';
  return `"${type === 'uint64' ? reader.exactUnsigned() : reader.exact()}"`;
}

function scalarText(reader: ProtobufReader, field: Field): string {
  if (field.type === 'string') return JSON.stringify(reader.text());
  if (field.type !== 'hex' && field.type !== 'bytes') return numberText(reader, field);
  const outer = reader.enter();
  const bytes = reader.bytes.subarray(reader.at, reader.limit);
  reader.at = reader.limit;
  reader.limit = outer;
  if (field.type === 'hex')
    return JSON.stringify(Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join(''));
  return JSON.stringify(btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join('')));
}
