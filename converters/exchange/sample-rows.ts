/** The samples of a profile as formats without times have them. */
import { type Column, Interner, type Profile, type StackTable, selfRows, summed } from '../../src/plugin.ts';
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
    return { stacks: Stacks.listed(stacks), values: stackValues, labels: stackDetails?.labels };
  }
  const { length, node, values, labels } = profile.samples ?? {
    ...selfRows(profile.nodes),
    labels: undefined,
  };
  return { stacks: Stacks.ofNodes(profile.nodes, node.subarray(0, length)), values, labels };
}

/** The samples of one stack and one set of labels as one, without those that come to nothing. */
export function summedSamples(profile: Profile): SampleRows {
  const { stacks, stackValues, stackDetails } = profile;
  const sets = profile.labelSets.length;
  if (stacks && stackValues) {
    const sums = added(stackIds(stacks), stackValues, stackDetails?.labels, sets);
    return { ...sums, stacks: Stacks.listed(stacks, sums.rows) };
  }
  // These are made when they are asked for, from the list if there is one.
  const { samples, nodes } = profile;
  if (!samples) return eachSample(profile);
  const sums = added(samples.node.subarray(0, samples.length), samples.values, samples.labels, sets);
  return {
    ...sums,
    stacks: Stacks.ofNodes(
      nodes,
      sums.rows.map((row) => samples.node[row]!),
    ),
  };
}

/** A number for each stack, the same for the same frames. */
function stackIds({ length, start, frame }: StackTable): Int32Array {
  const interner = new Interner();
  const bytes = new Uint8Array(frame.buffer, frame.byteOffset, frame.length * 4);
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length * 4);
  return Int32Array.from({ length }, (_, i) =>
    interner.intern(bytes, view, start[i]! * 4, start[i + 1]! * 4),
  );
}

interface Sums {
  /** The first sample of each sum. */
  rows: Int32Array;
  values: Column[];
  labels: Int32Array | undefined;
}

function added(stack: Int32Array, values: Column[], labels: Int32Array | undefined, sets: number): Sums {
  const target = new Int32Array(stack.length);
  const known = new Map<number, number>();
  const first: number[] = [];
  for (let i = 0; i < stack.length; i++) {
    const key = (stack[i]! + 1) * (sets + 1) + (labels?.[i] ?? -1) + 1;
    let sum = known.get(key);
    if (sum === undefined) {
      sum = first.push(i) - 1;
      known.set(key, sum);
    }
    target[i] = sum;
  }
  const sums = values.map((column) => summed([column.subarray(0, stack.length)], [target], first.length));
  const left = Int32Array.from(first.keys()).filter((sum) =>
    sums.some((column) => Number(column[sum]!) !== 0),
  );
  const rows = left.map((sum) => first[sum]!);
  return {
    rows,
    values: sums.map((column) =>
      column instanceof Float64Array
        ? Float64Array.from(left, (sum) => column[sum]!)
        : BigInt64Array.from(left, (sum) => column[sum]!),
    ),
    labels: labels && rows.map((row) => labels[row]!),
  };
}
