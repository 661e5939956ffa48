/** Reads the traces, then the table that says how often each was seen. */
import {
  CallTree,
  Int32List,
  type LineReader,
  type Metric,
  type Profile,
  ProfileBuilder,
  type Source,
} from '../../../src/plugin.ts';
import type { HprofOptions } from '../hprof.ts';
import { Pairs } from '../pairs.ts';
import { Traces } from './traces.ts';

const TAB = 9;
const SAMPLES: Metric = { name: 'samples', unit: 'samples' };
const TIME: Metric = { name: 'time', unit: 'milliseconds' };
/** `a.B.leaf(B.java:10)`. */
const FRAME = /^(.*)\(([^()]*)\)\s*$/;
const EMPTY = '<empty>';

interface Row {
  value: number;
  /** NaN = not counted. */
  calls: number;
  trace: string;
}

export class Reader {
  readonly #source: Source;
  readonly #options: HprofOptions;
  readonly #lines: LineReader;
  readonly #traces = new Traces();
  readonly #threadNames = new Map<string, string>();
  readonly #rows: Row[] = [];
  /** What the table says it adds up to; NaN = there was no table. */
  #total = Number.NaN;
  #tables = 0;
  /** Whether values are made from percents. */
  #timed = false;
  #builder = new ProfileBuilder([SAMPLES]);
  /** Frame of the builder by frame of the traces. */
  readonly #frameOf = new Map<number, number>();

  constructor(source: Source, options: HprofOptions) {
    this.#source = source;
    this.#options = options;
    this.#lines = source.lines();
  }

  read(): Profile {
    const lines = this.#lines;
    while (lines.next()) {
      // Tabs may also indent the text in front of the traces.
      if (lines.bytes[lines.start] === TAB && lines.end > lines.start + 1) this.#traces.addFrame(lines);
      else if (lines.startsWith('TRACE ')) this.#startTrace();
      else if (lines.startsWith('THREAD START ')) this.#nameThread();
      else if (lines.startsWith('CPU ')) this.#startTable();
      else this.#traces.end();
    }
    if (this.#tables === 0) {
      const hint = 'java writes one with -agentlib:hprof=cpu=samples,depth=100';
      this.#source.fail('no-table', 'there is no table of CPU samples or times', undefined, hint);
    }
    return this.#profile();
  }

  /** `TRACE 300556:`, with `(thread=200001)` behind it on demand. */
  #startTrace(): void {
    const match = /^TRACE (\d+):\s*(?:\(thread=(\d+)\))?/.exec(this.#lines.text());
    if (match) this.#traces.start(match[1]!, match[2]);
    else this.#traces.end();
  }

