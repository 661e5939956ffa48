/** `.lprof` files: the pickled `LineStats` of all versions, of which only the path of the class differs. */
import type { Profile, Source, Value } from '../../../src/plugin.ts';
import { PickleDict, PickleObject, type PickleValue, readPickle } from '../pickle.ts';
import { LineTimes } from './line-times.ts';

const NANOSECONDS = 1e9;
/** Seconds by unit of time, as they come out of the profilers' own arithmetic. */
const UNITS: [number, string][] = [
  [1e-9, 'nanoseconds'],
  [1e-6, 'microseconds'],
  [1e-3, 'milliseconds'],
  [1, 'seconds'],
];
const NEAR = 1e-9;
/** A line takes at least so many bytes: a mark, three numbers, a tuple. */
const LINE_BYTES = 4;
const MAX_LINE = 2 ** 31;

export function readLineStats(source: Source): Profile {
  const { value, size } = readPickle(source);
  if (!(value instanceof PickleObject) || !/(^|\.)\w*LineStats$/.test(value.className)) {
    source.fail('no-line-stats', `the pickle holds ${kindOf(value)}, not the LineStats of line_profiler`);
  }
  const timings = value.get('timings');
  if (!(timings instanceof PickleDict))
    source.fail('bad-timings', 'expected a dictionary', { path: 'timings' });
  const { unit, factor } = unitOf(source, value.get('unit'));
  const times = new LineTimes(source, unit);
  for (const [i, key] of timings.keys.entries()) {
    const path = `timings[${i}]`;
    startFunction(times, key, () => source.fail('bad-timings', 'expected (file, line, name)', { path }));
    const lines = timings.values[i]!;
    if (!Array.isArray(lines)) source.fail('bad-timings', 'expected a list of lines', { path });
    // Lists may be shared by any number of functions, and then a small file would hold endless lines.
    if ((times.length + lines.length) * LINE_BYTES > size)
      source.fail('too-large', 'more lines than a file of this size can hold', { path });
    for (const [k, line] of lines.entries()) {
      addLine(times, line, factor, () =>
        source.fail('bad-timings', 'expected (line, hits, time)', { path: `${path}[${k}]` }),
      );
    }
  }
  return times.finish();
}

function startFunction(times: LineTimes, key: PickleValue, fail: () => never): void {
  if (!Array.isArray(key) || key.length !== 3) fail();
  const [file, line, name] = key;
  if (typeof file !== 'string' || typeof name !== 'string' || !isLine(line)) fail();
  times.startFunction(name, file, line);
}

function addLine(times: LineTimes, row: PickleValue, factor: number, fail: () => never): void {
  if (!Array.isArray(row) || row.length !== 3) fail();
  const [line, hits, time] = row;
  if (!isLine(line) || !isNumber(hits) || !isNumber(time)) fail();
  times.addLine(line, hits, scaled(time, factor));
}

function isLine(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < MAX_LINE;
}

function isNumber(value: PickleValue | undefined): value is Value {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value));
}

/** The unit of the times, and what they must be multiplied with to be in it. */
function unitOf(source: Source, seconds: PickleValue | undefined): { unit: string; factor: number } {
  if (typeof seconds !== 'number' || !(seconds > 0) || !Number.isFinite(seconds))
    source.fail('bad-unit', 'expected the seconds of a tick', { path: 'unit' });
  for (const [size, unit] of UNITS) if (Math.abs(seconds / size - 1) < NEAR) return { unit, factor: 1 };
  const exact = seconds * NANOSECONDS;
  const whole = Math.round(exact);
  if (whole >= 1 && Math.abs(exact / whole - 1) < NEAR) return { unit: 'nanoseconds', factor: whole };
  source.note(
    'odd-unit',
    `a tick takes ${seconds} s: times are converted to nanoseconds, and rounded to 53 bits`,
  );
  return { unit: 'nanoseconds', factor: exact };
}

/** The product; of integers exact. */
function scaled(value: Value, factor: number): Value {
  if (factor === 1) return value;
  const product = Number(value) * factor;
  const whole = typeof value === 'bigint' || Number.isInteger(value);
  return whole && Number.isInteger(factor) && !Number.isSafeInteger(product)
    ? BigInt(value) * BigInt(factor)
    : product;
}

function kindOf(value: PickleValue): string {
  if (value instanceof PickleObject) return `an object${value.className === '' ? '' : ` ${value.className}`}`;
  if (value instanceof PickleDict) return 'a dictionary';
  if (Array.isArray(value)) return 'a list';
  return value === null ? 'None' : `a ${typeof value}`;
}
