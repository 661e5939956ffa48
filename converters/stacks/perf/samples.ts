/** Samples as they come, and the profile that they add up to: a metric for each event, and times where all have one. */
import {
  type Column,
  Float64List,
  Int32List,
  type Metric,
  type Profile,
  type ProfileBuilder,
  type SampleTable,
  type Source,
  summed,
} from '../../../src/plugin.ts';
import type { Thread } from './threads.ts';

export type Weight = 'auto' | 'samples' | 'period' | 'time';

/** Events whose period is a time, in nanoseconds. */
const CLOCK = /^(cpu-clock|task-clock)(?=$|[:/])/;
/** Values of this many nodes or samples by event are more than memory holds. */
const MAX_VALUES = 2 ** 28;

export class Samples {
  readonly #node = new Int32List();
  readonly #event = new Int32List();
  readonly #labels = new Int32List();
  readonly #thread = new Int32List();
  readonly #period = new Float64List();
  readonly #time = new Float64List();
  #timed = true;
  #late = false;
  #inexact = false;
  #firstSecond = Number.NaN;

  get length(): number {
    return this.#node.length;
  }

  /** A time in nanoseconds since the second of the first one that is asked for. */
  time({ seconds, nanoseconds }: { seconds: number; nanoseconds: number }): number {
    if (Number.isNaN(this.#firstSecond)) this.#firstSecond = seconds;
    return (seconds - this.#firstSecond) * 1e9 + nanoseconds;
  }

  /** `period` and `time`: NaN = not known. */
  add(node: number, event: number, { id, labels }: Thread, period: number, time: number): void {
    const { length, array } = this.#time;
    if (length > 0 && time < array[length - 1]!) this.#late = true;
    if (Number.isNaN(time)) this.#timed = false;
    if (period > Number.MAX_SAFE_INTEGER) this.#inexact = true;
    this.#node.push(node);
    this.#event.push(event);
    this.#thread.push(id);
    this.#labels.push(labels);
    this.#period.push(period);
    this.#time.push(time);
  }

  /** The profile; `events` by number, where '' is the one without a name. */
  profile(
    builder: ProfileBuilder,
    nodes: { frame: Int32Array; parent: Int32Array },
    events: string[],
    weight: Weight,
    source: Source,
  ): Profile {
    if (weight === 'time' && !this.#timed)
      source.fail('no-time', 'not all samples have a time', undefined, 'use another weight');
    if (events.length * Math.max(this.length, nodes.frame.length) > MAX_VALUES)
      source.fail('too-many-events', `${events.length} events in ${this.length} samples`);
    this.#sort();
    const event = this.#event.trimmed();
    const periods = this.#period.trimmed();
    const varied = events.map((_, e) => weight === 'period' || (weight === 'auto' && this.#varies(e)));
    if (this.#inexact && varied.includes(true))
      source.warn('inexact-period', 'periods beyond 2^53 are rounded');
    const values =
      weight === 'time' ? this.#durations() : periods.map((p, i) => (varied[event[i]!] ? periodOf(p) : 1));
    for (const [e, name] of events.entries()) builder.metrics.push(metric(name, weight, varied[e]!));
    this.#describe(builder, events, weight);
    const column = (e: number): Column =>
      events.length === 1 ? values : values.map((value, i) => (event[i] === e ? value : 0));
    const node = this.#node.trimmed();
    const self = events.map((_, e) => summed([column(e)], [node], nodes.frame.length));
    const samples = () => this.#table(events.map((_, e) => column(e)));
    return builder.tree({ ...nodes, self }, { samples });
  }

  /** Whether the periods of an event differ. */
  #varies(event: number): boolean {
    const events = this.#event.array;
    let first = Number.NaN;
    for (let i = 0; i < this.length; i++) {
      if (events[i] !== event) continue;
      const period = periodOf(this.#period.array[i]!);
      if (Number.isNaN(first)) first = period;
      else if (period !== first) return true;
    }
    return false;
  }

  /** From each sample to the next of its thread and event: nothing is known of the last. */
  #durations(): Float64Array {
    const next = new Map<string, number>();
    const time = this.#time.array;
    const durations = new Float64Array(this.length);
    for (let i = this.length - 1; i >= 0; i--) {
      const key = `${this.#thread.array[i]} ${this.#event.array[i]}`;
      const end = next.get(key);
      if (end !== undefined) durations[i] = end - time[i]!;
      next.set(key, time[i]!);
    }
    return durations;
  }

  #describe({ meta }: ProfileBuilder, events: string[], weight: Weight): void {
    const { length } = this;
    const time = this.#time.array;
    if (this.#timed && length > 1) meta.duration = time[length - 1]! - time[0]!;
    const period = length > 0 ? this.#period.array[0]! : Number.NaN;
    if (weight === 'period' || events.length !== 1 || !(period >= 0) || this.#varies(0)) return;
    meta.period = { metric: metric(events[0]!, 'period', true), value: period };
  }

  /** By time. */
  #sort(): void {
    if (!this.#late || !this.#timed) return;
    const time = this.#time.trimmed().slice();
    const order = Uint32Array.from(time.keys()).sort((a, b) => time[a]! - time[b]! || a - b);
    for (const list of [this.#node, this.#event, this.#labels, this.#thread, this.#period, this.#time]) {
      const before = list.array.slice(0, this.length);
      for (let i = 0; i < order.length; i++) list.array[i] = before[order[i]!]!;
    }
    this.#late = false;
  }

  #table(values: Column[]): SampleTable {
    const table: SampleTable = { length: this.length, node: this.#node.trimmed(), values };
    const labels = this.#labels.trimmed();
    if (labels.some((label) => label >= 0)) table.labels = labels;
    if (this.#timed) {
      const time = this.#time.trimmed();
      table.time = time.map((t) => t - time[0]!);
    }
    return table;
  }
}

/** What has no period is one event. */
function periodOf(period: number): number {
  return Number.isNaN(period) ? 1 : period;
}

function metric(event: string, weight: Weight, periods: boolean): Metric {
  if (weight === 'time') return { name: event || 'time', unit: 'nanoseconds' };
  if (!periods) return { name: event || 'samples', unit: 'samples' };
  return { name: event || 'period', unit: CLOCK.test(event) ? 'nanoseconds' : 'count' };
}
