/** Samples of all profiles as rows, with a value for each metric. */
import {
  type Column,
  Float64List,
  Int32List,
  type Metric,
  type Profile,
  type ProfileBuilder,
  type Source,
  type StackTable,
  type Value,
} from '../../../src/plugin.ts';
import { IntegerList } from '../integer-list.ts';
import type { Dictionary } from './dictionary.ts';

/** No message has more values than these, and more than 64 to a byte: metrics may have few samples in common. */
const MANY_VALUES = 2 ** 24;

/** What makes samples of several metrics one. */
export interface RowKey {
  stack: number;
  /** Index of the builder's set of labels. */
  labels: number;
  /** Nanoseconds since 1970. */
  time: bigint | undefined;
}

export class Rows {
  /** Bytes read so far. */
  size = 0;
  /** Stacks of the dictionaries before this one. */
  stacksBefore = 0;
  readonly #source: Source;
  readonly #builder: ProfileBuilder;
  readonly #values: IntegerList[] = [];
  readonly #frames = new Int32List();
  readonly #starts = new Int32List();
  readonly #labels = new Int32List();
  /** Number of the stack by row, over all messages. */
  readonly #stacks = new Int32List();
  /** Nanoseconds since `#base` by row; NaN = none. */
  readonly #times = new Float64List();
  #base: bigint | undefined;

  constructor(source: Source, builder: ProfileBuilder) {
    this.#source = source;
    this.#builder = builder;
    this.#starts.push(0);
  }

  get length(): number {
    return this.#labels.length;
  }

  /** Index of a metric, which is added if it is new. */
  metric(metric: Metric): number {
    const { metrics } = this.#builder;
    const known = metrics.findIndex(({ name, unit }) => name === metric.name && unit === metric.unit);
    if (known >= 0) return known;
    this.#values.push(new IntegerList());
    const index = metrics.push(metric) - 1;
    this.#limit();
    return index;
  }

  #limit(): void {
    const count = this.length * this.#values.length;
    if (count > Math.max(MANY_VALUES, this.size * 64))
      this.#source.fail(
        'too-many-values',
        `${this.length} samples in ${this.#values.length} metrics are too many`,
      );
  }

  /** Sets a value of the row if that is this very sample, or of a new row. Returns the row. */
  set(row: number, metric: number, sample: RowKey, value: Value, dictionary: Dictionary): number {
    const { stack, labels } = sample;
    const time = sample.time === undefined ? Number.NaN : this.#timeOf(sample.time);
    const isKnown =
      row < this.length &&
      this.#stacks.array[row] === this.stacksBefore + stack &&
      this.#labels.array[row] === labels &&
      Object.is(this.#times.array[row], time);
    const at = isKnown ? row : this.length;
    if (!isKnown) {
      dictionary.addStack(stack, this.#frames);
      this.#starts.push(this.#frames.length);
      this.#stacks.push(this.stacksBefore + stack);
      this.#labels.push(labels);
      this.#times.push(time);
      this.#limit();
    }
    this.#values[metric]!.set(at, value);
    return at;
  }

  #timeOf(time: bigint): number {
    this.#base ??= time;
    return Number(time - this.#base);
  }

  /** The profile of all rows, by time if all have one; `start` is when it began, in nanoseconds since 1970. */
  finish(start: bigint | undefined): Profile {
    const { length } = this;
    const order = this.#order();
    const rows = order ?? Int32Array.from({ length }, (_, i) => i);
    const time = order ? this.#timesSince(start, rows) : undefined;
    if (start !== undefined) this.#builder.meta.startTime ??= start;
    const stacks = this.#stacksIn(order);
    const hasLabels = this.#builder.labelSets.some((set) => set.length > 0);
    const labels = hasLabels ? Int32Array.from(rows, (row) => this.#labels.array[row]!) : undefined;
    return this.#builder.stacks(stacks, this.#columns(rows), {
      ...(labels && { labels }),
      ...(time && { time }),
    });
  }

  #stacksIn(order: Int32Array | undefined): StackTable {
    const { length } = this;
    const starts = this.#starts.trimmed();
    const frames = this.#frames.trimmed();
    if (!order) return { length, start: new Uint32Array(starts), frame: frames };
    const start = new Uint32Array(length + 1);
    const frame = new Int32Array(frames.length);
    for (const [i, row] of order.entries()) {
      const stack = frames.subarray(starts[row]!, starts[row + 1]!);
      frame.set(stack, start[i]!);
      start[i + 1] = start[i]! + stack.length;
    }
    return { length, start, frame };
  }

  #columns(rows: Int32Array): Column[] {
    return this.#values.map((values) => {
      if (values.length < rows.length) values.set(rows.length - 1, 0);
      const column = values.column();
      return column instanceof Float64Array
        ? Float64Array.from(rows, (row) => column[row]!)
        : BigInt64Array.from(rows, (row) => column[row]!);
    });
  }

  /** Rows by time; undefined if not all have one. */
  #order(): Int32Array | undefined {
    if (this.#base === undefined) return undefined;
    const times = this.#times.trimmed();
    if (times.some(Number.isNaN)) {
      this.#source.warn('some-times', 'only some samples have times: they are left out');
      return undefined;
    }
    return Int32Array.from(times.keys()).sort((a, b) => times[a]! - times[b]! || a - b);
  }

  /** Times by row, from the start that is stated, or else from the first sample on, unless that is near 0. */
  #timesSince(stated: bigint | undefined, rows: Int32Array): Float64Array {
    const times = this.#times.array;
    const first = this.#base! + BigInt(times[rows[0]!]!);
    let start = stated !== undefined && stated <= first ? stated : first;
    if (stated === undefined && first < BigInt(Number.MAX_SAFE_INTEGER)) start = 0n;
    else this.#builder.meta.startTime = start;
    const shift = Number(this.#base! - start);
    return Float64Array.from(rows, (row) => times[row]! + shift);
  }
}
