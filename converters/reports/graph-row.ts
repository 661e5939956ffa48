/** One line of a call graph: the function an entry is about, a caller of it or a callee. */
import { type LineReader, trimmedEnd } from '../../src/plugin.ts';
import { ColumnScanner, isBlank, isDigit } from './column-scanner.ts';

const ROUND_OPEN = 40;
const ROUND_CLOSE = 41;
const ANGLE_CLOSE = 62;
const OPEN = 91;
const CLOSE = 93;
const CYCLE = '<cycle ';
const WHOLE = ' as a whole>';
const ZERO = 48;

export class GraphRow {
  /** Whether it is the function that the entry is about. */
  primary = false;
  /** Total of the function in percent, if it is primary. */
  percent = 0;
  /** Of the function. NaN = a blank column. */
  self = 0;
  children = 0;
  calls = 0;
  /** Behind a `+`: recursive calls. Behind a `/`: all calls of the function. */
  moreCalls = 0;
  index = 0;
  /** False if the index stands in round brackets: the function has no entry. */
  listed = true;
  /** Number of the cycle it is in; 0 = none. */
  cycle = 0;
  /** Whether it is `<cycle 1 as a whole>`. */
  whole = false;
  /** The name is `bytes[nameStart … nameEnd]`. */
  nameStart = 0;
  nameEnd = 0;
  readonly #scanner = new ColumnScanner();
  readonly #counted: boolean;

  /** `counted`: whether there is a column of calls. */
  constructor(counted: boolean) {
    this.#counted = counted;
  }

  /** Whether the current line is a row. */
  read({ bytes, start, end }: LineReader): boolean {
    const scanner = this.#scanner;
    let textEnd = this.#indexStart(bytes, start, trimmedEnd(bytes, start, end));
    if (textEnd < 0) return false;
    textEnd = this.#cycleStart(bytes, start, trimmedEnd(bytes, start, textEnd));
    this.primary = bytes[start] === OPEN;
    scanner.start(bytes, start, textEnd);
    if (this.primary && !this.#skipIndex()) return false;
    if (this.primary && !scanner.decimal()) return false;
    this.percent = scanner.value;
    this.self = scanner.decimal() ? scanner.value : Number.NaN;
    this.children = scanner.decimal() ? scanner.value : Number.NaN;
    if (this.primary && Number.isNaN(this.children)) return false;
    const counted = this.#counted && scanner.count();
    this.calls = counted ? scanner.value : Number.NaN;
    this.moreCalls = counted ? scanner.second : Number.NaN;
    if (this.#counted && !counted && !this.primary) return false;
    scanner.skipBlanks();
    this.nameStart = scanner.at;
    this.nameEnd = textEnd;
    this.whole = this.primary && this.#namesWhole(bytes);
    return this.nameStart < textEnd;
  }

  /** Reads the index at the end; returns where its bracket is, or -1. */
  #indexStart(bytes: Uint8Array, start: number, end: number): number {
    const close = bytes[end - 1];
    if (end === start || (close !== CLOSE && close !== ROUND_CLOSE)) return -1;
    let at = end - 1;
    let value = 0;
    for (let scale = 1; at > start && isDigit(bytes[at - 1]!); scale *= 10)
      value += (bytes[--at]! - ZERO) * scale;
    this.index = value;
    this.listed = close === CLOSE;
    const open = this.listed ? OPEN : ROUND_OPEN;
    const found = at < end - 1 && at - 1 > start && bytes[at - 1] === open && isBlank(bytes[at - 2]!);
    return found ? at - 1 : -1;
  }

  /** Reads a `<cycle 1>` at the end; returns where the text before it ends. */
  #cycleStart(bytes: Uint8Array, start: number, end: number): number {
    this.cycle = 0;
    if (bytes[end - 1] !== ANGLE_CLOSE) return end;
    let at = end - 1;
    let value = 0;
    for (let scale = 1; at > start && isDigit(bytes[at - 1]!); scale *= 10)
      value += (bytes[--at]! - ZERO) * scale;
    at -= CYCLE.length;
    if (value === 0 || at <= start || !textAt(bytes, at, CYCLE)) return end;
    this.cycle = value;
    return trimmedEnd(bytes, start, at);
  }

  /** `[12]`, of which some leave out the bracket. */
  #skipIndex(): boolean {
    const scanner = this.#scanner;
    scanner.at++;
    const from = scanner.at;
    while (scanner.at < scanner.end && isDigit(scanner.bytes[scanner.at]!)) scanner.at++;
    if (scanner.at === from) return false;
    if (scanner.bytes[scanner.at] === CLOSE) scanner.at++;
    return true;
  }

  #namesWhole(bytes: Uint8Array): boolean {
    const { nameStart, nameEnd } = this;
    return textAt(bytes, nameStart, CYCLE) && textAt(bytes, nameEnd - WHOLE.length, WHOLE);
  }
}

function textAt(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}
