/**
 * Python's marshal: values in bytes, as every Python from 1.5 on writes them.
 *
 * Spec: CPython's Python/marshal.c. The surprise: what is in it depends on the Python that wrote it, which it
 * does not say; code objects have four layouts, of which only one leads to the end of the file.
 */
import { MarshalCode, MarshalDict, type MarshalValue } from './marshal/values.ts';
import { pythonText } from './python-text.ts';

export { MarshalCode, MarshalDict, type MarshalValue } from './marshal/values.ts';

/** Stops the reading. Offsets are those of the bytes. */
export type MarshalFail = (message: string, offset: number) => never;

/** Takes pairs of the outermost dictionary as they are read, so that they need not all be kept. */
export type TakePair = (key: MarshalValue, value: MarshalValue) => void;

/**
 * The value that the bytes hold; more may follow if there is a `tell`. Of a dictionary `begin` makes a taker for its
 * first pairs; what is left is returned. It begins anew where another layout of code objects has to be tried.
 */
export function readMarshal(
  bytes: Uint8Array,
  fail: MarshalFail,
  begin?: () => TakePair,
  tell?: (message: string, offset: number) => void,
): MarshalValue {
  let failure: MarshalFault | undefined;
  let end = 0;
  for (const layout of LAYOUTS) {
    const reader = new MarshalReader(bytes, layout);
    try {
      return reader.whole(begin?.());
    } catch (error) {
      if (!(error instanceof MarshalFault)) throw error;
      failure ??= error;
      end ||= reader.end;
      if (!reader.metCode) break;
    }
  }
  if (end > 0 && tell) {
    tell(`what stands behind the value is left out (${bytes.length - end} B)`, end);
    return readMarshal(bytes.subarray(0, end), fail, begin);
  }
  return fail(failure!.message, failure!.offset);
}

/** Where the bytes stop making sense. */
class MarshalFault extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** The fields of a code object: how many numbers, then values by name, then the first line and more values. */
interface CodeLayout {
  numbers: number;
  values: string[];
  /** How many values stand behind the first line. */
  more: number;
  /** The kind of the byte code: what tells Python 2 from 3. */
  code: string;
}

const NAMES_3 = ['code', 'consts', 'names', 'varnames', 'freevars', 'cellvars', 'file', 'name'];
const LAYOUTS: CodeLayout[] = [
  {
    numbers: 5,
    values: ['code', 'consts', 'names', 'localsplusnames', 'localspluskinds', 'file', 'name', 'qualname'],
    more: 2,
    code: 's',
  },
  { numbers: 6, values: NAMES_3, more: 1, code: 's' },
  { numbers: 5, values: NAMES_3, more: 1, code: 's' },
  { numbers: 4, values: NAMES_3, more: 1, code: 's' },
];

const MAX_DEPTH = 2000;
/** No number of a profile has more digits of 15 bits; reading one takes time that grows with their square. */
const MAX_DIGITS = 10_000;
/** Small integers are so many that it pays to have each once. */
const SMALL = Array.from({ length: 1024 }, (_, i) => BigInt(i));
const FLAG_REF = 0x80;
/** Texts up to this length are quicker put together by hand. */
const SHORT = 12;
const decoder = new TextDecoder();
/** Stands for a reference whose value is not complete yet. */
const UNFINISHED = Symbol('unfinished');
/** What a NULL record reads as. */
const NULL = Symbol('null');

class MarshalReader {
  metCode = false;
  /** Where the value ended, if it was read as a whole; else 0. */
  end = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #layout: CodeLayout;
  #at = 0;
  #depth = 0;
  /** Values by reference number, and the kinds of their records. */
  readonly #references: (MarshalValue | typeof UNFINISHED)[] = [];
  readonly #kinds: string[] = [];
  /** The strings that Python 2 interned. */
  readonly #interned: string[] = [];
  /** The kind of the record that was read last. */
  #kind = '';
  #takePair: TakePair | undefined;

