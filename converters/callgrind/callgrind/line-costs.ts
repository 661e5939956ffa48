/**
 * Self costs by function and, if they are wanted, by line, packed: a few bytes for a row, so that a file of
 * gigabytes fits where its table would not.
 *
 * Rows are written in runs of one node and one file: a row is the difference to the line before, then the
 * costs, each as a number of variable length. `table` unpacks them.
 */
import { type Column, grown, Int32List, type LineTable } from '../../../src/plugin.ts';
import type { CostLine } from './cost-line.ts';

/** Sizes of the first chunk, and of the largest: each is twice the one before. */
const FIRST_CHUNK = 1 << 14;
const MAX_CHUNK = 1 << 20;
/** No number takes more than this many bytes: ten times seven bits. */
const MAX_NUMBER = 10;
/** Costs below this take less than 31 bits as twice the cost. */
const SHORT = 0x3fffffff;
/** Far above what short costs of one block of the input add up to, and far below what a double holds. */
const MAX_SUM = 2 ** 51;

export class LineCosts {
  /** Sums by metric, then by node: exact while `bound` is below 2^53. */
  readonly self: Float64Array[] = [];
  /** The sum of the absolute costs by metric; Infinity once a single one needs 64 bits. */
  readonly bound: number[] = [];
  /** True once a bound is above `MAX_SUM`. */
  #isLarge = false;
  /** False while sums are all that is kept: until they might need more than doubles. */
  #packs: boolean;
  readonly #chunks: Uint8Array[] = [];
  readonly #chunkEnds: number[] = [];
  #bytes = new Uint8Array(0);
  #at = 0;
  readonly #runNode = new Int32List();
  readonly #runFile = new Int32List();
  readonly #runLayout = new Int32List();
  /** Packed rows before the run. */
  readonly #runStart = new Int32List();
  #packed = 0;
  /** Metric by column of the file, for each layout. */
  readonly #layouts: number[][] = [];
  #layout: number[] = [];
  /** Sums of the open run, by column. */
  #sums = new Float64Array(0);
  #node = -1;
  #line = 0;

  /** `byLine`: `table` will be asked for. */
  constructor(byLine: boolean) {
    this.#packs = byLine;
  }

  /** From here on the columns of a row are these metrics. */
  setLayout(metrics: number[]): void {
    this.#closeRun();
    this.#layouts.push(metrics);
    this.#layout = metrics;
    this.#sums = new Float64Array(metrics.length);
    for (const metric of metrics) {
      while (this.self.length <= metric) {
        this.self.push(new Float64Array(0));
        this.bound.push(0);
      }
    }
  }

  /** From here on rows are of this node and file. */
  startRun(node: number, file: number): void {
    this.#closeRun();
    this.#node = node;
    if (this.#packs) this.#packRun(node, file);
  }

  #packRun(node: number, file: number): void {
    this.#runNode.push(node);
    this.#runFile.push(file);
    this.#runLayout.push(this.#layouts.length - 1);
    this.#runStart.push(this.#packed);
  }

