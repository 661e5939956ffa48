/** The events of all chunks, as one profile. */
import {
  CallTree,
  Float64List,
  Int32List,
  type Meta,
  type Metric,
  type Profile,
  ProfileBuilder,
  type SampleTable,
  type Source,
} from '../../../src/plugin.ts';
import type { Constants } from './constants.ts';
import type { Key } from './cursor.ts';
import { DURATION, type EventReader, type Measure } from './events.ts';
import { signature } from './java-names.ts';

const EMPTY_STACK = '(empty stack)';
/** In place of a node. */
const NO_STACK = -1;
/** Of most samples it is this, and not worth telling. */
const RUNNING = 'STATE_RUNNABLE';

/** What is measured, whether there is a stack to it, and whether any value is not 0. */
interface Measured extends Measure {
  hasStacks: boolean;
  hasValues: boolean;
}

/** A chunk that is read. */
interface Chunk {
  constants: Constants;
  /** Nanoseconds since the first chunk began, of an event that starts at a tick. */
  timeOf(tick: number): number;
  nodes: Map<Key, number>;
  functions: Map<Key, number>;
  labels: Map<string, number>;
}

export class Recording {
  readonly #source: Source;
  readonly #hasSignatures: boolean;
  readonly #metrics: Metric[] = [];
  readonly #builder = new ProfileBuilder(this.#metrics);
  readonly #tree = new CallTree();
  readonly #measures: Measured[] = [];
  #chunk: Chunk | undefined;
  /** By event. */
  readonly #measure = new Int32List();
  readonly #node = new Int32List();
  readonly #value = new Float64List();
  readonly #time = new Float64List();
  readonly #labels = new Int32List();
  /** When the earliest chunk began: that is what times are told from. */
  #earliest = 0;
  #truncated = 0;
  /** Events whose stacks are not among the constants. */
  #missing = 0;

  constructor(source: Source, { signatures }: { signatures: boolean }) {
    this.#source = source;
    this.#hasSignatures = signatures;
  }

  get meta(): Meta {
    return this.#builder.meta;
  }

  /** `start`: nanoseconds since the first chunk began; below 0 where a later one was recorded earlier. */
  beginChunk(constants: Constants, start: number, timeOf: (tick: number) => number): void {
    this.#earliest = Math.min(this.#earliest, start);
    this.#chunk = { constants, timeOf, nodes: new Map(), functions: new Map(), labels: new Map() };
  }

