/** Which metric of a profile is shown, and which of two profiles are compared. */
import { counterpart, quantity } from './common-metrics.ts';
import { type Diagnostics, ProfileError } from './diagnostics.ts';
import { defaultMetric } from './graph.ts';
import type { Profile } from './profile.ts';

/** The index of the metric that is asked for by name or number. Throws `ProfileError` when there is none. */
export function metricIndex(profile: Profile, wanted: string): number {
  const byName = profile.metrics.findIndex((metric) => metric.name === wanted);
  const index = byName < 0 && /^\d+$/.test(wanted) ? Number(wanted) : byName;
  if (index >= 0 && index < profile.metrics.length) return index;
  throw new ProfileError({
    code: 'usage/unknown-metric',
    message: `the profile has no metric ${wanted}`,
    hint: `it has ${profile.metrics.map((metric, m) => `${m}: ${metric.name}`).join(', ')}`,
  });
}

/**
 * The metrics by which two profiles are compared. `wanted` is one of the first, or says which of each, as in
 * `samples=cpu`. Otherwise it is the metric that the first shows by itself, or else one that both have. Throws
 * `ProfileError` when they have none in common.
 */
export function comparedMetrics(
  first: Profile,
  second: Profile,
  wanted: string | undefined,
  diagnostics: Diagnostics,
): [number, number] {
  const [, own, other] = /^([^=]+)=(.+)$/.exec(wanted ?? '') ?? [];
  const isPair =
    own !== undefined && other !== undefined && !first.metrics.some(({ name }) => name === wanted);
  if (isPair) return [metricIndex(first, own), metricIndex(second, other)];
  const shown = wanted === undefined ? defaultMetric(first) : metricIndex(first, wanted);
  const chosen = partner(first, shown, second);
  if (chosen !== undefined) {
    if (wanted === undefined || first.metrics[shown]!.name !== second.metrics[chosen]!.name)
      tell(first, shown, second, chosen, diagnostics);
    return [shown, chosen];
  }
  if (wanted === undefined) {
    for (const m of first.metrics.keys()) {
      const same = counterpart(first.metrics, m, second.metrics);
      if (same < 0) continue;
      tell(first, m, second, same, diagnostics);
      return [m, same];
    }
  }
  const names = ({ metrics }: Profile) => metrics.map(({ name, unit }) => `${name} (${unit})`).join(', ');
  const what = wanted === undefined ? 'what the first measures' : first.metrics[shown]!.name;
  throw new ProfileError({
    code: 'usage/no-common-metric',
    message: `--compare: ${what} is not measured by the second`,
    hint: `they have ${names(first)}, and ${names(second)}; --metric FIRST=SECOND compares the shares of different things`,
  });
}

/** The metric of the second profile that measures the same; undefined = none, or there is no telling which. */
function partner(first: Profile, metric: number, second: Profile): number | undefined {
  const same = counterpart(first.metrics, metric, second.metrics);
  if (same >= 0) return same;
  const measured = quantity(first.metrics[metric]!);
  // Counts of different names are counts of different things.
  if (measured === 'count') return undefined;
  const alike = [...second.metrics.keys()].filter((m) => quantity(second.metrics[m]!) === measured);
  const shown = defaultMetric(second);
  return alike.includes(shown) ? shown : alike.length === 1 ? alike[0] : undefined;
}

/** Says what is compared where that is no matter of course. */
function tell(
  first: Profile,
  metric: number,
  second: Profile,
  other: number,
  diagnostics: Diagnostics,
): void {
  const [a, b] = [first.metrics[metric]!.name, second.metrics[other]!.name];
  if (a === b && metric === defaultMetric(first)) return;
  diagnostics.add({
    severity: 'note',
    code: 'compare/metric',
    message: a === b ? `${a} is compared` : `${a} of the first is compared with ${b} of the second`,
    hint: '--metric NAME or --metric FIRST=SECOND chooses others',
  });
}