  /** `THREAD START (obj=5000012d, id = 200001, name="main", group="main")`. */
  #nameThread(): void {
    const match = /\bid = (\d+), name="(.*)", group="/.exec(this.#lines.text());
    if (match) this.#threadNames.set(match[1]!, match[2]!);
  }

  /** `CPU SAMPLES BEGIN (total = 3362) Fri Dec 18 16:33:36 2009`, or `CPU TIME (ms) BEGIN`. */
  #startTable(): void {
    this.#traces.end();
    const lines = this.#lines;
    const match = /^CPU (SAMPLES|TIME \(ms\)) BEGIN \(total = (\d+)\)/.exec(lines.text());
    if (!match) return;
    this.#tables++;
    const read = this.#tables === 1;
    if (this.#tables === 2)
      this.#source.warn('second-table', 'only the first of several tables is read', lines.place());
    if (read) {
      this.#total = Number(match[2]);
      this.#timed = match[1] !== 'SAMPLES' && this.#options.times === 'time';
    }
    while (lines.next()) {
      if (lines.startsWith('CPU ')) return;
      if (read) this.#row(lines);
    }
    if (read) this.#source.warn('cut-off', 'the input ends within the table', lines.place());
  }

  /** `rank self accum count trace method`. */
  #row(lines: LineReader): void {
    const text = lines.text().trim();
    if (text === '' || /^rank\s/.test(text)) return;
    const match = /^\d+\s+(\d+[.,]\d+)%\s+\d+[.,]\d+%\s+(\d+)\s+(\d+)(?:\s|$)/.exec(text);
    if (!match) {
      this.#source.warn('bad-row', 'a line is no row of the table, and left out', lines.place());
      return;
    }
    const [, percent, count, trace] = match as unknown as [string, string, string, string];
    const value = this.#timed ? (Number(percent.replace(',', '.')) / 100) * this.#total : Number(count);
    this.#rows.push({ value, calls: this.#timed ? Number(count) : Number.NaN, trace });
  }

  #profile(): Profile {
    const builder = new ProfileBuilder([this.#timed ? TIME : SAMPLES]);
    this.#builder = builder;
    const sum = this.#rows.reduce((all, { value }) => all + value, 0);
    if (this.#timed)
      this.#source.note('rounded-times', 'times are percents of the total, which are rounded to 0.01 %');
    else if (sum < this.#total)
      this.#source.note(
        'below-cutoff',
        `the table has ${sum} of ${this.#total} samples: the profiler left out the rest`,
      );
    if (this.#options.traces === 'stacks') return this.#tree();
    const pairs = new Pairs();
    for (const { trace, value } of this.#rows) pairs.addStack(this.#stack(trace), value);
    // Nobody counted them, and gprof2dot says 0.
    return pairs.profile(builder, 0);
  }

  #tree(): Profile {
    const builder = this.#builder;
    const tree = new CallTree();
    const node = new Int32List();
    const labels = new Int32List();
    for (const { trace } of this.#rows) {
      const stack = this.#stack(trace);
      let at = -1;
      for (let i = stack.length - 1; i >= 0; i--) at = tree.child(at, stack[i]!);
      node.push(at);
      labels.push(builder.labels(this.#labels(trace)));
    }
    const self = new Float64Array(tree.length);
    const calls = new Float64Array(tree.length).fill(Number.NaN);
    for (const [i, row] of this.#rows.entries()) {
      const at = node.array[i]!;
      self[at]! += row.value;
      calls[at] = (calls[at]! || 0) + row.calls;
    }
    const columns = {
      frame: tree.frame.slice(0, tree.length),
      parent: tree.parent.slice(0, tree.length),
      self: [self],
      ...(this.#timed && { calls }),
    };
    const samples = {
      length: node.length,
      node: node.trimmed(),
      values: [Float64Array.from(this.#rows, ({ value }) => value)],
      ...(builder.labelSets.length > 1 && { labels: labels.trimmed() }),
    };
    return builder.tree(columns, { samples });
  }

  /** The thread of a trace, if that is told. */
  #labels(trace: string): { key: string; value: string }[] {
    const thread = this.#traces.thread(trace);
    if (thread === undefined) return [];
    return [{ key: 'thread', value: this.#threadNames.get(thread) ?? thread }];
  }

  /** Frames of the builder, leaf first. */
  #stack(trace: string): number[] {
    const texts = this.#traces.frames(trace);
    if (!texts) this.#source.warn('unknown-trace', `there is no trace ${trace}: its row counts for ${EMPTY}`);
    if (!texts || texts.length === 0) return [this.#named(EMPTY)];
    return Array.from(texts, (text) => this.#frameIn(text));
  }

  #frameIn(text: number): number {
    let frame = this.#frameOf.get(text);
    if (frame === undefined) this.#frameOf.set(text, (frame = this.#named(this.#traces.text(text).trim())));
    return frame;
  }

  #named(text: string): number {
    const builder = this.#builder;
    const match = FRAME.exec(text);
    if (!match) return builder.frame(builder.function(text));
    const [, name, where] = match;
    const [, file, line] = /^(.+?)(?::(\d+|Unknown line))?$/.exec(where!) ?? [];
    const known = file !== undefined && /\.\w+$/.test(file) && this.#options.traces === 'stacks';
    if (!known) return builder.frame(builder.function(name!));
    return builder.frame(builder.function(name!, { file }), { line: Number(line) || 0 });
  }
}
