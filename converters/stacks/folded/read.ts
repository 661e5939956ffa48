/** Reads the lines into a tree. */
import {
  type ByteInput,
  holdsRounded,
  LineReader,
  type Profile,
  ProfileBuilder,
  type Source,
  StackTree,
  TrailingCount,
  trimmedEnd,
  type Value,
} from '../../../src/plugin.ts';
import type { FoldedOptions } from '../folded.ts';
import { countOf } from './counts.ts';
import { LINE, NumbersAtEnd, sampleLines } from './lines.ts';

const DIFF_LINE = new NumbersAtEnd((number) => String.raw`[ \t](${number})[ \t]+(${number})\s*$`);
/** `name (file:line)`, as py-spy and others write it. */
const PLACED = /^(\S+) \((.+):(\d+)\)$/;
const EMPTY_STACK = '(empty stack)';
const HASH = 35;

export function read(source: Source, chosen: FoldedOptions): Profile {
  const sample = sampleLines(source.head);
  const diff =
    sample.length > 0 && sample.filter((line) => DIFF_LINE.exec(line)).length >= sample.length * 0.9;
  const commented = sample.some((line) => !line.startsWith('#'));
  return new StackReader(source, diff, commented, chosen).read();
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

class StackReader {
  readonly #source: Source;
  readonly #lines: LineReader;
  readonly #diff: boolean;
  readonly #commented: boolean;
  readonly #parens: FoldedOptions['parens'];
  readonly #builder: ProfileBuilder;
  readonly #stacks: StackTree;
  readonly #count = new TrailingCount();
  /** Counts of the current line, by metric. */
  readonly #counts: Value[];
  #emptyStack = -1;
  /** Whether a count was beyond 2^53 and not written as an integer. */
  #rounded = false;

  constructor(source: Source, diff: boolean, commented: boolean, { parens, bom }: FoldedOptions) {
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
    while (lines.nextLike()) {
      const { bytes, start } = lines;
      const end = trimmedEnd(bytes, start, lines.end);
      if (end === start || (this.#commented && bytes[start] === HASH)) continue;
      const stackEnd = this.#readCounts(start, end);
      if (stackEnd < 0) {
        this.#source.warn('no-count', 'a line without a count at its end is left out', lines.place());
        continue;
      }
      const node = stackEnd === start ? this.#emptyNode() : this.#stacks.node(lines, start, stackEnd);
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
    if (this.#rounded || columns.rounded || holdsRounded(profile.nodes))
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
