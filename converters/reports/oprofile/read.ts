/** Goes through the entries: callers, the function itself, callees. */
import {
  components,
  Float64List,
  Int32List,
  Interner,
  type LineReader,
  type Metric,
  type Profile,
  ProfileBuilder,
  type Source,
  sumOf,
  trimmedEnd,
} from '../../../src/plugin.ts';
import { ColumnScanner, isBlank } from '../column-scanner.ts';
import type { OprofileOptions } from '../oprofile.ts';
import { Columns, type Names } from './columns.ts';
import { headingOf } from './heading.ts';

const DASH = 45;
const COUNTED = /^Counted (\S+) events/;
const NO_NAMES = -1;

export class Reader {
  readonly #source: Source;
  readonly #lines: LineReader;
  /** Without directories and source files. */
  readonly #short: boolean;
  /** Whether a row replaces others of its name in an entry. */
  readonly #lastOnly: boolean;
  readonly #scanner = new ColumnScanner();
  readonly #texts = new Interner();
  /** By text behind the figures: the function, or NO_NAMES; and whether it is `[self]`. */
  readonly #functions = new Int32List();
  readonly #isSelf: boolean[] = [];
  readonly #events: string[] = [];
  readonly #comments: string[] = [];
  #builder = new ProfileBuilder([]);
  #columns: Columns | undefined;
  /** Places of the samples among the figures. */
  #counts: number[] = [];
  /** The samples of the row that was read last. */
  #row: number[] = [];
  /** By metric, then by function. */
  #self: Float64List[] = [];
  readonly #arcs = new Map<string, number>();
  readonly #caller = new Int32List();
  readonly #callee = new Int32List();
  #arcTotal: Float64List[] = [];
  /** The function of the entry; -1 = its row is still to come. */
  #entry = -1;
  #separators = 0;
  /** Samples of the entry's callees so far, by arc. */
  readonly #callees = new Map<number, number[]>();

  constructor(source: Source, { module, same }: OprofileOptions) {
    this.#source = source;
    this.#lines = source.lines();
    this.#short = module === 'name';
    this.#lastOnly = same === 'last';
  }

  read(): Profile {
    const lines = this.#lines;
    while (lines.next()) {
      const end = trimmedEnd(lines.bytes, lines.start, lines.end);
      if (end === lines.start) continue;
      if (!this.#columns) this.#readHeading(end);
      else if (this.#isSeparator(end)) this.#endEntry();
      else this.#readRow(end);
    }
    if (!this.#columns) {
      const hint = 'opreport writes it: opreport -cdf';
      this.#source.fail('no-heading', 'there is no heading that names the columns', undefined, hint);
    }
    if (this.#builder.functionCount === 0) this.#source.fail('no-rows', 'there is no row below the heading');
    return this.#profile();
  }

  #readHeading(end: number): void {
    const text = this.#lines.text(this.#lines.start, end);
    const heading = headingOf(text);
    if (!heading) {
      const event = COUNTED.exec(text)?.[1];
      if (event !== undefined) this.#events.push(event);
      if (/^(?:CPU: |Profiling |Counted )/.test(text)) this.#comments.push(text);
      return;
    }
    this.#columns = new Columns(heading);
    const { figures } = heading;
    this.#counts = [...figures.keys()].filter((i) => figures[i] === 'samples');
    const known = this.#events.length === this.#counts.length;
    const metrics = this.#counts.map((_, m): Metric => {
      const name = known ? this.#events[m]! : m === 0 ? 'samples' : `samples ${m + 1}`;
      return { name, unit: 'samples' };
    });
    this.#builder = new ProfileBuilder(metrics);
    if (this.#comments.length > 0) this.#builder.meta.comments = this.#comments;
    this.#self = metrics.map(() => new Float64List());
    this.#arcTotal = metrics.map(() => new Float64List());
  }

  #isSeparator(end: number): boolean {
    const { bytes, start } = this.#lines;
    let at = start;
    while (at < end && bytes[at] === DASH) at++;
    return at === end;
  }

