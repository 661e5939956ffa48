/** The samples of a profile as formats without times have them. */
import { type Column, type Profile, type SampleTable, selfRows, summed } from '../../src/plugin.ts';
import { Stacks } from './locations.ts';

export interface SampleRows {
  stacks: Stacks;
  /** By metric, then by row. */
  values: Column[];
  /** Index of the set of labels by row; absent = none has any. */
  labels?: Int32Array | undefined;
}

/** How many samples there are, whatever else is known of them. */
export function sampleCount(profile: Profile): number {
  return profile.stacks ? profile.stacks.length : (profile.samples?.length ?? 0);
}

/** All samples, as they are. */
export function eachSample(profile: Profile): SampleRows {
  const { stacks, stackValues, stackDetails } = profile;
  if (stacks && stackValues) {
    return { stacks: new Stacks(profile), values: stackValues, labels: stackDetails?.labels };
  }
  return rowsOf(profile, profile.samples ?? selfRows(profile.nodes));
}

/** The samples of one stack and one set of labels as one, without those that come to nothing. */
export function summedSamples(profile: Profile): SampleRows {
  return rowsOf(
    profile,
    profile.samples ? added(profile.samples, profile.labelSets.length + 1) : selfRows(profile.nodes),
  );
}

function rowsOf(profile: Profile, { length, node, values, labels }: SampleTable): SampleRows {
  return { stacks: new Stacks(profile, node.subarray(0, length)), values, labels };
}

function added({ length, node, values, labels }: SampleTable, sets: number): SampleTable {
  const rows = new Int32Array(length);
  const known = new Map<number, number>();
  const first: number[] = [];
  for (let i = 0; i < length; i++) {
    const key = (node[i]! + 1) * sets + (labels?.[i] ?? -1) + 1;
    let row = known.get(key);
    if (row === undefined) {
      row = first.push(i) - 1;
      known.set(key, row);
    }
    rows[i] = row;
  }
  const sums = values.map((column) => summed([column], [rows], first.length));
  const left = Int32Array.from(first.keys()).filter((row) =>
    sums.some((column) => Number(column[row]!) !== 0),
  );
  const at = left.map((row) => first[row]!);
  return {
    length: left.length,
    node: at.map((i) => node[i]!),
    values: sums.map((column) =>
      column instanceof Float64Array
        ? Float64Array.from(left, (row) => column[row]!)
        : BigInt64Array.from(left, (row) => column[row]!),
    ),
    ...(labels && { labels: at.map((i) => labels[i]!) }),
  };
}
