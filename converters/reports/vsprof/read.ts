/** Reads the rows, each of which tells how deep it is. */
import {
  Float64List,
  formatValue,
  Int32List,
  type Label,
  type LineReader,
  type Profile,
  ProfileBuilder,
  type SampleTable,
  type Source,
  type TreeColumns,
} from '../../../src/plugin.ts';
import { CallRows, RowValues } from '../call-rows.ts';
import { CsvRow } from '../csv-row.ts';
import { Figure } from '../figure.ts';
import { RowFrames } from '../row-frames.ts';
import { selvesOf } from '../row-selves.ts';
import { type Columns, columnsOf, type ValueColumns } from './columns.ts';
import { HALF, Shares } from './shares.ts';
import { delimiterOf } from './titles.ts';

const HIDDEN = '[hidden]';
/** A hundredth of a percent: with these, shares of two decimals are integers. */
const SHARE = 'basis points';
/** Times are in milliseconds. */
const EXPONENT = 6;

interface Values extends ValueColumns {
  rows: RowValues;
  /** Absent = there are values, not shares. */
  shares: Shares | undefined;
}

export class Reader {
  readonly #source: Source;
  readonly #lines: LineReader;
  readonly #row: CsvRow;
  readonly #builder = new ProfileBuilder([]);
  readonly #rows = new CallRows();
  readonly #figure = new Figure();
  readonly #calls = new Float64List();
  /** By frame: what tells of the process; -1 = nothing. */
  readonly #labels = new Int32List();
  #columns!: Columns;
  #values: Values[] = [];
  #width = 0;
  /** Of the first row. */
  #firstLevel = -1;
  #slack = 0;

  constructor(source: Source) {
    this.#source = source;
    this.#lines = source.lines();
    this.#row = new CsvRow(this.#lines);
  }

