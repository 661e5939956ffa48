/** What Python's `pstats.Stats` holds, made from a call graph. */
import {
  arcsIn,
  type Column,
  components,
  defaultMetric,
  type Metric,
  type Profile,
  secondsPerUnit,
  sumOf,
  sumOfMetric,
  type Value,
} from '../../../src/plugin.ts';

/** A function as Python keys it. */
export interface Key {
  file: string;
  line: number;
  name: string;
  /** As it is printed. */
  label: string;
}

/** Of a function, or of what one caller did to it. Counts are NaN where nobody counted. */
export interface Figures<V> {
  calls: number;
  /** Calls while it was not yet on the stack. */
  primitiveCalls: number;
  self: V;
  total: V;
}

/** undefined = unknown. */
export interface Caller extends Figures<Value | undefined> {
  key: Key;
}

export interface Row extends Figures<Value> {
  key: Key;
  callers: Caller[];
}

export interface Stats {
  rows: Row[];
  /** Sums over all functions; they stay what they are when rows are merged. */
  calls: Count;
  primitiveCalls: Count;
  sum: Value;
  metric: Metric;
  /** Whether values are seconds. */
  timed: boolean;
  estimated: boolean;
}

/** A sum of counts, of which some may be unknown. */
export interface Count {
  known: Value;
  /** How many were not counted. */
  unknown: number;
}

/** A file in Python's sense of code that has none. */
const NO_FILE = '~';

export function statsOf(profile: Profile): Stats {
  const { nodes, frames, functions, mappings } = profile;
  const m = defaultMetric(profile);
  const metric = profile.metrics[m]!;
  const seconds = secondsPerUnit(metric);
  const convert = (value: Value): Value => (seconds === undefined ? value : inSeconds(value, seconds));
  const counts = countsOf(profile);
  const rows: Row[] = [];
  for (let n = 0; n < nodes.length; n++) {
    const func = frames.func[nodes.frame[n]!]!;
    const file = functions.file[func]! || mappings[functions.mapping[func]!]?.name || NO_FILE;
    rows.push({
      key: keyOf(file, functions.line[func]!, functions.name[func]!),
      calls: counts.calls[n]!,
      primitiveCalls: counts.primitiveCalls[n]!,
      self: convert(nodes.self[m]![n]!),
      total: convert(nodes.total[m]![n]!),
      callers: [],
    });
  }
  addCallers(rows, profile, counts.cycle, (column, row) => convert(column[row]!), m);
  return {
    rows,
    calls: countOf(counts.calls),
    primitiveCalls: countOf(counts.primitiveCalls),
    sum: convert(sumOfMetric(profile, m)),
    metric,
    timed: seconds !== undefined,
    estimated: profile.estimated,
  };
}

function keyOf(file: string, line: number, name: string): Key {
  return { file, line, name, label: label(file, line, name) };
}

function label(file: string, line: number, name: string): string {
  if (file !== NO_FILE || line !== 0) return `${file}:${line}(${name})`;
  return name.startsWith('<') && name.endsWith('>') ? `{${name.slice(1, -1)}}` : name;
}

/** A division is rounded once; a product with 1e-9 would be rounded twice. */
function inSeconds(value: Value, seconds: number): number {
  return seconds < 1 ? Number(value) / Math.round(1 / seconds) : Number(value) * seconds;
}

/**
 * Calls by node: the function's own count, else the sum of the arcs into it. Outside of recursion all calls
 * are primitive; without arcs there is no telling.
 */
