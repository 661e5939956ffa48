/** Units: what they are called, and how a value is written for people. */
import type { Value } from './columns.ts';
import type { Metric } from './profile.ts';

/** Seconds in one unit of time. */
const SECONDS: Record<string, number> = {
  nanoseconds: 1e-9,
  microseconds: 1e-6,
  milliseconds: 1e-3,
  seconds: 1,
  minutes: 60,
  hours: 3600,
};

const ALIASES: Record<string, string> = {
  ns: 'nanoseconds',
  nanosecond: 'nanoseconds',
  us: 'microseconds',
  µs: 'microseconds',
  microsecond: 'microseconds',
  ms: 'milliseconds',
  millisecond: 'milliseconds',
  s: 'seconds',
  sec: 'seconds',
  second: 'seconds',
  b: 'bytes',
  byte: 'bytes',
  sample: 'samples',
};

/** The unit under its full name: `ns` is `nanoseconds`. Unknown units stay as they are. */
export function unitName(unit: string): string {
  return ALIASES[unit.toLowerCase()] ?? unit;
}

/** How many seconds one unit of the metric is; undefined unless it measures time. */
export function secondsPerUnit(metric: Metric): number | undefined {
  return SECONDS[unitName(metric.unit)];
}

/** How many bytes one unit of the metric is; undefined unless it measures memory. */
export function bytesPerUnit(metric: Metric): number | undefined {
  return unitName(metric.unit) === 'bytes' ? 1 : undefined;
}

const TIME_STEPS: [number, string][] = [
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
  [1e-3, 'ms'],
  [1e-6, 'µs'],
  [1e-9, 'ns'],
];
const BYTE_STEPS: [number, string][] = [
  [2 ** 50, 'PiB'],
  [2 ** 40, 'TiB'],
  [2 ** 30, 'GiB'],
  [2 ** 20, 'MiB'],
  [2 ** 10, 'KiB'],
  [1, 'B'],
];

/** A value for people, scaled to a unit that keeps it short: `1.25 ms`, `3.5 MiB`, `1234 samples`. */
export function formatValue(value: Value, metric: Metric): string {
  const seconds = secondsPerUnit(metric);
  const scale = seconds ?? bytesPerUnit(metric);
  if (scale === undefined) {
    const unit = unitName(metric.unit);
    return unit === '' || unit === 'count' ? `${value}` : `${value} ${unit}`;
  }
  const amount = Number(value) * scale;
  const steps = seconds === undefined ? BYTE_STEPS : TIME_STEPS;
  const [size, name] = steps.find(([step]) => Math.abs(amount) >= step) ?? steps[steps.length - 1]!;
  return `${Number((amount / size).toPrecision(4))} ${name}`;
}