  /** The number of a measure. */
  measure(measure: Measure): number {
    const { metric, rank } = measure;
    const known = this.#measures.findIndex(
      (other) =>
        other.metric.name === metric.name && other.metric.unit === metric.unit && other.rank === rank,
    );
    return known >= 0 ? known : this.#measures.push({ ...measure, hasStacks: false, hasValues: false }) - 1;
  }

  /** Adds an event of the chunk that was begun last. */
  add(measure: number, event: EventReader): void {
    const node = this.#nodeOf(event.stackTrace as Key);
    const value = this.#checked(event.value);
    const measured = this.#measures[measure]!;
    if (node !== NO_STACK) measured.hasStacks = true;
    if (value !== 0) measured.hasValues = true;
    this.#measure.push(measure);
    this.#node.push(node);
    this.#value.push(value);
    this.#time.push(this.#chunk!.timeOf(event.startTime));
    this.#labels.push(this.#labelsOf(event));
  }

  #checked(value: number): number {
    if (value >= 0) return value;
    this.#source.warn('bad-value', `an event measures ${value}, which is taken for 0`);
    return 0;
  }

  #nodeOf(key: Key): number {
    const { nodes, constants } = this.#chunk!;
    const trace = constants.trace(key);
    if (trace?.isTruncated) this.#truncated++;
    if (!trace && key) this.#missing++;
    let node = nodes.get(key);
    if (node !== undefined) return node;
    node = NO_STACK;
    if (trace) {
      const { methods, lines } = trace;
      for (let i = methods.length - 1; i >= 0; i--) {
        const func = this.#functionOf(methods[i]!);
        node = this.#tree.child(node, this.#builder.frame(func, { line: Math.max(lines[i]!, 0) }));
      }
    }
    nodes.set(key, node);
    return node;
  }

  #functionOf(key: Key): number {
    const { functions, constants } = this.#chunk!;
    const known = functions.get(key);
    if (known !== undefined) return known;
    const { className, name, descriptor } = constants.method(key);
    const full = className === '' ? name : `${className}.${name}`;
    const func = this.#builder.function(this.#hasSignatures ? full + signature(descriptor) : full);
    functions.set(key, func);
    return func;
  }

  #labelsOf({ thread, state, objectClass }: EventReader): number {
    const { labels, constants } = this.#chunk!;
    const key = `${thread} ${state} ${objectClass}`;
    const known = labels.get(key);
    if (known !== undefined) return known;
    const set = [
      { key: 'thread', value: constants.thread(thread as Key) },
      { key: 'state', value: constants.state(state as Key) },
      { key: 'class', value: constants.className(objectClass as Key) },
    ].filter(({ value }) => value !== '' && value !== RUNNING);
    const made = set.length > 0 ? this.#builder.labels(set) : -1;
    labels.set(key, made);
    return made;
  }

  profile(): Profile {
    if (this.#truncated > 0) {
      const message = `the stacks of ${this.#truncated} events were cut: their first frames are not those of the threads`;
      const hint = '-XX:FlightRecorderOptions:stackdepth=… keeps more';
      this.#source.note('cut-stacks', message, undefined, hint);
    }
    if (this.#missing > 0)
      this.#source.warn(
        'missing-stacks',
        `the recording does not hold the stacks of ${this.#missing} events`,
      );
    this.#countInstants();
    const kept = this.#measures.filter(({ hasStacks }) => hasStacks).sort((a, b) => a.rank - b.rank);
    for (const { metric } of kept) this.#metrics.push(metric);
    if (kept.length === 0) {
      this.#source.warn('no-samples', 'the recording holds no events with stacks');
      this.#metrics.push({ name: 'samples', unit: 'count' });
    }
    const metricOf = Int32Array.from(this.#measures, (measure) => kept.indexOf(measure));
    const events = this.#eventsOf(metricOf);
    const { length, frame, parent } = this.#tree;
    const self = this.#metrics.map(() => new Float64Array(length));
    for (const i of events)
      self[metricOf[this.#measure.array[i]!]!]![this.#node.array[i]!]! += this.#value.array[i]!;
    const columns = { frame: frame.subarray(0, length), parent: parent.subarray(0, length), self };
    return this.#builder.tree(columns, { samples: () => this.#samples(events, metricOf) });
  }

  /** Events that never take any time, though they might, are counted. */
  #countInstants(): void {
    const isInstant = this.#measures.map(({ field, hasValues }) => field === DURATION && !hasValues);
    for (const [m, measure] of this.#measures.entries())
      if (isInstant[m]) measure.metric = { ...measure.metric, unit: 'count' };
    for (let i = 0; i < this.#value.length; i++)
      if (isInstant[this.#measure.array[i]!]) this.#value.array[i] = 1;
  }

  /** Those that count for a metric, each of some node. */
  #eventsOf(metricOf: Int32Array): Uint32Array {
    const events = Uint32Array.from(this.#measure.trimmed().keys()).filter(
      (i) => metricOf[this.#measure.array[i]!]! >= 0,
    );
    let empty = NO_STACK;
    for (const i of events) {
      if (this.#node.array[i] !== NO_STACK) continue;
      if (empty === NO_STACK)
        empty = this.#tree.child(-1, this.#builder.frame(this.#builder.function(EMPTY_STACK)));
      this.#node.array[i] = empty;
    }
    return events;
  }

  /** In order of time. */
  #samples(events: Uint32Array, metricOf: Int32Array): SampleTable {
    // Events may have begun before they were recorded.
    const time = this.#time.array.map((time) => (time > this.#earliest ? time - this.#earliest : 0));
    const order = events.slice().sort((a, b) => time[a]! - time[b]! || a - b);
    const values = this.#metrics.map(() => new Float64Array(order.length));
    for (let row = 0; row < order.length; row++) {
      const event = order[row]!;
      values[metricOf[this.#measure.array[event]!]!]![row] = this.#value.array[event]!;
    }
    return {
      length: order.length,
      node: Int32Array.from(order, (i) => this.#node.array[i]!),
      values,
      time: Float64Array.from(order, (i) => time[i]!),
      labels: Int32Array.from(order, (i) => this.#labels.array[i]!),
    };
  }
}
