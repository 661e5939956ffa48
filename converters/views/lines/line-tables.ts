/** Costs of a profile by function and line. */
import { type LineTable, type Profile, selfRows, unitName, type Value } from '../../../src/plugin.ts';

export interface LineRow {
  /** 0 = unknown. */
  line: number;
  cost: Value;
  /** How often the line was met; undefined where nobody counted. */
  hits: Value | undefined;
}

/** The lines of one function that stand in one file. */
export interface LinesOfFunction {
  name: string;
  file: string;
  /** First line of the function; 0 = unknown, or in another file. */
  start: number;
  rows: LineRow[];
  sum: Value;
}

export type Order = 'cost' | 'file' | 'none';

/** Of each function that has costs by line, or was not run at all; of differences, of each whose costs have changed. */
export function lineTables(profile: Profile, metric: number, order: Order): LinesOfFunction[] {
  const { nodes, frames, functions, files, meta } = profile;
  const lines = profile.lines ?? selvesAsLines(profile);
  const hits = hitsMetric(profile, metric);
  const tables = new Map<string, LinesOfFunction>();
  const table = (node: number, fileIndex: number): LinesOfFunction => {
    const key = `${node} ${fileIndex}`;
    let known = tables.get(key);
    if (!known) {
      const func = frames.func[nodes.frame[node]!]!;
      const file = fileIndex === 0 ? functions.file[func]! : files[fileIndex]!;
      const start = fileIndex === 0 ? functions.line[func]! : 0;
      known = { name: functions.name[func]!, file, start, rows: [], sum: 0 };
      tables.set(key, known);
    }
    return known;
  };
  const isDifference = meta.isDifference === true;
  for (let n = 0; n < nodes.length; n++)
    if (!isDifference && Number(nodes.total[metric]![n]) === 0) table(n, 0);
  for (let i = 0; i < lines.length; i++) {
    const cost = lines.values[metric]![i]!;
    const count = hits < 0 ? undefined : lines.values[hits]![i]!;
    if (isDifference && Number(cost) === 0 && Number(count ?? 0) === 0) continue;
    const { rows } = table(lines.node[i]!, lines.file?.[i] ?? 0);
    rows.push({ line: lines.line[i]!, cost, hits: count });
  }
  const list = [...tables.values()];
  for (const each of list) {
    each.rows = joined(each.rows.sort((a, b) => a.line - b.line));
    for (const { cost } of each.rows) each.sum = add(each.sum, cost);
  }
  if (order === 'cost') list.sort((a, b) => size(b) - size(a));
  if (order === 'file') list.sort((a, b) => compareText(a.file, b.file) || a.start - b.start);
  return list;
}

function size({ sum }: LinesOfFunction): number {
  return Math.abs(Number(sum));
}

/** What each node cost, at the line of its frame. */
function selvesAsLines({ nodes, frames }: Profile): LineTable {
  const rows = selfRows(nodes);
  return { ...rows, line: rows.node.map((n) => frames.line[nodes.frame[n]!]!) };
}

/** Rows of one line, which stand side by side, become one. */
function joined(rows: LineRow[]): LineRow[] {
  const result: LineRow[] = [];
  for (const row of rows) {
    const last = result[result.length - 1];
    if (last?.line !== row.line) result.push({ ...row });
    else {
      last.cost = add(last.cost, row.cost);
      if (last.hits !== undefined) last.hits = add(last.hits, row.hits!);
    }
  }
  return result;
}

/** The metric that counts how often lines were met: line_profiler's hits, or samples. */
function hitsMetric({ metrics }: Profile, shown: number): number {
  return metrics.findIndex(
    ({ name, unit }, m) =>
      m !== shown && (name === 'hits' || name === 'samples' || unitName(unit) === 'samples'),
  );
}

function add(a: Value, b: Value): Value {
  return typeof a === typeof b
    ? (((a as number) + (b as number)) as Value)
    : a === 0
      ? b
      : Number(a) + Number(b);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
