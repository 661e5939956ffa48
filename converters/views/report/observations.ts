/** What was observed, put together by stack and labels. No tree is made of a list of stacks. */
import { type Column, kindsOfStacks, type Profile, selfRows, summed } from '../../../src/plugin.ts';

export interface Observations {
  length: number;
  /** Index into `labelSets`; -1 = none. */
  labels: Int32Array;
  values: Column;
  /** The frames of an observation, leaf first. */
  framesOf(row: number): ArrayLike<number>;
}

/** The values of one metric by stack and labels, in the order in which they first occur. */
export function observations(profile: Profile, metric: number): Observations {
  const { stacks, stackValues } = profile;
  return stacks && stackValues
    ? listed(profile, stacks, stackValues[metric]!)
    : nodesObserved(profile, metric);
}

function listed(
  { stackDetails }: Profile,
  stacks: NonNullable<Profile['stacks']>,
  column: Column,
): Observations {
  const { kind, first } = kindsOfStacks(stacks, stackDetails?.labels);
  const { start, frame } = stacks;
  return {
    length: first.length,
    labels: first.map((i) => stackDetails?.labels?.[i] ?? -1),
    values: summed([column.subarray(0, stacks.length)], [kind], first.length),
    framesOf: (row) => frame.slice(start[first[row]!]!, start[first[row]! + 1]!).reverse(),
  };
}

function nodesObserved(profile: Profile, metric: number): Observations {
  const { nodes } = profile;
  const samples: NonNullable<Profile['samples']> = profile.samples ?? selfRows(nodes);
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
    labels: Int32Array.from(labels),
    values: summed([samples.values[metric]!], [rowOf], node.length),
    framesOf(row) {
      const frames: number[] = [];
      for (let n = node[row]!; n >= 0; n = nodes.parent[n]!) frames.push(nodes.frame[n]!);
      return frames;
    },
  };
}
