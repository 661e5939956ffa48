/** From the marshalled dictionary to the table. */
import type { Source } from '../../../src/plugin.ts';
import { MarshalCode, MarshalDict, type MarshalValue } from '../marshal.ts';
import {
  keyId,
  type PstatsCaller,
  type PstatsFigures,
  type PstatsKey,
  type PstatsRow,
  PstatsTable,
  type PyNumber,
  pstatsKey,
} from '../pstats-table.ts';

/** The key by which Python 3.15 marks profiles made of samples. */
const SAMPLED = '__sampled__';

export function tableOf(value: MarshalValue, source: Source): PstatsTable {
  if (!(value instanceof MarshalDict)) source.fail('no-dictionary', 'it holds no dictionary of functions');
  const reader = new TableReader(source);
  for (const [i, key] of value.keys.entries()) reader.read(key, value.values[i]!, i);
  const rows = [...reader.rows.values()];
  if (rows.length === 0) {
    const hint = 'was the profiler enabled while anything ran?';
    source.fail('no-functions', 'the profile holds no function', {}, hint);
  }
  const { name, modified } = source;
  const file = modified === undefined ? undefined : { name, modified };
  return new PstatsTable(rows, reader.sampled, file);
}

class TableReader {
  sampled = false;
  readonly rows = new Map<PstatsKey, PstatsRow>();
  readonly #source: Source;
  readonly #keys = new Map<string, PstatsKey>();
  /** Keys by the tuple that holds them: a reference leads to the same one. */
  readonly #byTuple = new Map<MarshalValue, PstatsKey>();

  constructor(source: Source) {
    this.#source = source;
  }

  /** The row of a function, or the marker of samples. */
  read(key: MarshalValue, value: MarshalValue, index: number): void {
    if (Array.isArray(key) && key.length === 1 && key[0] === SAMPLED) {
      this.sampled = true;
      return;
    }
    const path = `row ${index}`;
    if (!Array.isArray(value) || value.length < 5) this.#wrong(path, 'five figures');
    const [primitiveCalls, calls, self, total, callers] = value;
    if (!(callers instanceof MarshalDict)) this.#wrong(path, 'a dictionary of callers');
    const func = this.#key(key, path);
    this.#set(this.rows, func, {
      key: func,
      calls: this.#number(calls!, path),
      primitiveCalls: this.#number(primitiveCalls!, path),
      self: this.#number(self!, path),
      total: this.#number(total!, path),
      callers: this.#callers(callers, path),
    });
  }

  /** Of keys that are the same the last one counts, as in a dictionary of Python. */
  #set<T>(map: Map<PstatsKey, T>, key: PstatsKey, value: T): void {
    if (map.has(key)) {
      const message = `${key.label} stands twice where it can stand once: the last one counts`;
      this.#source.warn('same-function', message);
    }
    map.set(key, value);
  }

  #callers(callers: MarshalDict, path: string): PstatsCaller[] {
    const map = new Map<PstatsKey, PstatsCaller>();
    for (const [i, caller] of callers.keys.entries()) {
      const key = this.#key(caller, path);
      this.#set(map, key, { key, figures: this.#callerFigures(callers.values[i]!, path) });
    }
    return [...map.values()];
  }

  #key(value: MarshalValue, path: string): PstatsKey {
    const known = this.#byTuple.get(value);
    if (known) return known;
    const [file, line, name] = Array.isArray(value) && value.length === 3 ? value : [];
    const isName = typeof name === 'string' || name instanceof MarshalCode;
    if (typeof file !== 'string' || typeof line !== 'bigint' || !isName)
      this.#wrong(path, 'a key of file, line and name');
    if (!Number.isSafeInteger(Number(line))) this.#wrong(path, 'a line below 2^53');
    const made = pstatsKey(file, Number(line), String(name));
    const id = keyId(made);
    const key = this.#keys.get(id) ?? made;
    this.#keys.set(id, key);
    this.#byTuple.set(value, key);
    return key;
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
