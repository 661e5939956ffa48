/** The dictionary under construction: entries are added when they are first asked for; each first one means none. */
import { Interner, type Label, type Metric, type Profile, type Sink } from '../../../src/plugin.ts';
import { LocationTable, mappingOf, type Stacks } from '../locations.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import { StringTable } from '../strings.ts';
import { attributeKey, BUILD_ID, SPAN_ID, TRACE_ID } from './attributes.ts';

const EMPTY_STACK = '(empty stack)';
const UNKNOWN = '<unknown>';

/** Entries by their bytes, one behind the other as they are written: index 0 is the empty one. */
class Entries {
  /** All entries, as fields of the dictionary. */
  readonly table = new ProtobufWriter();
  readonly #interner = new Interner();
  readonly #field: number;

  constructor(field: number) {
    this.#field = field;
    this.of(new ProtobufWriter());
  }

  of(entry: ProtobufWriter): number {
    // The interner may look at some bytes behind the entry.
    entry.room(4);
    const known = this.#interner.length;
    const index = this.#interner.intern(entry.bytes, entry.view, 0, entry.length);
    if (index === known) this.table.message(this.#field, entry.written());
    return index;
  }
}

export class DictionaryWriter {
  readonly #profile: Profile;
  readonly #sink: Sink;
  readonly #strings = new StringTable();
  readonly #links = new Entries(4);
  readonly #attributes = new Entries(6);
  readonly #stacks = new Entries(7);
  readonly #locations: LocationTable;
  /** Index by function; 0 = none yet. */
  readonly #functionIndex: Int32Array;
  readonly #functions: number[] = [];
  readonly #entry = new ProtobufWriter();
  readonly #list = new ProtobufWriter();
  readonly #value = new ProtobufWriter();
  #rows = new Int32Array(1024);

  constructor(profile: Profile, sink: Sink) {
    this.#profile = profile;
    this.#sink = sink;
    this.#locations = new LocationTable(profile.frames);
    this.#functionIndex = new Int32Array(profile.functions.length);
  }

