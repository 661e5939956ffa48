/** Reads austin's text: a sample a line, and in version 3 lines of facts before and after. */
import {
  type Head,
  Interner,
  type LineReader,
  type Profile,
  type Source,
  StackTree,
} from '../../../src/plugin.ts';
import { isSample } from './sample-line.ts';
import { Samples } from './samples.ts';
import { LINE_MARK, parseFrame, parseThread } from './text-line.ts';

const ZERO = 48;
const MINUS = 45;
const COMMA = 44;
const SPACE = 32;
const HASH = 35;
const SEMICOLON = 59;
const LETTER_L = 76;
const LETTER_P = 80;
const LETTER_T = 84;
const MARK = LINE_MARK.charCodeAt(0);
const THREAD = 'Thread ';

/** Pages of memory: in kilobytes in version 1, in bytes later. */
const KILOBYTE = 1024;
const PAGE = 4096;
/** So many numbers that are all pages of memory are no times. */
const ENOUGH = 8;

/** What the numbers at the end of a line are. `full`: time, memory gained and given back; in version 3 time, idle, memory. */
type Numbers = 'time' | 'memory' | 'full' | 'full-3';

export function readText(source: Source, metric: 'auto' | 'time' | 'memory'): Profile {
  return new TextReader(source, metric).read();
}

class TextReader {
  readonly #source: Source;
  readonly #lines: LineReader;
  readonly #samples = new Samples();
  readonly #tree: StackTree;
  readonly #threads = new Interner();
  readonly #numbers: Numbers;
  readonly #version: 1 | 2 | 3;
  /** Bytes in a unit of memory. */
  readonly #unit: number;
  #emptyFrame = -1;
  /** The number read last, from its end, and where it begins. */
  #value = 0;
  #at = 0;

