/** Reads the rows, whose depth is the number of blanks in front of the function. */
import {
  formatValue,
  type LineReader,
  type Profile,
  ProfileBuilder,
  type Source,
} from '../../../src/plugin.ts';
import { CallRows, RowValues } from '../call-rows.ts';
import { CsvRow } from '../csv-row.ts';
import { Figure } from '../figure.ts';
import { RowFrames } from '../row-frames.ts';
import { selvesOf } from '../row-selves.ts';
import { type Columns, columnsOf, type Kind, type ValueColumns } from './columns.ts';
import { delimiterOf } from './titles.ts';

const PERCENT = 37;
const UNKNOWN = '[Unknown]';
const WHOLE = 'Total';
const HIDDEN = '[hidden]';
/** Which power of ten a unit is of that in which values are kept. Figures without one are seconds, bytes or counts. */
const EXPONENTS: Record<Kind, Record<string, number>> = {
  time: { '': 9, s: 9, ms: 6, us: 3, µs: 3, ns: 0 },
  bytes: { '': 0, B: 0 },
  count: { '': 0 },
};
/** The title of a metric, and what its columns hold. */
interface Values extends ValueColumns {
  rows: RowValues;
  /** What the first row says that functions have in all; NaN = it does not. */
  whole: number;
}

export class Reader {
  readonly #source: Source;
  readonly #lines: LineReader;
  readonly #row: CsvRow;
  readonly #builder = new ProfileBuilder([]);
  readonly #rows = new CallRows();
  readonly #figure = new Figure();
  #width = 0;
  #slack = 0;

  constructor(source: Source) {
    this.#source = source;
    this.#lines = source.lines();
    this.#row = new CsvRow(this.#lines);
  }

  /** Throws `ProfileError`. */
  read(): Profile {
    const lines = this.#lines;
    const columns = this.#readTitles();
    const frames = new RowFrames(lines, this.#row, [0, columns.module, columns.file, columns.fullName], () =>
      this.#frame(columns),
    );
    let values: Values[] | undefined;
    while (lines.next()) {
      if (lines.start === lines.end) continue;
      this.#splitRow();
      values ??= this.#values(columns);
      const node = this.#node(frames);
      for (const each of values) this.#readValues(each, node);
    }
    if (!values || this.#rows.tree.length === 0)
      this.#source.fail('no-rows', 'there is no row of a call tree below the titles');
    return this.#profile(values);
  }

  #readTitles(): Columns {
    const lines = this.#lines;
    while (lines.next()) {
      const delimiter = delimiterOf(lines.text(lines.start, Math.min(lines.end, lines.start + 4000)));
      if (delimiter === undefined) continue;
      this.#row.delimiter = delimiter.charCodeAt(0);
      if (!this.#row.read()) break;
      const titles = this.#row.texts();
      this.#width = titles.length;
      return columnsOf(titles);
    }
    const hint = 'vtune -report top-down -column "CPU Time:Self",Module -format csv -csv-delimiter comma';
    return this.#source.fail('no-titles', 'there is no line with the titles of columns', undefined, hint);
  }

  #splitRow(): void {
    const row = this.#row;
    if (!row.read() || row.length !== this.#width || row.from(0) === row.to(0)) {
      const message = `expected a function and as many cells as there are titles: ${this.#width}`;
      this.#source.fail('bad-row', message, this.#lines.place());
    }
  }

  /** What is kept. What is in percent is told by the first row. */
  #values({ values, others }: Columns): Values[] {
    const kept = values.flatMap((each) => {
      const [self, total] = [each.self, each.total].map((cell) => (this.#isShare(cell) ? -1 : cell));
      if (self! >= 0 || total! >= 0)
        return [
          {
            ...each,
            self: self!,
            total: total!,
            rows: new RowValues(self! >= 0, total! >= 0),
            whole: Number.NaN,
          },
        ];
      others.push(`${each.title} in percent`);
      return [];
    });
    if (kept.length === 0) {
      const hint = 'ask for selves as values: -column "CPU Time:Self",Module -show-as values';
      this.#source.fail('no-values', `there are no values in it: ${others.join(', ')}`, undefined, hint);
    }
    if (others.length > 0)
      this.#source.note('left-out', `columns that are no sums of values are left out: ${others.join(', ')}`);
    return kept;
  }

  #isShare(cell: number): boolean {
    return cell >= 0 && this.#lines.bytes[this.#row.to(cell) - 1] === PERCENT;
  }

