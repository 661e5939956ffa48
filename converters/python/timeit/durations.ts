/** Durations as the tools print them, in nanoseconds; NaN where it is none. */
import { shifted } from '../decimal.ts';

/** What a number of each unit is multiplied with: a whole number, then a power of ten. */
const UNITS: Record<string, [number, number]> = {
  ns: [1, 0],
  nsec: [1, 0],
  us: [1, 3],
  usec: [1, 3],
  µs: [1, 3],
  μs: [1, 3],
  ms: [1, 6],
  msec: [1, 6],
  s: [1, 9],
  sec: [1, 9],
  min: [60, 9],
  h: [3600, 9],
  d: [86400, 9],
};
const PART = /^(\d+(?:[.,]\d+)?(?:e[-+]?\d+)?) ?([a-zµμ]+) */;

/** `21.8 usec`, `1min 12s`: parts with units, one after another. */
export function withUnits(text: string): number {
  let sum = 0;
  let rest = text;
  do {
    const [whole, value, unit] = PART.exec(rest) ?? [];
    const factor = UNITS[unit ?? ''];
    if (whole === undefined || !factor) return Number.NaN;
    sum += factor[0] * shifted(value!.replace(',', '.'), factor[1]);
    rest = rest.slice(whole.length);
  } while (rest !== '');
  return sum;
}

/** `1:02:03.50`: seconds, before them minutes, before them hours. */
export function clock(text: string): number {
  const [seconds = '', minutes = '0', hours = '0'] = text.replace(',', '.').split(':').reverse();
  return shifted(seconds, 9) + (Number(minutes) * 60 + Number(hours) * 3600) * 1e9;
}
