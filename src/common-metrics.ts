/** Which metrics several profiles have in common, and how their units go together. */
import { ProfileError } from './diagnostics.ts';
import { defaultMetric } from './graph.ts';
import { bytesPerUnit, secondsPerUnit, unitName } from './metrics.ts';
import type { Metric, Profile } from './profile.ts';

/** A metric that all profiles have. */
export interface CommonMetric {
  metric: Metric;
  /** By profile: the index of the metric, and what its values are multiplied by. */
  columns: { index: number; factor: number }[];
}

/** Is told of each metric that some profiles have and others have not. */
export type LostMetric = (metric: Metric) => void;

/**
 * The metrics that all profiles have, by name; if there are none, the ones they show by themselves, if those
 * measure the same. Throws `ProfileError` when they do not.
 */
export function commonMetrics(profiles: readonly Profile[], onLost: LostMetric = () => {}): CommonMetric[] {
  const [first] = profiles as readonly [Profile];
  const shown = profiles.map(defaultMetric);
  const byName = first.metrics
    .map((_, m) => profiles.map(({ metrics }) => counterpart(first.metrics, m, metrics)))
    .filter((indices) => !indices.includes(-1));
  if (byName.length === 0) {
    const quantities = new Set(profiles.map(({ metrics }, p) => quantity(metrics[shown[p]!]!)));
    // Counts of different names are counts of different things.
    if (quantities.size > 1 || quantities.has('count')) throw nothingInCommon(profiles);
  }
  const common = (byName.length > 0 ? byName : [shown]).map((indices) => inFinestUnit(profiles, indices));
  const used = profiles.map((_, p) => new Set(common.map(({ columns }) => columns[p]!.index)));
  const lost = profiles.flatMap(({ metrics }, p) => metrics.filter((_, m) => !used[p]!.has(m)));
  new Map(lost.map((metric) => [metric.name, metric])).forEach(onLost);
  return common;
}

/**
 * What becomes of the values of several profiles: the sum of all; those of the first less those of the others; or
 * those of each in a metric of its own, in this order.
 */
export type Arrangement = 'sum' | 'difference' | 'beside';

/** The metrics of the result that a common one becomes. */
export function arranged({ metric, columns }: CommonMetric, values: Arrangement): CommonMetric[] {
  const times = (factorOf: (p: number) => number): CommonMetric => ({
    metric,
    columns: columns.map(({ index, factor }, p) => ({ index, factor: factor * factorOf(p) })),
  });
  if (values === 'beside') return columns.map((_, own) => times((p) => (p === own ? 1 : 0)));
  return [times((p) => (values === 'difference' && p > 0 ? -1 : 1))];
}

/** Units of what is counted one by one. */
const COUNTS = new Set(['', 'count', 'samples']);

/**
 * The index of the metric that is called like metric `m` and measures the same, or -1. Of several that are alike,
 * each has its counterpart at the same place among them.
 */
export function counterpart(own: readonly Metric[], m: number, others: readonly Metric[]): number {
  const alike = (metrics: readonly Metric[]) =>
    [...metrics.keys()].filter((each) => isSame(own[m]!, metrics[each]!));
  return alike(others)[alike(own).indexOf(m)] ?? -1;
}

function isSame(a: Metric, b: Metric): boolean {
  return a.name === b.name && quantity(a) === quantity(b);
}

/** What a metric measures, whatever the unit where units can be converted. */
export function quantity(metric: Metric): string {
  if (secondsPerUnit(metric) !== undefined) return 'time';
  if (bytesPerUnit(metric) !== undefined) return 'memory';
  const unit = unitName(metric.unit);
  return COUNTS.has(unit) ? 'count' : unit;
}

/** In the finest unit integers stay integers. */
function inFinestUnit(profiles: readonly Profile[], indices: number[]): CommonMetric {
  const own = profiles.map(({ metrics }, p) => metrics[indices[p]!]!);
  const sizes = own.map((metric) => secondsPerUnit(metric) ?? bytesPerUnit(metric) ?? 1);
  const finest = sizes.reduce((a, b) => Math.min(a, b));
  return {
    metric: { ...own[0]!, unit: own[sizes.indexOf(finest)]!.unit },
    columns: indices.map((index, p) => ({ index, factor: Math.round(sizes[p]! / finest) })),
  };
}

function nothingInCommon(profiles: readonly Profile[]): ProfileError {
  const lists = profiles.map(({ metrics }) =>
    metrics.map(({ name, unit }) => `${name} (${unit})`).join(', '),
  );
  return new ProfileError({
    code: 'merge/no-common-metric',
    message: 'the inputs measure different things, and cannot be added up',
    hint: `they have ${[...new Set(lists)].join('; ')}`,
  });
}
