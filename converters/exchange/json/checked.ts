/** Values of parsed JSON, taken only if they are what they should be; else the path says where they are not. */
import type { Source } from '../../../src/plugin.ts';

const MAX_INT32 = 2 ** 31 - 1;
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

export type JsonObject = Record<string, unknown>;

/** The functions throw `ProfileError`; `path` is that of the value. */
export class Checked {
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  wrong(path: string, wanted: string, value: unknown, hint?: string): never {
    this.#source.fail('bad-value', `expected ${wanted}, got ${shown(value)}`, { path }, hint);
  }

  warn(code: string, message: string, path: string): void {
    this.#source.warn(code, message, { path });
  }

  /** An object; keys other than the known ones are told of, if there are such. */
  object(value: unknown, path: string, known?: readonly string[]): JsonObject {
    if (value === null || typeof value !== 'object' || Array.isArray(value))
      this.wrong(path, 'an object', value);
    for (const key of known ? Object.keys(value) : []) {
      if (!known!.includes(key)) this.warn('unknown-key', `nothing is known of "${key}": left out`, path);
    }
    return value as JsonObject;
  }

  array(value: unknown, path: string): unknown[] {
    if (!Array.isArray(value)) this.wrong(path, 'an array', value);
    return value;
  }

  text(value: unknown, path: string): string {
    if (typeof value !== 'string') this.wrong(path, 'a text', value);
    return value;
  }

  optionalText(value: unknown, path: string): string | undefined {
    return value === undefined ? undefined : this.text(value, path);
  }

  boolean(value: unknown, path: string): boolean {
    if (typeof value !== 'boolean') this.wrong(path, 'true or false', value);
    return value;
  }

  oneOf<T extends string>(value: unknown, path: string, choices: readonly T[]): T {
    if (!choices.includes(value as T)) this.wrong(path, `one of ${choices.join(', ')}`, value);
    return value as T;
  }

  number(value: unknown, path: string): number {
    if (typeof value !== 'number') this.wrong(path, 'a number', value);
    return value;
  }

  /** `null` = not known: NaN. */
  count(value: unknown, path: string): number {
    return value === null ? Number.NaN : this.number(value, path);
  }

  /** From `low` to below `high`. */
  integer(value: unknown, path: string, low: number, high: number): number {
    if (!Number.isInteger(value)) this.wrong(path, 'an integer', value);
    if ((value as number) < low || (value as number) >= high)
      this.wrong(path, high <= low ? 'no index, since there are no rows' : `${low} to ${high - 1}`, value);
    return value as number;
  }

  /** A line, a column and the like; absent = `unknown`. */
  place(value: unknown, path: string, unknown = 0, high: number = MAX_INT32 + 1): number {
    return value === undefined ? unknown : this.integer(value, path, unknown, high);
  }

  /** An unsigned 64-bit integer: a number up to 2^53, or a decimal or hexadecimal text; absent = 0. */
  address(value: unknown, path: string): bigint {
    if (value === undefined) return 0n;
    const given =
      typeof value === 'string' && /^(0x[0-9a-f]{1,16}|\d{1,20})$/i.test(value)
        ? BigInt(value)
        : Number.isSafeInteger(value)
          ? BigInt(value as number)
          : -1n;
    if (given < 0n || given > MAX_UINT64) this.wrong(path, 'a 64-bit address such as "0x7f00"', value);
    return given;
  }

  /** A signed 64-bit integer: a number up to 2^53, or a decimal text. */
  int64(value: unknown, path: string): bigint {
    const given = this.bigInteger(value, path, 'a 64-bit integer');
    if (given > MAX_INT64 || given < -MAX_INT64 - 1n) this.wrong(path, 'a 64-bit integer', value);
    return given;
  }

  /** An integer of any size: a number up to 2^53, or a decimal text. */
  bigInteger(value: unknown, path: string, what = 'an integer'): bigint {
    if (Number.isSafeInteger(value)) return BigInt(value as number);
    if (typeof value === 'number')
      this.wrong(path, 'an exact integer', value, 'integers beyond 2^53 are texts: "9007199254740993"');
    // A thousand digits take no time to read; a million would.
    if (typeof value !== 'string' || !/^-?\d{1,1000}$/.test(value)) this.wrong(path, what, value);
    return BigInt(value as string);
  }

  /** A column of `length` integers from `low` to below `high`. */
  integers(value: unknown, path: string, length: number, low: number, high: number): Int32Array {
    const list = this.#column(value, path, length);
    const column = new Int32Array(length);
    for (let i = 0; i < length; i++) {
      const v = list[i];
      if (!Number.isInteger(v) || (v as number) < low || (v as number) >= high)
        this.integer(v, `${path}[${i}]`, low, high);
      column[i] = v as number;
    }
    return column;
  }

  /** A column of lines, columns and the like; absent = all 0. */
  places(value: unknown, path: string, length: number): Int32Array {
    return value === undefined
      ? new Int32Array(length)
      : this.integers(value, path, length, 0, MAX_INT32 + 1);
  }

  /** A column of finite numbers. */
  numbers(value: unknown, path: string, length: number): Float64Array {
    const list = this.#column(value, path, length);
    const column = new Float64Array(length);
    for (let i = 0; i < length; i++) {
      const v = list[i];
      if (!Number.isFinite(v)) this.wrong(`${path}[${i}]`, 'a number', v);
      column[i] = v as number;
    }
    return column;
  }

  /** A column of numbers or null; absent = all NaN. */
  counts(value: unknown, path: string, length: number): Float64Array {
    if (value === undefined) return new Float64Array(length).fill(Number.NaN);
    const list = this.#column(value, path, length);
    const column = new Float64Array(length);
    for (let i = 0; i < length; i++) {
      const v = list[i];
      if (v !== null && !Number.isFinite(v)) this.wrong(`${path}[${i}]`, 'a number or null', v);
      column[i] = v === null ? Number.NaN : (v as number);
    }
    return column;
  }

  int64s(value: unknown, path: string, length: number): BigInt64Array {
    const list = this.#column(value, path, length);
    const column = new BigInt64Array(length);
    for (let i = 0; i < length; i++) {
      const v = list[i];
      column[i] = Number.isSafeInteger(v) ? BigInt(v as number) : this.int64(v, `${path}[${i}]`);
    }
    return column;
  }

  #column(value: unknown, path: string, length: number): unknown[] {
    const list = this.array(value, path);
    if (list.length !== length)
      this.#source.fail('bad-length', `${list.length} values for ${length} rows`, { path });
    return list;
  }
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  if (value !== null && typeof value === 'object') return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
