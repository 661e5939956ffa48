/**
 * Folded (collapsed) stacks: one stack a line, `main;parse;read 42`.
 *
 * Written by stackcollapse-*.pl, inferno, async-profiler, py-spy, rbspy, bpftrace and many more.
 * Spec: https://github.com/brendangregg/FlameGraph#2-fold-stacks
 * The surprise: names may hold blanks, so the count is looked for from the right end of the line; and a file
 * made for a differential flame graph has two counts.
 */
import * as z from 'zod/mini';
import {
  type ByteInput,
  defineFormat,
  type Head,
  INT64,
  LineReader,
  maybeRounded,
  type OptionsOf,
  option,
  type Profile,
  ProfileBuilder,
  type Source,
  StackTree,
  TrailingCount,
  trimmedEnd,
  type Value,
} from '../../src/plugin.ts';
import { write } from './folded/write.ts';

/** As Python reads numbers: digits of any script, `_` between them. */
const DIGITS = String.raw`\p{Nd}+(?:_\p{Nd}+)*`;
const NUMBER = String.raw`[+\-]?(?:${DIGITS}(?:\.\p{Nd}*)?|\.\p{Nd}+)(?:[eE][+\-]?\p{Nd}+)?`;
// One blank in front is enough: more of them would be tried over and over in a long run of blanks.
const LINE = new RegExp(String.raw`[ \t](${NUMBER})\s*$`, 'u');
const DIFF_LINE = new RegExp(String.raw`[ \t](${NUMBER})[ \t]+(${NUMBER})\s*$`, 'u');
const INTEGER = /^[+-]?\d+$/;
/** `name (file:line)`, as py-spy and others write it. */
const PLACED = /^(\S+) \((.+):(\d+)\)$/;
const EMPTY_STACK = '(empty stack)';
const HASH = 35;

const options = () =>
  z.object({
    parens: option(z._default(z.enum(['file', 'module', 'name']), 'file'), {
      help: 'what `name (text:12)` says: a file and line, a module, or just a name',
      value: 'WHAT',
    }),
    bom: option(z._default(z.enum(['strip', 'keep']), 'strip'), {
      help: 'a byte order mark: no part of the text, or of the first name',
      value: 'WHAT',
    }),
  });
type ParseOptions = OptionsOf<typeof options>;

export const folded = defineFormat({
  name: 'folded',
  aliases: ['collapse', 'collapsed'],
  title: 'folded (collapsed) stacks',
  extensions: ['folded', 'collapsed', 'collapse'],
  spec: 'https://github.com/brendangregg/FlameGraph#2-fold-stacks',
  parser: { options, probe, parse },
  emitter: {
    options: () => z.object({}),
    needs: 'all',
    differences: 'beside',
    emit: (profile, _options, sink) => write(profile, sink),
  },
});

/** Most lines fit the grammar, and at least one is a stack of two frames or all of them fit. */
function probe(head: Head): number {
  const lines = sampleLines(head);
  if (lines.length === 0) return 0;
  const fitting = lines.filter((line) => LINE.test(line) && !/^(\t| {2})/.test(line));
  const share = fitting.length / lines.length;
  if (share < 0.7) return 0;
  const stacks = fitting.some((line) => line.includes(';'));
  if (!stacks && share < 1) return 0;
  return (stacks ? 0.6 : 0.35) * share;
}

/** Up to 500 lines that are neither blank nor comments. */
function sampleLines(head: Head): string[] {
  const whole = head.whole ? head.lines : head.lines.slice(0, -1);
  const filled = whole.filter((line) => line.trim() !== '').slice(0, 500);
  const stacks = filled.filter((line) => !line.startsWith('#'));
  return stacks.length > 0 ? stacks : filled;
}

function parse(source: Source, options: ParseOptions): Profile {
  const sample = sampleLines(source.head);
  const diff =
    sample.length > 0 && sample.filter((line) => DIFF_LINE.test(line)).length >= sample.length * 0.9;
  const commented = sample.some((line) => !line.startsWith('#'));
  return new StackReader(source, diff, commented, options).read();
}

/** The input with a byte order mark in front. */
function withMark(input: ByteInput): ByteInput {
  let mark = Uint8Array.of(0xef, 0xbb, 0xbf);
  return {
    read(into) {
      if (mark.length === 0) return input.read(into);
      const part = mark.subarray(0, into.length);
      into.set(part);
      mark = mark.subarray(part.length);
      return part.length;
    },
  };
}

/** The value of a number as Python writes it. Integers of up to 64 bits are exact. */
function countOf(text: string): Value {
  const ascii = text.replaceAll('_', '').replace(/[^\x00-\x7f]/gu, asciiDigit);
  const value = Number(ascii);
  const exact = Number.isSafeInteger(value) || !(Math.abs(value) < INT64) || !INTEGER.test(ascii);
  return exact ? value : BigInt(ascii);
}

