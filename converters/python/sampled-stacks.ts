/** Samples in the order they were taken, and the tree of their stacks. */
import {
  CallTree,
  type Details,
  Float64List,
  grown,
  Int32List,
  type Profile,
  type ProfileBuilder,
  summed,
} from '../../src/plugin.ts';

/** What a sample without any frame is put on, so that its values are not lost. */
export const EMPTY_STACK = '(empty stack)';

/** Nodes by stacks, which are given as frames. A stack shares its beginning with the one before. */
export class StackNodes {
  readonly tree = new CallTree();
  /** The stack before, and its nodes. */
  #frames = new Int32Array(256);
  #nodes = new Int32Array(256);
  #depth = 0;

  /** The node of the stack `frames[0 … depth]`, root first; -1 = it has no frame. */
  node(frames: Int32Array, depth: number): number {
    if (depth > this.#frames.length) {
      this.#frames = grown(this.#frames, depth);
      this.#nodes = grown(this.#nodes, depth);
    }
    const before = this.#frames;
    const nodes = this.#nodes;
    const common = Math.min(depth, this.#depth);
    let d = 0;
    while (d < common && frames[d] === before[d]) d++;
    let node = d === 0 ? -1 : nodes[d - 1]!;
    for (; d < depth; d++) {
      const frame = frames[d]!;
      node = this.tree.child(node, frame);
      before[d] = frame;
      nodes[d] = node;
    }
    this.#depth = depth;
    return node;
  }
}

export class SampleRows {
  readonly #node = new Int32List();
  readonly #labels = new Int32List();
  /** By metric. */
  readonly #values: Float64List[];
  readonly #time = new Float64List();

  constructor(metrics: number) {
    this.#values = Array.from({ length: metrics }, () => new Float64List());
  }

  get length(): number {
    return this.#node.length;
  }

  /** A sample; its values follow. `labels` is an index of the builder's sets. */
  add(node: number, labels: number): void {
    this.#node.push(node);
    this.#labels.push(labels);
  }

  addValue(metric: number, value: number): void {
    this.#values[metric]!.push(value);
  }

  /** When the sample was taken: nanoseconds. For all samples, or for none. */
  addTime(time: number): void {
    this.#time.push(time);
  }

  /** Whether times never go back. If they do, there are none in the profile. */
  get inOrder(): boolean {
    const time = this.#time.trimmed();
    return time.every((each, i) => i === 0 || each >= time[i - 1]!);
  }

  /** The profile that has this tree, and of the values those that the builder's metrics are for. Sums of integers are exact. */
  profile(builder: ProfileBuilder, frame: Int32Array, parent: Int32Array, metrics?: number[]): Profile {
    const node = this.#node.trimmed();
    const chosen = metrics ? metrics.map((m) => this.#values[m]!) : this.#values;
    const values = chosen.map((column) => column.trimmed());
    const samples: Details['samples'] = { length: this.length, node, values, labels: this.#labels.trimmed() };
    if (this.#time.length > 0 && this.inOrder) samples.time = this.#time.trimmed();
    const self = values.map((column) => summed([column], [node], frame.length));
    return builder.tree({ frame, parent, self }, { samples });
  }
}
