/** Calls as the file lists them: caller, callee, call site, count, and a total for each metric. */
import { type Column, grown } from '../../../src/plugin.ts';
import type { CostLine } from './cost-line.ts';

export class CallCosts {
  length = 0;
  caller: Int32Array;
  callee: Int32Array;
  line: Int32Array;
  /** File of the call site, as a number of the reader's. */
  file: Int32Array;
  calls: Float64Array;
  /** The sum of the absolute totals by metric; Infinity once a single one needs 64 bits. */
  readonly bound: number[] = [];
  #totals: Float64Array[] = [];
  /** Totals that a double cannot hold, by metric and row. */
  readonly #exact: Map<number, bigint>[] = [];
  /** Metric by column of the file. */
  #layout: number[] = [];

  constructor(reserve: number) {
    this.caller = new Int32Array(reserve);
    this.callee = new Int32Array(reserve);
    this.line = new Int32Array(reserve);
    this.file = new Int32Array(reserve);
    this.calls = new Float64Array(reserve);
  }

  /** From here on the costs of a line are of these metrics. */
  setLayout(metrics: number[]): void {
    this.#layout = metrics;
    for (const metric of metrics) {
      while (this.#totals.length <= metric) {
        this.#totals.push(new Float64Array(this.calls.length));
        this.#exact.push(new Map());
        this.bound.push(0);
      }
    }
  }

  add(caller: number, callee: number, file: number, calls: number, cost: CostLine): void {
    const row = this.length++;
    if (row >= this.caller.length) this.#grow();
    this.caller[row] = caller;
    this.callee[row] = callee;
    this.line[row] = cost.line;
    this.file[row] = file;
    this.calls[row] = calls;
    const { values, exact } = cost;
    for (let k = 0; k < values.length; k++) {
      const metric = this.#layout[k]!;
      const value = values[k]!;
      this.#totals[metric]![row] = value;
      this.bound[metric]! += Math.abs(value);
    }
    if (exact === undefined) return;
    for (const [k, value] of exact) {
      const metric = this.#layout[k]!;
      this.#exact[metric]!.set(row, value);
      this.bound[metric] = Number.POSITIVE_INFINITY;
    }
  }

  #grow(): void {
    const { length } = this;
    this.caller = grown(this.caller, length);
    this.callee = grown(this.callee, length);
    this.line = grown(this.line, length);
    this.file = grown(this.file, length);
    this.calls = grown(this.calls, length);
    this.#totals = this.#totals.map((column) => grown(column, length));
  }

  /** To be called when all is read: cuts the columns to their length. */
  finish(): void {
    const { length } = this;
    this.caller = this.caller.subarray(0, length);
    this.callee = this.callee.subarray(0, length);
    this.line = this.line.subarray(0, length);
    this.file = this.file.subarray(0, length);
    this.calls = this.calls.subarray(0, length);
    this.#totals = this.#totals.map((column) => column.subarray(0, length));
  }

  /** Gives back the memory. */
  clear(): void {
    this.length = 0;
    this.caller = this.callee = this.line = this.file = new Int32Array(0);
    this.calls = new Float64Array(0);
    this.#totals = [];
  }

  /** The totals of a metric, as 64-bit integers if `wide`. */
  total(metric: number, wide: boolean): Column {
    const column = this.#totals[metric]!;
    if (!wide) return column;
    const exact = BigInt64Array.from(column, (v) => BigInt(v));
    for (const [row, value] of this.#exact[metric]!) exact[row] = value;
    return exact;
  }
}
