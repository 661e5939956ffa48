/** Reads the call graph: threads, and below them their calls, each with the samples that it was in. */
import {
  CallTree,
  type Column,
  Float64List,
  Int32List,
  type Label,
  type LineReader,
  type Profile,
  ProfileBuilder,
  type Source,
  summed,
} from '../../../src/plugin.ts';
import { Frames } from './frames.ts';

const SPACE = 32;
/** What stands in front of the numbers: ` +!:|`. */
const MARKS = [SPACE, 43, 33, 58, 124];
const ZERO = 48;
/** In front of the numbers of threads; calls are indented by two more, level by level. */
const FIRST = 4;
const STEP = 2;
const MAX_DIGITS = 15;
const HEADER = /^\s*Analysis of sampling .* every ([\d.]{1,15}) (millisecond|microsecond|second)/;
const NANOSECONDS: Record<string, number> = { second: 1e9, millisecond: 1e6, microsecond: 1e3 };
const FACT = /^(Process|Path|Code Type|OS Version):\s+(.*\S)\s*$/;
const THREAD = /^(Thread_\w+)(?::? +(.*?))??(?: {2,}(DispatchQueue_.*))?$/;

export class SampleReader {
  readonly #source: Source;
  readonly #lines: LineReader;
  readonly #builder = new ProfileBuilder([]);
  readonly #frames = new Frames(this.#builder);
  readonly #tree = new CallTree();
  /** Nanoseconds; NaN = unknown. */
  #interval = Number.NaN;
  #command = '';
  /** The labels of the thread that is read, or -1. */
  #labels = -1;
  /** By line on the way to the current one: its node (-1 = a thread), samples, and those of the lines below it. */
  readonly #nodes = new Int32List();
  readonly #counts = new Float64List();
  readonly #below = new Float64List();
  /** By row of samples. */
  readonly #node = new Int32List();
  readonly #count = new Float64List();
  readonly #labelsOf = new Int32List();

  constructor(source: Source) {
    this.#source = source;
    this.#lines = source.lines();
  }

  /** Throws `ProfileError`. */
  read(): Profile {
    const lines = this.#lines;
    let more = lines.next();
    for (; more && !lines.startsWith('Call graph:'); more = lines.next()) this.#fact();
    if (!more) this.#source.fail('no-graph', 'there is no call graph in it');
    for (more = lines.next(); more && lines.start < lines.end; more = lines.next()) this.#readLine();
    if (!more) this.#source.warn('cut-off', 'the file ends within the call graph');
    this.#leave(0);
    while (lines.next())
      if (lines.startsWith('Call graph:'))
        this.#source.warn('more-graphs', 'only the first call graph is read', lines.place());
    return this.#profile();
  }

  #fact(): void {
    const text = this.#lines.text();
    const header = HEADER.exec(text);
    if (header) this.#interval = Number(header[1]) * NANOSECONDS[header[2]!]!;
    const [, key, value = ''] = FACT.exec(text) ?? [];
    if (key === 'Path') this.#command = value;
    else if (key === 'Process' && this.#command === '') this.#command = value;
  }

  #readLine(): void {
    const { bytes, view, start, end } = this.#lines;
    let at = start;
    while (at < end && MARKS.includes(bytes[at]!)) at++;
    const level = (at - start - FIRST) / STEP;
    let count = 0;
    const digits = at;
    for (; isDigit(bytes[at]); at++) count = count * 10 + bytes[at]! - ZERO;
    const isLine = at > digits && at - digits <= MAX_DIGITS && bytes[at] === SPACE && at + 1 < end;
    if (!isLine)
      this.#source.fail('bad-line', 'expected a number of samples and a name', this.#lines.place());
    if (!Number.isInteger(level) || level < 0 || level > this.#nodes.length) {
      const message = 'a call that is indented neither as the one above it, nor as what that calls, nor less';
      this.#source.fail('bad-indent', message, this.#lines.place(start + FIRST + level * STEP));
    }
    this.#leave(level);
    if (level === 0) this.#labels = this.#thread(this.#lines.text(at + 1, end));
    else this.#below.array[level - 1]! += count;
    const parent = level > 1 ? this.#nodes.array[level - 1]! : -1;
    this.#nodes.push(
      level === 0 ? -1 : this.#tree.child(parent, this.#frames.frame(bytes, view, at + 1, end)),
    );
    this.#counts.push(count);
    this.#below.push(0);
  }

  #thread(text: string): number {
    const [, id = text.trim(), name = '', queue = ''] = THREAD.exec(text.trimEnd()) ?? [];
    const labels: Label[] = [{ key: 'thread', value: id }];
    if (name !== '') labels.push({ key: 'thread name', value: name.trim() });
    if (queue !== '') labels.push({ key: 'queue', value: queue });
    return this.#builder.labels(labels);
  }

  /** Leaves lines until so many are left: what is not in the lines below them was in themselves. */
  #leave(level: number): void {
    while (this.#nodes.length > level) {
      const last = this.#nodes.length - 1;
      const self = this.#counts.array[last]! - this.#below.array[last]!;
      if (self < 0) {
        const message = 'a call was in fewer samples than those that it made: it gets as many';
        this.#source.warn('callees-exceed', message, { line: this.#lines.line });
      }
      if (self > 0) this.#add(this.#nodes.array[last]!, self);
      this.#nodes.length = this.#counts.length = this.#below.length = last;
    }
  }

  #add(node: number, count: number): void {
    this.#node.push(node < 0 ? this.#emptyNode() : node);
    this.#count.push(count);
    this.#labelsOf.push(this.#labels);
  }

  /** A thread that has no call. */
  #emptyNode(): number {
    return this.#tree.child(-1, this.#builder.frame(this.#builder.function('(empty stack)')));
  }

  #profile(): Profile {
    const builder = this.#builder;
    if (this.#node.length === 0) this.#source.warn('empty', 'there is not one sample in it');
    const node = this.#node.trimmed();
    const count = this.#count.trimmed();
    const values: Column[] = [count];
    builder.metrics.push({ name: 'samples', unit: 'samples' });
    if (this.#interval > 0) {
      const time = { name: 'time', unit: 'nanoseconds' };
      const interval = Math.round(this.#interval);
      builder.metrics.unshift(time);
      values.unshift(count.map((samples) => samples * interval));
      builder.meta.period = { metric: time, value: interval };
    }
    builder.meta.producer = 'sample';
    if (this.#command !== '') builder.meta.command = this.#command;
    const { length, frame, parent } = this.#tree;
    return builder.tree(
      {
        frame: frame.subarray(0, length),
        parent: parent.subarray(0, length),
        self: values.map((column) => summed([column], [node], length)),
      },
      { samples: { length: node.length, node, values, labels: this.#labelsOf.trimmed() } },
    );
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}
