/** What recordings and reports say of themselves. */
import type { Metric, ProfileBuilder } from '../../../src/plugin.ts';

export const TIME: Metric = { name: 'time', unit: 'seconds' };
const NANO = 1e9;
/** Seconds since 1970 in 64 bits of nanoseconds. */
const MAX_SECONDS = 2 ** 33;
/** In front of the command in a description. */
const PROGRAM = 'Program: ';

/** By key. */
export type Facts = Partial<Record<string, string | number>>;

/** Puts them into a profile's description. */
export function describe({ meta }: ProfileBuilder, facts: Facts): void {
  meta.producer = 'pyinstrument';
  const { target_description: about, program } = facts;
  if (typeof program === 'string') meta.command = program;
  if (typeof about === 'string') {
    if (about.startsWith(PROGRAM)) meta.command = about.slice(PROGRAM.length);
    else meta.title = about;
  }
  const number = (name: string) => {
    const value = facts[name];
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  };
  const start = number('start_time');
  if (start !== undefined && Math.abs(start) < MAX_SECONDS)
    meta.startTime = BigInt(Math.round(start * 1e6)) * 1000n;
  const duration = number('duration');
  if (duration !== undefined) meta.duration = duration * NANO;
  const interval = number('min_interval');
  if (interval !== undefined && interval > 0 && interval === number('max_interval'))
    meta.period = { metric: TIME, value: interval };
  const cpu = number('cpu_time');
  if (cpu !== undefined) meta.comments = [`CPU time: ${cpu} seconds`];
}
