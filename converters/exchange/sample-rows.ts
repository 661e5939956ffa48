/** The samples of a profile as formats without times have them. */
import {
  type Column,
  keptRows,
  kindsOfStacks,
  type Profile,
  type StackTable,
  selfRows,
  summed,
} from '../../src/plugin.ts';
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
  if (stacks && stackValues) {
    const sums = added(stacks, stackValues, stackDetails?.labels);
    return { ...sums, stacks: Stacks.listed(stacks, sums.rows) };
  }
  // These are made when they are asked for, from the list if there is one.
  const { samples, nodes } = profile;
  if (!samples) return eachSample(profile);
  const { length, node } = samples;
  // The same way to the same node: a stack of one.
  const ways = { length, start: Uint32Array.from({ length: length + 1 }, (_, i) => i), frame: node };
  const sums = added(ways, samples.values, samples.labels);
  return {
    ...sums,
    stacks: Stacks.ofNodes(
      nodes,
      sums.rows.map((row) => node[row]!),
    ),
  };
}

interface Sums {
  /** The first sample of each sum. */
  rows: Int32Array;
  values: Column[];
  labels: Int32Array | undefined;
}

function added(stacks: StackTable, values: Column[], labels: Int32Array | undefined): Sums {
  const { kind, first } = kindsOfStacks(stacks, labels);
  const sums = values.map((column) => summed([column.subarray(0, stacks.length)], [kind], first.length));
  const left = Uint8Array.from(first, (_, sum) => +sums.some((column) => Number(column[sum]!) !== 0));
  const rows = keptRows(first, left);
  return {
    rows,
    values: sums.map((column) => keptRows(column, left)),
    labels: labels && rows.map((row) => labels[row]!),
  };
}
