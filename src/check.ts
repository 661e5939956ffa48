/** The laws of a Profile as code: for tests, and for plugin authors. */
import { addToParents, sumOf, type Value, zeros } from './columns.ts';
import type { Column, Metric, Profile, SampleTable } from './profile.ts';

/** Relative slack for sums of numbers that are not integers. */
const SLACK = 1e-9;

/** Everything that is wrong with a profile, a line each; empty = it keeps the laws. */
export function checkProfile(profile: Profile): string[] {
  const faults: string[] = [];
  const { functions, frames, nodes, arcs, samples, lines, mappings, metrics } = profile;
  const inside = (what: string, column: Int32Array, length: number, low: number, high: number) => {
    if (column.length < length) faults.push(`${what}: ${column.length} rows, not ${length}`);
    for (let i = 0; i < length; i++) {
      const v = column[i]!;
      if (v < low || v >= high) {
        faults.push(`${what}[${i}] = ${v} is outside ${low} … ${high - 1}`);
        return;
      }
    }
  };
  const columns = (what: string, list: Column[], length: number) => {
    if (list.length !== metrics.length)
      faults.push(`${what}: ${list.length} columns for ${metrics.length} metrics`);
    for (const column of list)
      if (column.length !== length) faults.push(`${what}: ${column.length} rows, not ${length}`);
  };

  if (metrics.length === 0) faults.push('no metric');
  for (const key of ['name', 'systemName', 'file', 'line', 'column', 'mapping'] as const) {
    if (functions[key].length < functions.length) faults.push(`functions.${key} is too short`);
  }
  inside('functions.mapping', functions.mapping, functions.length, -1, mappings.length);
  inside('frames.func', frames.func, frames.length, 0, functions.length);
  inside('frames.mapping', frames.mapping, frames.length, -1, mappings.length);
  inside('nodes.frame', nodes.frame, nodes.length, 0, frames.length);
  columns('nodes.self', nodes.self, nodes.length);
  columns('nodes.total', nodes.total, nodes.length);
  for (const [m, { name }] of metrics.entries()) {
    const odd =
      nodes.self[m]?.findIndex((value) => typeof value === 'number' && !Number.isFinite(value)) ?? -1;
    if (odd >= 0) faults.push(`self of ${name} at node ${odd} is ${nodes.self[m]![odd]}`);
  }
  if (nodes.calls && nodes.calls.length !== nodes.length)
    faults.push(`nodes.calls: ${nodes.calls.length} rows, not ${nodes.length}`);

  if ((profile.callers === 'direct') !== (arcs !== undefined))
    faults.push('arcs stand with callers: direct, and only there');
  for (let i = 0; i < nodes.length; i++) {
    const parent = nodes.parent[i]!;
    if (profile.callers !== 'all' ? parent !== -1 : parent < -1 || parent >= i) {
      faults.push(`nodes.parent[${i}] = ${parent}`);
      break;
    }
  }
  if (arcs) {
    inside('arcs.caller', arcs.caller, arcs.length, 0, nodes.length);
    inside('arcs.callee', arcs.callee, arcs.length, 0, nodes.length);
    columns('arcs.total', arcs.total, arcs.length);
    if (arcs.self) columns('arcs.self', arcs.self, arcs.length);
  }
  for (const [what, table] of [
    ['samples', samples],
    ['lines', lines],
  ] as const) {
    if (!table) continue;
    inside(`${what}.node`, table.node, table.length, 0, nodes.length);
    columns(`${what}.values`, table.values, table.length);
    if (faults.length === 0) faults.push(...faultsOfParts(what, table, metrics, nodes.self));
  }
  if (faults.length === 0) for (const m of metrics.keys()) faults.push(...checkTotals(profile, m));
  return faults;
}

/** Whether samples, or lines, add up to the selves of nodes. */
export function faultsOfParts(
  what: 'samples' | 'lines',
  { node, values }: Pick<SampleTable, 'node' | 'values'>,
  metrics: readonly Metric[],
  self: readonly Column[],
): string[] {
  return values.flatMap((column, m) => addsUp(`${what} of ${metrics[m]!.name}`, column, node, self[m]!));
}

function addsUp(what: string, values: Column, node: Int32Array, self: Column): string[] {
  const sums = zeros(values, self.length);
  for (let i = 0; i < values.length; i++) {
    const at = node[i]!;
    sums[at] = ((sums[at] as number) + (values[i] as number)) as never;
  }
  for (let n = 0; n < self.length; n++) {
    if (!near(sums[n]!, self[n]!))
      return [`${what} add up to ${sums[n]} at node ${n}, whose self is ${self[n]}`];
  }
  return [];
}

function checkTotals(profile: Profile, m: number): string[] {
  const { nodes, metrics } = profile;
  const self = nodes.self[m]!;
  const total = nodes.total[m]!;
  const name = metrics[m]!.name;
  const sum = profile.whole?.sum[m] ?? sumOf(self);
  const positive = !profile.meta.isDifference && !self.some((v: Value) => v < 0);
  for (let n = 0; n < nodes.length; n++) {
    const more = Number(total[n]) - Number(sum);
    if (positive && more > Math.abs(Number(sum)) * SLACK)
      return [`total of ${name} at node ${n} is ${total[n]}, more than the sum ${sum}`];
    if (positive && Number(self[n]) - Number(total[n]) > Number(self[n]) * SLACK) {
      return [`self of ${name} at node ${n} is ${self[n]}, more than its total ${total[n]}`];
    }
  }
  if (profile.callers !== 'all') return [];
  const expected = self.slice();
  addToParents(expected, nodes.parent, nodes.length);
  for (let n = 0; n < nodes.length; n++) {
    if (!near(expected[n]!, total[n]!))
      return [`total of ${name} at node ${n} is ${total[n]}, but its subtree adds up to ${expected[n]}`];
  }
  return [];
}

function near(a: Value, b: Value): boolean {
  if (a === b) return true;
  return Math.abs(Number(a) - Number(b)) <= SLACK * Math.max(1, Math.abs(Number(a)), Math.abs(Number(b)));
}