  constructor(source: Source, metric: 'auto' | 'time' | 'memory') {
    this.#source = source;
    this.#lines = source.lines();
    const lines = sampleLines(source.head);
    this.#version = versionOf(source.head, lines);
    this.#unit = this.#version === 1 ? KILOBYTE : 1;
    this.#numbers = this.#numbersOf(lines, metric);
    this.#tree = new StackTree(0, source.size, (text) => {
      const { name, file, line } = parseFrame(text);
      return this.#samples.frame(name, file, line);
    });
  }

  /** What the numbers are, as the file says, or else as they look. */
  #numbersOf(lines: string[], metric: 'auto' | 'time' | 'memory'): Numbers {
    const mode = /^# mode: (\w+)\s*$/m.exec(this.#source.head.text)?.[1];
    const most = (pattern: RegExp) => lines.filter((line) => pattern.test(line)).length * 2 > lines.length;
    if (mode === 'full' || most(/ -?\d+,\d+,-?\d+$/)) return 'full-3';
    if (most(/ -?\d+ -?\d+ -?\d+$/)) return 'full';
    if (mode === 'memory' || mode === 'wall' || mode === 'cpu') return mode === 'memory' ? 'memory' : 'time';
    if (metric !== 'auto') return metric;
    const values = lines
      .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)))
      .filter((value) => value !== 0);
    const page = PAGE / this.#unit;
    const isMemory = values.some((value) => value < 0) || values.every((value) => value % page === 0);
    if (values.length < ENOUGH || !isMemory) return 'time';
    const hint = '--austin.metric time or memory says which';
    this.#source.warn(
      'guessed-memory',
      'the numbers look like memory, and are taken for it',
      undefined,
      hint,
    );
    return 'memory';
  }

  read(): Profile {
    const lines = this.#lines;
    const samples = this.#samples;
    samples.measures(...measured(this.#numbers));
    while (lines.next()) {
      const { bytes, start } = lines;
      let end = lines.end;
      while (end > start && bytes[end - 1]! <= SPACE) end--;
      if (end === start) continue;
      if (bytes[start] === HASH) this.#readFact(lines.text(start, end));
      else if (!this.#readSample(start, end)) {
        this.#source.warn('bad-line', 'a line that is no sample is left out', lines.place());
      }
    }
    if (samples.length === 0 && samples.facts.size === 0) {
      this.#source.fail(
        'no-samples',
        'no line is a sample',
        undefined,
        'a line reads `P1;T0:2;app.py:main:3 5000`',
      );
    }
    const { frame, parent } = this.#tree.columns();
    return samples.profile(this.#source, { length: frame.length, frame, parent });
  }

  #readFact(text: string): void {
    const at = text.indexOf(': ');
    if (at > 2) this.#samples.facts.set(text.slice(2, at), text.slice(at + 2));
  }

  /** Reads a sample. False = the line is none. */
  #readSample(start: number, end: number): boolean {
    const threadEnd = this.#threadEnd(start, end);
    if (threadEnd < 0) return false;
    const numbers = this.#numbers;
    // From the right: the last number first.
    if (!this.#readNumber(start, end)) return false;
    const last = this.#value;
    let first = last;
    let middle = 0;
    if (numbers === 'full' || numbers === 'full-3') {
      const separator = numbers === 'full' ? SPACE : COMMA;
      if (!this.#nextNumber(start, separator)) return false;
      middle = this.#value;
      if (!this.#nextNumber(start, separator)) return false;
      first = this.#value;
    }
    const { bytes } = this.#lines;
    const stackEnd = this.#at - 1;
    if (bytes[stackEnd] !== SPACE || stackEnd < threadEnd) return false;
    if (numbers !== 'memory' && first < 0) return false;
    const idle = numbers === 'full-3' && middle !== 0;
    const thread = this.#thread(start, threadEnd);
    const time = numbers === 'memory' ? 0 : first;
    const memory = numbers === 'time' ? 0 : last;
    const gained = numbers === 'full' ? middle : memory;
    const unit = this.#unit;
    const node = this.#node(threadEnd + 1, stackEnd);
    this.#samples.add(node, thread, idle, time, Math.max(0, gained) * unit, Math.max(0, -memory) * unit);
    return true;
  }

  /** Reads the number that ends at `end`. */
  #readNumber(start: number, end: number): boolean {
    const { bytes } = this.#lines;
    let at = end;
    let value = 0;
    for (let scale = 1; at > start; scale *= 10, at--) {
      const digit = bytes[at - 1]! - ZERO;
      if (digit < 0 || digit > 9) break;
      value += digit * scale;
    }
    if (at === end || at === start || !Number.isSafeInteger(value)) return false;
    const negative = bytes[at - 1] === MINUS;
    this.#at = negative ? at - 1 : at;
    this.#value = negative ? -value : value;
    return true;
  }

  /** Reads the number in front of the one at hand. */
  #nextNumber(start: number, separator: number): boolean {
    const end = this.#at - 1;
    return this.#lines.bytes[end] === separator && this.#readNumber(start, end);
  }

  /** Where the name of the thread ends: at a `;`, or at the blank in front of the numbers. -1 = there is none. */
  #threadEnd(start: number, end: number): number {
    const { bytes } = this.#lines;
    let at = start;
    if (bytes[at] === LETTER_T) {
      if (!this.#lines.startsWith(THREAD)) return -1;
      at += THREAD.length;
    } else {
      if (bytes[at] !== LETTER_P) return -1;
      while (at < end && bytes[at] !== SEMICOLON && bytes[at] !== SPACE) at++;
      if (bytes[at] !== SEMICOLON || bytes[at + 1] !== LETTER_T) return -1;
      at++;
    }
    while (at < end && bytes[at] !== SEMICOLON && bytes[at] !== SPACE) at++;
    return at < end ? at : -1;
  }

  #thread(start: number, end: number): number {
    const { bytes, view } = this.#lines;
    const count = this.#threads.length;
    const thread = this.#threads.intern(bytes, view, start, end);
    if (thread === count) this.#samples.addThread(parseThread(this.#threads.text(thread), this.#version < 3));
    return thread;
  }

  /** The node of the stack `bytes[start … end]`. */
  #node(start: number, end: number): number {
    if (start >= end) {
      if (this.#emptyFrame < 0) this.#emptyFrame = this.#samples.emptyFrame();
      return this.#tree.root(this.#emptyFrame);
    }
    if (this.#version < 3) joinLines(this.#lines.bytes, start, end);
    return this.#tree.node(this.#lines, start, end);
  }
}

/** Joins frames and the line numbers that follow them: `;L12` becomes a part of the frame before. */
function joinLines(bytes: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end - 2; at++) {
    if (bytes[at] !== SEMICOLON || bytes[at + 1] !== LETTER_L) continue;
    let to = at + 2;
    while (to < end && bytes[to]! >= ZERO && bytes[to]! <= ZERO + 9) to++;
    if (to > at + 2 && (to === end || bytes[to] === SEMICOLON)) bytes[at] = MARK;
  }
}

function measured(numbers: Numbers): ('time' | 'cpu' | 'memory')[] {
  if (numbers === 'full-3') return ['time', 'cpu', 'memory'];
  return numbers === 'full' ? ['time', 'memory'] : [numbers];
}

/** Lines of the head that are samples. */
function sampleLines({ lines, whole }: Head): string[] {
  return (whole ? lines : lines.slice(0, -1)).map((line) => line.trimEnd()).filter(isSample);
}

/** Version 3 has facts, or interpreters, or files in front of functions. */
function versionOf({ text }: Head, lines: string[]): 1 | 2 | 3 {
  if (lines.some((line) => line.startsWith('Thread '))) return 1;
  const isThird = text.startsWith('# ') || lines.some((line) => /^P\d+;T-?\d+:|:\d+ \S+$/.test(line));
  return isThird ? 3 : 2;
}