/** Digits of a script stand side by side in Unicode, from zero to nine. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0)!;
  let zero = code;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero--;
  return String((code - zero) % 10);
}

/** Reads the lines into a tree. */
class StackReader {
  readonly #source: Source;
  readonly #lines: LineReader;
  readonly #diff: boolean;
  readonly #commented: boolean;
  readonly #parens: ParseOptions['parens'];
  readonly #builder: ProfileBuilder;
  readonly #stacks: StackTree;
  readonly #count = new TrailingCount();
  /** Counts of the current line, by metric. */
  readonly #counts: Value[];
  #emptyStack = -1;
  /** Whether a count was beyond 2^53 and not written as an integer. */
  #rounded = false;

  constructor(source: Source, diff: boolean, commented: boolean, { parens, bom }: ParseOptions) {
    this.#source = source;
    const marked = bom === 'keep' && source.head.bom > 0;
    this.#lines = marked ? new LineReader(withMark(source.utf8()), source.name) : source.lines();
    this.#diff = diff;
    this.#commented = commented;
    this.#parens = parens;
    const metric = { name: 'samples', unit: 'samples' };
    this.#builder = new ProfileBuilder(diff ? [{ name: 'base', unit: 'samples' }, metric] : [metric]);
    if (diff) this.#builder.meta.defaultMetric = 1;
    const { length } = this.#builder.metrics;
    this.#stacks = new StackTree(length, source.size, (text) => this.#frame(text));
    this.#counts = new Array<Value>(length).fill(0);
  }

  read(): Profile {
    const lines = this.#lines;
    const counts = this.#counts;
    let stacks = 0;
    while (lines.next()) {
      const { bytes, view, start } = lines;
      const end = trimmedEnd(bytes, start, lines.end);
      if (end === start || (this.#commented && bytes[start] === HASH)) continue;
      const stackEnd = this.#readCounts(start, end);
      if (stackEnd < 0) {
        this.#source.warn('no-count', 'a line without a count at its end is left out', lines.place());
        continue;
      }
      const node = stackEnd === start ? this.#emptyNode() : this.#stacks.node(bytes, view, start, stackEnd);
      for (let m = 0; m < counts.length; m++) this.#stacks.add(node, m, counts[m]!);
      stacks++;
    }
    if (stacks === 0) {
      this.#source.fail(
        'no-stacks',
        'no line ends in a count',
        undefined,
        'a line reads `main;parse;read 42`',
      );
    }
    const columns = this.#stacks.columns();
    const profile = this.#builder.tree(columns);
    const { self, total } = profile.nodes;
    if (this.#rounded || columns.rounded || [...self, ...total].some(maybeRounded))
      this.#source.warn('inexact-count', 'counts beyond 2^53 are rounded');
    return profile;
  }

  /** Reads the counts at the end of the line; returns where the stack ends, or -1. */
  #readCounts(start: number, end: number): number {
    const { bytes } = this.#lines;
    // Nearly every count is a run of digits.
    if (!this.#diff && this.#count.read(bytes, start, end)) {
      this.#counts[0] = this.#count.value;
      return this.#count.textEnd;
    }
    const text = this.#lines.text(start, end);
    const match = (this.#diff ? DIFF_LINE : LINE).exec(text) ?? LINE.exec(text);
    if (!match) return -1;
    const counts = match.slice(1).map(countOf);
    if (counts.some((count) => !Number.isFinite(Number(count)))) return -1;
    // A single count in a file of pairs belongs to the second column.
    if (counts.length < this.#counts.length) counts.unshift(0);
    for (const [m, count] of counts.entries()) this.#counts[m] = count;
    this.#rounded ||= counts.some(
      (count) => typeof count === 'number' && Math.abs(count) > Number.MAX_SAFE_INTEGER,
    );
    // What stands before may be no UTF-8, and then its text has another length.
    return trimmedEnd(bytes, start, end - new TextEncoder().encode(text.slice(match.index)).length);
  }

  #emptyNode(): number {
    if (this.#emptyStack < 0)
      this.#emptyStack = this.#builder.addFrame(this.#builder.addFunction(EMPTY_STACK));
    return this.#stacks.root(this.#emptyStack);
  }

  #frame(text: string): number {
    const builder = this.#builder;
    const placed = this.#parens === 'name' ? null : PLACED.exec(text);
    if (!placed) return builder.addFrame(builder.addFunction(text));
    const [, name, where, line] = placed;
    if (this.#parens === 'file')
      return builder.frame(builder.function(name!, { file: where! }), { line: Number(line) });
    return builder.frame(
      builder.function(name!, { id: `${where}:${name}`, mapping: builder.mapping(where!) }),
    );
  }
}
