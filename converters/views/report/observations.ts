/** What was observed, put together by stack and labels. */
import { type Column, type Profile, selfRows, summed } from '../../../src/plugin.ts';

export interface Observations {
  length: number;
  node: Int32Array;
  /** Index into `labelSets`; -1 = none. */
  labels: Int32Array;
  values: Column;
}

/** The values of one metric by node and labels, in the order in which they first occur. */
export function observations(profile: Profile, metric: number): Observations {
  const samples: NonNullable<Profile['samples']> = profile.samples ?? selfRows(profile.nodes);
  const rows = new Map<number, number>();
  const node: number[] = [];
  const labels: number[] = [];
  const rowOf = new Int32Array(samples.length);
  const sets = profile.labelSets.length + 1;
  for (let s = 0; s < samples.length; s++) {
    const set = samples.labels?.[s] ?? -1;
    const key = samples.node[s]! * sets + set + 1;
    let row = rows.get(key);
    if (row === undefined) {
      row = node.push(samples.node[s]!) - 1;
      labels.push(set);
      rows.set(key, row);
    }
    rowOf[s] = row;
  }
  return {
    length: node.length,
    node: Int32Array.from(node),
    labels: Int32Array.from(labels),
    values: summed([samples.values[metric]!], [rowOf], node.length),
  };
}