  constructor(bytes: Uint8Array, layout: CodeLayout) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#layout = layout;
  }

  whole(take?: TakePair): MarshalValue {
    this.#takePair = take;
    const value = this.#value();
    this.end = this.#at;
    if (this.#at < this.#bytes.length)
      this.#fail(`${this.#bytes.length - this.#at} bytes stand behind the value`);
    return value;
  }

  #value(): MarshalValue {
    const at = this.#at;
    const value = this.#record();
    if (value === NULL) this.#fail('a value is missing', at);
    return value;
  }

  #record(): MarshalValue | typeof NULL {
    const at = this.#at;
    const byte = this.#uint8();
    const flagged = (byte & FLAG_REF) !== 0;
    const kind = String.fromCharCode(byte & ~FLAG_REF);
    this.#kind = kind;
    switch (kind) {
      case '0':
        return NULL;
      case 'N':
      case '.':
      case 'S':
        return null;
      case 'F':
        return false;
      case 'T':
        return true;
      case 'r':
        return this.#reference();
      case 'R':
        return this.#internedText();
      case '(':
      case '[':
      case '<':
      case '>':
        return this.#list(kind, this.#size(), flagged);
      case ')':
        return this.#list(kind, this.#uint8(), flagged);
      case ':':
        return this.#list(kind, 3, flagged);
      case '{':
        return this.#dict(flagged);
      case 'c':
        return this.#code(flagged);
      default:
        return this.#flagged(flagged, kind, this.#leaf(kind, at));
    }
  }

  /** Numbers and texts. */
  #leaf(kind: string, at: number): MarshalValue {
    switch (kind) {
      case 'i':
        return this.#int();
      case 'I':
        return this.#view.getBigInt64(this.#take(8), true);
      case 'l':
        return this.#long();
      case 'f':
        return this.#textFloat();
      case 'g':
        return this.#view.getFloat64(this.#take(8), true);
      case 'x':
        this.#textFloat();
        return this.#textFloat();
      case 'y':
        return this.#view.getFloat64(this.#take(16), true);
      case 's':
      case 'u':
        return this.#text(this.#size());
      case 't': {
        const text = this.#text(this.#size());
        this.#interned.push(text);
        return text;
      }
      case 'a':
      case 'A':
        return this.#latin1(this.#size());
      case 'z':
      case 'Z':
        return this.#latin1(this.#uint8());
      default:
        return this.#fail(`0x${kind.charCodeAt(0).toString(16).padStart(2, '0')} is no kind of value`, at);
    }
  }

  #flagged(flagged: boolean, kind: string, value: MarshalValue): MarshalValue {
    if (flagged) {
      this.#references.push(value);
      this.#kinds.push(kind);
    }
    return value;
  }

  /** A number for a container, which it takes before its items are read; -1 = none. */
  #reserve(flagged: boolean, kind: string): number {
    if (!flagged) return -1;
    this.#kinds.push(kind);
    return this.#references.push(UNFINISHED) - 1;
  }

  #reference(): MarshalValue {
    const at = this.#at;
    const index = this.#int32();
    const value = this.#references[index];
    if (value === undefined || value === UNFINISHED)
      this.#fail(`reference ${index} is to nothing that was read before`, at);
    this.#kind = this.#kinds[index]!;
    return value;
  }

  #internedText(): string {
    const at = this.#at;
    const index = this.#int32();
    const text = this.#interned[index];
    if (text === undefined) this.#fail(`string ${index} was not read before`, at);
    this.#kind = 't';
    return text;
  }

  #list(kind: string, length: number, flagged: boolean): MarshalValue[] {
    const slot = this.#reserve(flagged, kind);
    // Each item takes a byte at least.
    if (length > this.#bytes.length - this.#at) this.#fail(`${length} items in ${this.#bytes.length} bytes`);
    this.#enter();
    const list: MarshalValue[] = [];
    for (let i = 0; i < length; i++) list.push(this.#value());
    this.#depth--;
    if (slot >= 0) this.#references[slot] = list;
    this.#kind = kind;
    return list;
  }

  #dict(flagged: boolean): MarshalDict {
    const slot = this.#reserve(flagged, '{');
    this.#enter();
    const dict = new MarshalDict();
    const take = this.#depth === 1 ? this.#takePair : undefined;
    for (;;) {
      const key = this.#record();
      if (key === NULL) break;
      const value = this.#value();
      // A code object may have been read by the wrong layout: only the end of the file tells.
      if (take && !this.metCode) {
        take(key, value);
      } else {
        dict.keys.push(key);
        dict.values.push(value);
      }
    }
    this.#depth--;
    if (slot >= 0) this.#references[slot] = dict;
    this.#kind = '{';
    return dict;
  }

  #code(flagged: boolean): MarshalCode {
    this.metCode = true;
    const slot = this.#reserve(flagged, 'c');
    this.#enter();
    const { numbers, values, more } = this.#layout;
    for (let i = 0; i < numbers; i++) this.#int32();
    const code = new MarshalCode();
    for (const field of values) {
      const at = this.#at;
      const value = this.#value();
      this.#checkField(field, at);
      if (field === 'name' || field === 'file') code[field] = value as string;
    }
    code.line = this.#int32();
    for (let i = 0; i < more; i++) this.#value();
    this.#depth--;
    if (slot >= 0) this.#references[slot] = code;
    this.#kind = 'c';
    return code;
  }

  /** A field of a wrong kind tells that the code object has another layout. */
  #checkField(field: string, at: number): void {
    const wanted = field === 'code' ? 's' : field === 'consts' || field === 'names' ? '()' : 'stuaAzZ';
    if (field !== 'file' && field !== 'name' && wanted === 'stuaAzZ') return;
    if (!wanted.includes(this.#kind)) this.#fail(`the ${field} of a code object is of a wrong kind`, at);
  }

  #enter(): void {
    if (++this.#depth > MAX_DEPTH) this.#fail(`values within values, ${MAX_DEPTH} deep`);
  }

  #int(): bigint {
    const value = this.#int32();
    return SMALL[value] ?? BigInt(value);
  }

  /** Digits of 15 bits, the least one first. */
  #long(): bigint {
    const at = this.#at;
    const signed = this.#int32();
    const count = Math.abs(signed);
    const start = this.#take(count * 2);
    if (count > MAX_DIGITS) this.#fail(`an integer of ${count * 15} bits`, at);
    let hex = '';
    let bits = '';
    for (let i = count - 1; i >= 0; i--) {
      const digit = this.#view.getUint16(start + i * 2, true);
      if (digit > 0x7fff) this.#fail('a digit of a long integer is out of range', at);
      bits += digit.toString(2).padStart(15, '0');
    }
    // Four bits to a hexadecimal digit: BigInt reads those in linear time.
    bits = bits.padStart(Math.ceil(bits.length / 4) * 4, '0');
    for (let i = 0; i < bits.length; i += 4) hex += Number.parseInt(bits.slice(i, i + 4), 2).toString(16);
    const value = BigInt(`0x${hex || '0'}`);
    return signed < 0 ? -value : value;
  }

  #textFloat(): number {
    const at = this.#at;
    const text = this.#latin1(this.#uint8()).trim();
    const named = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
    if (named) {
      const size = named[2]!.toLowerCase() === 'nan' ? Number.NaN : Number.POSITIVE_INFINITY;
      return named[1] === '-' ? -size : size;
    }
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) this.#fail(`"${text}" is no number`, at);
    return Number(text);
  }

  #text(length: number): string {
    const start = this.#take(length);
    return this.#asciiText(start, start + length) ?? pythonText(this.#bytes.subarray(start, start + length));
  }

  #latin1(length: number): string {
    const start = this.#take(length);
    return this.#asciiText(start, start + length) ?? this.#chars(start, start + length);
  }

  /** undefined = it is not ASCII. */
  #asciiText(start: number, end: number): string | undefined {
    const bytes = this.#bytes;
    for (let i = start; i < end; i++) if (bytes[i]! > 0x7f) return undefined;
    return end - start > SHORT ? decoder.decode(bytes.subarray(start, end)) : this.#chars(start, end);
  }

  #chars(start: number, end: number): string {
    let text = '';
    for (let i = start; i < end; i++) text += String.fromCharCode(this.#bytes[i]!);
    return text;
  }

  #uint8(): number {
    return this.#bytes[this.#take(1)]!;
  }

  #int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  #size(): number {
    const at = this.#at;
    const size = this.#int32();
    if (size < 0) this.#fail(`a size of ${size}`, at);
    return size;
  }

  /** Goes on by so many bytes; returns where they begin. */
  #take(length: number): number {
    const at = this.#at;
    if (length > this.#bytes.length - at) this.#fail('the data ends in the middle of a value', at);
    this.#at = at + length;
    return at;
  }

  #fail(message: string, offset: number = this.#at): never {
    throw new MarshalFault(message, offset);
  }
}
