/** Reads the lines: frames and keys until a count, which is that of the stack. */
import {
  CallTree,
  type Column,
  holdsRounded,
  INT64,
  Int32List,
  Interner,
  type Label,
  type LineReader,
  type Place,
  type Profile,
  ProfileBuilder,
  type Source,
  summed,
  trimmedEnd,
  type Value,
} from '../../../src/plugin.ts';
import type { DtraceOptions } from '../dtrace.ts';
import { LeafFirst } from '../leaf-first.ts';
import { isAddress, isTitle } from './lines.ts';

const SPACE = 32;
const TAB = 9;
const MINUS = 45;
const ZERO = 48;
const NO_FRAME = -1;
/** Frames are indented more than what else the stacks are counted by. */
const FRAME_INDENT = 8;
const ENDS_IN_NUMBER = /\S\s{2,}-?\d+$/;
/** A column of numbers: keys, or one and the count. */
const HAS_NUMBER = /\S\s{2,}-?\d+$|^-?\d+\s{2,}\S/;
/** What is between keys, which may hold blanks. */
const COLUMNS = /\s{2,}/;
const OFFSET = /\+0x[0-9a-f]+$/;

export class CountedStacks {
  readonly #source: Source;
  readonly #lines: LineReader;
  readonly #module: DtraceOptions['module'];
  readonly #builder = new ProfileBuilder([{ name: 'samples', unit: 'samples' }]);
  readonly #tree = new CallTree();
  readonly #stack = new LeafFirst((node, frame) => this.#tree.child(node, frame));
  /** Lines of frames, and what they are: a frame or NO_FRAME. */
  readonly #texts = new Interner();
  readonly #frames = new Int32List();
  readonly #nodes = new Int32List();
  readonly #counts: Value[] = [];
  readonly #labels = new Int32List();
  /** What the stack is counted by beside itself. */
  #keys: Label[] = [];
  /** Keys in front of a stack, if one comes; a count without a stack otherwise. */
  #front: { keys: string[]; place: Place } | undefined;
  /** Whether the first lines may still be a title. */
  #title = true;

  constructor(source: Source, { module }: DtraceOptions) {
    this.#source = source;
    this.#lines = source.lines();
    this.#module = module;
  }

  read(): Profile {
    const lines = this.#lines;
    while (lines.next()) {
      const { bytes, start } = lines;
      const end = trimmedEnd(bytes, start, lines.end);
      let first = start;
      while (first < end && (bytes[first] === SPACE || bytes[first] === TAB)) first++;
      if (first < end) this.#readLine(start, first, end);
      else {
        this.#dropFront();
        if (this.#title && this.#stack.depth === 0) this.#keys = [];
      }
    }
    this.#dropFront();
    this.#drop();
    return this.#profile();
  }

  #readLine(start: number, first: number, end: number): void {
    const { bytes, view } = this.#lines;
    if (areNumbers(bytes, first, end)) {
      this.#readKeys(this.#lines.text(first, end).split(/\s+/));
      return;
    }
    const id = this.#texts.intern(bytes, view, start, end);
    if (id === this.#frames.length) this.#frames.push(this.#frameOf(this.#texts.text(id)));
    const frame = this.#frames.array[id]!;
    if (frame === NO_FRAME) this.#readOther(this.#texts.text(id));
    else {
      for (const value of this.#front?.keys ?? []) this.#keys.push({ key: 'key', value });
      this.#front = undefined;
      this.#stack.push(frame);
    }
  }

  /** The frame of a line, or NO_FRAME. */
  #frameOf(line: string): number {
    const text = line.trim();
    if (HAS_NUMBER.test(text)) return NO_FRAME;
    const tick = text.lastIndexOf('`');
    const isFrame = tick > 0 || isAddress(text) || line.search(/\S/) >= FRAME_INDENT;
    if (!isFrame) return NO_FRAME;
    const builder = this.#builder;
    const path = tick > 0 ? text.slice(0, tick) : '';
    const name = text.slice(path === '' ? 0 : tick + 1).replace(OFFSET, '');
    if (path === '') return builder.frame(builder.function(name));
    const isName = this.#module === 'name';
    const mapping = builder.mapping(isName ? path.slice(path.lastIndexOf('/') + 1) : path);
    const func = builder.function(name, { mapping, ...(isName && { id: `${name}:${path}` }) });
    return builder.frame(func, { mapping });
  }

  /** The title of what a probe printed, or a key; the count stands beside the last one. */
  #readOther(text: string): void {
    if (isTitle(text)) {
      this.#drop();
      this.#title = false;
      // The probe's own line.
      this.#lines.next();
      return;
    }
    if (ENDS_IN_NUMBER.test(text)) this.#readKeys(text.trim().split(COLUMNS));
    else for (const value of text.trim().split(COLUMNS)) this.#keys.push({ key: 'key', value });
  }

