/** From the marshalled dictionary to the table. */
import type { Source } from '../../../src/plugin.ts';
import { MarshalCode, MarshalDict, type MarshalValue } from '../marshal.ts';
import {
  type PstatsCaller,
  type PstatsFigures,
  type PstatsKey,
  type PstatsRow,
  type PstatsTable,
  type PyNumber,
  pstatsKey,
} from '../pstats-table.ts';

/** The key by which Python 3.15 marks profiles made of samples. */
const SAMPLED = '__sampled__';

export function tableOf(value: MarshalValue, source: Source): PstatsTable {
  if (!(value instanceof MarshalDict)) source.fail('no-dictionary', 'it holds no dictionary of functions');
  const reader = new TableReader(source);
  const rows = value.keys.flatMap((key, i) => reader.row(key, value.values[i]!, i));
  if (rows.length === 0) {
    const hint = 'was the profiler enabled while anything ran?';
    source.fail('no-functions', 'the profile holds no function', {}, hint);
  }
  const { name, modified } = source;
  return {
    rows,
    ...(modified !== undefined && { file: { name, modified } }),
    ...(reader.sampled && { sampled: true }),
  };
}

class TableReader {
  sampled = false;
  readonly #source: Source;
  /** Keys by the tuple that holds them: a reference leads to the same one. */
  readonly #keys = new Map<MarshalValue, PstatsKey>();

  constructor(source: Source) {
    this.#source = source;
  }

  /** The row of a function; none for the marker of samples. */
  row(key: MarshalValue, value: MarshalValue, index: number): PstatsRow[] {
    if (Array.isArray(key) && key.length === 1 && key[0] === SAMPLED) {
      this.sampled = true;
      return [];
    }
    const path = `row ${index}`;
    if (!Array.isArray(value) || value.length < 5) this.#wrong(path, 'five figures');
    const [primitiveCalls, calls, self, total, callers] = value;
    if (!(callers instanceof MarshalDict)) this.#wrong(path, 'a dictionary of callers');
    return [
      {
        key: this.#key(key, path),
        calls: this.#number(calls!, path),
        primitiveCalls: this.#number(primitiveCalls!, path),
        self: this.#number(self!, path),
        total: this.#number(total!, path),
        callers: callers.keys.map((caller, i) => this.#caller(caller, callers.values[i]!, path)),
      },
    ];
  }

  #key(value: MarshalValue, path: string): PstatsKey {
    const known = this.#keys.get(value);
    if (known) return known;
    const [file, line, name] = Array.isArray(value) && value.length === 3 ? value : [];
    const isName = typeof name === 'string' || name instanceof MarshalCode;
    if (typeof file !== 'string' || typeof line !== 'bigint' || !isName)
      this.#wrong(path, 'a key of file, line and name');
    const key = pstatsKey(file, Number(line), String(name));
    this.#keys.set(value, key);
    return key;
  }

  #caller(key: MarshalValue, value: MarshalValue, path: string): PstatsCaller {
    return { key: this.#key(key, path), figures: this.#callerFigures(value, path) };
  }

  #callerFigures(value: MarshalValue, path: string): PstatsFigures | PyNumber {
    if (!Array.isArray(value)) return this.#number(value, path);
    if (value.length !== 4) this.#wrong(path, 'four figures of a caller');
    const [calls, primitiveCalls, self, total] = value.map((each) => this.#number(each, path));
    return { calls: calls!, primitiveCalls: primitiveCalls!, self: self!, total: total! };
  }

  #number(value: MarshalValue, path: string): PyNumber {
    if (typeof value === 'bigint' || typeof value === 'number') return value;
    return this.#wrong(path, 'a number');
  }

  #wrong(path: string, expected: string): never {
    this.#source.fail('bad-row', `expected ${expected}`, { path }, 'is it a profile that pstats reads?');
  }
}
