/** Keeps samples by their labels, and takes labels off: pprof's tagfocus, tagignore, tagshow and taghide. */
import { relabelled } from '../fewer-rows.ts';
import type { Finder } from '../finder.ts';
import { labelUnit, rangeTest } from '../label-values.ts';
import type { Label, Profile } from '../profile.ts';
import { keepSamples, sampleLabels } from '../rewrite-stacks.ts';

/** Whether the labels of a sample fit. */
export type LabelTest = (labels: Label[]) => boolean;

export interface LabelFilter {
  tagfocus?: LabelTest | undefined;
  tagignore?: LabelTest | undefined;
}

/**
 * A test from pprof's notation: a range of numbers (`:64kb`), or expressions with commas between them of which each
 * must fit some `key:value`; with `key=` in front, one of them a value of that key. `compile` makes expressions.
 */
export function labelTest(text: string, compile: (text: string) => Finder): LabelTest {
  const split = text.indexOf('=');
  const key = split < 0 ? undefined : text.slice(0, split);
  const wanted = text.slice(split + 1);
  const isOf = (label: Label) => key === undefined || label.key === key;
  const inRange = rangeTest(wanted);
  if (inRange) {
    // A text that is that very number fits too: not all profilers know numbers from texts.
    const fits = (label: Label) =>
      typeof label.value === 'string'
        ? label.value === wanted
        : inRange(Number(label.value), labelUnit(label));
    return (labels) => labels.some((label) => isOf(label) && fits(label));
  }
  const expressions = wanted.split(',').map(compile);
  const texts = (labels: Label[]) => labels.filter(({ value }) => typeof value === 'string');
  if (key === undefined)
    return (labels) =>
      expressions.every((each) => texts(labels).some(({ key, value }) => each.test(`${key}:${value}`)));
  return (labels) =>
    texts(labels).some((label) => isOf(label) && expressions.some((each) => each.test(`${label.value}`)));
}

/** A profile of stacks. `onNoMatch` is told of tests that no sample passes; `onLostLines`, that lines are lost. */
export function filterLabels(
  profile: Profile,
  filter: LabelFilter,
  onNoMatch: (option: keyof LabelFilter) => void = () => {},
  onLostLines: () => void = () => {},
): Profile {
  const { length, labels } = sampleLabels(profile);
  const sets = [[], ...profile.labelSets];
  const results = (['tagfocus', 'tagignore'] as const).map((option) => {
    const test = filter[option];
    if (!test) return undefined;
    const fits = sets.map(test);
    let any = false;
    for (let i = 0; i < length && !any; i++) any = fits[(labels?.[i] ?? -1) + 1]!;
    if (!any) onNoMatch(option);
    return fits;
  });
  const [focused, ignored] = results;
  const keepSet = sets.map((_, s) => (focused?.[s] ?? true) && !ignored?.[s]);
  const keep = Uint8Array.from({ length }, (_, i) => (keepSet[(labels?.[i] ?? -1) + 1] ? 1 : 0));
  return keep.includes(0) ? keepSamples(profile, keep, onLostLines) : profile;
}

/** The profile with only those labels whose keys fit `show` and do not fit `hide`. */
export function filterLabelKeys(
  profile: Profile,
  { tagshow, taghide }: { tagshow?: Finder | undefined; taghide?: Finder | undefined },
  onNoMatch: (option: 'tagshow' | 'taghide') => void = () => {},
): Profile {
  const all = profile.labelSets.flat();
  for (const [option, expression] of Object.entries({ tagshow, taghide }))
    if (expression && !all.some(({ key }) => expression.test(key)))
      onNoMatch(option as 'tagshow' | 'taghide');
  const known = new Map<string, number>();
  const labelSets: Label[][] = [];
  const setOf = profile.labelSets.map((set) => {
    const left = set.filter(({ key }) => (tagshow?.test(key) ?? true) && !taghide?.test(key));
    if (left.length === 0) return -1;
    const key = left
      .map(({ key, value, unit = '' }) => `${key}\0${typeof value}\0${value}\0${unit}`)
      .join('\x01');
    const index = known.get(key) ?? labelSets.push(left) - 1;
    known.set(key, index);
    return index;
  });
  return relabelled(profile, labelSets, setOf);
}
