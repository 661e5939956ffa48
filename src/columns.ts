/**
 * Columns of values: doubles while every integer in sight is exact, 64-bit integers beyond, and beyond
 * those doubles again.
 *
 * A column is widened once, when its absolute values add up to more than 2^53: every sum that is later
 * taken over a part of it is then exact without a second look.
 */
import type { Column } from './profile.ts';

/** A number small enough for a double, else a bigint. */
export type Value = number | bigint;

/** Room that tables begin with. What V8 has seen grow by the time it optimises it is not optimised again for that. */
export const FIRST_ROOM = 16;
/** A table that is expected to hold more than this grows to it. */
const MAX_EXPECTED = 1 << 20;

/** Slots of a hash table, a power of two, for so many rows that are expected: these fill no more than half of it. */
export function slotsFor(expected: number): number {
  let slots = FIRST_ROOM;
  while (slots <= 2 * Math.min(expected, MAX_EXPECTED)) slots *= 2;
  return slots;
}

/** No 64-bit integer reaches it. */
export const INT64 = 2 ** 63;

export function zeros(like: Column, length: number): Column {
  return like instanceof Float64Array ? new Float64Array(length) : new BigInt64Array(length);
}

/** The exact sum of a column of integers; for other numbers the sum in doubles. */
export function sumOf(column: Column): Value {
  if (column instanceof Float64Array) {
    let sum = 0;
    for (let i = 0; i < column.length; i++) sum += column[i]!;
    return sum;
  }
  let sum = 0n;
  for (let i = 0; i < column.length; i++) sum += column[i]!;
  return sum;
}

/** The exact sum of integers, a bigint where it is beyond 2^53; for other numbers the sum in doubles. */
export function sumOfValues(values: readonly Value[]): Value {
  if (!values.every((value) => typeof value === 'bigint' || Number.isSafeInteger(value)))
    return values.reduce((sum: number, value) => sum + Number(value), 0);
  const sum = values.reduce((sum: bigint, value) => sum + BigInt(value), 0n);
  return Number.isSafeInteger(Number(sum)) ? Number(sum) : sum;
}

/** The value as those of a column are: fractions are rounded where it holds integers. */
export function asIn(column: Column, value: Value): Value {
  if (column instanceof Float64Array) return Number(value);
  return typeof value === 'bigint' ? value : BigInt(Math.round(value));
}

/** The sum of the absolute values; exact for integers. */
export function magnitudeOf(column: Column): Value {
  if (column instanceof Float64Array) return column.reduce((sum, value) => sum + Math.abs(value), 0);
  return column.reduce((sum, value) => sum + (value < 0n ? -value : value), 0n);
}

/** The greatest value of a column; 0 if none is above it. */
export function greatest(column: Column): Value {
  let most: Value = 0;
  for (let i = 0; i < column.length; i++) if (column[i]! > most) most = column[i]!;
  return most;
}

/**
 * The same values as 64-bit integers if they need it: an integer column whose absolute values pass 2^53.
 * Values that are not integers, or whose sum would not fit into 64 bits, are doubles.
 */
export function widenIfNeeded(column: Column): Column {
  if (column instanceof BigInt64Array) return boundOf(column) < INT64 ? column : narrow(column);
  const bound = absoluteSum(column);
  if (!(bound > Number.MAX_SAFE_INTEGER)) return column;
  return bound < INT64 && holdsIntegers(column) ? widen(column) : column;
}

/**
 * Tables of columns by metric, with those of one metric all of one kind: what the widest needs, if all are integers and
 * the sum of the first table, the selves, fits into 64 bits. Totals of nodes may come to more: nobody adds them up.
 */
