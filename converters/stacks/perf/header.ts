/**
 * The header of a record: `comm pid/tid [cpu] flags seconds.fraction: period event: payload`, on bytes.
 *
 * All but the event may be missing, and names of programs may hold blanks, digits and colons; so the time is
 * looked for first, and without one the event is what follows a number.
 */
import { trimmedEnd } from '../../../src/plugin.ts';

const TAB = 9;
const SPACE = 32;
const MINUS = 45;
const DOT = 46;
const SLASH = 47;
const ZERO = 48;
const COLON = 58;
const OPEN = 91;
const CLOSE = 93;
const LOWER_A = 97;

/** perf counts in 64 bits. */
const MOST_PERIOD = 2 ** 64;
/** An address has no more digits. */
const MAX_ADDRESS = 16;
const decoder = new TextDecoder();
const DATE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/;

export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}

/** Where the first byte is that is no blank, or `end`. */
export function skipBlanks(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
  return at;
}

/** Where the address ends that begins at `start`, or -1 if there is none. */
export function addressEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    const letter = byte | 32;
    if (!(byte >= ZERO && byte <= ZERO + 9) && !(letter >= LOWER_A && letter <= LOWER_A + 5)) break;
  }
  if (at === start || at - start > MAX_ADDRESS) return -1;
  return at === end || bytes[at] === SPACE || bytes[at] === TAB ? at : -1;
}

export class RecordHeader {
  /** Where the program, process, thread, CPU and flags end; the line's start if there are none. */
  whoEnd = 0;
  timed = false;
  seconds = 0;
  nanoseconds = 0;
  /** NaN = not given. */
  period = Number.NaN;
  /** Empty = not given. */
  eventStart = 0;
  eventEnd = 0;
  /** What stands behind the event: where it ends the line does. */
  restStart = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;

  /** Whether `bytes[start … end]` is a header; `timed`: with a time in it, else it is none. */
  read(bytes: Uint8Array, start: number, end: number, timed: boolean): boolean {
    this.#bytes = bytes;
    this.#end = trimmedEnd(bytes, start, end);
    const at = skipBlanks(bytes, start, end);
    this.#start = at;
    this.period = Number.NaN;
    for (let colon = this.#colon(at); colon < this.#end; colon = this.#colon(colon + 1)) {
      if (isDigit(bytes[colon - 1]) && this.#readTime(colon)) {
        this.#readEvent(colon + 1);
        return true;
      }
    }
    if (timed) return false;
    this.timed = false;
    for (let colon = this.#colon(at); colon < this.#end; colon = this.#colon(colon + 1)) {
      if (this.#readUntimed(colon)) return true;
    }
    return false;
  }

  /** The next colon at the end of a word, or the line's end. */
  #colon(from: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = from;
    while (at < end && !(bytes[at] === COLON && (at + 1 === end || isBlank(bytes[at + 1])))) at++;
    return at;
  }

  /** A word of digits, a dot and digits in front of the colon is a time. */
  #readTime(colon: number): boolean {
    const bytes = this.#bytes;
    let at = colon;
    let nanoseconds = 0;
    let digits = 0;
    for (let scale = 1; at > this.#start && isDigit(bytes[at - 1]); scale *= 10, digits++)
      nanoseconds += (bytes[--at]! - ZERO) * scale;
    if (digits === 0 || digits > 9 || at === this.#start || bytes[at - 1] !== DOT) return false;
    const dot = --at;
    let seconds = 0;
    for (let scale = 1; at > this.#start && isDigit(bytes[at - 1]); scale *= 10)
      seconds += (bytes[--at]! - ZERO) * scale;
    if (at === dot || dot - at > 15 || (at > this.#start && !isBlank(bytes[at - 1]))) return false;
    for (; digits < 9; digits++) nanoseconds *= 10;
    this.timed = true;
    this.seconds = seconds;
    this.nanoseconds = nanoseconds;
    this.whoEnd = this.#withoutDate(trimmedEnd(bytes, this.#start, at));
    return true;
  }

  /** `-F +tod` puts the date and the time of day between who and the time. */
  #withoutDate(end: number): number {
    const bytes = this.#bytes;
    if (bytes[end - 7] !== DOT || !isDigit(bytes[end - 1])) return end;
    const clock = this.#wordStart(end);
    const date = this.#wordStart(trimmedEnd(bytes, this.#start, clock));
    return DATE.test(decoder.decode(bytes.subarray(date, end))) ? trimmedEnd(bytes, this.#start, date) : end;
  }

  /** The period and the event between a time and the rest. */
  #readEvent(from: number): void {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = skipBlanks(bytes, from, end);
    this.restStart = at;
    let to = at;
    while (to < end && isDigit(bytes[to])) to++;
    if (to > at && to === end) {
      this.#readPeriod(at, to);
      this.restStart = end;
    }
    const colon = this.#colon(at);
    this.eventStart = this.eventEnd = at;
    if (colon === end) return;
    if (to > at && isBlank(bytes[to])) {
      this.#readPeriod(at, to);
      at = skipBlanks(bytes, to, colon);
    }
    this.eventStart = at;
    this.eventEnd = colon;
    this.restStart = colon + 1;
  }

  #readPeriod(from: number, to: number): void {
    let period = 0;
    for (let at = from; at < to; at++) period = period * 10 + (this.#bytes[at]! - ZERO);
    this.period = Math.min(period, MOST_PERIOD);
  }

  /** The word in front of the colon is an event if it is the first, or if a number or a CPU is before it. */
  #readUntimed(colon: number): boolean {
    const bytes = this.#bytes;
    const start = this.#start;
    const event = this.#wordStart(colon);
    if (event === colon) return false;
    const whoEnd = trimmedEnd(bytes, start, event);
    this.eventStart = event;
    this.eventEnd = colon;
    this.restStart = colon + 1;
    this.whoEnd = whoEnd;
    if (event === start) return !isDigit(bytes[event]);
    const word = this.#wordStart(whoEnd);
    const before = trimmedEnd(bytes, start, word);
    const wordBefore = this.#wordStart(before);
    if (this.#isCpu(word, whoEnd)) return true;
    if (!this.#isId(word, whoEnd)) return this.#isCpu(wordBefore, before);
    const isFlags = () => {
      const end = trimmedEnd(bytes, start, wordBefore);
      return this.#isCpu(this.#wordStart(end), end);
    };
    const isPeriod = this.#isId(wordBefore, before) || this.#isCpu(wordBefore, before) || isFlags();
    if (isPeriod && bytes.subarray(word, whoEnd).every(isDigit)) {
      this.#readPeriod(word, whoEnd);
      this.whoEnd = before;
    }
    return true;
  }

  #wordStart(end: number): number {
    let at = end;
    while (at > this.#start && !isBlank(this.#bytes[at - 1])) at--;
    return at;
  }

  #isCpu(from: number, to: number): boolean {
    const bytes = this.#bytes;
    if (to - from < 3 || bytes[from] !== OPEN || bytes[to - 1] !== CLOSE) return false;
    for (let at = from + 1; at < to - 1; at++) if (!isDigit(bytes[at])) return false;
    return true;
  }

  /** `-?\d+(/-?\d+)?` */
  #isId(from: number, to: number): boolean {
    const bytes = this.#bytes;
    let slashes = 0;
    for (let at = from; at < to; at++) {
      const byte = bytes[at];
      if (byte === SLASH) slashes++;
      else if (!isDigit(byte) && !(byte === MINUS && (at === from || bytes[at - 1] === SLASH))) return false;
    }
    return to > from && slashes <= 1 && isDigit(bytes[to - 1]);
  }
}
