/** On which lines the self values of nodes were spent: by ticks of the nodes, or by lines of the samples. */
import { Float64List, Int32List, type LineTable } from '../../../src/plugin.ts';
import type { Part } from './profile.ts';
import { type Rules, type Timeline, weightOf } from './timeline.ts';

export function lineTable(parts: Part[], delta: Rules['delta']): LineTable {
  const rows = new LineRows(parts[0]!.self.length);
  for (const part of parts) {
    const { timeline } = part;
    if (timeline?.lines) addSamples(rows, part, timeline, timeline.lines, delta);
    else addTicks(rows, part);
  }
  return rows.table();
}

class LineRows {
  readonly node = new Int32List();
  readonly line = new Int32List();
  readonly values: Float64List[];

  constructor(metrics: number) {
    this.values = Array.from({ length: metrics }, () => new Float64List());
  }

  get length(): number {
    return this.node.length;
  }

  /** A row of zeros. */
  add(node: number, line: number): number {
    this.node.push(node);
    this.line.push(line);
    for (const column of this.values) column.push(0);
    return this.length - 1;
  }

  table(): LineTable {
    const values = this.values.map((column) => column.trimmed());
    return { length: this.length, node: this.node.trimmed(), line: this.line.trimmed(), values };
  }
}

/**
 * Shares the selves of nodes among their lines as the ticks are: in whole units, by largest remainders. What is
 * spent in nodes without ticks is in line 0, the unknown one.
 */
function addTicks(rows: LineRows, { recording, tree, offset, self }: Part): void {
  const { tickNode, tickLine, ticks } = recording;
  const done = new Uint8Array(tree.length);
  for (let from = 0, to = 0; from < tickNode.length; from = to) {
    for (to = from + 1; to < tickNode.length && tickNode.array[to] === tickNode.array[from]; ) to++;
    const node = tree.number(tickNode.array[from]!);
    if (node < 0 || self.every((column) => column[node] === 0)) continue;
    done[node] = 1;
    const first = rows.length;
    for (let i = from; i < to; i++) rows.add(offset + node, tickLine.array[i]!);
    for (const [m, column] of self.entries()) {
      share(column[node]!, ticks.array.subarray(from, to), rows.values[m]!.array.subarray(first));
    }
  }
  for (let node = 0; node < tree.length; node++) {
    if (done[node] || self.every((column) => column[node] === 0)) continue;
    const row = rows.add(offset + node, 0);
    for (const [m, column] of self.entries()) rows.values[m]!.array[row] = column[node]!;
  }
}

/** Divides a value as the shares say, in whole units; a fraction of a unit goes to the largest share. */
function share(value: number, shares: Int32Array | Float64Array, into: Float64Array): void {
  let sum = 0;
  let largest = 0;
  for (let i = 0; i < shares.length; i++) {
    sum += shares[i]!;
    if (shares[i]! > shares[largest]!) largest = i;
  }
  let left = value;
  for (let i = 0; i < shares.length; i++) {
    into[i] = Math.floor((value * shares[i]!) / sum);
    left -= into[i]!;
  }
  if (left >= 1) {
    const remainder = (i: number) => (value * shares[i]!) / sum - into[i]!;
    const order = Array.from(shares, (_, i) => i).sort((a, b) => remainder(b) - remainder(a) || a - b);
    for (let i = 0; i < order.length && left >= 1; i++, left--) into[order[i]!]!++;
  }
  into[largest]! += left;
}

/** Adds up the samples by node and line. */
function addSamples(
  rows: LineRows,
  { offset }: Part,
  timeline: Timeline,
  lines: Int32Array | Float64Array,
  delta: Rules['delta'],
): void {
  const found = new Map<number | string, number>();
  const [time, count] = rows.values.length === 2 ? rows.values : [undefined, rows.values[0]];
  for (let i = 0; i < timeline.length; i++) {
    const node = timeline.node[i]!;
    if (node < 0) continue;
    const line = lines[i]! >= 1 && lines[i]! < 2 ** 31 ? Math.trunc(lines[i]!) : 0;
    // Both fit into an exact number, except in very large trees.
    const key = node < 2 ** 22 ? node * 2 ** 31 + line : `${node} ${line}`;
    let row = found.get(key);
    if (row === undefined) {
      row = rows.add(offset + node, line);
      found.set(key, row);
    }
    if (time) time.array[row]! += weightOf(timeline, i, delta);
    count!.array[row]!++;
  }
}
