/** The samples of a profile, in order of time; those on no stack are left out. */
import type { SampleTable } from '../../../src/plugin.ts';
import type { Part } from './profile.ts';
import { type Rules, weightOf } from './timeline.ts';

/** `labels` holds the label set of each part, or nothing. */
export function sampleTable(parts: Part[], labels: number[], delta: Rules['delta']): SampleTable {
  let length = 0;
  for (const { timeline } of parts) {
    for (let i = 0; i < timeline!.length; i++) if (timeline!.node[i]! >= 0) length++;
  }
  const node = new Int32Array(length);
  const time = new Float64Array(length);
  const weight = new Float64Array(length);
  const label = new Int32Array(length);
  const start = earliest(parts);
  let row = 0;
  for (const [p, { recording, offset, timeline }] of parts.entries()) {
    let micros = (recording.startTime || 0) - start;
    for (let i = 0; i < timeline!.length; i++) {
      micros += timeline!.deltas[i]!;
      const at = timeline!.node[i]!;
      if (at < 0) continue;
      node[row] = offset + at;
      time[row] = micros * 1000;
      weight[row] = weightOf(timeline!, i, delta);
      if (labels.length > 0) label[row] = labels[p]!;
      row++;
    }
  }
  const ones = new Float64Array(length).fill(1);
  const timed = parts[0]!.self.length === 2;
  const table: SampleTable = { length, node, values: timed ? [weight, ones] : [ones] };
  if (timed) table.time = time;
  if (labels.length > 0) table.labels = label;
  return parts.length > 1 && timed ? sorted(table, time) : table;
}

/** When the first of the profiles began; they share one clock. */
function earliest(parts: Part[]): number {
  let start = Number.POSITIVE_INFINITY;
  for (const { recording } of parts) start = Math.min(start, recording.startTime || 0);
  return start;
}

/** The rows in order of time. */
function sorted(table: SampleTable, time: Float64Array): SampleTable {
  const order = new Uint32Array(table.length).map((_, i) => i);
  order.sort((a, b) => time[a]! - time[b]! || a - b);
  return {
    length: table.length,
    node: table.node.map((_, i) => table.node[order[i]!]!),
    values: table.values.map((column) => (column as Float64Array).map((_, i) => column[order[i]!] as number)),
    time: time.map((_, i) => time[order[i]!]!),
    ...(table.labels && { labels: table.labels.map((_, i) => table.labels![order[i]!]!) }),
  };
}