  /** Behind a stack, keys and the count; else keys, if a stack stands right below. */
  #readKeys(keys: string[]): void {
    if (this.#stack.depth === 0) {
      this.#dropFront();
      this.#front = { keys, place: this.#lines.place() };
      return;
    }
    const count = keys.pop()!;
    for (const value of keys) this.#keys.push({ key: 'key', value });
    this.#add(countOf(count));
  }

  /** What was no key in front of a stack. */
  #dropFront(): void {
    if (!this.#front) return;
    this.#source.warn('no-stack', 'a count without a stack is left out', this.#front.place);
    this.#front = undefined;
    this.#keys = [];
  }

  #add(count: Value): void {
    if (!(Math.abs(Number(count)) < INT64))
      this.#source.fail('bad-count', 'the count is beyond 64 bits', this.#lines.place());
    this.#nodes.push(this.#stack.take());
    this.#counts.push(count);
    this.#labels.push(this.#keys.length > 0 ? this.#builder.labels(this.#keys) : -1);
    this.#keys = [];
    this.#title = false;
  }

  /** A stack that nothing counts. */
  #drop(): void {
    if (this.#stack.depth > 0)
      this.#source.warn('no-count', 'a stack without a count is left out', this.#lines.place());
    this.#stack.clear();
    this.#keys = [];
  }

  #profile(): Profile {
    const node = this.#nodes.trimmed();
    if (node.length === 0) {
      const hint = 'frames read module`function+0x1b; behind the last is the count';
      this.#source.fail('no-stacks', 'there is not one stack with a count', undefined, hint);
    }
    const { length, frame, parent } = this.#tree;
    const isExact = this.#counts.every((count) => typeof count === 'number');
    const values: Column = isExact
      ? Float64Array.from(this.#counts, Number)
      : BigInt64Array.from(this.#counts, BigInt);
    const self = [summed([values], [node], length)];
    const labels = this.#labels.trimmed();
    const samples = { length: node.length, node, values: [values], labels };
    const details = labels.some((label) => label >= 0) ? { samples } : {};
    const profile = this.#builder.tree(
      { frame: frame.subarray(0, length), parent: parent.subarray(0, length), self },
      details,
    );
    if (holdsRounded(profile.nodes)) this.#source.warn('inexact-count', 'counts beyond 2^53 are rounded');
    return profile;
  }
}

/** Whether the bytes are digits, with blanks between and signs or without. */
function areNumbers(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    const isSign = byte === MINUS && (at === start || bytes[at - 1]! <= SPACE) && bytes[at + 1]! >= ZERO;
    const isDigit = byte >= ZERO && byte <= ZERO + 9;
    if (!isDigit && !isSign && byte !== SPACE && byte !== TAB) return false;
  }
  return true;
}

/** Exact up to 64 bits. */
function countOf(text: string): Value {
  const value = Number(text);
  return Number.isSafeInteger(value) || !(Math.abs(value) < INT64) ? value : BigInt(text);
}
