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

/** A difference that is a smaller part of the sum is left of equal values after fractions were rounded. */
const NOISE = 1e-9;

/** The metric that a report is about. */
export interface Subject {
  /** A heading of the user's own. */
  title?: string | undefined;
  profile: Profile;
  metric: number;
  sum: Value;
}

/** The subject of a report, which tells of the metrics that it leaves out. */
export function subject(profile: Profile, sink: Sink, title?: string): Subject {
  const metric = defaultMetric(profile);
  const others = profile.metrics.filter((_, m) => m !== metric).map(({ name }) => name);
  if (others.length > 0)
    sink.note(
      'one-metric',
      `only ${profile.metrics[metric]!.name} is shown`,
      `--metric chooses another: ${others.join(', ')}`,
    );
  return { title, profile, metric, sum: sumOfMetric(profile, metric) };
}

/** The first lines of a report in plain text. */
export function heading(about: Subject): string {
  return `${about.title === undefined ? '' : `${about.title}\n`}${headline(about)}\n`;
}

/** As in `cpu: 1.25 s in all (estimated)`. */
export function headline(about: Subject): string {
  const { name, title, unit } = metricOf(about);
  const counted = isScaled(about) || ['', 'count', name].includes(unitName(unit));
  const guess = about.profile.estimated ? ' (estimated)' : '';
  const sum = `${plainText(about, about.sum)}${counted ? '' : ` ${unitName(unit)}`}`;
  const what = isDifference(about) ? differenceText(about, sum) : `${sum} in all`;
  return `${title ?? name}: ${what}${guess}`;
}

function differenceText({ profile, sum }: Subject, shown: string): string {
  if (Number(sum) !== 0) return `differences, percentages of ${shown}`;
  return profile.nodes.length === 0 ? 'no differences' : 'differences from a base of 0';
}

/** A value of the metric; with its unit where that may change from value to value, as those of time and memory. */
export function valueText(about: Subject, value: Value): string {
  if (!isDifference(about)) return plainText(about, value);
  const shown = tidy(value, about.sum);
  return `${shown > 0 ? '+' : ''}${plainText(about, shown)}`;
}

/** Differences of scaled values have more digits than they are worth. */
function tidy(value: Value, sum: Value): Value {
  if (typeof value === 'bigint' || Number.isInteger(value)) return value;
  return Math.abs(value) < Number(sum) * NOISE ? 0 : Number(value.toPrecision(6));
}

function plainText(about: Subject, value: Value): string {
  return formatValue(value, isScaled(about) ? metricOf(about) : { name: '', unit: '' });
}

function isDifference({ profile }: Subject): boolean {
  return profile.meta.isDifference === true;
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
  const { estimated, meta } = about.profile;
  return {
    title: about.title,
    metric: { name, unit, title },
    sum: about.sum,
    estimated,
    differences: meta.isDifference,
  };
}