  /** The node of the row; -1 = it is the one for the whole. */
  #node(frames: RowFrames): number {
    const { indent } = this.#row;
    if (indent > this.#rows.depth) {
      const message = 'a row that is indented by more than one blank beyond the one above it';
      this.#source.fail('bad-indent', message, this.#lines.place(this.#row.from(0)));
    }
    if (this.#rows.tree.length > 0 || indent > 0 || this.#rows.depth > 0 || this.#row.text(0) !== WHOLE)
      return this.#rows.add(indent, frames.frame());
    this.#rows.pass(indent);
    return -1;
  }

  #readValues(values: Values, node: number): void {
    const { kind, self, total, rows } = values;
    this.#slack = 0;
    const own = self < 0 ? 0 : this.#value(self, kind);
    const all = total < 0 ? 0 : this.#value(total, kind);
    if (node >= 0) {
      rows.add(node, own, all, this.#slack);
      return;
    }
    if (total >= 0) values.whole = all;
    // What is in no function.
    if (own === 0) return;
    const frame = this.#builder.frame(this.#builder.function(WHOLE));
    rows.add(this.#rows.tree.child(-1, frame), own, own, 0);
  }

  /** An empty cell is 0. */
  #value(cell: number, kind: Kind): number {
    const { bytes } = this.#lines;
    const [from, to] = [this.#row.from(cell), this.#row.to(cell)];
    if (from === to) return 0;
    const figure = this.#figure;
    const end = figure.read(bytes, from, to);
    const exponent = end < 0 ? undefined : EXPONENTS[kind][this.#unit(end, to)];
    if (exponent === undefined) {
      const text = JSON.stringify(this.#lines.text(from, Math.min(to, from + 60)));
      this.#source.fail('bad-figure', `expected a figure, got ${text}`, this.#lines.place(from));
    }
    this.#slack += figure.slack(exponent);
    return figure.value(exponent);
  }

  /** What stands behind a figure; no unit is longer than two letters, one of them maybe of two bytes. */
  #unit(from: number, to: number): string {
    const { bytes } = this.#lines;
    if (to - from < 2) return from === to ? '' : String.fromCharCode(bytes[from]!);
    return this.#lines.text(from, Math.min(to, from + 5)).trim();
  }

  #frame({ module, file, fullName }: Columns): number {
    const builder = this.#builder;
    const [object, source, full] = [module, file, fullName].map((cell) => known(this.#row.text(cell)));
    const mapping = object === '' ? -1 : builder.mapping(object!);
    const func = builder.function(this.#row.text(0), { file: source!, mapping, systemName: full! });
    return builder.frame(func, { mapping });
  }

  #profile(values: Values[]): Profile {
    const builder = this.#builder;
    builder.meta.producer = 'VTune';
    for (const { metric } of values) builder.metrics.push(metric);
    const hidden = () => builder.frame(builder.function(HIDDEN));
    const self = selvesOf(
      this.#source,
      this.#rows,
      values.map(({ rows }) => rows),
      hidden,
    );
    for (const each of values) this.#tellSum(each);
    const { length, frame, parent } = this.#rows.tree;
    return builder.tree({ frame: frame.subarray(0, length), parent: parent.subarray(0, length), self });
  }

  /** Tells of rows that are missing where they would be below none. */
  #tellSum({ title, metric, rows, whole }: Values): void {
    const { parent } = this.#rows.tree;
    let sum = 0;
    let slack = 0;
    for (let node = 0; node < rows.total.length; node++) {
      if (parent[node]! >= 0) continue;
      sum += rows.total.array[node]!;
      slack += rows.slack.array[node]!;
    }
    if (!(Math.abs(whole - sum) > slack * (1 + 1e-9))) return;
    const [found, all] = [sum, whole].map((value) => formatValue(value, metric));
    this.#source.warn('totals-differ', `${title}: there are ${found} of the ${all} that it says it has`);
  }
}

function known(text: string): string {
  return text === UNKNOWN ? '' : text;
}
