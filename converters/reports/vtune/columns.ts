/** What the columns are, by their titles. */
import type { Metric } from '../../../src/plugin.ts';

/** The titles of one metric: `CPU Time:Self` and `CPU Time:Total`. */
export interface ValueColumns {
  /** `CPU Time` */
  title: string;
  metric: Metric;
  kind: Kind;
  /** Cells; -1 = there is none. */
  self: number;
  total: number;
}

export type Kind = 'time' | 'bytes' | 'count';

export interface Columns {
  values: ValueColumns[];
  /** Titles of metrics that do not add up, or of which nobody knows whether they do. */
  others: string[];
  module: number;
  file: number;
  fullName: number;
}

const UNITS: Record<Kind, string> = { time: 'nanoseconds', bytes: 'bytes', count: 'count' };
/** No title is longer. */
const LONGEST = 200;
const VALUE = /^(.*\S)\s*:\s*(Self|Total)$/i;
const NO_SUM = /\b(rate|ratio|average|avg|per|bound|frequency|latency|utilization|speed)\b|%/i;
const KINDS: [Kind, RegExp][] = [
  ['time', /\btime\b/i],
  ['bytes', /\bsize$/i],
  ['count', /\b(count|allocations|deallocations|clockticks|retired|loads|stores|samples|misses|hits)\b/i],
  // Events of processors: INST_RETIRED.ANY
  ['count', /^[A-Z0-9]+(?:[_.:][A-Z0-9]+)+$/],
];

export function columnsOf(titles: string[]): Columns {
  const byName = new Map<string, ValueColumns>();
  const others: string[] = [];
  for (const [cell, title] of titles.entries()) {
    const [, name, what = ''] = title.length > LONGEST ? [] : (VALUE.exec(title) ?? []);
    if (name === undefined) continue;
    const kind = NO_SUM.test(name) ? undefined : KINDS.find(([, pattern]) => pattern.test(name))?.[0];
    if (kind === undefined) {
      others.push(title);
      continue;
    }
    let columns = byName.get(name);
    if (!columns)
      byName.set(name, (columns = { title: name, metric: metricOf(name, kind), kind, self: -1, total: -1 }));
    columns[what.toLowerCase() === 'self' ? 'self' : 'total'] = cell;
  }
  return {
    values: [...byName.values()],
    others,
    module: titles.indexOf('Module'),
    file: titles.indexOf('Source File'),
    fullName: titles.indexOf('Function (Full)'),
  };
}

function metricOf(title: string, kind: Kind): Metric {
  const name = title === 'CPU Time' ? 'time' : title.toLowerCase().replace(/[^a-z0-9_.]+/g, '-');
  return { name, unit: UNITS[kind] };
}