  valueType({ name, unit }: Metric): Uint8Array {
    const out = new ProtobufWriter();
    out.some(1, this.#strings.of(name));
    out.some(2, this.#strings.of(unit));
    return out.written();
  }

  /** Index of the stack that was gone to. */
  stack({ frame, from, to }: Stacks): number {
    const depth = to - from;
    if (depth > this.#rows.length) this.#rows = new Int32Array(depth * 2);
    const count =
      depth === 1 && this.#isEmpty(frame[from]!) ? 0 : this.#locations.rowsOf(frame, from, to, this.#rows);
    if (count === 0) return 0;
    const list = this.#list;
    list.length = 0;
    for (let i = 0; i < count; i++) list.varint(this.#rows[i]! + 1);
    const entry = this.#entry;
    entry.length = 0;
    entry.message(1, list.written());
    return this.#stacks.of(entry);
  }

  #isEmpty(frame: number): boolean {
    const { frames, functions } = this.#profile;
    const func = frames.func[frame]!;
    return functions.name[func] === EMPTY_STACK && functions.file[func] === '';
  }

  /** Attributes and link of a set of labels, as fields of a sample. */
  labels(set: readonly Label[]): Uint8Array {
    const fields = new ProtobufWriter();
    const list = new ProtobufWriter();
    const ids = new Map<string, Uint8Array>();
    for (const label of set) {
      const id = idOf(label);
      if (id) ids.set(label.key, id);
      else list.varint(this.attribute(label));
    }
    if (list.length > 0) fields.message(2, list.written());
    if (ids.size > 0) {
      const link = this.#entry;
      link.length = 0;
      for (const [field, key] of [TRACE_ID, SPAN_ID].entries()) {
        const id = ids.get(key);
        if (id) link.message(field + 1, id);
      }
      fields.some(3, this.#links.of(link));
    }
    return fields.written();
  }

  /** Index of an attribute. */
  attribute({ key, value, unit = '' }: Label): number {
    const any = this.#value;
    any.length = 0;
    if (typeof value === 'string') any.text(1, value);
    else if (typeof value === 'bigint' && BigInt.asIntN(64, value) !== value) {
      this.#sink.lost('label-number', `labels beyond 64 bits are written as texts: ${key}`);
      any.text(1, `${value}`);
    } else if (typeof value === 'bigint' || Number.isSafeInteger(value)) any.int(3, value);
    else any.double(4, value);
    return this.#attribute(attributeKey(key), any, unit);
  }

  /** Index of an attribute that is a list of texts. */
  texts(key: string, texts: readonly string[]): number {
    const list = new ProtobufWriter();
    for (const text of texts) {
      const item = new ProtobufWriter();
      item.text(1, text);
      list.message(1, item.written());
    }
    const any = new ProtobufWriter();
    any.message(5, list.written());
    return this.#attribute(key, any, '');
  }

  #attribute(key: string, any: ProtobufWriter, unit: string): number {
    const entry = this.#entry;
    entry.length = 0;
    entry.some(1, this.#strings.of(key));
    entry.message(2, any.written());
    entry.some(3, this.#strings.of(unit));
    return this.#attributes.of(entry);
  }

  /** The dictionary in pieces, once all that uses it is written. */
  pieces(): Uint8Array[] {
    const out = new ProtobufWriter();
    const mappings = this.#mappings();
    const locations = this.#locationTable();
    const functions = this.#functionTable();
    out.append(mappings);
    out.append(locations);
    out.append(functions);
    out.append(this.#links.table.written());
    for (const text of this.#strings.all()) out.text(5, text);
    return [out.written(), this.#attributes.table.written(), this.#stacks.table.written()];
  }

  #mappings(): Uint8Array {
    const out = new ProtobufWriter();
    out.message(1, new Uint8Array());
    for (const { name, buildId, start, limit, offset } of this.#profile.mappings) {
      const index = buildId === '' ? 0 : this.attribute({ key: BUILD_ID, value: buildId });
      const entry = this.#entry;
      entry.length = 0;
      entry.some(1, start);
      entry.some(2, limit);
      entry.some(3, offset);
      entry.some(4, this.#strings.of(name));
      if (index > 0) this.#packed(5, index);
      out.message(1, entry.written());
    }
    return out.written();
  }

  /** Adds a list of one number to the entry. */
  #packed(field: number, index: number): void {
    this.#list.length = 0;
    this.#list.varint(index);
    this.#entry.message(field, this.#list.written());
  }

  #locationTable(): Uint8Array {
    const { frames } = this.#profile;
    const out = new ProtobufWriter();
    const line = new ProtobufWriter();
    out.message(2, new Uint8Array());
    for (let row = 0; row < this.#locations.length; row++) {
      const inner = this.#locations.framesOf(row);
      const outermost = inner[inner.length - 1]!;
      const entry = this.#entry;
      entry.length = 0;
      entry.some(1, mappingOf(this.#profile, outermost) + 1);
      entry.some(2, frames.address?.[outermost] ?? 0);
      for (const frame of inner) {
        if (inner.length === 1 && this.#isNameless(frame)) continue;
        line.length = 0;
        line.some(1, this.#function(frames.func[frame]!));
        line.some(2, frames.line[frame]!);
        line.some(3, frames.column[frame]!);
        entry.message(3, line.written());
      }
      out.message(2, entry.written());
    }
    return out.written();
  }

  /** Whether the name of the code was lent to it by its image, or says that it has none. */
  #isNameless(frame: number): boolean {
    const { frames, functions } = this.#profile;
    const func = frames.func[frame]!;
    if (functions.file[func] !== '' || frames.line[frame]! > 0 || !frames.address?.[frame]) return false;
    const name = functions.name[func]!;
    return name === UNKNOWN || (functions.mapping[func]! >= 0 && name.startsWith('[') && name.endsWith(']'));
  }

  #function(func: number): number {
    if (this.#functionIndex[func] === 0) this.#functionIndex[func] = this.#functions.push(func);
    return this.#functionIndex[func]!;
  }

  #functionTable(): Uint8Array {
    const { functions } = this.#profile;
    const out = new ProtobufWriter();
    out.message(3, new Uint8Array());
    for (const func of this.#functions) {
      const entry = this.#entry;
      entry.length = 0;
      entry.some(1, this.#strings.of(functions.name[func]!));
      entry.some(2, this.#strings.of(functions.systemName[func]!));
      entry.some(3, this.#strings.of(functions.file[func]!));
      entry.some(4, functions.line[func]!);
      out.message(3, entry.written());
    }
    return out.written();
  }
}

/** The bytes of a trace's or span's id. */
function idOf({ key, value }: Label): Uint8Array | undefined {
  const digits = key === TRACE_ID ? 32 : key === SPAN_ID ? 16 : 0;
  if (digits === 0 || typeof value !== 'string' || !new RegExp(`^[0-9a-f]{${digits}}$`).test(value))
    return undefined;
  return Uint8Array.from({ length: digits / 2 }, (_, i) =>
    Number.parseInt(value.slice(2 * i, 2 * i + 2), 16),
  );
}
