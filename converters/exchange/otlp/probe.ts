/** Is it a message of profiles? Lists of resources of scopes of profiles, or the dictionary of them. */
import { BYTES, type Head, ProtobufReader } from '../../../src/plugin.ts';
import { type Field, fieldsOf, isMessage, type MessageName } from './schema.ts';

/** Why the walk ended before the end. */
class Fault {
  readonly cut: boolean;
  constructor(code: string) {
    this.cut = code === 'truncated';
  }
}

const MAX_DEPTH = 6;

/** Fields must be known and of the right type all the way down, and a profile or a table be among them. */
export function probeBytes(head: Head): number {
  const seen = new Set<string>();
  const reader = new ProtobufReader(head.bytes, (code) => {
    throw new Fault(code);
  });
  try {
    walk(reader, 'Data', seen, head.whole, 0);
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    if (!fault.cut) return 0;
  }
  const isProfile = seen.has('Profile.sampleType') && seen.has('Sample.stackIndex');
  const isDictionary = seen.has('Dictionary.stackTable') || seen.has('Dictionary.stringTable');
  return isProfile ? 0.97 : isDictionary ? 0.9 : 0;
}

function walk(
  reader: ProtobufReader,
  message: MessageName,
  seen: Set<string>,
  whole: boolean,
  depth: number,
): void {
  while (reader.next()) {
    const field = fieldsOf(message).find(({ number }) => number === reader.field);
    if (!field) throw new Fault('unknown');
    expect(reader, field);
    seen.add(`${message}.${field.name}`);
    if (!isMessage(field.type) || depth === MAX_DEPTH) {
      reader.skip();
      continue;
    }
    const outer = enterCut(reader, whole);
    walk(reader, field.type, seen, whole, depth + 1);
    reader.limit = outer;
  }
}

/** Goes into a message, which may go on behind the head. */
function enterCut(reader: ProtobufReader, whole: boolean): number {
  const { limit, at } = reader;
  if (whole) return reader.enter();
  reader.varint();
  const length = reader.high * 2 ** 32 + reader.low;
  if (length <= limit - reader.at) {
    reader.at = at;
    return reader.enter();
  }
  return limit;
}

function expect(reader: ProtobufReader, { type, repeated }: Field): void {
  const wire = isMessage(type) || ['string', 'bytes', 'hex'].includes(type) ? BYTES : wireOf(type);
  if (reader.wire !== wire && !(repeated && reader.wire === BYTES)) throw new Fault('wire-type');
}

function wireOf(type: Field['type']): number {
  return type === 'fixed64' || type === 'double' ? 1 : 0;
}
