/** Reads the marshalled dictionary into a table. */
import type { Source } from '../../../src/plugin.ts';
import { MarshalCode, MarshalDict, type MarshalValue, readMarshal, type TakePair } from '../marshal.ts';
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

/** The bytes are those of the source. */
export function readTable(bytes: Uint8Array, source: Source): PstatsTable {
  let reader = new TableReader(source);
  const begin = (): TakePair => {
    reader = new TableReader(source);
    return (key, value) => reader.read(key, value);
  };
  const broken = (message: string, offset: number) => source.fail('bad-marshal', message, { offset });
  let tell = () => {};
  const rest = readMarshal(bytes, broken, begin, (message, offset) => {
    tell = () => source.warn('bytes-behind', message, { offset });
  });
  if (!(rest instanceof MarshalDict)) source.fail('no-dictionary', 'it holds no dictionary of functions');
  tell();
  for (const [i, key] of rest.keys.entries()) reader.read(key, rest.values[i]!);
  return reader.table();
}

export function fileOf({ name, modified }: Source): PstatsTable['file'] {
  return modified === undefined ? undefined : { name, modified };
}

/** A key, and where it was met last. */
interface MetKey {
  key: PstatsKey;
  /** Index of its row; -1 = none. */
  row: number;
  /** The last row that has it as a caller, and its index there; -1 = none. */
  calledIn: number;
  caller: number;
}

class TableReader {
  readonly #source: Source;
  readonly #rows: PstatsRow[] = [];
  readonly #keys = new Map<string, MetKey>();
  /** Keys by the tuple that holds them: a reference leads to the same one. */
  readonly #byTuple = new Map<MarshalValue, MetKey>();
  #sampled = false;
  #read = 0;

  constructor(source: Source) {
    this.#source = source;
  }

  table(): PstatsTable {
    if (this.#rows.length === 0) {
      const hint = 'was the profiler enabled while anything ran?';
      this.#source.fail('no-functions', 'the profile holds no function', {}, hint);
    }
    return new PstatsTable(this.#rows, this.#sampled, fileOf(this.#source));
  }

  /** The row of a function, or the marker of samples. */
  read(key: MarshalValue, value: MarshalValue): void {
    const path = `row ${this.#read++}`;
    if (Array.isArray(key) && key.length === 1 && key[0] === SAMPLED) {
      this.#sampled = true;
      return;
    }
    if (!Array.isArray(value) || value.length < 5) this.#wrong(path, 'five figures');
    const [primitiveCalls, calls, self, total, callers] = value;
    if (!(callers instanceof MarshalDict)) this.#wrong(path, 'a dictionary of callers');
    const met = this.#key(key, path);
    if (met.row < 0) met.row = this.#rows.length;
    else this.#twice(met);
    this.#rows[met.row] = {
      key: met.key,
      calls: this.#number(calls!, path),
      primitiveCalls: this.#number(primitiveCalls!, path),
      self: this.#number(self!, path),
      total: this.#number(total!, path),
      callers: this.#callers(callers, path),
    };
  }

  #callers({ keys, values }: MarshalDict, path: string): PstatsCaller[] {
    const callers: PstatsCaller[] = [];
    for (let i = 0; i < keys.length; i++) {
      const met = this.#key(keys[i]!, path);
      if (met.calledIn !== this.#read) {
        met.calledIn = this.#read;
        met.caller = callers.length;
      } else {
        this.#twice(met);
      }
      callers[met.caller] = { key: met.key, figures: this.#callerFigures(values[i]!, path) };
    }
    return callers;
  }

  /** As in a dictionary of Python. */
  #twice({ key }: MetKey): void {
    const message = `${key.label} stands twice where it can stand once: the last one counts`;
    this.#source.warn('same-function', message);
  }

  #key(value: MarshalValue, path: string): MetKey {
    const known = this.#byTuple.get(value);
    if (known) return known;
    const [file, line, name] = Array.isArray(value) && value.length === 3 ? value : [];
    const isName = typeof name === 'string' || name instanceof MarshalCode;
    if (typeof file !== 'string' || typeof line !== 'bigint' || !isName)
      this.#wrong(path, 'a key of file, line and name');
    if (!Number.isSafeInteger(Number(line))) this.#wrong(path, 'a line below 2^53');
    const made = pstatsKey(file, Number(line), String(name));
    const id = keyId(made);
    const met = this.#keys.get(id) ?? { key: made, row: -1, calledIn: -1, caller: -1 };
    this.#keys.set(id, met);
    this.#byTuple.set(value, met);
    return met;
  }

  #callerFigures(value: MarshalValue, path: string): PstatsFigures | PyNumber {
    if (!Array.isArray(value)) return this.#number(value, path);
    if (value.length !== 4) this.#wrong(path, 'four figures of a caller');
    return {
      calls: this.#number(value[0]!, path),
      primitiveCalls: this.#number(value[1]!, path),
      self: this.#number(value[2]!, path),
      total: this.#number(value[3]!, path),
    };
  }

  #number(value: MarshalValue, path: string): PyNumber {
    if (typeof value === 'bigint' || typeof value === 'number') return value;
    return this.#wrong(path, 'a number');
  }

  #wrong(path: string, expected: string): never {
    this.#source.fail('bad-row', `expected ${expected}`, { path }, 'is it a profile that pstats reads?');
  }
}
