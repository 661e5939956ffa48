/** A table by columns: what a call graph needs of it. */
import { Float64List, Int32List } from '../../../src/plugin.ts';
import type { PstatsKey, PstatsTable } from '../pstats-table.ts';

export interface PstatsColumns {
  sampled: boolean;
  /** Functions that have a row, in the order of the rows; then callers that have none, as they are met. */
  file: string[];
  line: ArrayLike<number>;
  name: string[];
  rows: FigureColumns;
  callers: CallerColumns;
}

export interface FigureColumns {
  length: number;
  calls: Float64Array;
  primitiveCalls: Float64Array;
  self: Float64Array;
  total: Float64Array;
}

/** Callers of the first row, then those of the second, … */
interface CallerColumns extends FigureColumns {
  /** Functions. */
  caller: Int32Array;
  callee: Int32Array;
  /** 1 = of the caller there is nothing but calls; its other figures mean nothing. */
  countOnly: Int32Array;
}

/** Figures row by row, until all are there. */
class FigureLists {
  readonly #calls = new Float64List();
  readonly #primitiveCalls = new Float64List();
  readonly #self = new Float64List();
  readonly #total = new Float64List();

  get length(): number {
    return this.#calls.length;
  }

  push(calls: number, primitiveCalls: number, self: number, total: number): void {
    this.#calls.push(calls);
    this.#primitiveCalls.push(primitiveCalls);
    this.#self.push(self);
    this.#total.push(total);
  }

  columns(): FigureColumns {
    return {
      length: this.length,
      calls: this.#calls.trimmed(),
      primitiveCalls: this.#primitiveCalls.trimmed(),
      self: this.#self.trimmed(),
      total: this.#total.trimmed(),
    };
  }
}

export function columnsOf({ rows, sampled }: PstatsTable): PstatsColumns {
  const functions = new Map<PstatsKey, number>();
  const functionOf = (key: PstatsKey): number => {
    const known = functions.get(key) ?? functions.size;
    functions.set(key, known);
    return known;
  };
  for (const { key } of rows) functionOf(key);
  const own = new FigureLists();
  const ofCallers = new FigureLists();
  const [caller, callee, countOnly] = [new Int32List(), new Int32List(), new Int32List()];
  for (const [row, { calls, primitiveCalls, self, total, callers }] of rows.entries()) {
    own.push(Number(calls), Number(primitiveCalls), Number(self), Number(total));
    for (const { key, figures } of callers) {
      caller.push(functionOf(key));
      callee.push(row);
      countOnly.push(typeof figures === 'object' ? 0 : 1);
      if (typeof figures !== 'object') ofCallers.push(Number(figures), 0, 0, 0);
      else
        ofCallers.push(
          Number(figures.calls),
          Number(figures.primitiveCalls),
          Number(figures.self),
          Number(figures.total),
        );
    }
  }
  const keys = [...functions.keys()];
  return {
    sampled,
    file: keys.map(({ file }) => file),
    line: keys.map(({ line }) => line),
    name: keys.map(({ name }) => name),
    rows: own.columns(),
    callers: {
      ...ofCallers.columns(),
      caller: caller.trimmed(),
      callee: callee.trimmed(),
      countOnly: countOnly.trimmed(),
    },
  };
}
