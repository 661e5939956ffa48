/**
 * Maps as PHP serializes them: `a:1:{s:6:"main()";a:1:{s:2:"ct";i:1;}}`, with lengths in bytes.
 *
 * Spec: https://www.phpinternalsbook.com/php5/classes_objects/serialization.html
 */
import { ByteReader, type Place, type Source } from '../../../src/plugin.ts';
import type { MapReader } from './map-reader.ts';

const [ARRAY, STRING, INTEGER, DOUBLE, BOOLEAN, NULL] = [...'asidbN'].map((c) => c.charCodeAt(0));
const SEMICOLON = 59;
const COLON = 58;
/** No text of a profile, and no number, is longer. */
const MAX_TEXT = 1 << 24;
const MAX_DIGITS = 40;
const SHOWN = 40;
const NUMBER = /^-?(?:\d+(?:\.\d+)?(?:E[+-]?\d+)?|INF)$|^NAN$/;

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

export class PhpMap implements MapReader {
  readonly #bytes: ByteReader;
  readonly #source: Source;
  /** How many keys of each open map are still to come. */
  readonly #left: number[] = [];

  constructor(source: Source) {
    this.#source = source;
    this.#bytes = new ByteReader(source.utf8());
  }

  enter(): string | undefined {
    if (!this.isMap()) this.#wrong('a map');
    this.#bytes.at++;
    this.#pass(':');
    this.#left.push(this.#count());
    this.#pass('{');
    return this.next();
  }

  next(): string | undefined {
    const left = this.#left.pop()!;
    if (left === 0) {
      this.#pass('}');
      return undefined;
    }
    this.#left.push(left - 1);
    return this.#peek() === INTEGER ? `${this.number()}` : this.text();
  }

  isMap(): boolean {
    return this.#peek() === ARRAY;
  }

  isText(): boolean {
    return this.#peek() === STRING;
  }

  text(): string {
    if (!this.isText()) this.#wrong('a string');
    this.#bytes.at++;
    this.#pass(':');
    const length = this.#count();
    this.#pass('"');
    if (length > MAX_TEXT) this.#wrong(`a string of ${MAX_TEXT} bytes at most`);
    if (!this.#bytes.has(length)) this.#early();
    const { bytes, at } = this.#bytes;
    const text = utf8.decode(bytes.subarray(at, at + length));
    this.#bytes.at += length;
    this.#pass('"');
    this.#pass(';');
    return text;
  }

  number(): number {
    const type = this.#peek();
    if (type !== INTEGER && type !== DOUBLE) this.#wrong('a number');
    this.#bytes.at++;
    this.#pass(':');
    const text = this.#digits(SEMICOLON);
    if (!NUMBER.test(text)) this.#wrong('a number');
    this.#bytes.at += text.length + 1;
    return Number(text.replace('INF', 'Infinity'));
  }

  skip(): void {
    const outside = this.#left.length;
    do {
      if (this.isMap()) {
        if (this.enter() !== undefined) continue;
      } else this.#passScalar();
      // A value ended: so may those around it.
      while (this.#left.length > outside && this.next() === undefined);
    } while (this.#left.length > outside);
  }

  #passScalar(): void {
    const type = this.#peek();
    if (type === STRING) this.text();
    else if (type === INTEGER || type === DOUBLE) this.number();
    else if (type === BOOLEAN) {
      this.#bytes.at++;
      this.#pass(':');
      this.#bytes.at += this.#digits(SEMICOLON).length + 1;
    } else if (type === NULL) {
      this.#bytes.at++;
      this.#pass(';');
    } else this.#wrong('a number, a string or a map');
  }

  finish(): void {
    // Files end in a newline at times.
    while (this.#bytes.has(1) && this.#peek() <= 32) this.#bytes.at++;
    if (this.#bytes.has(1)) this.#wrong('the end of the file');
  }

  place(): Place {
    const { offset } = this.#bytes;
    this.#bytes.has(SHOWN);
    const { bytes, at, end } = this.#bytes;
    const shown = utf8.decode(bytes.subarray(at, Math.min(end, at + SHOWN)));
    return { offset, excerpt: shown.split('\n', 1)[0]!, column: 1 };
  }

  #peek(): number {
    if (!this.#bytes.has(1)) this.#early();
    return this.#bytes.bytes[this.#bytes.at]!;
  }

  #pass(character: string): void {
    if (this.#peek() !== character.charCodeAt(0)) this.#wrong(character);
    this.#bytes.at++;
  }

  /** The count in front of a colon. */
  #count(): number {
    const text = this.#digits(COLON);
    if (!/^\d{1,9}$/.test(text)) this.#wrong('a length');
    this.#bytes.at += text.length + 1;
    return Number(text);
  }

  /** What comes before the next byte of this kind. */
  #digits(until: number): string {
    for (let length = 0; length < MAX_DIGITS; length++) {
      if (!this.#bytes.has(length + 1)) this.#early();
      const { bytes, at } = this.#bytes;
      if (bytes[at + length] === until) return utf8.decode(bytes.subarray(at, at + length));
    }
    return this.#wrong(String.fromCharCode(until));
  }

  #early(): never {
    const hint = 'the file may be cut off; copy or record it again';
    this.#source.fail('truncated', 'the file ends early', { offset: this.#bytes.offset }, hint);
  }

  #wrong(expected: string): never {
    this.#source.fail('bad-php', `expected ${expected}`, this.place());
  }
}
