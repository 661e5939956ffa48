/** Values of labels in pprof's way: compared in any unit, and written for people. */
import { bytesPerUnit, secondsPerUnit, unitName } from './metrics.ts';
import type { Label } from './profile.ts';

type Family = 'time' | 'memory';

/** What pprof calls units where it writes values, by size: nanoseconds, and bytes. */
const SHOWN: Record<Family, [number, string][]> = {
  time: [
    [1, 'ns'],
    [1e3, 'us'],
    [1e6, 'ms'],
    [1e9, 's'],
    [3600e9, 'hrs'],
  ],
  memory: [
    [1, 'B'],
    [2 ** 10, 'kB'],
    [2 ** 20, 'MB'],
    [2 ** 30, 'GB'],
    [2 ** 40, 'TB'],
    [2 ** 50, 'PB'],
  ],
};

interface Size {
  family: Family;
  /** In nanoseconds or bytes. */
  factor: number;
}

function sizeOf(unit: string): Size | undefined {
  const metric = { name: '', unit };
  const seconds = secondsPerUnit(metric);
  if (seconds !== undefined) return { family: 'time', factor: Math.round(seconds * 1e9) };
  const bytes = bytesPerUnit(metric);
  return bytes === undefined ? undefined : { family: 'memory', factor: bytes };
}

/** The unit of a label with a number: what it says, else bytes or the key, by pprof's convention. */
export function labelUnit({ key, unit }: Label): string {
  return unit || (key === 'alignment' || key === 'request' ? 'bytes' : key);
}

/**
 * A test of numbers with units from `32kb`, `:64kb`, `4mb:` or `1kb:2mb`; undefined if the text is no range. Of
 * units that are not known the bare numbers are compared, as pprof does.
 */
export function rangeTest(text: string): ((value: number, unit: string) => boolean) | undefined {
  const found = /^(?:([+-]?\d+)([A-Za-z]*))?(:?)(?:([+-]?\d+)([A-Za-z]*))?$/.exec(text);
  if (!found || (found[1] === undefined && found[4] === undefined)) return undefined;
  const [, low, lowUnit = '', colon, high, highUnit = ''] = found;
  const unit = low === undefined ? highUnit : lowUnit;
  const to = scaled(Number(high), highUnit, unit);
  if (low !== undefined && high !== undefined && to === undefined) return undefined;
  const least = low === undefined ? Number.NEGATIVE_INFINITY : Number(low);
  const most = high !== undefined ? to! : colon === '' ? least : Number.POSITIVE_INFINITY;
  return (value, from) => {
    const amount = scaled(value, from, unit);
    return amount !== undefined && amount >= least && amount <= most;
  };
}

/** The value in another unit; undefined between time, memory and what has no unit. */
function scaled(value: number, from: string, to: string): number | undefined {
  const [a, b] = [sizeOf(from), sizeOf(to)];
  if (!a) return value;
  return a.family === b?.family ? (value * a.factor) / b.factor : undefined;
}

/** The value as pprof writes it: `15ms`, `1.50kB`, `7`. */
export function labelText({ value, unit }: Label): string {
  if (typeof value === 'string') return value;
  const size = unit === undefined ? undefined : sizeOf(unit);
  const amount = Number(value);
  if (!size) return amount === 0 || !unit || isPlain(unit) ? `${value}` : `${value}${unit}`;
  const steps = SHOWN[size.family];
  const base = amount * size.factor;
  const smallest: [number, string] = size.family === 'time' ? steps[3]! : steps[0]!;
  const [factor, name] = steps.findLast(([step]) => Math.abs(base) >= step) ?? smallest;
  const digits = (base / factor).toFixed(2).replace(/\.00$/, '');
  return Number(digits) === 0 ? '0' : digits + name;
}

function isPlain(unit: string): boolean {
  return ['count', 'samples', 'unit'].includes(unitName(unit));
}
