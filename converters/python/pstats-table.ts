/**
 * What Python's `pstats.Stats` holds: functions in the order of the file, numbers as exact as there.
 *
 * Python's integers are bigints here, its floats are numbers; undefined = unknown, which only call graphs know.
 * The parser of pstats files leaves a table in `meta.raw.pstats`, for what a call graph cannot express.
 */
import { type Meta, type Profile, ProfileError } from '../../src/plugin.ts';

export type PyNumber = bigint | number;

/** A function as Python keys it. Within a table there is one object for each. */
export interface PstatsKey {
  file: string;
  line: number;
  name: string;
  /** As it is printed. */
  label: string;
}

export interface PstatsFigures {
  calls: PyNumber | undefined;
  /** Calls while it was not yet on the stack. */
  primitiveCalls: PyNumber | undefined;
  self: PyNumber | undefined;
  total: PyNumber | undefined;
}

/** Figures, or from the module `profile` a count alone. */
export interface PstatsCaller {
  key: PstatsKey;
  figures: PstatsFigures | PyNumber;
}

export interface PstatsRow extends PstatsFigures {
  key: PstatsKey;
  callers: PstatsCaller[];
}

export class PstatsTable {
  #rows: PstatsRow[] | (() => PstatsRow[]);
  /** True if the file says of itself that its figures come from samples (Python 3.15). */
  readonly sampled: boolean;
  /** Name of the file, and when it was modified (milliseconds since 1970). */
  readonly file: { name: string; modified: number } | undefined;

  /** `rows` may be made when they are first asked for. */
  constructor(rows: PstatsRow[] | (() => PstatsRow[]), sampled = false, file?: PstatsTable['file']) {
    this.#rows = rows;
    this.sampled = sampled;
    this.file = file;
  }

  get rows(): PstatsRow[] {
    if (typeof this.#rows === 'function') this.#rows = this.#rows();
    return this.#rows;
  }

  toJSON(): Pick<PstatsTable, 'rows' | 'sampled' | 'file'> {
    return { rows: this.rows, sampled: this.sampled, file: this.file };
  }
}

/** A file in Python's sense of code that has none. */
export const NO_FILE = '~';

export function pstatsKey(file: string, line: number, name: string): PstatsKey {
  return { file, line, name, label: label(file, line, name) };
}

function label(file: string, line: number, name: string): string {
  if (file !== NO_FILE || line !== 0) return `${file}:${line}(${name})`;
  return name.startsWith('<') && name.endsWith('>') ? `{${name.slice(1, -1)}}` : name;
}

/** A text that is the same for equal keys only. */
export function keyId({ file, line, name }: PstatsKey): string {
  return `${file}\0${line}\0${name}`;
}

export function keepTables(meta: Meta, tables: PstatsTable[]): void {
  meta.raw = { ...meta.raw, pstats: tables };
}

/** What the parser left of each file; undefined if not all of it is such a table. */
export function keptTables({ meta }: Profile): PstatsTable[] | undefined {
  const tables = meta.raw?.['pstats'];
  // What JSON claims to be a table is none.
  return Array.isArray(tables) && tables.every((table) => table instanceof PstatsTable) ? tables : undefined;
}

/** Thrown where Python raises TypeError: one file has figures of a caller, another a count alone. */
export class MixedCallers extends Error {}

/** What is made of several tables. Throws `ProfileError` instead of `MixedCallers`. */
export function unmixed<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof MixedCallers)) throw error;
    throw new ProfileError({
      code: 'pstats/mixed-callers',
      message: 'some files have figures of callers and others counts alone: they cannot be one file',
    });
  }
}

/** The order in which Python adds files: the first, then the others from the last to the second. */
export function inPythonsOrder(tables: PstatsTable[]): PstatsTable[] {
  return [...tables.slice(0, 1), ...tables.slice(1).reverse()];
}

/** The rows of all tables. Throws `MixedCallers`. */
export function combinedRows(tables: PstatsTable[]): PstatsRow[] {
  const [first, ...rest] = inPythonsOrder(tables);
  if (rest.length === 0) return first!.rows;
  const rows = new Map(first!.rows.map((row) => [keyId(row.key), row]));
  for (const table of rest) {
    for (const row of table.rows) {
      const id = keyId(row.key);
      rows.set(id, addedRow(rows.get(id), row));
    }
  }
  return [...rows.values()];
}

