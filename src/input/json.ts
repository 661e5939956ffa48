/**
 * JSON as a stream of bytes: a pull reader for files that are too large to become objects.
 *
 * The caller walks along the structure it expects, reads numbers and strings where they are wanted and skips
 * the rest; nothing is allocated for what is skipped. The grammar is checked as strictly as `JSON.parse` does.
 *
 *     for (let key = json.enterObject(KEYS); key !== END; key = json.nextKey(KEYS)) …
 *     for (let more = json.enterArray(); more; more = json.nextItem()) …
 */
import { grown } from '../columns.ts';
import type { Place } from '../diagnostics.ts';
import type { ByteInput } from './byte-input.ts';
import type { JsonKeys } from './json-keys.ts';
import type { Source } from './source.ts';

/** What `enterObject` and `nextKey` return behind the last key. */
export const END = -2;
const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const PLUS = 43;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const LOWER_A = 97;
const LOWER_E = 101;
const LOWER_F = 102;
const LOWER_N = 110;
const LOWER_T = 116;
const LOWER_U = 117;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const SIMPLE_ESCAPES = new Set([...'"\\/bfnrt'].map((c) => c.charCodeAt(0)));
/** Integers of this many digits take 32 bits. */
const SMALL_DIGITS = 9;
/** Integers of this many digits are exact, and their quotient by a power of ten is rounded only once. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, i) => 10 ** i);
/** A single value longer than this cannot become a string. */
const MAX_VALUE = 0x1fffffe8;
/** Bytes behind those that are read: room for the NUL, and to read whole words. */
const SLACK = 8;
/** Bytes shown on either side of an error. */
const EXCERPT = 40;
/** A path of more steps shows so many at either end. */
const SHOWN_STEPS = 20;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** A list that numbers are added to. */
interface Numbers {
  push(value: number): void;
}

export class JsonReader {
  /** The buffer; may change with each call. A NUL stands behind the last byte. */
  bytes: Uint8Array<ArrayBuffer>;
  /** The same memory as `bytes`. */
  view: DataView<ArrayBuffer>;
  /** Where reading goes on, a position in `bytes`. */
  at = 0;
  /** Number of bytes in the buffer. */
  filled = 0;
  /** What `raw` found is `bytes[start … end]`. */
  start = 0;
  end = 0;
  /** The last key that no set had as it was written. */
  otherKey = '';
  readonly #source: Source;
  readonly #input: ByteInput;
  #ended = false;
  /** How much is read at once. Little at first: so V8 knows what happens at the end of a piece when it optimises. */
  #piece = 64;
  /** Offset of the first byte in the input. */
  readonly #start: number;
  /** Offset of `bytes[0]`. */
  #base: number;
  /** Bytes from here on stay in the buffer; -1 = only those from `at` on. */
  #pin = -1;
  #depth = 0;
  /** By depth: index of the current item, -2 - number of the current key, or -1 where there is none. */
  #steps = new Int32Array(16);
  /** By depth, of objects. */
  readonly #keySets: JsonKeys[] = [];
  /** By depth of a value that is skipped: 1 = in an object, 0 = in an array. */
  #nest = new Uint8Array(64);

