/** What the samples with each label cost, label by label of each key. */
import { type Column, type Label, type Profile, sumOf, type Value } from '../../../src/plugin.ts';
import { labelValue } from '../report/label-text.ts';
import { observations } from '../report/observations.ts';
import { byMagnitude, compareTexts } from '../report/rows.ts';

export interface KeyCosts {
  key: string;
  /** Of all samples with a label of this key. */
  total: Value;
  values: { label: Label; cost: Value }[];
}

/** The costliest keys first, and of each key the costliest labels. */
export function labelCosts(profile: Profile, metric: number): KeyCosts[] {
  const { labels, values } = observations(profile, metric);
  const sets = costsOfSets(labels, values, profile.labelSets.length);
  const keys = new Map<string, { total: Value; values: Map<string, { label: Label; cost: Value }> }>();
  for (const [s, set] of profile.labelSets.entries()) {
    const cost = sets[s];
    if (cost === undefined) continue;
    for (const key of new Set(set.map((label) => label.key))) {
      const known = keys.get(key) ?? { total: zeroOf(values), values: new Map() };
      known.total = added(known.total, cost);
      keys.set(key, known);
    }
    for (const label of distinct(set)) {
      const known = keys.get(label.key)!.values;
      const id = idOf(label);
      known.set(id, { label, cost: added(known.get(id)?.cost ?? zeroOf(values), cost) });
    }
  }
  return [...keys]
    .map(([key, { total, values: costs }]) => ({ key, total, values: [...costs.values()].sort(bySize) }))
    .sort((a, b) => byMagnitude(a.total, b.total) || compareTexts(a.key, b.key));
}

function bySize(a: { label: Label; cost: Value }, b: { label: Label; cost: Value }): number {
  return byMagnitude(a.cost, b.cost) || compareTexts(labelValue(a.label), labelValue(b.label));
}

/** By set of labels; undefined where no sample has it. */
function costsOfSets(labels: Int32Array, values: Column, sets: number): (Value | undefined)[] {
  const costs = new Array<Value | undefined>(sets);
  for (const [i, set] of labels.entries())
    if (set >= 0) costs[set] = added(costs[set] ?? zeroOf(values), values[i]!);
  return costs;
}

function zeroOf(column: Column): Value {
  return sumOf(column.subarray(0, 0));
}

function added(a: Value, b: Value): Value {
  return typeof a === 'number' && typeof b === 'number' ? a + b : BigInt(a) + BigInt(b);
}

/** The labels of a set, each one once. */
function distinct(set: Label[]): Label[] {
  return [...new Map(set.map((label) => [`${label.key}\0${idOf(label)}`, label])).values()];
}

function idOf({ value, unit = '' }: Label): string {
  return `${typeof value}\0${value}\0${unit}`;
}