/** What a profile was read from. */
interface Exact {
  tables: PstatsTable[];
  /** Those of all tables. */
  rows: PstatsRow[];
}

/**
 * What a profile was read from; undefined if it was not, or is no longer what was read: if functions or arcs were
 * left out, or figures changed. Throws `MixedCallers`.
 */
export function exactRows(profile: Profile): Exact | undefined {
  const { nodes, arcs, shares, estimated } = profile;
  const tables = keptTables(profile);
  if (!tables || shares || estimated || !arcs) return undefined;
  const rows = combinedRows(tables);
  const { functions, calls } = sizeOf(rows);
  return functions === nodes.length && calls === arcs.length ? { tables, rows } : undefined;
}

/** How many functions there are, and how many callers of all of them. */
function sizeOf(rows: PstatsRow[]): { functions: number; calls: number } {
  const keys = new Set(rows.map(({ key }) => key));
  let ids: Set<string> | undefined;
  let calls = 0;
  for (const { callers } of rows) {
    calls += callers.length;
    for (const { key } of callers) {
      if (keys.has(key)) continue;
      // Of another table, or without a row.
      ids ??= new Set(rows.map((row) => keyId(row.key)));
      ids.add(keyId(key));
      keys.add(key);
    }
  }
  return { functions: ids?.size ?? rows.length, calls };
}

const NONE: PstatsFigures = { calls: 0n, primitiveCalls: 0n, self: 0n, total: 0n };

/** As `add_func_stats` of pstats. Throws `MixedCallers`. */
function addedRow(old: PstatsRow | undefined, row: PstatsRow): PstatsRow {
  const callers = new Map((old?.callers ?? []).map((caller) => [keyId(caller.key), caller]));
  for (const caller of row.callers) {
    const id = keyId(caller.key);
    const before = callers.get(id);
    callers.set(id, before ? { key: before.key, figures: sumOfCaller(before, caller) } : caller);
  }
  return { key: old?.key ?? row.key, ...addedFigures(old ?? NONE, row), callers: [...callers.values()] };
}

function sumOfCaller({ figures: old }: PstatsCaller, { figures }: PstatsCaller): PstatsCaller['figures'] {
  if (typeof old === 'object' && typeof figures === 'object') return addedFigures(old, figures);
  if (typeof old === 'object' || typeof figures === 'object') throw new MixedCallers();
  return plus(old, figures)!;
}

function addedFigures(old: PstatsFigures, figures: PstatsFigures): PstatsFigures {
  return {
    calls: plus(figures.calls, old.calls),
    primitiveCalls: plus(figures.primitiveCalls, old.primitiveCalls),
    self: plus(figures.self, old.self),
    total: plus(figures.total, old.total),
  };
}

/** As Python adds: integers stay integers. What is unknown makes the sum unknown. */
export function plus(a: PyNumber | undefined, b: PyNumber | undefined): PyNumber | undefined {
  if (a === undefined || b === undefined) return undefined;
  return typeof a === 'bigint' && typeof b === 'bigint' ? a + b : Number(a) + Number(b);
}

/**
 * Leaves of each file what stands behind its last slash. Functions that become one are added up. Of callers
 * that become one within a function the last one stays, as in Python, where that is a defect: how many are
 * lost is returned. Throws `MixedCallers`.
 */
export function strippedRows(rows: PstatsRow[]): { rows: PstatsRow[]; lost: number } {
  const merged = new Map<string, PstatsRow>();
  const keys = new Map<string, PstatsKey>();
  const stripped = ({ file, line, name }: PstatsKey): PstatsKey => {
    const short = pstatsKey(file.slice(file.lastIndexOf('/') + 1), line, name);
    const known = keys.get(keyId(short)) ?? short;
    keys.set(keyId(short), known);
    return known;
  };
  let lost = 0;
  for (const row of rows) {
    const key = stripped(row.key);
    const callers = new Map<PstatsKey, PstatsCaller>();
    for (const { key: caller, figures } of row.callers) {
      const short = stripped(caller);
      if (callers.has(short)) lost++;
      callers.set(short, { key: short, figures });
    }
    const id = keyId(key);
    const known = merged.get(id);
    const short = { ...row, key, callers: [...callers.values()] };
    merged.set(id, known ? addedRow(known, short) : short);
  }
  return { rows: [...merged.values()], lost };
}
