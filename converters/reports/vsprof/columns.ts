/** What the columns are, by their titles. */
import type { Metric } from '../../../src/plugin.ts';

/** Cells of one metric; -1 = there is none. */
export interface ValueColumns {
  metric: Metric;
  /** Values, or shares of the whole in percent. */
  self: number;
  total: number;
  isShare: boolean;
  /** Of a call, beside shares. */
  averageSelf: number;
  averageTotal: number;
}

export interface Columns {
  values: ValueColumns[];
  name: number;
  calls: number;
  module: number;
  file: number;
  line: number;
  process: number;
  processId: number;
}

const TIME = 'nanoseconds';
/** Metrics, and what their columns are called: `Elapsed Inclusive Time`. */
const METRICS: [Metric, string, string][] = [
  [{ name: 'time', unit: TIME }, 'Elapsed ', 'Time'],
  [{ name: 'application-time', unit: TIME }, 'Application ', 'Time'],
  [{ name: 'samples', unit: 'samples' }, '', 'Samples'],
  [{ name: 'bytes', unit: 'bytes' }, '', 'Bytes'],
  [{ name: 'allocations', unit: 'count' }, '', 'Allocations'],
  [{ name: 'blocked-time', unit: TIME }, '', 'Blocked Time'],
  [{ name: 'contentions', unit: 'count' }, '', 'Contentions'],
];

export function columnsOf(titles: string[]): Columns {
  const cell = (title: string) => titles.indexOf(title);
  const values = METRICS.flatMap(([metric, what, of]): ValueColumns[] => {
    const [inclusive, exclusive] = [`${what}Inclusive ${of}`, `${what}Exclusive ${of}`];
    const self = cell(exclusive);
    const total = cell(inclusive);
    const found = { metric, self, total, isShare: false, averageSelf: -1, averageTotal: -1 };
    if (self >= 0 || total >= 0) return [found];
    const shares = { self: cell(`${exclusive} %`), total: cell(`${inclusive} %`), isShare: true };
    const [averageSelf, averageTotal] = [cell(`Avg ${exclusive}`), cell(`Avg ${inclusive}`)];
    return shares.self < 0 && shares.total < 0 ? [] : [{ ...found, ...shares, averageSelf, averageTotal }];
  });
  return {
    values,
    name: cell('Function Name'),
    calls: cell('Number of Calls'),
    module: cell('Module Name'),
    file: cell('Source File'),
    line: cell('Function Line Number'),
    process: cell('Process Name'),
    processId: cell('Process ID'),
  };
}