  /** Errors are told through `source`; `input` is its `utf8()`, as a rule. */
  constructor(input: ByteInput, source: Source, bufferSize: number = 1 << 20) {
    this.#input = input;
    this.#source = source;
    this.#start = source.head.encoding === 'utf-8' ? source.head.bom : 0;
    this.#base = this.#start;
    this.bytes = new Uint8Array(Math.min(bufferSize, (input.size ?? bufferSize) + 1) + SLACK);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Where reading goes on in the input. */
  get offset(): number {
    return this.#base + this.at;
  }

  /** Goes to the next byte that is not white space and returns it; 0 at the end of the input. */
  peek(): number {
    let { bytes, at } = this;
    for (;;) {
      const byte = bytes[at]!;
      if (byte > SPACE) {
        this.at = at;
        return byte;
      }
      if (byte === SPACE || byte === NEWLINE || byte === RETURN || byte === TAB) {
        at++;
        continue;
      }
      this.at = at;
      if (at < this.filled) this.#unexpected('white space or a value');
      if (!this.#more()) return 0;
      bytes = this.bytes;
      at = this.at;
    }
  }

  /** Whether the next value is of this kind. */
  isObject(): boolean {
    return this.peek() === OPEN_BRACE;
  }

  isArray(): boolean {
    return this.peek() === OPEN_BRACKET;
  }

  isString(): boolean {
    return this.peek() === QUOTE;
  }

  isNumber(): boolean {
    return startsNumber(this.peek());
  }

  /** Whether the next value is null, which then is behind us. */
  isNull(): boolean {
    if (this.peek() !== LOWER_N) return false;
    this.#passWord('null');
    return true;
  }

  /** Goes into the object that comes next, to the value of its first key: its number in `keys`, -1 for one that is not in it, or END. */
  enterObject(keys: JsonKeys): number {
    if (this.peek() !== OPEN_BRACE) this.#wrong('an object');
    this.at++;
    const depth = this.#enter();
    this.#steps[depth] = -1;
    this.#keySets[depth] = keys;
    keys.begin();
    if (this.peek() === CLOSE_BRACE) return this.#leaveObject();
    return this.#key(keys);
  }

  /** Goes on to the value of the next key. */
  nextKey(keys: JsonKeys): number {
    const byte = this.peek();
    if (byte === CLOSE_BRACE) return this.#leaveObject();
    if (byte !== COMMA) this.#unexpected('a comma or }');
    this.at++;
    return this.#key(keys);
  }

  #leaveObject(): number {
    this.at++;
    this.#depth--;
    return END;
  }

  #key(keys: JsonKeys): number {
    if (this.peek() !== QUOTE) this.#unexpected('a key');
    let key = keys.match(this.view, this.at);
    if (key >= 0) {
      this.at += keys.size(key);
      this.#steps[this.#depth - 1] = -2 - key;
      return key;
    }
    // In no set, or written with blanks or escapes, or across the end of the buffer.
    this.otherKey = this.string();
    key = keys.names.indexOf(this.otherKey);
    this.#steps[this.#depth - 1] = -2 - key;
    if (this.peek() !== COLON) this.#unexpected('a colon');
    this.at++;
    return key;
  }

  /** Goes into the array that comes next; false if it is empty, and then it is behind us. */
  enterArray(): boolean {
    if (this.peek() !== OPEN_BRACKET) this.#wrong('an array');
    this.at++;
    const depth = this.#enter();
    this.#steps[depth] = 0;
    if (this.peek() !== CLOSE_BRACKET) return true;
    this.at++;
    this.#depth--;
    return false;
  }

  /** Goes on to the next item of the array; false behind the last one. */
  nextItem(): boolean {
    const byte = this.peek();
    if (byte !== COMMA && byte !== CLOSE_BRACKET) this.#unexpected('a comma or ]');
    this.at++;
    if (byte === COMMA) this.#steps[this.#depth - 1]!++;
    else this.#depth--;
    return byte === COMMA;
  }

  /** Goes on to an offset of the input that is in the buffer: so many items of the array were read by hand. */
  passItems(offset: number, count: number): void {
    this.at = offset - this.#base;
    this.#steps[this.#depth - 1]! += count;
  }

  #enter(): number {
    if (this.#depth === this.#steps.length) this.#steps = grown(this.#steps, this.#depth + 1);
    return this.#depth++;
  }

  /** The number that comes next. */
  number(): number {
    // Most are short runs of digits, right here, and end where the value does.
    const { bytes, at: start } = this;
    const limit = start + SMALL_DIGITS;
    let at = start;
    let value = 0;
    let digit = bytes[at]! - ZERO;
    while (digit >= 0 && digit <= 9 && at < limit) {
      value = value * 10 + digit;
      digit = bytes[++at]! - ZERO;
    }
    const next = bytes[at]!;
    const ends = next === COMMA || next === CLOSE_BRACE || next === CLOSE_BRACKET;
    if (ends && (at === start + 1 || (at > start && bytes[start] !== ZERO))) {
      this.at = at;
      return value;
    }
    return this.#anyNumber();
  }

