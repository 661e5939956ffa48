/** What was sampled, and how. */
import type { Metric, ProfileBuilder, Source } from '../../../src/plugin.ts';
import type { Recording } from './recording.ts';

const SAMPLES: Metric = { name: 'samples', unit: 'samples' };
const SAMPLED: Record<string, Metric> = {
  cpu: { name: 'cpu', unit: 'microseconds', title: 'CPU time' },
  wall: { name: 'time', unit: 'microseconds' },
  object: { name: 'objects', unit: 'count', title: 'allocated objects' },
};

export interface Scale {
  metrics: Metric[];
  /** By metric: what a sample is worth. */
  factors: number[];
  /** Whether what a sample is worth was measured, and stands in `deltas`: of the first metric. */
  measured: boolean;
}

/** Samples stand for an interval each, but for those of which it is known how long they took. */
export function scaleOf({ mode, interval, raw, deltas }: Recording, source: Source): Scale {
  const metric = Object.hasOwn(SAMPLED, mode) ? SAMPLED[mode] : undefined;
  if (!metric && mode !== 'custom')
    source.warn(
      'unknown-mode',
      `the mode ${JSON.stringify(mode.slice(0, 60))} is not known: only samples count`,
    );
  const measured = mode === 'wall' && raw.length > 0 && deltas.length > 0;
  const known = interval > 0 && interval <= Number.MAX_SAFE_INTEGER;
  if (metric && !known && !measured) source.warn('no-interval', 'without an interval only samples count');
  if (!metric || !(known || measured)) return { metrics: [SAMPLES], factors: [1], measured: false };
  // Each object is a sample then.
  if (mode === 'object' && interval === 1) return { metrics: [metric], factors: [1], measured };
  return { metrics: [metric, SAMPLES], factors: [known ? interval : 0, 1], measured };
}

export function tellFacts(
  { mode, interval, metadata, samples, missed }: Recording,
  { metrics }: Scale,
  builder: ProfileBuilder,
  source: Source,
): void {
  const { meta } = builder;
  meta.producer = 'stackprof';
  if (metrics.length > 1 && interval > 0) meta.period = { metric: metrics[0]!, value: interval };
  const comments: string[] = [];
  if (typeof metadata === 'object' && metadata !== null) {
    for (const [key, value] of Object.entries(metadata))
      if (typeof value !== 'object' && value !== undefined) comments.push(`${key}: ${value}`);
  }
  if (comments.length > 0) meta.comments = comments;
  // Of objects it counts as missed what it was not to take.
  if (missed > 0 && mode !== 'object')
    source.note('missed', `the profiler missed ${missed} samples beside the ${samples} that it took`);
}

/** Tells of samples that are in the dump, but not in its sum, or the other way round; `sum` is the largest of values. */
export function tellSum({ samples }: Recording, found: number, sum: number, source: Source): void {
  if (samples >= 0 && samples !== found)
    source.warn('samples-differ', `it says that it has ${samples} samples, but has ${found}`);
  if (sum > Number.MAX_SAFE_INTEGER) source.warn('inexact-value', 'values beyond 2^53 are rounded');
}
