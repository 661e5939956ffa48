/**
 * Ruby's Marshal 4.8: the values that profilers dump, piece by piece.
 *
 * Spec: https://docs.ruby-lang.org/en/master/marshal_rdoc.html
 * The surprise: whatever is no small integer, symbol, true, false or nil has a number, by which later values may refer
 * to it; and an integer of more than 31 bits is such a one.
 */
import { ByteReader, NumberList, type Source } from '../../../src/plugin.ts';

const ARRAY = 0x5b;
const HASH = 0x7b;
const HASH_WITH_DEFAULT = 0x7d;
const STRING = 0x22;
const SYMBOL = 0x3a;
const SYMBOL_LINK = 0x3b;
const LINK = 0x40;
const FIXNUM = 0x69;
const BIGNUM = 0x6c;
const FLOAT = 0x66;
const NIL = 0x30;
const TRUE = 0x54;
const FALSE = 0x46;
/** A value with instance variables behind it: of strings, their encoding. */
const WITH_VARIABLES = 0x49;
const MINUS = 0x2d;
/** No text of a profile is longer. */
const MAX_TEXT = 1 << 26;
/** Values are not nested deeper than this in what a profiler dumps. */
const MAX_DEPTH = 1000;

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

export class MarshalReader {
  readonly #bytes: ByteReader;
  readonly #source: Source;
  readonly #symbols: string[] = [];
  /** Of what links may refer to, the numbers; NaN = it is among the others. */
  readonly #linked = new NumberList();
  readonly #others = new Map<number, unknown>();
  #depth = 0;

  /** Passes by the version. */
  constructor(source: Source) {
    this.#source = source;
    this.#bytes = new ByteReader(source.stream());
    this.#byte();
    this.#byte();
  }

  /** Goes through the hash that comes next; `take` has to read the value of each key. */
  hash(take: (key: string) => void): void {
    const type = this.#byte();
    if (type !== HASH && type !== HASH_WITH_DEFAULT) this.#wrong('a hash', type);
    this.#link(undefined);
    this.#pairs(take);
    if (type === HASH_WITH_DEFAULT) this.value();
  }

  /** Adds the numbers of the array that comes next to a list; nil has none. */
  numbers(into: NumberList): void {
    const type = this.#byte();
    if (type === NIL) return;
    if (type !== ARRAY) this.#wrong('an array', type);
    this.#link(undefined);
    for (let left = this.#count(); left > 0; left--) {
      const item = this.#byte();
      const number = item === FIXNUM ? this.#fixnum() : this.#value(item);
      if (typeof number !== 'number') this.#wrong('a number', item);
      into.push(number);
    }
  }

  /** The value that comes next: hashes as objects, symbols as strings; undefined for nil and what no profile needs. */
  value(): unknown {
    return this.#value(this.#byte());
  }

