/** A table by columns: what a call graph needs of it. */
import type { ArcTable, Source } from '../../../src/plugin.ts';
import { NO_FILE, type PstatsKey, type PstatsTable, type PyNumber } from '../pstats-table.ts';

export interface PstatsColumns {
  /** Functions that have a row, in the order of the rows; then callers that have none, as they are met. */
  file: string[];
  /** 0 = unknown. */
  line: Int32Array;
  name: string[];
  /** Number of rows. */
  rows: number;
  /** By row; NaN = not counted. Where calls are not, primitive calls are not. */
  calls: Float64Array;
  primitiveCalls: Float64Array;
  /** By metric, which are seconds and, of samples, their number; and by function, 0 = it has no row. */
  self: Float64Array[];
  total: Float64Array[];
  /** Callers of the first row, then those of the second, … */
  arcs: ArcTable;
  /** Whether figures come from samples. */
  isSampled: boolean;
  /** Whether calls and primitive calls stand the other way round in the file. */
  isSwapped: boolean;
  /** Whether totals of recursive functions count each level of the stack, as those of samplers do. */
  addsLevels: boolean;
}

/** The columns of what was read from the source. */
export function columnsOf({ rows, sampled: isSampled }: PstatsTable, source: Source): PstatsColumns {
  const functions = new Map<PstatsKey, number>();
  const functionOf = (key: PstatsKey): number => {
    const known = functions.get(key) ?? functions.size;
    functions.set(key, known);
    return known;
  };
  const metrics = isSampled ? [0, 1] : [0];
  const figures = (length: number) => metrics.map(() => unknown(length));
  const [calls, primitiveCalls] = [unknown(rows.length), unknown(rows.length)];
  const [self, total] = [figures(rows.length), figures(rows.length)];
  const time = (value: PyNumber | undefined, what: 'self' | 'total') => finite(Number(value), what, source);
  for (const [row, figures] of rows.entries()) {
    functionOf(figures.key);
    self[0]![row] = time(figures.self, 'self');
    total[0]![row] = time(figures.total, 'total');
    if (isSampled) {
      self[1]![row] = time(figures.primitiveCalls, 'self');
      total[1]![row] = time(figures.calls, 'total');
    } else {
      calls[row] = Number(figures.calls);
      primitiveCalls[row] = Number(figures.primitiveCalls);
    }
  }

  const arcCount = rows.reduce((sum, { callers }) => sum + callers.length, 0);
  const arcs = {
    length: arcCount,
    caller: new Int32Array(arcCount),
    callee: new Int32Array(arcCount),
    line: new Int32Array(arcCount),
    calls: unknown(arcCount),
    primitiveCalls: unknown(arcCount),
    self: figures(arcCount),
    total: figures(arcCount),
    counts: 'once' as const,
  };
  let a = 0;
  for (const [row, { callers }] of rows.entries()) {
    for (const { key, figures } of callers) {
      arcs.caller[a] = functionOf(key);
      arcs.callee[a] = row;
      if (typeof figures !== 'object') {
        (isSampled ? arcs.total[1]! : arcs.calls)[a] = countOf(Number(figures));
      } else {
        if (!isSampled) arcs.calls[a] = countOf(Number(figures.calls));
        if (!isSampled) arcs.primitiveCalls[a] = countOf(Number(figures.primitiveCalls));
        arcs.total[0]![a] = time(figures.total, 'total');
        arcs.self[0]![a] = time(figures.self, 'self');
      }
      a++;
    }
  }

  const keys = [...functions.keys()];
  const isSwapped = !isSampled && areSwapped(calls, primitiveCalls);
  const all = (isSwapped ? primitiveCalls : calls).map(countOf);
  const primitive = (isSwapped ? calls : primitiveCalls).map(countOf);
  const byFunction = (column: Float64Array) => withZeros(column, keys.length);
  return {
    file: keys.map(({ file, line }) => sourceFile(file, line)),
    line: Int32Array.from(keys, ({ line }) => (line > 0 && line < 2 ** 31 ? line : 0)),
    name: keys.map(({ name }) => name),
    rows: rows.length,
    calls: all,
    primitiveCalls: primitive.map((count, row) => (Number.isNaN(all[row]!) ? Number.NaN : count)),
    self: self.map(byFunction),
    total: total.map(byFunction),
    arcs,
    isSampled,
    isSwapped,
    addsLevels: isSampled || calls.every((count) => count < 0),
  };
}

/** '' = the function is of none. */
export function sourceFile(file: string, line: number): string {
  return file === NO_FILE && line === 0 ? '' : file;
}

function unknown(length: number): Float64Array {
  return new Float64Array(length).fill(Number.NaN);
}

/** A column of rows with a value for each function. */
export function withZeros(column: Float64Array, length: number): Float64Array {
  if (column.length === length) return column;
  const all = new Float64Array(length);
  all.set(column);
  return all;
}

/** NaN = not counted, as pyinstrument's -1. */
function countOf(count: number): number {
  return count < 0 ? Number.NaN : count;
}

function finite(value: number, what: string, source: Source): number {
  // Not -0.
  if (Number.isFinite(value)) return value + 0;
  source.warn('not-a-number', `a ${what} of ${value} is taken for 0`);
  return 0;
}

/** Whether some rows have more primitive calls than calls, and none has fewer. */
function areSwapped(calls: Float64Array, primitiveCalls: Float64Array): boolean {
  let more = false;
  for (let row = 0; row < calls.length; row++) {
    if (primitiveCalls[row]! < calls[row]!) return false;
    more ||= primitiveCalls[row]! > calls[row]!;
  }
  return more;
}
