/** Samples of austin, from whichever form of its output: their metrics, labels and facts. */
import {
  type CallTree,
  type Label,
  type Meta,
  type Metric,
  type Profile,
  ProfileBuilder,
  type Source,
} from '../../../src/plugin.ts';
import { EMPTY_STACK, SampledTree } from '../sampled-tree.ts';

/** Values of a sample. CPU time is the time of one that was not idle. */
const TIME = 0;
const CPU = 1;
const GAINED = 2;
const GIVEN_BACK = 3;

const METRICS: Metric[] = [
  { name: 'time', unit: 'microseconds' },
  { name: 'cpu', unit: 'microseconds', title: 'CPU time' },
  { name: 'memory+', unit: 'bytes', title: 'memory gained' },
  { name: 'memory-', unit: 'bytes', title: 'memory given back' },
];

export class Samples {
  readonly builder = new ProfileBuilder([]);
  /** What the file says of the run: mode, interval and so on. */
  readonly facts = new Map<string, string>();
  readonly #sampled = new SampledTree(METRICS.length);
  readonly #values = new Float64Array(METRICS.length);
  /** Labels by thread, and the sets of its busy and its idle samples. */
  readonly #threads: Label[][] = [];
  readonly #sets: (number | undefined)[] = [];
  readonly #seen = new Set<number>();

  get length(): number {
    return this.#sampled.sampleCount;
  }

  /** A thread: what its samples are labelled with. Threads are numbered from 0. */
  addThread(labels: Label[]): void {
    this.#threads.push(labels);
  }

  /** A sample. Microseconds, or bytes that were gained and given back: 0 if these are not measured. */
  add(node: number, thread: number, idle: boolean, time: number, gained: number, givenBack: number): void {
    const key = thread * 2 + Number(idle);
    this.#sets[key] ??= this.builder.labels([
      ...this.#threads[thread]!,
      ...(idle ? [{ key: 'idle', value: 1 }] : []),
    ]);
    const values = this.#values;
    values[TIME] = time;
    values[CPU] = idle ? 0 : time;
    values[GAINED] = gained;
    values[GIVEN_BACK] = givenBack;
    this.#sampled.add(node, values, Number.NaN, this.#sets[key]);
  }

  /** Says what is measured. */
  measures(...what: ('time' | 'cpu' | 'memory')[]): void {
    if (what.includes('time')) this.#seen.add(TIME);
    if (what.includes('cpu')) this.#seen.add(CPU);
    if (what.includes('memory')) this.#seen.add(GAINED).add(GIVEN_BACK);
  }

  /** The frame of what a frame in the output says; `file` may be `kernel`, which is none. */
  frame(name: string, file = '', line = 0, column = 0): number {
    const { builder } = this;
    const func =
      file === 'kernel'
        ? builder.function(name, { mapping: builder.mapping('kernel') })
        : builder.function(name, { file });
    return builder.frame(func, { line: toLine(line), column: toLine(column) });
  }

  emptyFrame(): number {
    return this.builder.frame(this.builder.function(EMPTY_STACK));
  }

  /** The profile that has this tree. */
  profile(source: Source, nodes: Pick<CallTree, 'length' | 'frame' | 'parent'>): Profile {
    const { builder } = this;
    if (this.length === 0) source.warn('no-samples', 'there are no samples in it');
    const metrics = this.#seen.size > 0 ? [...this.#seen].sort() : [TIME];
    for (const m of metrics) builder.metrics.push({ ...METRICS[m]! });
    const [first] = builder.metrics;
    const mode = this.facts.get('mode');
    if (first!.name === 'time' && mode !== undefined)
      first!.title = mode === 'cpu' ? 'CPU time' : 'wall time';
    builder.meta = this.#meta();
    return this.#sampled.profile(builder, undefined, { nodes, metrics });
  }

  #meta(): Meta {
    const { facts } = this;
    const meta: Meta = { producer: 'austin' };
    const version = facts.get('austin');
    if (version !== undefined) meta.producer = `austin ${version}`;
    const interval = Number(facts.get('interval') ?? 0);
    if (interval > 0) meta.period = { metric: { ...METRICS[TIME]! }, value: interval };
    const duration = Number(facts.get('duration') ?? 0);
    if (duration > 0) meta.duration = duration * 1000;
    const said = ['austin', 'interval', 'duration'];
    const comments = [...facts]
      .filter(([key]) => !said.includes(key))
      .map(([key, value]) => `${key}: ${value}`);
    if (comments.length > 0) meta.comments = comments;
    return meta;
  }
}

/** A line or column; none if it is not a number that one can have. */
function toLine(number: number): number {
  return number > 0 && number < 2 ** 31 ? number : 0;
}
