/** Which events of a chunk are read, and what they measure. */
import type { Metric } from '../../../src/plugin.ts';
import type { Cursor } from './cursor.ts';
import { Layout } from './layout.ts';
import type { Type } from './metadata.ts';

/** What events of a type count for. */
export interface Measure {
  metric: Metric;
  /** The field that is added up; absent = events are counted. */
  field?: string;
  /** Measures come in this order; those of the same rank, as they are met. */
  rank: number;
}

/** Of other types it is known when they are met. */
const OTHER = 100;
/** The field of events that take time. */
export const DURATION = 'duration';

const samples = (name: string, rank: number, title: string): Measure => ({
  metric: { name, unit: 'count', title },
  rank,
});
const allocated = (name: string, field: string, rank: number, title: string): Measure => ({
  metric: { name, unit: 'bytes', title },
  field,
  rank,
});
const TLAB = 'allocations of TLABs';

/** Types that sample, of which there may be more than one in a recording. */
const MEASURES = new Map<string, Measure>([
  ['jdk.ExecutionSample', samples('samples', 0, 'samples of threads that run Java code')],
  [
    'jdk.CPUTimeSample',
    {
      metric: { name: 'cpu-time', unit: 'nanoseconds', title: 'CPU time' },
      field: 'samplingPeriod',
      rank: 1,
    },
  ],
  ['profiler.WallClockSample', { ...samples('wall-samples', 2, 'samples of all threads'), field: 'samples' }],
  ['jdk.NativeMethodSample', samples('native-samples', 3, 'samples of threads in native methods')],
  ['jdk.ObjectAllocationSample', allocated('allocated', 'weight', 4, 'allocations')],
  ['jdk.ObjectAllocationInNewTLAB', allocated('allocated-tlab', 'tlabSize', 5, TLAB)],
  ['jdk.ObjectAllocationOutsideTLAB', allocated('allocated-tlab', 'allocationSize', 5, TLAB)],
  ['profiler.LiveObject', allocated('live', 'allocationSize', 6, 'objects that are still there')],
]);

/** What events of a type measure; undefined = they have no stacks. */
export function measureOf({ name, fields }: Type): Measure | undefined {
  const has = (wanted: string) => fields.some((field) => field.name === wanted);
  if (!has('stackTrace')) return undefined;
  const known = MEASURES.get(name);
  if (known && (known.field === undefined || has(known.field))) return known;
  const short = name.replace(/^(jdk|profiler)\./, '');
  return has(DURATION)
    ? { metric: { name: short, unit: 'nanoseconds' }, field: DURATION, rank: OTHER }
    : { metric: { name: short, unit: 'count' }, rank: OTHER };
}

const WANTED = ['startTime', 'sampledThread', 'eventThread', 'stackTrace', 'state', 'objectClass'] as const;

/** Reads events of one type. */
export class EventReader {
  readonly #layout: Layout;
  readonly #scale: number;

  /** `tick`: how many nanoseconds it takes. */
  constructor(type: Type, field: string | undefined, tick: number) {
    this.#layout = new Layout(type, field === undefined ? WANTED : [...WANTED, field]);
    this.#scale = scaleOf(this.#layout.wanted[WANTED.length]?.unit, tick);
  }

  /** Goes on to the next event, whose fields the cursor is at. */
  read(cursor: Cursor): void {
    this.#layout.read(cursor);
  }

  /** In ticks. */
  get startTime() {
    return Number(this.#layout.values[0]);
  }

  get thread() {
    return this.#constant(1, 'java.lang.Thread') ?? this.#constant(2, 'java.lang.Thread');
  }

  get stackTrace() {
    return this.#layout.values[3];
  }

  get state() {
    return this.#constant(4, 'jdk.types.ThreadState');
  }

  get objectClass() {
    return this.#constant(5, 'java.lang.Class');
  }

  /** Programs may give fields of their own events these names, too. */
  #constant(slot: number, type: string) {
    const field = this.#layout.wanted[slot];
    return field?.isConstant && field.type.name === type ? this.#layout.values[slot] : undefined;
  }

  /** What it adds to its metric: nanoseconds, bytes, or a number of events. */
  get value(): number {
    if (this.#layout.wanted.length === WANTED.length) return 1;
    return Math.round(Number(this.#layout.values[WANTED.length]) * this.#scale);
  }
}

const NANOSECONDS: Record<string, number> = {
  NANOSECONDS: 1,
  MICROSECONDS: 1e3,
  MILLISECONDS: 1e6,
  SECONDS: 1e9,
};

/** Which factor makes nanoseconds of a span of time; 1 for all else. */
function scaleOf(unit: string | undefined, tick: number): number {
  return unit === 'TICKS' ? tick : (NANOSECONDS[unit ?? ''] ?? 1);
}
