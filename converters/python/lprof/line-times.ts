/** Functions and their lines, as they are read: the way to the profile. */
import {
  type Column,
  Int32List,
  type Profile,
  ProfileBuilder,
  type Source,
  scatterAdd,
  type Value,
  widenIfNeeded,
  zeros,
} from '../../../src/plugin.ts';

/** No 64-bit integer reaches it. */
const INT64 = 2n ** 63n;

export class LineTimes {
  readonly #source: Source;
  readonly #builder: ProfileBuilder;
  readonly #node = new Int32List();
  readonly #line = new Int32List();
  readonly #hits: Value[] = [];
  readonly #times: Value[] = [];
  /** Frame of each node, and its number by function. */
  readonly #frame = new Int32List();
  #current = -1;

  /** `unit` is that of the times. */
  constructor(source: Source, unit: string) {
    this.#source = source;
    this.#builder = new ProfileBuilder([
      { name: 'time', unit, title: 'time, callees included' },
      { name: 'hits', unit: 'count', title: 'times a line ran' },
    ]);
    this.#builder.meta.producer = 'line_profiler';
  }

  /** How many lines there are so far. */
  get length(): number {
    return this.#line.length;
  }

  /** The function whose lines come next. `line` is where it begins. */
  startFunction(name: string, file: string, line: number): void {
    const builder = this.#builder;
    this.#current = builder.function(name, { file, line });
    if (this.#current === builder.frameCount) this.#frame.push(builder.addFrame(this.#current, { line }));
  }

  /** A line of the function that was started last; line 0 = somewhere in it. */
  addLine(line: number, hits: Value, time: Value): void {
    this.#node.push(this.#current);
    this.#line.push(line);
    this.#hits.push(hits);
    this.#times.push(time);
  }

  finish(): Profile {
    const node = this.#node.trimmed();
    const frame = this.#frame.trimmed();
    const values = [this.#times, this.#hits].map((list) => this.#column(list));
    const self = values.map((column) => {
      const sums = zeros(column, frame.length);
      scatterAdd(sums, node, column);
      return sums;
    });
    if (self[0]!.filter((time: Value) => Number(time) !== 0).length > 1) {
      this.#source.note(
        'callees-included',
        'the time of a line includes what it calls: of functions that call each other, the sum counts some time twice',
      );
    }
    const lines = { length: node.length, node, line: this.#line.trimmed(), values };
    return this.#builder.flat({ frame, self, total: self.map((column) => column.slice()) }, { lines });
  }

  /** Integers beyond 2^53 stay exact, if they fit into 64 bits. */
  #column(values: Value[]): Column {
    if (!values.some((value) => typeof value === 'bigint'))
      return widenIfNeeded(Float64Array.from(values, Number));
    const exact = values.every((value) =>
      typeof value === 'bigint' ? value < INT64 && value >= -INT64 : Number.isInteger(value),
    );
    const column = exact
      ? widenIfNeeded(BigInt64Array.from(values, (value) => BigInt(value)))
      : Float64Array.from(values, Number);
    if (column instanceof Float64Array)
      this.#source.warn('rounded', 'numbers beyond 2^63, or beside fractions, are rounded to 53 bits');
    return column;
  }
}
