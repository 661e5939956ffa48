/** Calls as the file lists them: caller, callee, call site, count, and a total for each metric. */
import { type Column, grown, Int32List } from '../../../src/plugin.ts';
import type { CostLine } from './cost-line.ts';

export class CallCosts {
  caller: Int32List;
  callee: Int32List;
  line: Int32List;
  /** File of the call site, as a number of the reader's. */
  file: Int32List;
  calls: Float64Array;
  /** The sum of the absolute totals by metric; Infinity once a single one needs 64 bits. */
  readonly bound: number[] = [];
  readonly #totals: Float64Array[] = [];
  /** Totals that a double cannot hold, by metric and row. */
  readonly #exact: Map<number, bigint>[] = [];
  /** Metric by column of the file. */
  #layout: number[] = [];
  readonly #reserve: number;

  constructor(reserve: number) {
    this.#reserve = reserve;
    this.caller = new Int32List(reserve);
    this.callee = new Int32List(reserve);
    this.line = new Int32List(reserve);
    this.file = new Int32List(reserve);
    this.calls = new Float64Array(reserve);
  }

  get length(): number {
    return this.caller.length;
  }

  /** From here on the costs of a line are of these metrics. */
  setLayout(metrics: number[]): void {
    this.#layout = metrics;
    for (const metric of metrics) {
      while (this.#totals.length <= metric) {
        this.#totals.push(new Float64Array(this.#reserve));
        this.#exact.push(new Map());
        this.bound.push(0);
      }
    }
  }

  add(caller: number, callee: number, file: number, calls: number, cost: CostLine): void {
    const row = this.length;
    this.caller.push(caller);
    this.callee.push(callee);
    this.line.push(cost.line);
    this.file.push(file);
    if (row >= this.calls.length) this.calls = grown(this.calls, row + 1);
    this.calls[row] = calls;
    const { values, exact } = cost;
    for (let k = 0; k < values.length; k++) {
      const metric = this.#layout[k]!;
      let column = this.#totals[metric]!;
      if (row >= column.length) this.#totals[metric] = column = grown(column, row + 1);
      column[row] = values[k]!;
      this.bound[metric]! += Math.abs(values[k]!);
    }
    if (exact === undefined) return;
    for (const [k, value] of exact) {
      const metric = this.#layout[k]!;
      this.#exact[metric]!.set(row, value);
      this.bound[metric] = Number.POSITIVE_INFINITY;
    }
  }

  /** Gives back the memory. */
  clear(): void {
    this.caller = this.callee = this.line = this.file = new Int32List(0);
    this.calls = new Float64Array(0);
    this.#totals.length = 0;
  }

  /** The totals of a metric, as 64-bit integers if `wide`. */
  total(metric: number, wide: boolean): Column {
    const column = grown(this.#totals[metric]!, this.length).subarray(0, this.length);
    if (!wide) return column;
    const exact = BigInt64Array.from(column, (v) => BigInt(v));
    for (const [row, value] of this.#exact[metric]!) exact[row] = value;
    return exact;
  }
}
