/** Units: what they are called, and how a value is written for people. */
import type { Value } from './columns.ts';
import type { Metric } from './profile.ts';

interface Unit {
  name: string;
  /** In lower case and singular, `u` for `µ`. */
  spellings: string[];
  /** How many seconds, or bytes, it is. */
  seconds?: number;
  bytes?: number;
}

/** As pprof knows them, with a few spellings more; units of memory go up by 1024 there, whatever their name. */
const UNITS: Unit[] = [
  { name: 'nanoseconds', spellings: ['ns', 'nsec', 'nanosecond'], seconds: 1e-9 },
  { name: 'microseconds', spellings: ['us', 'usec', 'microsecond'], seconds: 1e-6 },
  { name: 'milliseconds', spellings: ['ms', 'msec', 'millisecond'], seconds: 1e-3 },
  { name: 'seconds', spellings: ['s', 'sec', 'second'], seconds: 1 },
  { name: 'minutes', spellings: ['min', 'minute'], seconds: 60 },
  { name: 'hours', spellings: ['h', 'hr', 'hour'], seconds: 3600 },
  { name: 'bytes', spellings: ['b', 'byte'], bytes: 1 },
  { name: 'kilobytes', spellings: ['kb', 'kib', 'kbyte', 'kilobyte', 'kibibyte'], bytes: 2 ** 10 },
  { name: 'megabytes', spellings: ['mb', 'mib', 'mbyte', 'megabyte', 'mebibyte'], bytes: 2 ** 20 },
  { name: 'gigabytes', spellings: ['gb', 'gib', 'gbyte', 'gigabyte', 'gibibyte'], bytes: 2 ** 30 },
  { name: 'terabytes', spellings: ['tb', 'tib', 'tbyte', 'terabyte', 'tebibyte'], bytes: 2 ** 40 },
  { name: 'petabytes', spellings: ['pb', 'pib', 'pbyte', 'petabyte', 'pebibyte'], bytes: 2 ** 50 },
  { name: 'samples', spellings: ['sample'] },
  { name: 'count', spellings: ['count'] },
];

const BY_SPELLING = new Map(UNITS.flatMap((unit) => unit.spellings.map((text) => [text, unit])));

function unitOf(text: string): Unit | undefined {
  const plain = text.toLowerCase().replace(/[\u00b5\u03bc]/, 'u');
  return BY_SPELLING.get(plain.length > 2 ? plain.replace(/s$/, '') : plain);
}

/** The unit under its full name: `ns` is `nanoseconds`. Unknown units stay as they are. */
export function unitName(unit: string): string {
  return unitOf(unit)?.name ?? unit;
}

/** How many seconds one unit of the metric is; undefined unless it measures time. */
export function secondsPerUnit(metric: Metric): number | undefined {
  return unitOf(metric.unit)?.seconds;
}

/** How many bytes one unit of the metric is; undefined unless it measures memory. */
export function bytesPerUnit(metric: Metric): number | undefined {
  return unitOf(metric.unit)?.bytes;
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

/** A value for people, in a unit that keeps it short unless it is fixed: `1.25 ms`, `3.5 MiB`, `1234 samples`. */
export function formatValue(value: Value, metric: Metric): string {
  const seconds = secondsPerUnit(metric);
  const scale = seconds ?? bytesPerUnit(metric);
  if (scale === undefined) {
    const unit = unitName(metric.unit);
    return unit === '' || unit === 'count' ? `${value}` : `${value} ${unit}`;
  }
  const amount = Number(value) * scale;
  const steps = seconds === undefined ? BYTE_STEPS : TIME_STEPS;
  const fits = (step: number) => (metric.fixed ? step === scale : Math.abs(amount) >= step);
  const [size, name] = steps.find(([step]) => fits(step)) ?? steps[steps.length - 1]!;
  const digits = metric.fixed ? (amount / size).toFixed(2) : (amount / size).toPrecision(4);
  return `${Number(digits)} ${name}`;
}
