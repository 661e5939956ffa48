/** What stands behind the opcodes of a pickle: numbers, texts and names, in bytes or as a line of text. */
import type { Source } from '../../../src/plugin.ts';
import { pythonText } from '../python-text.ts';
import { latin1 } from './signature.ts';
import type { PickleValue } from './values.ts';

/** As many digits as Python itself takes; longer integers take quadratic time. */
const MAX_DIGITS = 4300;
const MAX_INTEGER_BYTES = 1800;
const NEWLINE = 10;
const RETURN = 13;

export class PickleArguments {
  readonly bytes: Uint8Array;
  /** Of the next byte that is read. */
  at = 0;
  readonly #view: DataView;
  readonly #source: Source;

  constructor(bytes: Uint8Array, source: Source) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#source = source;
  }

  /** Stops; the place is the last byte that was read, unless another is given. */
  fail(code: string, message: string, offset: number = Math.max(0, this.at - 1), hint?: string): never {
    this.#source.fail(code, message, { offset }, hint);
  }

  /** Position of the next `size` bytes, which are taken. */
  take(size: number): number {
    const { at } = this;
    const left = this.bytes.length - at;
    if (size > left) {
      const message = size === 1 ? 'the pickle has no end' : `${size} bytes are due, but ${left} are left`;
      this.fail('truncated', message, at, 'is the file cut off?');
    }
    this.at += size;
    return at;
  }

  uint8(): number {
    return this.bytes[this.take(1)]!;
  }

  uint16(): number {
    return this.#view.getUint16(this.take(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.take(4), true);
  }

  int32(): number {
    return this.#view.getInt32(this.take(4), true);
  }

  /** Floats alone are big-endian. */
  float64(): number {
    return this.#view.getFloat64(this.take(8));
  }

  /** Bytes with their count in front, itself of `width` bytes. */
  sized(width: 1 | 4 | 8): Uint8Array {
    let size = width === 1 ? this.uint8() : this.uint32();
    if (width === 8) size += this.uint32() * 2 ** 32;
    const from = this.take(size);
    return this.bytes.subarray(from, from + size);
  }

  /** UTF-8 with its count of bytes in front. Strings of Python 2 may hold other bytes. */
  text(width: 1 | 4 | 8): string {
    return pythonText(this.sized(width));
  }

  /** An integer in two's complement, least significant byte first, behind its count of bytes. */
  long(width: 1 | 4): number | bigint {
    const size = width === 1 ? this.uint8() : this.uint32();
    const from = this.take(size);
    if (size > MAX_INTEGER_BYTES) this.fail('too-large', `an integer of ${size} bytes`, from);
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.bytes[from + i]!);
    return narrow(BigInt.asIntN(size * 8, value));
  }

  line(): string {
    return pythonText(this.#line());
  }

  /** An integer, true (`01`) or false (`00`). */
  intLine(): PickleValue {
    const text = this.line();
    return text === '01' ? true : text === '00' ? false : this.#integer(text);
  }

  longLine(): number | bigint {
    return this.#integer(this.line().replace(/L$/, ''));
  }

  /** Number of a memo. */
  memoLine(): number {
    const value = this.#integer(this.line());
    if (typeof value !== 'number' || value < 0) this.fail('bad-pickle', `${value} is no memo`);
    return value;
  }

  floatLine(): number {
    const text = this.line().trim();
    const special = /^([+-]?)(?:(inf)(?:inity)?|nan)$/i.exec(text);
    if (special) return special[2] ? Number(`${special[1]}Infinity`) : Number.NaN;
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text))
      this.fail('bad-pickle', `expected a number, got "${text.slice(0, 40)}"`);
    return Number(text);
  }

  /** A string as Python 2 prints it, in quotes: bytes, which may be UTF-8. */
  quotedLine(): string {
    const text = latin1(this.#line()).trim();
    if (!/^(['"])[\s\S]*\1$/.test(text) || text.length < 2)
      this.fail('bad-pickle', 'expected a quoted string');
    return pythonText(unescaped(text.slice(1, -1)));
  }

  /** `raw-unicode-escape`: characters up to 255 as they are, the others as `\u20ac` or `\U0001f40d`. */
  unicodeLine(): string {
    const text = latin1(this.#line());
    return text.replace(/\\u([0-9a-fA-F]{4})|\\U(0010[0-9a-fA-F]{4}|000[0-9a-fA-F]{5})/g, (_, short, long) =>
      String.fromCodePoint(Number.parseInt(short ?? long, 16)),
    );
  }

  /** The bytes up to the end of the line. */
  #line(): Uint8Array {
    const from = this.at;
    const end = this.bytes.indexOf(NEWLINE, from);
    if (end < 0) this.fail('truncated', 'a line without an end', from, 'is the file cut off?');
    this.at = end + 1;
    return this.bytes.subarray(from, end > from && this.bytes[end - 1] === RETURN ? end - 1 : end);
  }

  #integer(text: string): number | bigint {
    const digits = text.trim();
    if (digits.length > MAX_DIGITS) this.fail('too-large', `an integer of more than ${MAX_DIGITS} digits`);
    if (!/^[+-]?\d+$/.test(digits))
      this.fail('bad-pickle', `expected an integer, got "${digits.slice(0, 40)}"`);
    return narrow(BigInt(digits.replace(/^\+/, '')));
  }
}

/** The integer as a number, where that is exact. */
function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

const ESCAPES: Record<string, string> = {
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** The bytes of a Python string literal whose characters are bytes. */
function unescaped(text: string): Uint8Array {
  const plain = text.replace(/\\(x[0-9a-f]{2}|[0-7]{1,3}|[\s\S])/gi, (whole, code: string) => {
    if (code.length === 3 && /^x/i.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 0xff);
    return ESCAPES[code] ?? whole;
  });
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}
