/**
 * What has changed against a base: its values are taken from the profile's, on the lowest rung of the two.
 *
 * Percentages are those of `go tool pprof`: parts of all that has changed, whatever the sign, or of the base.
 */

import { BASE_LABEL } from './change-sums.ts';
import { holdsIntegers, magnitudeOf, type Value } from './columns.ts';
import { onOneRung, tellOfLoss, tellOfRounding } from './combine.ts';
import { type CommonMetric, commonMetrics } from './common-metrics.ts';
import type { Diagnostics } from './diagnostics.ts';
import { lazyWhole, relabelled, withoutZeros } from './fewer-rows.ts';
import type { Emitter } from './format.ts';
import { sumOfMetric } from './graph.ts';
import type { Column, Label, NodeTable, Profile, StackTable } from './profile.ts';
import { scaleValues } from './scale-values.ts';
import { merge } from './transforms/merge.ts';

/** What a profile is compared with. */
export interface Base {
  profile: Profile;
  /** What percentages refer to: the change, or the base, whose samples then get a label of pprof's. */
  shareOf: 'change' | 'base';
  /** Scale the profile first, so that it sums up to as much as the base. */
  normalize?: boolean;
}

/** Less than this part of the base is what is left of equal values after fractions were rounded. */
const NOISE = 1e-12;

/** What has changed, with signs or beside the base. Throws as `difference` does. */
export function changed(
  profile: Profile,
  base: Base,
  { differences }: Pick<Emitter, 'differences'>,
  diagnostics: Diagnostics,
): Profile {
  return (differences === 'beside' ? beside : difference)(profile, base, diagnostics);
}

/** The profile less the base; what comes to nothing goes. Throws `ProfileError` when they have no metric in common. */
export function difference(profile: Profile, base: Base, diagnostics: Diagnostics): Profile {
  const pair = comparable(profile, base, diagnostics);
  const [, other] = pair;
  const ofBase = base.shareOf === 'base';
  const raw = merge(pair, { values: 'difference', ...(ofBase && { labels: [[], [BASE_LABEL]] }) });
  tellOfRounding(raw, diagnostics);
  const baseSums = pairs(pair).map(([, { index, factor }]) => times(baseSum(other, index), factor));
  const merged = withoutNoise(raw, baseSums);
  const change = withoutZeros(merged);
  const sum = ofBase ? baseSums : merged.metrics.map((_, m) => magnitude(merged, m));
  change.whole = lazyWhole(sum, change);
  change.meta = { ...change.meta, isDifference: true };
  return change;
}

/** The profile and its base in one: each metric, and behind it the same of the base. Throws as `difference` does. */
function beside(profile: Profile, base: Base, diagnostics: Diagnostics): Profile {
  const both = merge(comparable(profile, base, diagnostics), { values: 'beside' });
  both.meta = { ...both.meta, hasBase: true };
  return both;
}

function comparable(profile: Profile, base: Base, diagnostics: Diagnostics): [Profile, Profile] {
  const level = onOneRung([profile, base.profile], diagnostics).map(withSortedLabels);
  // A count less an unknown one is unknown.
  const [own, other] = (level.every(isCounted) ? level : level.map(withoutCalls)) as [Profile, Profile];
  commonMetrics([own, other], (metric) => tellOfLoss(metric, diagnostics));
  return [base.normalize ? normalized(own, other) : own, other];
}

function isCounted(profile: Profile): boolean {
  return profile.functions.calls !== undefined || (!profile.stacks && profile.nodes.calls !== undefined);
}

function withoutCalls(profile: Profile): Profile {
  if (!isCounted(profile)) return profile;
  const { functions, nodes, arcs } = profile;
  const { calls: _, primitiveCalls: __, ...uncounted } = functions;
  const { calls: ___, ...columns } = Object.getOwnPropertyDescriptors(nodes);
  const without: Profile = {
    ...profile,
    functions: uncounted,
    nodes: Object.defineProperties({} as NodeTable, columns),
  };
  if (!arcs) return without;
  const { primitiveCalls: ____, ...rest } = arcs;
  return { ...without, arcs: { ...rest, calls: new Float64Array(arcs.length).fill(Number.NaN) } };
}

/** The same labels in another order are the same labels. */
function withSortedLabels(profile: Profile): Profile {
  const key = ({ key, value }: Label) => `${key}\0${value}`;
  const sets = profile.labelSets.map((set) => set.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)));
  return relabelled(profile, sets, Array.from(sets.keys()));
}

/** The profile with sums like those of the base. */
function normalized(profile: Profile, base: Profile): Profile {
  const ratios: number[] = [];
  for (const [own, other] of pairs([profile, base])) {
    const sum = Number(sumOfMetric(profile, own.index)) * own.factor;
    ratios[own.index] = sum === 0 ? 0 : (Number(sumOfMetric(base, other.index)) * other.factor) / sum;
  }
  const rules = ratios.map((ratio) => (ratio === 1 ? undefined : (value: number) => value * ratio));
  return scaleValues(profile, profile.metrics, rules);
}

/** Differences of fractions that should be nothing are nothing. */
function withoutNoise(profile: Profile, sums: Value[]): Profile {
  const rules = sums.map((sum, m) => {
    if (columnsOf(profile, m).every(holdsIntegers)) return undefined;
    const least = Number(sum) * NOISE;
    return (value: number) => (Math.abs(value) <= least ? 0 : value);
  });
  return rules.some(Boolean) ? scaleValues(profile, profile.metrics, rules) : profile;
}

/** All values of a metric; totals of a tree follow from selves. */
function columnsOf(profile: Profile, metric: number): Column[] {
  // Of a list of stacks no tree needs to be made.
  if (profile.stackValues) return [profile.stackValues[metric]!];
  const { callers, nodes, samples, lines, arcs } = profile;
  const totals = callers === 'all' ? [] : nodes.total;
  return [nodes.self, totals, samples?.values, lines?.values, arcs?.total, arcs?.self].flatMap(
    (table) => table?.[metric] ?? [],
  );
}

/** What a base sums up to: a sum that it states may be more than its selves. */
function baseSum(base: Profile, metric: number): Value {
  return base.whole && !base.meta.isDifference ? sumOfMetric(base, metric) : magnitude(base, metric);
}

/** The absolute values added up, of what pprof would take for one sample each. */
function magnitude(profile: Profile, metric: number): Value {
  const { stacks, stackValues, stackDetails } = profile;
  if (stacks && stackValues && (stackDetails?.labels || addsUp(stacks, stackValues[metric]!)))
    return magnitudeOf(stackValues[metric]!);
  const { samples, nodes } = profile;
  return magnitudeOf((samples?.labels ? samples.values : nodes.self)[metric]!);
}

/** Whether stacks, folded into a tree, have the same sum: none takes off from others, and each has frames. */
function addsUp({ length, start }: StackTable, values: Column): boolean {
  for (let i = 0; i < length; i++) if (values[i]! < 0 || start[i] === start[i + 1]) return false;
  return true;
}

function times(value: Value, factor: number): Value {
  return typeof value === 'bigint' ? value * BigInt(factor) : value * factor;
}

type Columns = CommonMetric['columns'];

/** What the metrics of two profiles are, by common metric. */
function pairs(profiles: [Profile, Profile]): [Columns[0], Columns[0]][] {
  return commonMetrics(profiles).map(({ columns }) => columns as [Columns[0], Columns[0]]);
}