function countsOf(profile: Profile): {
  calls: Float64Array;
  primitiveCalls: Float64Array;
  cycle: Int32Array;
} {
  const { nodes, frames, functions } = profile;
  const arcs = profile.arcs!;
  const into = arcsIn(arcs, nodes.length);
  const cycle = components(arcs, nodes.length).cycle;
  const recursive = Uint8Array.from(cycle, (c) => Number(c >= 0 || arcs.length === 0));
  for (let a = 0; a < arcs.length; a++) if (arcs.caller[a] === arcs.callee[a]) recursive[arcs.callee[a]!] = 1;
  const calls = new Float64Array(nodes.length).fill(Number.NaN);
  const primitiveCalls = new Float64Array(nodes.length);
  for (let n = 0; n < nodes.length; n++) {
    const func = frames.func[nodes.frame[n]!]!;
    calls[n] = functions.calls?.[func] ?? Number.NaN;
    if (Number.isNaN(calls[n])) {
      const from = into.start[n]!;
      const to = into.start[n + 1]!;
      let sum = from < to ? 0 : Number.NaN;
      for (let i = from; i < to; i++) sum += arcs.calls[into.arc[i]!]!;
      calls[n] = sum;
    }
    primitiveCalls[n] = functions.primitiveCalls?.[func] ?? Number.NaN;
    if (Number.isNaN(primitiveCalls[n]) && !recursive[n]) primitiveCalls[n] = calls[n]!;
  }
  return { calls, primitiveCalls, cycle };
}

function countOf(counts: Float64Array): Count {
  const known = counts.filter((value) => !Number.isNaN(value));
  const unknown = counts.length - known.length;
  if (!known.every(Number.isInteger)) return { known: sumOf(known), unknown };
  let sum = 0n;
  for (const value of known) sum += BigInt(value);
  return { known: sum, unknown };
}

function addCallers(
  rows: Row[],
  profile: Profile,
  cycle: Int32Array,
  value: (column: Column, row: number) => Value,
  m: number,
): void {
  const arcs = profile.arcs!;
  for (let a = 0; a < arcs.length; a++) {
    const caller = arcs.caller[a]!;
    const callee = arcs.callee[a]!;
    const recursive = caller === callee || (cycle[caller]! >= 0 && cycle[caller] === cycle[callee]);
    rows[callee]!.callers.push({
      key: rows[caller]!.key,
      calls: arcs.calls[a]!,
      primitiveCalls: recursive ? Number.NaN : arcs.calls[a]!,
      self: arcs.self && value(arcs.self[m]!, a),
      // Methods that do not know the total of an arc say NaN.
      total: profile.shares && Number.isNaN(arcs.total[m]![a]!) ? undefined : value(arcs.total[m]!, a),
    });
  }
}

/**
 * Leaves of each file what stands behind its last slash. Functions that become one are added up. Of callers
 * that become one within a function the last one stays, as in Python, where that is a defect: how many are
 * lost is returned.
 */
export function stripDirs(stats: Stats): number {
  const merged = new Map<Key, Row>();
  const keys = new Map<string, Key>();
  const stripped = (key: Key): Key => {
    const short = keyOf(key.file.slice(key.file.lastIndexOf('/') + 1), key.line, key.name);
    const known = keys.get(idOf(short));
    if (!known) keys.set(idOf(short), short);
    return known ?? short;
  };
  let lost = 0;
  for (const row of stats.rows) {
    const key = stripped(row.key);
    const callers = new Map<Key, Caller>();
    for (const caller of row.callers) {
      const short = stripped(caller.key);
      if (callers.has(short)) lost++;
      callers.set(short, { ...caller, key: short });
    }
    const known = merged.get(key);
    if (!known) {
      merged.set(key, { ...row, key, callers: [...callers.values()] });
      continue;
    }
    add(known, row);
    const before = new Map(known.callers.map((caller) => [caller.key, caller]));
    for (const [inner, caller] of callers) {
      const same = before.get(inner);
      if (same) add(same, caller);
      else known.callers.push(caller);
    }
  }
  stats.rows = [...merged.values()];
  return lost;
}

function idOf({ file, line, name }: Key): string {
  return `${file}\0${line}\0${name}`;
}

function add<V extends Value | undefined>(target: Figures<V>, more: Figures<V>): void {
  target.calls += more.calls;
  target.primitiveCalls += more.primitiveCalls;
  target.self = plus(target.self, more.self);
  target.total = plus(target.total, more.total);
}

/** Numbers of one kind, or unknown. */
function plus<V extends Value | undefined>(a: V, b: V): V {
  return a === undefined || b === undefined ? (undefined as V) : (((a as number) + (b as number)) as V);
}
