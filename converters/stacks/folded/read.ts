/** Reads the lines into a tree. */
import {
  type ByteInput,
  holdsRounded,
  LineReader,
  type Metric,
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
import { headerOf, LINE, linesWith, type NumbersAtEnd, sampleLines } from './lines.ts';

const PAIRS = linesWith(2);
const SAMPLES: Metric = { name: 'samples', unit: 'samples' };
/** `name (file:line)`, as py-spy and others write it. */
const PLACED = /^(\S+) \((.+):(\d+)\)$/;
const EMPTY_STACK = '(empty stack)';
const HASH = 35;

export function read(source: Source, chosen: FoldedOptions): Profile {
  const sample = sampleLines(source.head);
  const header = headerOf(sample);
  const isDiff =
    header === undefined &&
    sample.length > 0 &&
    sample.filter((line) => PAIRS.exec(line)).length >= sample.length * 0.9;
  const commented = sample.some((line) => !line.startsWith('#'));
  return new StackReader(source, { header, isDiff, commented }, chosen).read();
}

/** What the first lines tell of all. */
interface Layout {
  /** The metrics, if the first line that is no comment says them. */
  header: Metric[] | undefined;
  /** Two counts: before and after. */
  isDiff: boolean;
  /** Lines that begin with `#` are comments. */
  commented: boolean;
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
  readonly #layout: Layout;
  /** Lines with a count for each metric. */
  readonly #line: NumbersAtEnd;
  readonly #parens: FoldedOptions['parens'];
  readonly #builder: ProfileBuilder;
  readonly #stacks: StackTree;
  readonly #count = new TrailingCount();
  /** Counts of the current line, by metric. */
  readonly #counts: Value[];
  #emptyStack = -1;
  /** Whether a count was beyond 2^53 and not written as an integer. */
  #rounded = false;

  constructor(source: Source, layout: Layout, { parens, bom }: FoldedOptions) {
    this.#source = source;
    const marked = bom === 'keep' && source.head.bom > 0;
    this.#lines = marked ? new LineReader(withMark(source.utf8()), source.name) : source.lines();
    this.#layout = layout;
    this.#parens = parens;
    const metrics = layout.header ?? (layout.isDiff ? [{ ...SAMPLES, name: 'base' }, SAMPLES] : [SAMPLES]);
    this.#builder = new ProfileBuilder(metrics);
    // As pprof does, the last one is shown.
    if (metrics.length > 1) this.#builder.meta.defaultMetric = metrics.length - 1;
    this.#stacks = new StackTree(metrics.length, source.size, (text) => this.#frame(text));
    this.#counts = new Array<Value>(metrics.length).fill(0);
    this.#line = layout.isDiff ? PAIRS : linesWith(metrics.length);
  }

  read(): Profile {
    const lines = this.#lines;
    const counts = this.#counts;
    const { commented, header } = this.#layout;
    let isHeader = header !== undefined;
    let stacks = 0;
    for (;;) {
      if (!isHeader) stacks += this.#stacks.takePlain(lines, commented);
      if (!lines.next()) break;
      const { bytes, start } = lines;
      const end = trimmedEnd(bytes, start, lines.end);
      if (end === start || (commented && bytes[start] === HASH)) continue;
      if (isHeader) {
        isHeader = false;
        continue;
      }
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
    if (this.#counts.length === 1 && this.#count.read(bytes, start, end)) {
      this.#counts[0] = this.#count.value;
      return this.#count.textEnd;
    }
    const text = this.#lines.text(start, end);
    const match = this.#line.exec(text) ?? (this.#layout.isDiff ? LINE.exec(text) : null);
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