  #anyNumber(): number {
    const first = this.peek();
    const { bytes, at: start } = this;
    const digits = first === MINUS ? start + 1 : start;
    let at = digits;
    let value = 0;
    let digit = bytes[at]! - ZERO;
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digit = bytes[++at]! - ZERO;
    }
    const dot = at;
    if (bytes[at] === DOT) {
      digit = bytes[++at]! - ZERO;
      while (digit >= 0 && digit <= 9) {
        value = value * 10 + digit;
        digit = bytes[++at]! - ZERO;
      }
    }
    const odd =
      dot === digits ||
      (bytes[digits] === ZERO && dot > digits + 1) ||
      at === dot + 1 ||
      at - digits > EXACT_DIGITS ||
      (bytes[at]! | 32) === LOWER_E ||
      at === this.filled;
    if (odd) return this.#oddNumber(first);
    if (at > dot) value /= POWERS_OF_TEN[at - dot - 1]!;
    this.at = at;
    return first === MINUS ? -value : value;
  }

  /** A number that is long, has an exponent, lies across the end of the buffer, or is none. */
  #oddNumber(first: number): number {
    if (!startsNumber(first)) this.#wrong('a number');
    return Number(this.#numberText());
  }

  #numberText(): string {
    const pinned = this.#pin;
    if (pinned < 0) this.#pin = this.at;
    // The pin moves with the buffer, the distance from it does not.
    const distance = this.at - this.#pin;
    while (isInNumber(this.#byte())) this.at++;
    const start = this.#pin + distance;
    const text = decoder.decode(this.bytes.subarray(start, this.at));
    if (!NUMBER.test(text)) {
      if (!NUMBER.test(`${text}0`)) this.at = start;
      this.#unexpected('a number');
    }
    if (pinned < 0) this.#pin = -1;
    return text;
  }

  /** Adds the numbers of the array that comes next to a list. */
  numbers(into: Numbers): void {
    for (let more = this.enterArray(); more; more = this.nextItem()) {
      this.#shortNumbers(into);
      into.push(this.number());
    }
  }

  /** Most numbers are short runs of digits between commas: adds those that are, as far as the buffer holds them. */
  #shortNumbers(into: Numbers): void {
    const { bytes } = this;
    let { at } = this;
    for (;;) {
      const limit = at + SMALL_DIGITS;
      let end = at;
      let value = 0;
      let digit = bytes[end]! - ZERO;
      while (digit >= 0 && digit <= 9 && end < limit) {
        value = value * 10 + digit;
        digit = bytes[++end]! - ZERO;
      }
      if (bytes[end] !== COMMA || !(end === at + 1 || (end > at && bytes[at] !== ZERO))) break;
      into.push(value);
      at = end + 1;
      this.#steps[this.#depth - 1]!++;
    }
    this.at = at;
  }

  /** The string that comes next. */
  string(): string {
    if (this.peek() !== QUOTE) this.#wrong('a string');
    this.#pin = this.at;
    const escaped = this.#passString();
    const start = this.#pin;
    this.#pin = -1;
    if (escaped) return JSON.parse(this.text(start, this.at)) as string;
    return this.text(start + 1, this.at - 1);
  }

  /** Passes by the value that comes next, which then is `bytes[start … end]`. */
  raw(): void {
    this.peek();
    this.#pin = this.at;
    this.skip();
    this.start = this.#pin;
    this.end = this.at;
    this.#pin = -1;
  }

  /** The value that comes next, as `JSON.parse` gives it. */
  value(): unknown {
    this.raw();
    return JSON.parse(this.text(this.start, this.end));
  }

  /** Bytes of the buffer as text. */
  text(start: number, end: number): string {
    return decoder.decode(this.bytes.subarray(start, end));
  }

  /** Passes by the value that comes next, of whatever kind and depth. */
  skip(): void {
    let depth = 0;
    for (;;) {
      const byte = this.peek();
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        this.at++;
        const inObject = byte === OPEN_BRACE;
        if (depth === this.#nest.length) this.#nest = grown(this.#nest, depth + 1);
        this.#nest[depth] = inObject ? 1 : 0;
        if (this.peek() !== (inObject ? CLOSE_BRACE : CLOSE_BRACKET)) {
          depth++;
          if (inObject) this.#passKey();
          continue;
        }
        this.at++;
      } else {
        this.#passScalar(byte);
      }
      // A value ended: so may those around it.
      for (;;) {
        if (depth === 0) return;
        const inObject = this.#nest[depth - 1] === 1;
        const next = this.peek();
        if (next === COMMA) {
          this.at++;
          if (inObject) this.#passKey();
          break;
        }
        if (next !== (inObject ? CLOSE_BRACE : CLOSE_BRACKET))
          this.#unexpected(inObject ? 'a comma or }' : 'a comma or ]');
        this.at++;
        depth--;
      }
    }
  }

  #passKey(): void {
    if (this.peek() !== QUOTE) this.#unexpected('a key');
    this.#passString();
    if (this.peek() !== COLON) this.#unexpected('a colon');
    this.at++;
  }

  #passScalar(byte: number): void {
    if (byte === QUOTE) this.#passString();
    else if (startsNumber(byte)) this.number();
    else if (byte === LOWER_N) this.#passWord('null');
    else if (byte === LOWER_T) this.#passWord('true');
    else if (byte === LOWER_F) this.#passWord('false');
    else this.#unexpected('a value');
  }

  #passWord(word: string): void {
    for (let i = 0; i < word.length; i++) {
      if (this.#byte() !== word.charCodeAt(i)) this.#unexpected(word);
      this.at++;
    }
  }

  /** Passes by the string that begins here; returns whether it holds escapes. */
  #passString(): boolean {
    let escaped = false;
    this.at++;
    for (;;) {
      this.at = this.#endOfPlain(this.at);
      const byte = this.bytes[this.at]!;
      if (byte === QUOTE) {
        this.at++;
        return escaped;
      }
      if (byte === BACKSLASH) {
        escaped = true;
        this.#passEscape();
      } else if (this.at < this.filled || !this.#more()) {
        this.#unexpected('the end of a string');
      }
    }
  }

  /** Position of the first quote, backslash or control character from `at` on, or of the end of the buffer. */
  #endOfPlain(from: number): number {
    const { bytes, view } = this;
    let at = from;
    // Four bytes at a time: whether one of them is a quote, a backslash, or below a blank.
    for (const whole = this.filled - 3; at < whole; at += 4) {
      const word = view.getInt32(at, true);
      const quote = word ^ 0x22222222;
      const backslash = word ^ 0x5c5c5c5c;
      const found =
        ((quote - 0x01010101) & ~quote) |
        ((backslash - 0x01010101) & ~backslash) |
        ((word - 0x20202020) & ~word);
      if ((found & 0x80808080) !== 0) break;
    }
    for (;;) {
      const byte = bytes[at]!;
      if (byte < SPACE || byte === QUOTE || byte === BACKSLASH) return at;
      at++;
    }
  }

  #passEscape(): void {
    this.at++;
    if (this.#byte() === LOWER_U) {
      for (let i = 0; i < 4; i++) {
        this.at++;
        const byte = this.#byte();
        if (!((byte >= ZERO && byte <= NINE) || ((byte | 32) >= LOWER_A && (byte | 32) <= LOWER_F)))
          this.#unexpected('four hexadecimal digits');
      }
    } else if (!SIMPLE_ESCAPES.has(this.#byte())) {
      this.#unexpected('a known escape');
    }
    this.at++;
  }

  /** Checks that nothing follows. */
  finish(): void {
    if (this.peek() !== 0) this.#unexpected('the end of the file');
  }

  /** The byte at `at`; 0 at the end of the input. */
  #byte(): number {
    if (this.at === this.filled) this.#more();
    return this.bytes[this.at]!;
  }

  /** Reads on when all of the buffer is used; false at the end of the input. All positions may change. */
  #more(): boolean {
    if (this.#ended) return false;
    if (this.filled === this.bytes.length - SLACK) this.#makeRoom();
    const end = Math.min(this.filled + this.#piece, this.bytes.length - SLACK);
    if (this.#piece < this.bytes.length) this.#piece += this.#piece >> 2;
    const read = this.#input.read(this.bytes.subarray(this.filled, end));
    this.#ended = read === 0;
    this.filled += read;
    this.bytes[this.filled] = 0;
    return read > 0;
  }

  /** Forgets what was read, but for a little that an error would show; enlarges the buffer if that is not enough. */
  #makeRoom(): void {
    const keep = Math.max(0, (this.#pin < 0 ? this.at : this.#pin) - EXCERPT);
    const length = this.filled - keep;
    if (length > MAX_VALUE)
      this.#source.fail('too-large', `a value of more than ${MAX_VALUE} bytes`, this.place());
    if (length * 2 > this.bytes.length - SLACK) {
      const larger = new Uint8Array(this.bytes.length * 2);
      larger.set(this.bytes.subarray(keep, this.filled));
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    } else {
      this.bytes.copyWithin(0, keep, this.filled);
    }
    this.#base += keep;
    this.at -= keep;
    if (this.#pin >= 0) this.#pin -= keep;
    this.filled = length;
  }

  /** The value that comes next is not what the format has there. */
  #wrong(expected: string): never {
    const found = KINDS[String.fromCharCode(this.peek())];
    if (found === undefined && !this.isNumber()) this.#unexpected(expected);
    this.#source.fail('bad-value', `expected ${expected}, found ${found ?? 'a number'}`, this.place());
  }

  #unexpected(expected: string): never {
    if (this.at === this.filled) {
      const hint = 'the file may be cut off; copy or record it again';
      this.#source.fail('truncated', `the file ends early: expected ${expected}`, this.place(), hint);
    }
    this.#source.fail('bad-json', `expected ${expected}`, this.place());
  }

  /** Where reading stands: the path, and the line if all before it is still in the buffer, else the offset. */
  place(): Place {
    const shown = Math.min(this.at + EXCERPT, this.bytes.length - SLACK);
    while (this.filled < shown && this.#more());
    const { bytes, at, filled } = this;
    const lineStart = at === 0 ? 0 : bytes.lastIndexOf(NEWLINE, at - 1) + 1;
    const known = this.#base === this.#start && lineStart > 0;
    const from = known ? lineStart : Math.max(lineStart, at - EXCERPT);
    const newline = bytes.indexOf(NEWLINE, at);
    const lineEnd = newline < 0 ? filled : Math.min(newline, filled);
    const place: Place = {
      excerpt: this.text(from, Math.min(lineEnd, at + EXCERPT)),
      column: this.text(from, at).length + 1,
    };
    if (known) place.line = linesIn(bytes.subarray(0, lineStart)) + 1;
    else place.offset = this.#base + at;
    const path = this.path();
    if (path !== '') place.path = path;
    return place;
  }

  /** Where reading stands, as in `nodes[3].callFrame`; keys outside of their set show as `*`. */
  path(): string {
    let path = '';
    for (let depth = 0; depth < this.#depth; depth++) {
      if (depth === SHOWN_STEPS && depth < this.#depth - SHOWN_STEPS) {
        path += '…';
        depth = this.#depth - SHOWN_STEPS;
      }
      const step = this.#steps[depth]!;
      if (step >= 0) path += `[${step}]`;
      else if (step < -1) path += `${path && '.'}${this.#keySets[depth]!.names[-2 - step]}`;
      else path += `${path && '.'}*`;
    }
    return path;
  }
}

const KINDS: Record<string, string> = {
  '{': 'an object',
  '[': 'an array',
  '"': 'a string',
  t: 'true',
  f: 'false',
  n: 'null',
};

function startsNumber(byte: number): boolean {
  return byte === MINUS || (byte >= ZERO && byte <= NINE);
}

function isInNumber(byte: number): boolean {
  return startsNumber(byte) || byte === PLUS || byte === DOT || (byte | 32) === LOWER_E;
}

function linesIn(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
  return lines;
}
