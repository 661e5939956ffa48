/** Reads the lines from the first on, then links modules from the last on: importers stand below their imports. */
import {
  CallTree,
  Float64List,
  grown,
  Int32List,
  Interner,
  type LineReader,
  type Profile,
  ProfileBuilder,
  type Source,
} from '../../../src/plugin.ts';
import { HEADER, MARK } from './marks.ts';

const TIME = { name: 'time', unit: 'microseconds' };
/** A character for each byte. */
const byteText = new TextDecoder('latin1');
const SPACE = 32;
const BAR = 124;
const ZERO = 48;
const MAX_DIGITS = 15;
const LOWER_C = 99;
/** In place of a time: the module was there already. */
const CACHED = -1;
const BAD = -2;

export function readImports(source: Source): Profile {
  return new ImportReader(source).read();
}

class ImportReader {
  readonly #source: Source;
  readonly #lines: LineReader;
  readonly #names = new Interner();
  /** By module that took time, in the order of the lines. */
  readonly #module = new Int32List();
  readonly #depth = new Int32List();
  readonly #line = new Int32List();
  readonly #self = new Float64List();
  readonly #total = new Float64List();
  /** How many modules there were before each header: another program may write its own. */
  readonly #sections = new Int32List(16);
  /** Names of modules that were there already. */
  readonly #cached = new Int32List();
  /** Where reading of the current line has come. */
  #at = 0;

  constructor(source: Source) {
    this.#source = source;
    this.#lines = source.lines();
  }

  read(): Profile {
    const lines = this.#lines;
    while (lines.next()) {
      if (lines.startsWith(MARK)) {
        this.#row(lines.start + MARK.length);
        continue;
      }
      if (lines.end === lines.start) continue;
      // What the program prints need not end where its line ends.
      const text = byteText.decode(lines.bytes.subarray(lines.start, lines.end));
      const mark = text.indexOf(MARK);
      if (mark >= 0) this.#row(lines.start + mark + MARK.length);
      if (text.slice(0, mark < 0 ? text.length : mark).trim() !== '')
        this.#source.warn('other-text', 'text that is no import time is left out', lines.place());
    }
    if (this.#module.length === 0) {
      const hint = 'a line reads `import time:       129 |        129 | zipimport`';
      this.#source.fail('no-imports', 'there is no import time in it', undefined, hint);
    }
    return this.#profile(this.#parents());
  }

  /** Reads the line from behind its mark on. */
  #row(from: number): void {
    const lines = this.#lines;
    this.#at = from;
    const self = this.#value();
    const total = this.#value();
    const { bytes, view, end } = lines;
    const start = this.#at;
    let at = start;
    while (at < end && bytes[at] === SPACE) at++;
    if (self >= 0 && total >= 0 && at < end) {
      this.#module.push(this.#names.intern(bytes, view, at, end));
      this.#depth.push((at - start) >> 1);
      this.#line.push(lines.line);
      this.#self.push(self);
      this.#total.push(total);
    } else if (self === CACHED && total === CACHED && at < end) {
      this.#cached.push(this.#names.intern(bytes, view, at, end));
    } else if (lines.text(from).startsWith(HEADER.slice(MARK.length))) {
      this.#sections.push(this.#module.length);
    } else {
      this.#source.warn('bad-line', 'expected `import time: self | cumulative | module`', lines.place(from));
    }
  }

  /** Reads a time with the bar and the blank behind it. */
  #value(): number {
    const { bytes, end } = this.#lines;
    let at = this.#at;
    while (at < end && bytes[at] === SPACE) at++;
    let value = 0;
    const first = at;
    if (bytes[at] === LOWER_C) {
      value = CACHED;
      at += 'cached'.length;
    } else {
      for (; at < end && at - first < MAX_DIGITS; at++) {
        const digit = bytes[at]! - ZERO;
        if (digit < 0 || digit > 9) break;
        value = value * 10 + digit;
      }
    }
    while (at < end && bytes[at] === SPACE) at++;
    const whole = at > first && at + 1 < end && bytes[at] === BAR && bytes[at + 1] === SPACE;
    this.#at = at + 2;
    return whole ? value : BAD;
  }

  /** The module that imported each: the next line with less indentation. -1 = none, or it did not get that far. */
  #parents(): Int32Array {
    const { length } = this.#module;
    const depth = this.#depth.array;
    const parent = new Int32Array(length).fill(-1);
    const open = new Int32List();
    let section = this.#sections.length - 1;
    for (let i = length - 1; i >= 0; i--) {
      for (; section >= 0 && this.#sections.array[section]! > i; section--) open.length = 0;
      while (open.length > 0 && depth[open.array[open.length - 1]!]! >= depth[i]!) open.length--;
      if (open.length > 0) parent[i] = open.array[open.length - 1]!;
      const above = open.length > 0 ? depth[parent[i]!]! : -1;
      if (above !== depth[i]! - 1) {
        const message = 'the module that imported this one is missing';
        this.#source.warn('no-importer', message, { line: this.#line.array[i]! });
      }
      open.push(i);
    }
    return parent;
  }

  #profile(parent: Int32Array): Profile {
    this.#checkTotals(parent);
    const builder = new ProfileBuilder([TIME]);
    const frames = this.#names.texts().map((name) => builder.addFrame(builder.addFunction(name)));
    const tree = new CallTree();
    const nodeOf = new Int32Array(parent.length);
    let self = new Float64Array(0);
    let calls = new Float64Array(0);
    for (let i = parent.length - 1; i >= 0; i--) {
      const module = this.#module.array[i]!;
      const node = tree.child(parent[i]! < 0 ? -1 : nodeOf[parent[i]!]!, frames[module]!);
      nodeOf[i] = node;
      self = grown(self, node + 1);
      calls = grown(calls, node + 1);
      self[node]! += this.#self.array[i]!;
      calls[node]! += 1;
      builder.addCalls(module, 1);
    }
    for (const module of this.#cached.trimmed()) builder.addCalls(module, 1);
    const { length } = tree;
    return builder.tree({
      frame: tree.frame.subarray(0, length),
      parent: tree.parent.subarray(0, length),
      self: [self.subarray(0, length)],
      calls: calls.subarray(0, length),
    });
  }

  /** Times are rounded up, so the parts may add up to a microsecond more for each. */
  #checkTotals(parent: Int32Array): void {
    const { length } = parent;
    const sums = this.#self.trimmed().slice();
    const parts = new Float64Array(length).fill(1);
    for (let i = 0; i < length; i++) {
      const above = parent[i]!;
      const total = this.#total.array[i]!;
      if (sums[i]! < total || sums[i]! > total + parts[i]!) {
        const message = `the parts of the cumulative time add up to ${sums[i]}, not ${total}`;
        this.#source.warn('total-differs', message, { line: this.#line.array[i]! });
      }
      if (above < 0) continue;
      sums[above]! += sums[i]!;
      parts[above]! += parts[i]!;
    }
  }
}