export function alike(tables: Column[][]): Column[][] {
  const result = tables.map((table) =>
    table.map((column) => (column instanceof BigInt64Array ? column : widenIfNeeded(column))),
  );
  for (let m = 0; result.some((table) => m < table.length); m++) {
    const having = result.filter((table) => m < table.length);
    if (having.every((table) => table[m] instanceof Float64Array)) continue;
    const fits = absoluteSum(having[0]![m]!) < INT64 && having.every((table) => holdsIntegers(table[m]!));
    for (const table of having) table[m] = fits ? widen(table[m]!) : narrow(table[m]!);
  }
  return result;
}

/** Whether each value is an integer of 64 bits. */
export function holdsIntegers(column: Column): boolean {
  return column instanceof BigInt64Array || column.every((v) => Number.isInteger(v) && Math.abs(v) < INT64);
}

/** Whether values may have lost digits: there are doubles beyond 2^53. */
export function maybeRounded(column: Column): boolean {
  if (column instanceof BigInt64Array) return false;
  for (let i = 0; i < column.length; i++) if (Math.abs(column[i]!) > Number.MAX_SAFE_INTEGER) return true;
  return false;
}

/** Whether selves or totals of a tree may have lost digits. Totals are added up only if they may pass 2^53. */
export function holdsRounded(nodes: { self: Column[]; readonly total: Column[] }): boolean {
  return nodes.self.some(
    (column, m) =>
      absoluteSum(column) > Number.MAX_SAFE_INTEGER &&
      (maybeRounded(column) || maybeRounded(nodes.total[m]!)),
  );
}

/** The sum of the absolute values, or somewhat more. */
export function absoluteSum(column: Column): number {
  if (column instanceof BigInt64Array) return boundOf(column);
  let sum = 0;
  for (let i = 0; i < column.length; i++) sum += Math.abs(column[i]!);
  return sum;
}

/** At least the sum of the absolute values, and not much more. */
function boundOf(column: BigInt64Array): number {
  const upperHalves = new Int32Array(column.buffer, column.byteOffset, column.length * 2);
  let bound = 0;
  for (let i = 1; i < upperHalves.length; i += 2) bound += (Math.abs(upperHalves[i]!) + 1) * 2 ** 32;
  return bound;
}

/** Whether there are values that no number can hold. */
export function holdsInfinity(column: Column | undefined): boolean {
  if (!(column instanceof Float64Array)) return false;
  return column.includes(Number.POSITIVE_INFINITY) || column.includes(Number.NEGATIVE_INFINITY);
}

/** The values as doubles; integers beyond 2^53 are rounded. */
export function doubles(column: Column): Float64Array {
  return column instanceof Float64Array ? column : Float64Array.from(column, Number);
}

export function widen(column: Column): BigInt64Array {
  if (column instanceof BigInt64Array) return column;
  const wide = new BigInt64Array(column.length);
  for (let i = 0; i < wide.length; i++) wide[i] = BigInt(column[i]!);
  return wide;
}

function narrow(column: Column): Float64Array {
  return column instanceof Float64Array ? column : Float64Array.from(column, Number);
}

/** Sums of a column by index: those of row *i* go to `index[i]`, to none where that is below 0. */
export function gathered(column: Column, index: Int32Array, length: number): Column {
  const sums = zeros(column, length);
  scatterAdd(sums, index, column);
  return sums;
}

/** `target[index[i]] += source[i]` for each i with `index[i] >= 0`. Both columns are of one kind. */
export function scatterAdd(
  target: Column,
  index: Int32Array,
  source: Column,
  length: number = index.length,
): void {
  if (target instanceof Float64Array && source instanceof Float64Array) {
    for (let i = 0; i < length; i++) {
      const at = index[i]!;
      if (at >= 0) target[at]! += source[i]!;
    }
  } else if (target instanceof BigInt64Array && source instanceof BigInt64Array) {
    for (let i = 0; i < length; i++) {
      const at = index[i]!;
      if (at >= 0) target[at]! += source[i]!;
    }
  } else {
    throw new TypeError('columns of different kinds');
  }
}

/** The values times a whole number. */
export function scaled(column: Column, factor: number): Column {
  if (factor === 1) return column;
  if (column instanceof Float64Array) return widenIfNeeded(column.map((value) => value * factor));
  const wide = column.map((value) => value * BigInt(factor));
  return widenIfNeeded(wide);
}

