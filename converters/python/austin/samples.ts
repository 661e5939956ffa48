/** Samples of austin, from whichever form of its output: their metrics, labels and facts. */
import {
  type Label,
  type Meta,
  type Metric,
  type Profile,
  ProfileBuilder,
  type Source,
} from '../../../src/plugin.ts';
import { EMPTY_STACK, SampleRows } from '../sampled-stacks.ts';

/** Values of a sample. `cpu` is the time of a sample that was not idle; memory was gained, or given back. */
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
  readonly #rows = new SampleRows(METRICS.length);
  /** Labels by thread, and the sets of its busy and its idle samples. */
  readonly #threads: Label[][] = [];
  readonly #sets: (number | undefined)[] = [];
  readonly #seen = new Set<number>();

  get length(): number {
    return this.#rows.length;
  }

  /** A thread: what its samples are labelled with. Threads are numbered from 0. */
  addThread(labels: Label[]): void {
    this.#threads.push(labels);
  }

  /** Begins a sample; one of `addTime` and `addMemory` follows, or both. */
  add(node: number, thread: number, idle: boolean): void {
    const key = thread * 2 + Number(idle);
    this.#sets[key] ??= this.builder.labels([
      ...this.#threads[thread]!,
      ...(idle ? [{ key: 'idle', value: 1 }] : []),
    ]);
    this.#rows.add(node, this.#sets[key]);
  }

  /** Microseconds; 0 if time is not measured. `cpu`: of these, those of a busy thread. */
  addTime(time: number, cpu: number): void {
    this.#rows.addValue(TIME, time);
    this.#rows.addValue(CPU, cpu);
  }

  /** Bytes: 0 if memory is not measured. */
  addMemory(gained: number, givenBack: number): void {
    this.#rows.addValue(GAINED, gained);
    this.#rows.addValue(GIVEN_BACK, givenBack);
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

  profile(source: Source, frame: Int32Array, parent: Int32Array): Profile {
    const { builder } = this;
    if (this.length === 0) source.warn('no-samples', 'there are no samples in it');
    const metrics = this.#seen.size > 0 ? [...this.#seen].sort() : [TIME];
    for (const m of metrics) builder.metrics.push({ ...METRICS[m]! });
    const [first] = builder.metrics;
    const mode = this.facts.get('mode');
    if (first!.name === 'time' && mode !== undefined)
      first!.title = mode === 'cpu' ? 'CPU time' : 'wall time';
    builder.meta = this.#meta();
    return this.#rows.profile(builder, frame, parent, metrics);
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
