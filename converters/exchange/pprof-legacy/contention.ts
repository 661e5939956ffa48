/** Contention profiles: how long locks were waited for, in cycles, and how often. */
import type { LineReader, Value } from '../../../src/plugin.ts';
import type { AddressProfile } from './address-profile.ts';
import { Attributes } from './attributes.ts';
import { LOCKS } from './drop-lists.ts';
import { readJavaContention } from './java.ts';
import { readSamples } from './samples.ts';

/** Attributes of C++ and Go, and those of Java behind them. */
const KNOWN = [
  'cycles/second',
  'sampling period',
  'ms since reset',
  'discarded samples',
  'format',
  'resolution',
];

/** Reads a contention profile, in which attributes come first; see `readSamples` for what it returns. */
export function readContention(lines: LineReader, profile: AddressProfile): boolean {
  const { source } = profile;
  const attributes = new Attributes(lines, source, KNOWN);
  profile.duration = attributes.number('ms since reset', 0) * 1_000_000;
  if (attributes.text('format') !== undefined || attributes.text('resolution') !== undefined) {
    readJavaContention(lines, profile, attributes);
    return false;
  }
  const cycles = attributes.number('cycles/second', 0);
  const period = attributes.number('sampling period', 1);
  const discarded = attributes.number('discarded samples', 0);
  if (discarded !== 0) source.warn('discarded', `the profiler discarded ${discarded} samples`);
  profile.metrics = [
    { name: 'contentions', unit: 'count' },
    { name: 'delay', unit: 'nanoseconds' },
  ];
  profile.period = { metric: { name: 'contentions', unit: 'count' }, value: period };
  profile.dropFrames = LOCKS;
  if (!attributes.more) return false;
  return readSamples(
    lines,
    profile,
    (scanner) => {
      const delay = scanner.integer();
      const count = scanner.integer();
      if (delay === undefined || count === undefined) return undefined;
      return { values: unsampled(delay, count, period, cycles) };
    },
    true,
  );
}

/** Of cycles nanoseconds, of one in so many all. */
function unsampled(delay: Value, count: Value, period: number, cycles: number): [count: Value, delay: Value] {
  if (period <= 0) return [count, delay];
  const all = BigInt(count) * BigInt(period);
  const nanoseconds = cycles > 0 ? Math.trunc((Number(delay) * period) / (cycles / 1e9)) : delay;
  return [Number.isSafeInteger(Number(all)) ? Number(all) : BigInt.asIntN(64, all), nanoseconds];
}