/** `sums[rows[k][i]] += columns[k][i]` over all columns and all rows that are not negative: exact for integers. */
export function summed(columns: Column[], rows: Int32Array[], length: number): Column {
  const parts = alike(columns.map((column) => [column])).map(([column]) => column!);
  const bound = parts.reduce((sum, column) => sum + absoluteSum(column), 0);
  const wide = bound > Number.MAX_SAFE_INTEGER && bound < INT64 && parts.every(holdsIntegers);
  const sums = wide ? new BigInt64Array(length) : new Float64Array(length);
  for (const [k, column] of parts.entries())
    scatterAdd(sums, rows[k]!, wide ? widen(column) : doubles(column));
  return sums;
}

/** Adds each row to its parent's, last row first: selves become totals. Parents stand before their children. */
export function addToParents(total: Column, parent: Int32Array, length: number = parent.length): void {
  if (total instanceof Float64Array) {
    for (let i = length - 1; i >= 0; i--) {
      const p = parent[i]!;
      if (p >= 0) total[p]! += total[i]!;
    }
  } else {
    for (let i = length - 1; i >= 0; i--) {
      const p = parent[i]!;
      if (p >= 0) total[p]! += total[i]!;
    }
  }
}

/** A copy with at least `length` rows: doubled, so that appending stays linear. */
export function grown<
  T extends Uint8Array | Int32Array | Uint32Array | Float64Array | BigInt64Array | BigUint64Array,
>(array: T, length: number): T {
  if (array.length >= length) return array;
  const Columns = array.constructor as new (length: number) => T;
  const larger = new Columns(Math.max(length, array.length * 2, 1024));
  (larger as Int32Array).set(array as Int32Array);
  return larger;
}

/** Integers in the order they were pushed. */
export class Int32List {
  array: Int32Array;
  length = 0;

  constructor(reserve = FIRST_ROOM) {
    this.array = new Int32Array(reserve);
  }

  push(value: number): void {
    if (this.length === this.array.length) this.array = grown(this.array, this.length + 1);
    this.array[this.length++] = value;
  }

  /** Pushes all of these. */
  append(values: Int32Array): void {
    const length = this.length + values.length;
    if (length > this.array.length) this.array = grown(this.array, length);
    this.array.set(values, this.length);
    this.length = length;
  }

  /** The pushed values, without a copy. */
  trimmed(): Int32Array {
    return this.array.subarray(0, this.length);
  }
}

/** Doubles in the order they were pushed. */
export class Float64List {
  array: Float64Array;
  length = 0;

  constructor(reserve = FIRST_ROOM) {
    this.array = new Float64Array(reserve);
  }

  push(value: number): void {
    if (this.length === this.array.length) this.array = grown(this.array, this.length + 1);
    this.array[this.length++] = value;
  }

  /** The pushed values, without a copy. */
  trimmed(): Float64Array {
    return this.array.subarray(0, this.length);
  }
}

/** Numbers in the order they were pushed: half the memory while all are 32-bit integers. */
export class NumberList {
  array: Int32Array | Float64Array;
  length = 0;

  constructor(reserve = FIRST_ROOM) {
    this.array = new Int32Array(reserve);
  }

  push(value: number): void {
    if (this.length === this.array.length) this.array = grown(this.array, this.length + 1);
    if ((value | 0) !== value && this.array instanceof Int32Array) this.array = Float64Array.from(this.array);
    this.array[this.length++] = value;
  }

  /** Pushes all of these. */
  append(values: Int32Array): void {
    const length = this.length + values.length;
    if (length > this.array.length) this.array = grown(this.array, length);
    this.array.set(values, this.length);
    this.length = length;
  }

  /** The pushed values, without a copy. */
  trimmed(): Int32Array | Float64Array {
    return this.array.subarray(0, this.length);
  }
}
