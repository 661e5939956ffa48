/** Samples as they come, and the profile that they add up to: a metric for each event, and times where all have one. */
import {
  type Column,
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

/** What is known of samples, a column each: nodes and events by number; periods and times may be NaN. */
export interface SampleColumns {
  node: Int32Array;
  /** The thread, by a number that may stand for others, too. */
  who: Int32Array;
  event: Int32Array;
  period: Float64Array;
  time: Float64Array;
}

export class Samples {
  readonly #columns: SampleColumns;
  readonly #threadOf: (who: number) => Thread;
  readonly #isTimed: boolean;

  /** Samples in any order; by time, where all have one. */
  constructor(columns: SampleColumns, threadOf: (who: number) => Thread) {
    const { time } = columns;
    this.#isTimed = !time.some(Number.isNaN);
    this.#columns = this.#isTimed && time.some((t, i) => t < time[i - 1]!) ? byTime(columns) : columns;
    this.#threadOf = threadOf;
  }

  /** The profile; `events` by number, where '' is the one without a name. */
  profile(
    builder: ProfileBuilder,
    nodes: { frame: Int32Array; parent: Int32Array },
    events: string[],
    weight: Weight,
    source: Source,
  ): Profile {
    const { node, event, period } = this.#columns;
    const { length } = node;
    if (weight === 'time' && !this.#isTimed)
      source.fail('no-time', 'not all samples have a time', undefined, 'use another weight');
    if (events.length * Math.max(length, nodes.frame.length) > MAX_VALUES)
      source.fail('too-many-events', `${events.length} events in ${length} samples`);
    const varied = events.map((_, e) => weight === 'period' || (weight === 'auto' && this.#varies(e)));
    if (varied.includes(true) && period.some((p) => p > Number.MAX_SAFE_INTEGER))
      source.warn('inexact-period', 'periods beyond 2^53 are rounded');
    const values =
      weight === 'time' ? this.#durations() : period.map((p, i) => (varied[event[i]!] ? periodOf(p) : 1));
    for (const [e, name] of events.entries()) builder.metrics.push(metric(name, weight, varied[e]!));
    this.#describe(builder, events, weight);
    const column = (e: number): Column =>
      events.length === 1 ? values : values.map((value, i) => (event[i] === e ? value : 0));
    const self = events.map((_, e) => summed([column(e)], [node], nodes.frame.length));
    const samples = () => this.#table(events.map((_, e) => column(e)));
    return builder.tree({ ...nodes, self }, { samples });
  }

  /** Whether the periods of an event differ. */
  #varies(wanted: number): boolean {
    const { event, period } = this.#columns;
    let first = Number.NaN;
    for (let i = 0; i < event.length; i++) {
      if (event[i] !== wanted) continue;
      const value = periodOf(period[i]!);
      if (Number.isNaN(first)) first = value;
      else if (value !== first) return true;
    }
    return false;
  }

  /** From each sample to the next of its thread and event: nothing is known of the last. */
  #durations(): Float64Array {
    const { who, event, time } = this.#columns;
    const next = new Map<string, number>();
    const durations = new Float64Array(time.length);
    for (let i = time.length - 1; i >= 0; i--) {
      const key = `${this.#threadOf(who[i]!).id} ${event[i]}`;
      const end = next.get(key);
      if (end !== undefined) durations[i] = end - time[i]!;
      next.set(key, time[i]!);
    }
    return durations;
  }

  #describe({ meta }: ProfileBuilder, events: string[], weight: Weight): void {
    const { time, period } = this.#columns;
    if (this.#isTimed && time.length > 1) meta.duration = time.at(-1)! - time[0]!;
    const value = period[0] ?? Number.NaN;
    if (weight === 'period' || events.length !== 1 || !(value >= 0) || this.#varies(0)) return;
    meta.period = { metric: metric(events[0]!, 'period', true), value };
  }

  #table(values: Column[]): SampleTable {
    const { node, who, time } = this.#columns;
    const table: SampleTable = { length: node.length, node, values };
    const labels = who.map((each) => this.#threadOf(each).labels);
    if (labels.some((label) => label >= 0)) table.labels = labels;
    if (this.#isTimed) table.time = time.map((t) => t - time[0]!);
    return table;
  }
}

function byTime({ node, who, event, period, time }: SampleColumns): SampleColumns {
  const order = Uint32Array.from(time.keys()).sort((a, b) => time[a]! - time[b]! || a - b);
  const sorted = <T extends Int32Array | Float64Array>(column: T): T =>
    column.map((_, i) => column[order[i]!]!) as T;
  return {
    node: sorted(node),
    who: sorted(who),
    event: sorted(event),
    period: sorted(period),
    time: sorted(time),
  };
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