  #endEntry(): void {
    this.#entry = -1;
    this.#separators++;
    this.#callees.clear();
  }

  /** Rows of callers and callees are indented. */
  #readRow(end: number): void {
    const lines = this.#lines;
    const indented = isBlank(lines.bytes[lines.start]!);
    const text = this.#readFigures(end);
    const func = text < 0 ? NO_NAMES : this.#functions.array[text]!;
    if (func === NO_NAMES) {
      this.#source.warn('bad-row', 'a line is no row of the report, and left out', lines.place());
    } else if (!indented) {
      this.#entry = func;
      for (const [m, value] of this.#row.entries()) this.#self[m]!.array[func]! += value;
    } else if (this.#entry >= 0 && !this.#isSelf[text]) {
      this.#addArc(this.#entry, func);
    }
  }

  /** Reads the samples; returns the number of the text behind the figures, or -1. */
  #readFigures(end: number): number {
    const { bytes, view, start } = this.#lines;
    const scanner = this.#scanner;
    scanner.start(bytes, start, end);
    this.#row.length = 0;
    for (let i = 0; i < this.#columns!.figures.length; i++) {
      if (this.#counts.includes(i)) {
        if (!scanner.count()) return -1;
        this.#row.push(scanner.value);
      } else {
        scanner.skipBlanks();
        while (scanner.at < end && !isBlank(bytes[scanner.at]!)) scanner.at++;
      }
    }
    scanner.skipBlanks();
    const text = this.#texts.intern(bytes, view, scanner.at, end);
    if (text === this.#functions.length) this.#addText(this.#texts.text(text));
    return text;
  }

  #addText(text: string): void {
    const names = this.#columns!.names(text);
    this.#functions.push(names ? this.#function(names) : NO_NAMES);
    this.#isSelf.push(names?.self === true);
  }

  #function({ symbol, image, application, file, line, source }: Names): number {
    const builder = this.#builder;
    const id = [application, image, source, symbol].join(':');
    const before = builder.functionCount;
    const mapping = image === '' ? -1 : builder.mapping(this.#short ? baseName(image) : image);
    const func = builder.function(symbol || image || '(no symbols)', {
      id,
      ...(mapping >= 0 && { mapping }),
      ...(application !== '' && { process: baseName(application) }),
      ...(!this.#short && { file, line }),
    });
    if (func === before) {
      builder.addFrame(func);
      for (const column of this.#self) column.push(0);
    }
    return func;
  }

  #addArc(caller: number, callee: number): void {
    const key = `${caller} ${callee}`;
    let arc = this.#arcs.get(key);
    if (arc === undefined) {
      this.#arcs.set(key, (arc = this.#caller.length));
      this.#caller.push(caller);
      this.#callee.push(callee);
      for (const column of this.#arcTotal) column.push(0);
    }
    const before = this.#lastOnly ? this.#callees.get(arc) : undefined;
    for (const [m, value] of this.#row.entries())
      this.#arcTotal[m]!.array[arc]! += value - (before?.[m] ?? 0);
    if (this.#lastOnly) this.#callees.set(arc, [...this.#row]);
  }

  #profile(): Profile {
    const builder = this.#builder;
    const self = this.#self.map((column) => column.trimmed());
    const frame = Int32Array.from(self[0]!.keys());
    if (this.#separators === 0) {
      this.#source.note('flat-totals', 'there is no call graph: totals are selves');
      return builder.flat({ frame, self, total: self.map((column) => column.slice()) });
    }
    const { length } = this.#caller;
    const arcs = {
      length,
      caller: this.#caller.trimmed(),
      callee: this.#callee.trimmed(),
      line: new Int32Array(length),
      calls: new Float64Array(length).fill(Number.NaN),
      total: this.#arcTotal.map((column) => column.trimmed()),
      counts: 'every' as const,
    };
    const total = self.map((column, m) => this.#totals(column, arcs.total[m]!));
    const cycles = components(arcs, frame.length).cycle;
    const recursive = frame.filter((n) => cycles[n]! >= 0).length;
    if (recursive > 0)
      this.#source.note(
        'recursive-totals',
        `totals of ${recursive} functions that call each other count every level of recursion, up to the sum`,
      );
    return builder.graph({ frame, self, total }, arcs);
  }

  /** Self and what was called, but not by the function of itself. */
  #totals(self: Float64Array, arcTotal: Float64Array): Float64Array {
    const total = self.slice();
    for (const [a, value] of arcTotal.entries())
      if (this.#caller.array[a] !== this.#callee.array[a]) total[this.#caller.array[a]!]! += value;
    const sum = Number(sumOf(self));
    return total.map((value) => Math.min(value, sum));
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