  #closeRun(): void {
    const node = this.#node;
    if (node < 0) return;
    const sums = this.#sums;
    for (let k = 0; k < sums.length; k++) {
      const sum = sums[k]!;
      if (sum === 0) continue;
      const metric = this.#layout[k]!;
      let column = this.self[metric]!;
      if (node >= column.length) this.self[metric] = column = grown(column, node + 1);
      column[node]! += sum;
      this.bound[metric]! += Math.abs(sum);
      if (this.bound[metric]! > MAX_SUM) this.#isLarge = true;
      sums[k] = 0;
    }
  }

  /** Adds the costs of a line to the run. */
  add(cost: CostLine): void {
    if (!this.#packs && !this.#fits(cost.values)) this.#packSums();
    this.addPlain(cost);
  }

  /** The same for costs of no more than nine digits, of a line next to one that `add` was told of. */
  addPlain({ line, values, exact }: CostLine): void {
    const sums = this.#sums;
    for (let k = 0; k < values.length; k++) sums[k]! += values[k]!;
    if (this.#packs) this.#pack(line, values, exact);
  }

  /** Whether the sums stay exact with these costs, and as many as one block of the input may hold. */
  #fits(values: Float64Array): boolean {
    if (this.#isLarge) return false;
    for (let k = 0; k < values.length; k++) {
      const value = values[k]!;
      if (!(value >= 0 && value < SHORT && this.#sums[k]! < MAX_SUM)) return false;
    }
    return true;
  }

  /** Goes on with rows, of which the first are the sums up to now: each cost may be of 64 bits. */
  #packSums(): void {
    this.#closeRun();
    this.#packs = true;
    this.#layouts.push([...this.self.keys()]);
    for (let node = 0; this.self.some(({ length }) => node < length); node++) {
      this.#packRun(node, 0);
      const sums = Float64Array.from(this.self, (column) => column[node] ?? 0);
      this.#pack(0, sums, undefined);
    }
    this.#layouts.push(this.#layout);
    if (this.#node >= 0) this.#packRun(this.#node, 0);
  }

  /** Packs a row; one of zeros leaves no trace. */
  #pack(line: number, values: Float64Array, exact: Map<number, bigint> | undefined): void {
    const width = values.length;
    if (this.#at + (width + 1) * MAX_NUMBER > this.#bytes.length) this.#nextChunk(width);
    const bytes = this.#bytes;
    let at = this.#at;
    const delta = (line - this.#line) | 0;
    let rest = ((delta << 1) ^ (delta >> 31)) >>> 0;
    while (rest > 127) {
      bytes[at++] = rest | 128;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    let any = false;
    for (let k = 0; k < width; k++) {
      const value = values[k]!;
      if (value !== 0) any = true;
      if (value >= 0 && value < SHORT) {
        rest = value * 2;
        while (rest > 127) {
          bytes[at++] = rest | 128;
          rest >>>= 7;
        }
        bytes[at++] = rest;
      } else {
        at = this.#putLong(at, k, value, exact?.get(k));
      }
    }
    if (!any) return;
    this.#at = at;
    this.#line = line;
    this.#packed++;
  }

  #nextChunk(width: number): void {
    if (this.#chunks.length > 0) this.#chunkEnds.push(this.#at);
    const size = Math.min(MAX_CHUNK, Math.max(FIRST_CHUNK, this.#bytes.length * 2));
    this.#bytes = new Uint8Array(Math.max(size, (width + 1) * MAX_NUMBER));
    this.#chunks.push(this.#bytes);
    this.#at = 0;
  }

  #putLong(at: number, column: number, value: number, exact: bigint | undefined): number {
    const bytes = this.#bytes;
    let to = at;
    const metric = this.#layout[column]!;
    if (value < 0) this.bound[metric]! -= 2 * value;
    if (exact !== undefined) {
      this.bound[metric] = Number.POSITIVE_INFINITY;
      let rest = exact < 0n ? -2n * exact - 1n : 2n * exact;
      for (; rest > 127n; rest >>= 7n) bytes[to++] = Number(rest & 127n) | 128;
      bytes[to++] = Number(rest);
      return to;
    }
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes[to++] = (rest % 128) | 128;
    bytes[to++] = rest;
    return to;
  }

  /** Gives back the memory of the rows. */
  clear(): void {
    this.#chunks.length = 0;
    this.#bytes = new Uint8Array(0);
  }

  /** To be called when all is read: closes the last run, and makes the sums `nodes` long. */
  finish(nodes: number): void {
    this.#closeRun();
    this.#node = -1;
    for (const [metric, column] of this.self.entries()) {
      this.self[metric] = grown(column, nodes).subarray(0, nodes);
    }
  }

  /** Makes each run's file what `indexOf` says. */
  mapFiles(indexOf: (node: number, file: number) => number): void {
    const files = this.#runFile.trimmed();
    for (let run = 0; run < files.length; run++) files[run] = indexOf(this.#runNode.array[run]!, files[run]!);
  }

  /**
   * The rows unpacked, neighbours with the same line as one; metrics in `wide` as 64-bit integers. Of costs not kept
   * by line only their sums by node mean something.
   */
  table(wide: boolean[]): LineTable {
    if (!this.#packs) this.#packSums();
    let length = this.#packed;
    const node = new Int32Array(length);
    const line = new Int32Array(length);
    const file = new Int32Array(length);
    const values = wide.map((w): Column => (w ? new BigInt64Array(length) : new Float64Array(length)));
    const reader = new PackedReader(this.#chunks, [...this.#chunkEnds, this.#at]);
    let row = -1;
    let at = 0;
    let foreign = false;
    for (let run = 0; run < this.#runNode.length; run++) {
      const runNode = this.#runNode.array[run]!;
      const runFile = this.#runFile.array[run]!;
      const layout = this.#layouts[this.#runLayout.array[run]!]!;
      const end = run + 1 < this.#runNode.length ? this.#runStart.array[run + 1]! : this.#packed;
      if (runFile !== 0) foreign = true;
      let fresh = true;
      for (let packed = this.#runStart.array[run]!; packed < end; packed++) {
        const delta = reader.small();
        at = (at + ((delta >>> 1) ^ -(delta & 1))) | 0;
        if (delta !== 0 || fresh) {
          row++;
          node[row] = runNode;
          line[row] = at;
          file[row] = runFile;
          fresh = false;
        }
        for (const metric of layout) {
          const column = values[metric]!;
          if (column instanceof Float64Array) column[row]! += reader.double();
          else column[row]! += reader.big();
        }
      }
    }
    length = row + 1;
    return {
      length,
      node: node.subarray(0, length),
      line: line.subarray(0, length),
      ...(foreign && { file: file.subarray(0, length) }),
      values: values.map((column) => column.subarray(0, length)),
    };
  }
}

/** Reads numbers of variable length; no row goes over the end of its chunk. */
class PackedReader {
  readonly #chunks: Uint8Array[];
  readonly #ends: number[];
  #chunk = 0;
  #bytes: Uint8Array;
  #end: number;
  #at = 0;

  constructor(chunks: Uint8Array[], ends: number[]) {
    this.#chunks = chunks;
    this.#ends = ends;
    this.#bytes = chunks[0] ?? new Uint8Array(0);
    this.#end = ends[0] ?? 0;
  }

  /** The first number of a row: 32 bits, unsigned. */
  small(): number {
    if (this.#at === this.#end) {
      this.#chunk++;
      this.#bytes = this.#chunks[this.#chunk]!;
      this.#end = this.#ends[this.#chunk]!;
      this.#at = 0;
    }
    const bytes = this.#bytes;
    let byte = bytes[this.#at++]!;
    let value = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = bytes[this.#at++]!;
      value |= (byte & 127) << shift;
    }
    return value >>> 0;
  }

  /** A cost, below 2^53. */
  double(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.#at++]!;
    let value = byte & 127;
    for (let scale = 128; byte > 127; scale *= 128) {
      byte = bytes[this.#at++]!;
      value += (byte & 127) * scale;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** A cost of up to 64 bits. */
  big(): bigint {
    const bytes = this.#bytes;
    let byte = bytes[this.#at++]!;
    let value = BigInt(byte & 127);
    for (let shift = 7n; byte > 127; shift += 7n) {
      byte = bytes[this.#at++]!;
      value |= BigInt(byte & 127) << shift;
    }
    return value & 1n ? -(value + 1n) / 2n : value / 2n;
  }
}