  #value(type: number): unknown {
    switch (type) {
      case NIL:
        return undefined;
      case TRUE:
        return true;
      case FALSE:
        return false;
      case FIXNUM:
        return this.#fixnum();
      case BIGNUM:
        return this.#link(this.#bignum());
      case FLOAT:
        return this.#link(this.#float());
      case SYMBOL:
      case SYMBOL_LINK:
        return this.#symbolOf(type);
      case STRING:
        return this.#link(this.#text());
      case LINK:
        return this.#linkedValue();
      default:
        return this.#nested(type);
    }
  }

  #nested(type: number): unknown {
    if (++this.#depth > MAX_DEPTH)
      this.#fail('too-deep', `values are nested more than ${MAX_DEPTH} levels deep`);
    const value = this.#compound(type);
    this.#depth--;
    return value;
  }

  #compound(type: number): unknown {
    if (type === WITH_VARIABLES) {
      const value = this.value();
      this.#pairs(() => this.value());
      return value;
    }
    if (type === ARRAY) {
      const items: unknown[] = [];
      this.#link(items);
      for (let left = this.#count(); left > 0; left--) items.push(this.value());
      return items;
    }
    if (type === HASH || type === HASH_WITH_DEFAULT) {
      const object: Record<string, unknown> = Object.create(null);
      this.#link(object);
      this.#pairs((key) => {
        object[key] = this.value();
      });
      if (type === HASH_WITH_DEFAULT) this.value();
      return object;
    }
    return this.#foreign(type);
  }

  /** Values of classes, as metadata may have them: they are passed by. */
  #foreign(type: number): undefined {
    switch (String.fromCharCode(type)) {
      case 'o':
      case 'S':
        this.#symbol();
        this.#link(undefined);
        this.#pairs(() => this.value());
        return;
      case 'u':
        this.#symbol();
        this.#text();
        this.#link(undefined);
        return;
      case 'U':
        this.#symbol();
        this.#link(undefined);
        this.value();
        return;
      case 'C':
      case 'e':
        this.#symbol();
        this.value();
        return;
      case 'c':
      case 'm':
        this.#text();
        this.#link(undefined);
        return;
      case '/':
        this.#text();
        this.#byte();
        this.#link(undefined);
        return;
      default:
        this.#wrong('a value', type);
    }
  }

  #pairs(take: (key: string) => void): void {
    for (let left = this.#count(); left > 0; left--) {
      const key = this.value();
      take(key === undefined ? 'nil' : typeof key === 'object' ? '' : `${key}`);
    }
  }

  #link<T>(value: T): T {
    const isNumber = typeof value === 'number';
    if (!isNumber) this.#others.set(this.#linked.length, value);
    this.#linked.push(isNumber ? value : Number.NaN);
    return value;
  }

  #linkedValue(): unknown {
    const index = this.#fixnum();
    if (!(index >= 0 && index < this.#linked.length))
      this.#fail('bad-marshal', `there is no value ${index} yet`);
    return this.#others.has(index) ? this.#others.get(index) : this.#linked.array[index]!;
  }

  #symbol(): string {
    return this.#symbolOf(this.#byte());
  }

  #symbolOf(type: number): string {
    if (type === SYMBOL_LINK) {
      const index = this.#fixnum();
      return this.#symbols[index] ?? this.#fail('bad-marshal', `there is no symbol ${index} yet`);
    }
    // One that is no ASCII has its encoding behind it.
    const varied = type === WITH_VARIABLES;
    if ((varied ? this.#byte() : type) !== SYMBOL) this.#wrong('a symbol', type);
    const text = this.#text();
    this.#symbols.push(text);
    if (varied) this.#pairs(() => this.value());
    return text;
  }

  #text(): string {
    const length = this.#count();
    if (length > MAX_TEXT) this.#fail('too-large', `a text of ${length} bytes`);
    const { bytes, at } = this.#need(length);
    this.#bytes.at += length;
    return utf8.decode(bytes.subarray(at, at + length));
  }

  #float(): number {
    const text = this.#text();
    return text === 'inf'
      ? Number.POSITIVE_INFINITY
      : text === '-inf'
        ? Number.NEGATIVE_INFINITY
        : Number(text);
  }

  #count(): number {
    const count = this.#fixnum();
    if (count < 0) this.#fail('bad-marshal', `a length of ${count}`);
    return count;
  }

  /** One byte for small ones, else a byte that says how many follow, negative if the number is. */
  #fixnum(): number {
    const first = (this.#byte() << 24) >> 24;
    if (first === 0) return 0;
    if (first > 4) return first - 5;
    if (first < -4) return first + 5;
    const size = Math.abs(first);
    const { bytes, at } = this.#need(size);
    let number = first < 0 ? -(2 ** (8 * size)) : 0;
    for (let i = 0; i < size; i++) number += bytes[at + i]! * 2 ** (8 * i);
    this.#bytes.at += size;
    return number;
  }

  #bignum(): number {
    const sign = this.#byte();
    const size = 2 * this.#count();
    const { bytes, at } = this.#need(size);
    let number = 0;
    for (let i = size - 1; i >= 0; i--) number = number * 256 + bytes[at + i]!;
    this.#bytes.at += size;
    return sign === MINUS ? -number : number;
  }

  #byte(): number {
    const bytes = this.#need(1);
    return bytes.bytes[bytes.at++]!;
  }

  #need(count: number): ByteReader {
    const bytes = this.#bytes;
    if (bytes.end - bytes.at >= count || bytes.has(count)) return bytes;
    const hint = 'the file may be cut off; copy or record it again';
    this.#source.fail('truncated', 'the file ends early', { offset: bytes.offset }, hint);
  }

  /** Checks that nothing follows. */
  finish(): void {
    if (this.#bytes.has(1)) this.#fail('trailing-bytes', 'expected the end of the file');
  }

  #wrong(expected: string, type: number): never {
    this.#bytes.at--;
    const found = type > 0x20 && type < 0x7f ? `"${String.fromCharCode(type)}"` : `the byte ${type}`;
    this.#fail('bad-marshal', `expected ${expected}, found ${found}`);
  }

  #fail(code: string, message: string): never {
    this.#source.fail(code, message, { offset: this.#bytes.offset });
  }
}
