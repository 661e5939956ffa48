/**
 * Reads what Python's own profilers write straight into columns: nothing is made for a figure, a key or a text.
 *
 * Whatever is out of the ordinary (long integers, code objects, a function twice, bytes that make no sense) is left
 * to `read-table.ts`, which reads all files and says what is wrong with them.
 */
import { ArcIndex, Int32List, Interner } from '../../../src/plugin.ts';
import { pythonText } from '../python-text.ts';
import { FigureLists, type PstatsColumns } from './columns.ts';

const FLAG_REF = 0x80;
// Kinds of records:
const NULL = 0x30;
const DICT = 0x7b;
const TUPLE = 0x28;
const SHORT_TUPLE = 0x29;
const INT = 0x69;
const FLOAT = 0x67;
const REFERENCE = 0x72;
/** A text that has a number among those of its kind, and such a number. */
const INTERNED = 0x74;
const INTERNED_REFERENCE = 0x52;
/** `s`, `u` and `t` are UTF-8 of any length, `a` and `A` Latin-1, `z` and `Z` that of up to 255 bytes. */
const UTF8 = new Set([0x73, 0x75, INTERNED]);
const LATIN1 = new Set([0x61, 0x41]);
const SHORT_LATIN1 = new Set([0x7a, 0x5a]);
/** No number of a text. */
const NO_TEXT = 2 ** 31 - 1;
/** Rough bytes of a function, with its name and callers: for reserving memory. */
const FUNCTION_SIZE = 256;
/** A caller takes so many bytes or more. */
const CALLER_SIZE = 27;

/** The columns of a table; undefined = it must be read by the general reader. */
export function readColumns(bytes: Uint8Array): PstatsColumns | undefined {
  try {
    return new ColumnReader(bytes).read();
  } catch (error) {
    if (error instanceof OutOfTheOrdinary) return undefined;
    throw error;
  }
}

class OutOfTheOrdinary extends Error {}

class ColumnReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  /** Behind the text that was looked at last. */
  #textEnd = 0;
  /** Where the records stand that can be referred to; and which keys or texts they are, if that is known. */
  readonly #referred = new Int32List();
  readonly #referredKey = new Int32List();
  readonly #referredText = new Int32List();
  /** Where the texts stand that Python 2 interned. */
  readonly #interned = new Int32List();
  readonly #ascii: Interner;
  /** Texts that are not ASCII: text -1, -2, … */
  readonly #others = new Map<string, number>();
  /** Keys by file, name and line; files and names are numbers of texts. */
  readonly #keys: ArcIndex;
  /** By key: its row, and the last row that has it as a caller; -1 = none. */
  readonly #rowOf = new Int32List();
  readonly #calledIn = new Int32List();
  /** Key of each row. */
  readonly #rowKey = new Int32List();
  readonly #rows = new FigureLists();
  readonly #caller: Int32List;
  readonly #callee: Int32List;
  readonly #countOnly: Int32List;
  readonly #callers: FigureLists;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const functions = bytes.length / FUNCTION_SIZE;
    this.#ascii = new Interner(functions);
    this.#keys = new ArcIndex(functions);
    const most = Math.ceil(bytes.length / CALLER_SIZE);
    this.#caller = new Int32List(most);
    this.#callee = new Int32List(most);
    this.#countOnly = new Int32List(most);
    this.#callers = new FigureLists(most);
  }

  read(): PstatsColumns {
    this.#beginDict();
    while (this.#bytes[this.#at] !== NULL) this.#row();
    this.#take(1);
    if (this.#at < this.#bytes.length || this.#rows.length === 0) throw new OutOfTheOrdinary();
    return this.#columns();
  }

  #row(): void {
    const key = this.#key();
    const row = this.#rows.length;
    if (this.#rowOf.array[key]! >= 0) throw new OutOfTheOrdinary();
    this.#rowOf.array[key] = row;
    this.#rowKey.push(key);
    this.#beginTuple(5);
    const primitiveCalls = this.#number();
    const calls = this.#number();
    const self = this.#number();
    this.#rows.push(calls, primitiveCalls, self, this.#number());
    this.#beginDict();
    while (this.#bytes[this.#at] !== NULL) this.#addCaller(row);
    this.#take(1);
  }

  #addCaller(row: number): void {
    const key = this.#key();
    if (this.#calledIn.array[key] === row) throw new OutOfTheOrdinary();
    this.#calledIn.array[key] = row;
    this.#caller.push(key);
    this.#callee.push(row);
    const isTuple = this.#isTuple(this.#bytes[this.#at]!);
    this.#countOnly.push(isTuple ? 0 : 1);
    if (!isTuple) {
      this.#callers.push(this.#number(), 0, 0, 0);
      return;
    }
    this.#beginTuple(4);
    const calls = this.#number();
    const primitiveCalls = this.#number();
    const self = this.#number();
    this.#callers.push(calls, primitiveCalls, self, this.#number());
  }

  /** The number of a key, by which it is the same wherever it stands. */
  #key(): number {
    if (this.#bytes[this.#at] === REFERENCE) {
      const key = this.#referredKey.array[this.#reference()]!;
      if (key < 0) throw new OutOfTheOrdinary();
      return key;
    }
    const reference = this.#beginTuple(3);
    const file = this.#text();
    const line = this.#leaf();
    if ((this.#bytes[line]! & ~FLAG_REF) !== INT) throw new OutOfTheOrdinary();
    const key = this.#keys.find(file, this.#text(), this.#view.getInt32(line + 1, true), 0);
    if (key === this.#rowOf.length) {
      this.#rowOf.push(-1);
      this.#calledIn.push(-1);
    }
    if (reference >= 0) this.#referredKey.array[reference] = key;
    return key;
  }

  #number(): number {
    const at = this.#leaf();
    const kind = this.#bytes[at]! & ~FLAG_REF;
    if (kind === INT) return this.#view.getInt32(at + 1, true);
    if (kind === FLOAT) return this.#view.getFloat64(at + 1, true);
    throw new OutOfTheOrdinary();
  }

  /** Goes behind a number, or a reference to a record; returns where the record stands. */
  #leaf(): number {
    const at = this.#at;
    const byte = this.#bytes[at]!;
    if (byte === REFERENCE) return this.#referred.array[this.#reference()]!;
    if (byte & FLAG_REF) this.#refer(at);
    this.#take((byte & ~FLAG_REF) === FLOAT ? 9 : 5);
    return at;
  }

  /** The number of a text, by which it is the same wherever it stands. */
  #text(): number {
    const at = this.#at;
    const byte = this.#bytes[at]!;
    if (byte === REFERENCE) {
      const reference = this.#reference();
      const known = this.#referredText.array[reference]!;
      return known === NO_TEXT ? this.#textAt(this.#referred.array[reference]!) : known;
    }
    if (byte === INTERNED_REFERENCE) return this.#textAt(this.#interned.array[this.#index(this.#interned)]!);
    if ((byte & ~FLAG_REF) === INTERNED) this.#interned.push(at);
    const text = this.#textAt(at);
    if (byte & FLAG_REF) this.#referredText.array[this.#refer(at)] = text;
    this.#at = this.#textEnd;
    return text;
  }

  #textAt(at: number): number {
    const kind = this.#bytes[at]! & ~FLAG_REF;
    const isShort = SHORT_LATIN1.has(kind);
    if (!isShort && !LATIN1.has(kind) && !UTF8.has(kind)) throw new OutOfTheOrdinary();
    const start = at + (isShort ? 2 : 5);
    if (start > this.#bytes.length) throw new OutOfTheOrdinary();
    const end = start + (isShort ? this.#bytes[at + 1]! : this.#view.getInt32(at + 1, true));
    if (end < start || end > this.#bytes.length) throw new OutOfTheOrdinary();
    this.#textEnd = end;
    for (let i = start; i < end; i++)
      if (this.#bytes[i]! > 0x7f) return this.#otherText(this.#bytes.subarray(start, end), UTF8.has(kind));
    return this.#ascii.intern(this.#bytes, this.#view, start, end);
  }

  #otherText(bytes: Uint8Array, isUtf8: boolean): number {
    const text = isUtf8 ? pythonText(bytes) : Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
    const known = this.#others.get(text) ?? -1 - this.#others.size;
    this.#others.set(text, known);
    return known;
  }

  /** Goes to the items of a tuple. Returns the number by which it is referred to; -1 = none. */
  #beginTuple(length: number): number {
    const at = this.#at;
    const byte = this.#bytes[at]!;
    if (!this.#isTuple(byte)) throw new OutOfTheOrdinary();
    const isShort = (byte & ~FLAG_REF) === SHORT_TUPLE;
    this.#take(isShort ? 2 : 5);
    if ((isShort ? this.#bytes[at + 1] : this.#view.getInt32(at + 1, true)) !== length)
      throw new OutOfTheOrdinary();
    return byte & FLAG_REF ? this.#refer(at) : -1;
  }

  #isTuple(byte: number): boolean {
    const kind = byte & ~FLAG_REF;
    return kind === SHORT_TUPLE || kind === TUPLE;
  }

  #beginDict(): void {
    const byte = this.#bytes[this.#at]!;
    if ((byte & ~FLAG_REF) !== DICT) throw new OutOfTheOrdinary();
    if (byte & FLAG_REF) this.#refer(this.#at);
    this.#take(1);
  }

  /** Numbers the record, so that it can be referred to. */
  #refer(at: number): number {
    this.#referred.push(at);
    this.#referredKey.push(-1);
    this.#referredText.push(NO_TEXT);
    return this.#referred.length - 1;
  }

  #reference(): number {
    return this.#index(this.#referred);
  }

  /** Goes behind a reference to one of a list. */
  #index({ length }: Int32List): number {
    const at = this.#take(5);
    const index = this.#view.getInt32(at + 1, true);
    if (index < 0 || index >= length) throw new OutOfTheOrdinary();
    return index;
  }

  /** Goes on by so many bytes; returns where they begin. */
  #take(length: number): number {
    const at = this.#at;
    if (length > this.#bytes.length - at) throw new OutOfTheOrdinary();
    this.#at = at + length;
    return at;
  }

  #columns(): PstatsColumns {
    const functionOf = new Int32Array(this.#rowOf.length);
    let count = this.#rows.length;
    const keys = [...this.#rowKey.trimmed()];
    functionOf.set(this.#rowOf.trimmed());
    const caller = this.#caller.trimmed();
    for (let i = 0; i < caller.length; i++) {
      const key = caller[i]!;
      if (functionOf[key] === -1) {
        functionOf[key] = count++;
        keys.push(key);
      }
      caller[i] = functionOf[key]!;
    }
    const ascii = this.#ascii.texts();
    const others = [...this.#others.keys()];
    const texts = (ids: Int32List) =>
      keys.map((key) => {
        const id = ids.array[key]!;
        return id < 0 ? others[-1 - id]! : ascii[id]!;
      });
    return {
      sampled: false,
      file: texts(this.#keys.caller),
      line: keys.map((key) => this.#keys.line.array[key]!),
      name: texts(this.#keys.callee),
      rows: this.#rows.columns(),
      callers: {
        ...this.#callers.columns(),
        caller,
        callee: this.#callee.trimmed(),
        countOnly: this.#countOnly.trimmed(),
      },
    };
  }
}
