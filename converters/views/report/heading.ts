/** What a report says before its rows: which metric, how much of it in all, and what is not exact. */
import {
  bytesPerUnit,
  defaultMetric,
  formatValue,
  type Metric,
  type Profile,
  type Sink,
  secondsPerUnit,
  sumOfMetric,
  unitName,
  type Value,
} from '../../../src/plugin.ts';
import type { Json } from './json-text.ts';

/** The metric that a report is about. */
export interface Subject {
  profile: Profile;
  metric: number;
  sum: Value;
}

/** The subject of a report, which tells of the metrics that it leaves out. */
export function subject(profile: Profile, sink: Sink): Subject {
  const metric = defaultMetric(profile);
  const others = profile.metrics.filter((_, m) => m !== metric).map(({ name }) => name);
  if (others.length > 0)
    sink.note(
      'one-metric',
      `only ${profile.metrics[metric]!.name} is shown`,
      `--metric chooses another: ${others.join(', ')}`,
    );
  return { profile, metric, sum: sumOfMetric(profile, metric) };
}

/** As in `cpu: 1.25 s in all (estimated)`. */
export function headline(about: Subject): string {
  const { name, title, unit } = metricOf(about);
  const counted = isScaled(about) || ['', 'count', name].includes(unitName(unit));
  const guess = about.profile.estimated ? ' (estimated)' : '';
  return `${title ?? name}: ${valueText(about, about.sum)}${counted ? '' : ` ${unitName(unit)}`} in all${guess}`;
}

/** A value of the metric; with its unit where that may change from value to value, as those of time and memory. */
export function valueText(about: Subject, value: Value): string {
  return formatValue(value, isScaled(about) ? metricOf(about) : { name: '', unit: '' });
}

function isScaled(about: Subject): boolean {
  return (secondsPerUnit(metricOf(about)) ?? bytesPerUnit(metricOf(about))) !== undefined;
}

function metricOf({ profile, metric }: Subject): Metric {
  return profile.metrics[metric]!;
}

/** The same for programs. */
export function headFields(about: Subject): { [key: string]: Json } {
  const { name, unit, title } = metricOf(about);
  return { metric: { name, unit, title }, sum: about.sum, estimated: about.profile.estimated };
}
