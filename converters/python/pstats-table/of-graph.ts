/** What a call graph knows, as pstats would hold it. */
import {
  arcsIn,
  type Column,
  components,
  defaultMetric,
  type Profile,
  secondsPerUnit,
  type Value,
} from '../../../src/plugin.ts';
import { NO_FILE, type PstatsRow, type PyNumber, pstatsKey } from '../pstats-table.ts';

/** One row for each node, of the metric that is shown: times in seconds, all else in its own unit. */
export function graphRows(profile: Profile): PstatsRow[] {
  const { nodes, frames, functions, mappings } = profile;
  const metric = defaultMetric(profile);
  const convert = conversion(profile, metric);
  const counts = countsOf(profile);
  const rows: PstatsRow[] = [];
  for (let n = 0; n < nodes.length; n++) {
    const func = frames.func[nodes.frame[n]!]!;
    const file = functions.file[func]! || mappings[functions.mapping[func]!]?.name || NO_FILE;
    rows.push({
      key: pstatsKey(file, functions.line[func]!, functions.name[func]!),
      calls: known(counts.calls[n]!),
      primitiveCalls: known(counts.primitiveCalls[n]!),
      self: convert(nodes.self[metric]![n]!),
      total: convert(nodes.total[metric]![n]!),
      callers: [],
    });
  }
  addCallers(rows, profile, counts.cycle, convert, metric);
  return rows;
}

/** From the metric's unit to that of the table. */
export function conversion({ metrics }: Profile, metric: number): (value: Value) => Value {
  const seconds = secondsPerUnit(metrics[metric]!);
  if (seconds === undefined) return (value) => value;
  // A division is rounded once; a product with 1e-9 would be rounded twice.
  const perSecond = Math.round(1 / seconds);
  return seconds < 1 ? (value) => Number(value) / perSecond : (value) => Number(value) * seconds;
}

function known(count: number): PyNumber | undefined {
  return Number.isNaN(count) ? undefined : count;
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

function addCallers(
  rows: PstatsRow[],
  { arcs }: Profile,
  cycle: Int32Array,
  convert: (value: Value) => Value,
  metric: number,
): void {
  const value = (column: Column, a: number): Value | undefined => {
    const own = column[a]!;
    return Number.isNaN(Number(own)) ? undefined : convert(own);
  };
  const { length, caller, callee, calls, primitiveCalls, total, self } = arcs!;
  for (let a = 0; a < length; a++) {
    const [from, to] = [caller[a]!, callee[a]!];
    const recursive = from === to || (cycle[from]! >= 0 && cycle[from] === cycle[to]);
    const primitive = primitiveCalls?.[a] ?? (recursive ? Number.NaN : calls[a]!);
    rows[to]!.callers.push({
      key: rows[from]!.key,
      figures: {
        calls: known(calls[a]!),
        primitiveCalls: known(primitive),
        self: self && value(self[metric]!, a),
        // Methods that do not know the total of an arc say NaN.
        total: value(total[metric]!, a),
      },
    });
  }
}
