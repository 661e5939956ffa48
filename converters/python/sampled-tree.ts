/** The tree of stacks that are met one by one, and the samples that met them. */
import {
  CallTree,
  Float64List,
  Int32List,
  type Profile,
  type ProfileBuilder,
  type SampleTable,
} from '../../src/plugin.ts';

/** What stands for a stack without frames: samples are of some node. */
export const EMPTY_STACK = '(empty stack)';

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
  profile(builder: ProfileBuilder, calls?: Float64Array): Profile {
    const { length, frame, parent } = this.tree;
    const node = this.#node.trimmed();
    const self = this.#values.map((list) => {
      const sums = new Float64Array(length);
      for (let i = 0; i < node.length; i++) sums[node[i]!]! += list.array[i]!;
      return sums;
    });
    const columns = { frame: frame.subarray(0, length), parent: parent.subarray(0, length), self };
    const details = this.#timed || this.#labelled ? { samples: this.#samples() } : {};
    return builder.tree(calls ? { ...columns, calls } : columns, details);
  }

  /** In order of time, where there is any. */
  #samples(): SampleTable {
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
      values: this.#values.map((list) => doubles(list.trimmed())),
    };
    if (this.#timed) table.time = doubles(time);
    if (this.#labelled) table.labels = integers(this.#labels.trimmed());
    return table;
  }
}