  /** Throws `ProfileError`. */
  read(): Profile {
    const lines = this.#lines;
    this.#readTitles();
    const { name, module, file, line, process, processId } = this.#columns;
    const frames = new RowFrames(lines, this.#row, [name, module, file, line, process, processId], () =>
      this.#frame(),
    );
    while (lines.next()) if (lines.start < lines.end) this.#readRow(frames);
    if (this.#rows.tree.length === 0)
      this.#source.fail('no-rows', 'there is no row of a call tree below the titles');
    return this.#profile();
  }

  #readTitles(): void {
    const lines = this.#lines;
    const delimiter = lines.next()
      ? delimiterOf(lines.text(lines.start, Math.min(lines.end, lines.start + 100)))
      : undefined;
    const hint = 'export the call tree as CSV: VSPerfReport /summary:calltree';
    if (delimiter === undefined)
      this.#source.fail('no-titles', 'the first line does not have the titles of columns', undefined, hint);
    this.#row.delimiter = delimiter.charCodeAt(0);
    const titles = this.#row.read() ? this.#row.texts() : [];
    this.#columns = columnsOf(titles);
    this.#width = titles.length;
    this.#values = this.#columns.values.map((each) => ({
      ...each,
      rows: new RowValues(each.self >= 0, each.total >= 0),
      shares: each.isShare ? new Shares() : undefined,
    }));
    if (this.#values.length > 0) return;
    const message = 'there is no column of times, samples, bytes, allocations or contentions';
    this.#source.fail(
      'no-values',
      message,
      lines.place(),
      'show more columns of the call tree, and export it again',
    );
  }

  #readRow(frames: RowFrames): void {
    const row = this.#row;
    const { name, calls } = this.#columns;
    if (!row.read() || row.length !== this.#width || row.from(name) === row.to(name)) {
      const message = `expected a function, and as many cells as there are titles: ${this.#width}`;
      this.#source.fail('bad-row', message, this.#lines.place());
    }
    const node = this.#rows.add(this.#depth(), frames.frame());
    const count = calls < 0 ? 0 : this.#value(calls);
    while (this.#calls.length <= node) this.#calls.push(0);
    this.#calls.array[node]! += count;
    for (const values of this.#values) this.#readValues(values, node, count);
  }

  #depth(): number {
    const level = this.#value(0);
    if (this.#firstLevel < 0) this.#firstLevel = level;
    const depth = level - this.#firstLevel;
    if (Number.isInteger(depth) && depth >= 0 && depth <= this.#rows.depth) return depth;
    const message = `there is no row of level ${level - 1} above it`;
    return this.#source.fail('bad-level', message, this.#lines.place(this.#row.from(0)));
  }

  #readValues(values: Values, node: number, calls: number): void {
    const { metric, self, total, rows, shares } = values;
    const exponent = !shares && metric.unit === 'nanoseconds' ? EXPONENT : 0;
    this.#slack = 0;
    const own = self < 0 ? 0 : this.#value(self, exponent);
    const all = total < 0 ? 0 : this.#value(total, exponent);
    // A share of 0 may be rounded, too.
    const slack = shares ? (Number(self >= 0) + Number(total >= 0)) * HALF : this.#slack;
    rows.add(node, own, all, slack);
    if (shares) this.#readAverages(values, shares, node, calls);
  }

  #readAverages(values: Values, shares: Shares, node: number, calls: number): void {
    const { self, total, averageSelf, averageTotal } = values;
    if (averageSelf >= 0) {
      const average = this.#value(averageSelf);
      shares.add(node, calls, average);
      if (self >= 0) shares.compare(calls, average, this.#value(self));
    }
    if (averageTotal >= 0 && total >= 0) shares.compare(calls, this.#value(averageTotal), this.#value(total));
  }

  #value(cell: number, exponent = 0): number {
    const [from, to] = [this.#row.from(cell), this.#row.to(cell)];
    if (this.#figure.read(this.#lines.bytes, from, to, true) !== to) {
      const text = JSON.stringify(this.#lines.text(from, Math.min(to, from + 60)));
      this.#source.fail('bad-figure', `expected a figure, got ${text}`, this.#lines.place(from));
    }
    this.#slack += this.#figure.slack(exponent);
    return this.#figure.value(exponent);
  }

  /** A frame of its own for each process: nodes are kept apart by frames, and labels are those of nodes. */
  #frame(): number {
    const builder = this.#builder;
    const row = this.#row;
    const { name, module, file, line, process, processId } = this.#columns;
    const object = row.text(module);
    const mapping = object === '' ? -1 : builder.mapping(object);
    const first = line < 0 || row.text(line) === '' ? 0 : this.#value(line);
    const func = builder.function(row.text(name), {
      file: row.text(file),
      line: first < 2 ** 31 ? first : 0,
      mapping,
    });
    const labels: Label[] = [];
    if (row.text(process) !== '') labels.push({ key: 'process', value: row.text(process) });
    if (row.text(processId) !== '') labels.push({ key: 'pid', value: row.text(processId) });
    this.#labels.push(labels.length === 0 ? -1 : builder.labels(labels));
    return builder.addFrame(func, { mapping });
  }

  #profile(): Profile {
    const builder = this.#builder;
    const rows = this.#values.map(({ rows }) => rows);
    const told = this.#rows.tree.length;
    const selves = selvesOf(this.#source, this.#rows, rows, () => builder.frame(builder.function(HIDDEN)));
    const self = this.#values.map((values, m) => this.#times(values, selves[m]!));
    builder.meta.producer = 'Visual Studio';
    const { length, frame, parent } = this.#rows.tree;
    while (this.#calls.length < length) this.#calls.push(Number.NaN);
    const columns = { frame: frame.subarray(0, length), parent: parent.subarray(0, length), self };
    const calls = this.#columns.calls < 0 ? {} : { calls: this.#calls.trimmed() };
    return builder.tree({ ...columns, ...calls }, this.#details(columns, told));
  }

  /** Adds the metric. Shares become times where it is known of how much. */
  #times({ metric, shares }: Values, self: Float64Array): Float64Array {
    const { metrics } = this.#builder;
    if (!shares) {
      metrics.push(metric);
      return self;
    }
    const { whole } = shares;
    const isKnown = whole > 0 && metric.unit === 'nanoseconds';
    metrics.push(isKnown ? metric : { ...metric, unit: SHARE });
    const all = isKnown ? `, and of averages: ${formatValue(whole * 10 ** EXPONENT, metric)} in all` : '';
    this.#source.note('rounded', `${metric.name}: values are shares with two decimals${all}`);
    return self.map((percent, node) => (isKnown ? shares.time(node, percent) : Math.round(percent * 100)));
  }

  /** Samples tell of processes: one for each node that has something. Nodes from `told` on are below one of them. */
  #details({ frame, parent, self }: TreeColumns, told: number): { samples?: SampleTable } {
    if (this.#labels.trimmed().every((label) => label < 0)) return {};
    const node = Int32Array.from(self[0]!.keys()).filter((n) => self.some((column) => column[n] !== 0));
    const labels = node.map((n) => this.#labels.array[frame[n < told ? n : parent[n]!]!]!);
    const values = self.map((column) => Float64Array.from(node, (n) => Number(column[n])));
    return { samples: { length: node.length, node, values, labels } };
  }
}
