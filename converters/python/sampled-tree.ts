/** The tree of stacks that are met one by one, and the samples that met them. */
import {
  CallTree,
  Float64List,
  Int32List,
  type Profile,
  type ProfileBuilder,
  type SampleTable,
  summed,
} from '../../src/plugin.ts';

/** What stands for a stack without frames: samples are of some node. */
export const EMPTY_STACK = '(empty stack)';

/** What a profile is made of, if not of all that is here. */
interface Parts {
  /** The tree, where another one than `tree` was filled. */
  nodes?: Pick<CallTree, 'length' | 'frame' | 'parent'>;
  /** Which of the values the builder's metrics are for. */
  metrics?: number[];
}

export class SampledTree {
  readonly tree = new CallTree();
  readonly #node = new Int32List();
  readonly #values: Float64List[];
  readonly #time = new Float64List();
  readonly #labels = new Int32List();
  #timed = false;
  #labelled = false;

  constructor(metrics: number) {
    this.#values = Array.from({ length: metrics }, () => new Float64List());
  }

  get sampleCount(): number {
    return this.#node.length;
  }

  /** A sample of a node. `values` is read at once; `time` in nanoseconds since the start; `labels` -1 = none. */
  add(node: number, values: ArrayLike<number>, time: number = Number.NaN, labels = -1): void {
    this.#node.push(node);
    for (let m = 0; m < this.#values.length; m++) this.#values[m]!.push(values[m]!);
    this.#time.push(time);
    this.#labels.push(labels);
    if (!Number.isNaN(time)) this.#timed = true;
    if (labels >= 0) this.#labelled = true;
  }

  /** The profile; `calls` by node, where calls were counted. */
  profile(
    builder: ProfileBuilder,
    calls?: Float64Array,
    { nodes = this.tree, metrics }: Parts = {},
  ): Profile {
    const { length, frame, parent } = nodes;
    const node = this.#node.trimmed();
    const lists = metrics ? metrics.map((m) => this.#values[m]!) : this.#values;
    const values = lists.map((list) => list.trimmed());
    const self = values.map((column) => summed([column], [node], length));
    const columns = { frame: frame.subarray(0, length), parent: parent.subarray(0, length), self };
    const details = this.#timed || this.#labelled ? { samples: this.#samples(values) } : {};
    return builder.tree(calls ? { ...columns, calls } : columns, details);
  }

  /** In order of time, where there is any. */
  #samples(values: Float64Array[]): SampleTable {
    const length = this.#node.length;
    const time = this.#time.trimmed();
    let late = false;
    for (let i = 1; i < length && !late; i++) late = this.#timed && !(time[i]! >= time[i - 1]!);
    const order = late
      ? Uint32Array.from(time.keys()).sort((a, b) => time[a]! - time[b]! || a - b)
      : undefined;
    const doubles = (column: Float64Array) => (order ? Float64Array.from(order, (i) => column[i]!) : column);
    const integers = (column: Int32Array) => (order ? Int32Array.from(order, (i) => column[i]!) : column);
    const table: SampleTable = {
      length,
      node: integers(this.#node.trimmed()),
      values: values.map(doubles),
    };
    if (this.#timed) {
      table.time = doubles(time);
      // The first of them is the start, if one is earlier than what was taken for that.
      const start = Math.min(0, table.time[0]!);
      if (start < 0) for (let i = 0; i < length; i++) table.time[i]! -= start;
    }
    if (this.#labelled) table.labels = integers(this.#labels.trimmed());
    return table;
  }
}
