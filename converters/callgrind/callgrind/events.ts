/** Events: how they are called, what they are measured in, and formulas that derive one from others. */
import { bytesPerUnit, type Metric, secondsPerUnit, unitName } from '../../../src/plugin.ts';

/** A column of the file, as the header tells of it. */
export interface EventInfo {
  metric: Metric;
  /** How many units one count of the file is: `Time_(10ns)` counts tens of nanoseconds. */
  scale: number;
}

/** A linear combination of metrics: index and factor of each. */
export interface Formula {
  name: string;
  title: string;
  terms: { metric: number; factor: number }[];
}

/** `Time_(10ns)`, `cpu(ms)`. */
const UNIT_IN_NAME = /^(.+?)_?\((\d*)([^\d()\s]+)\)$/;
/** The end of a long name: `Time (nanoseconds)`, `sysTime (elapsed ms)`. */
const UNIT_IN_TITLE = /\((?:([^()]*)\s)?([^()\s]+)\)$/;
/** Units of events by name, where a profiler is known not to name them. */
export type Units = Record<string, string>;

/** What a name in the `events:` line stands for. `title` is its long name, '' = none. */
export function eventInfo(name: string, title: string, units: Units): EventInfo {
  const [, bare, factor, unit] = UNIT_IN_NAME.exec(name) ?? [];
  if (bare !== undefined && isMeasure(unit!)) {
    const scale = factor === '' ? 1 : Number(factor);
    return { metric: { name: bare, unit: unitName(unit!), ...(title !== '' && { title }) }, scale };
  }
  return { metric: { name, unit: unitOf(name, title, units), ...(title !== '' && { title }) }, scale: 1 };
}

function unitOf(name: string, title: string, units: Units): string {
  if (Object.hasOwn(units, name)) return units[name]!;
  const [, before, inTitle = ''] = UNIT_IN_TITLE.exec(title) ?? [];
  const lastWord = title.slice(title.lastIndexOf(' ') + 1);
  if (name.length > 1 && isMeasure(name)) return unitName(name.toLowerCase());
  // A single letter behind other words may be anything.
  if (isMeasure(inTitle) && (before === undefined || inTitle.length > 1))
    return unitName(inTitle.toLowerCase());
  // A long name may just end in `us`.
  if (lastWord.length > 3 && isMeasure(lastWord)) return unitName(lastWord.toLowerCase());
  return /^(samples|smp)$/i.test(name) ? 'samples' : 'count';
}

/** Whether a word is the name of a unit of time or memory. */
function isMeasure(word: string): boolean {
  const metric = { name: '', unit: word.toLowerCase() };
  return secondsPerUnit(metric) !== undefined || bytesPerUnit(metric) !== undefined;
}

/**
 * The terms of a formula such as `Ir + 10 Bm + 2*L1m`: integer factors, added and subtracted. Returns the
 * first word that is none of it when the text is no such formula, or names an event that `find` does not know.
 */
export function parseFormula(text: string, find: (name: string) => number): Formula['terms'] | string {
  const words = text.match(/[+-]|\*|\d+|[^\s+*\d-][^\s+*-]*/g) ?? [];
  const factors = new Map<number, number>();
  let sign = 1;
  let factor: number | undefined;
  /** A name was the last word: only an operator may follow. */
  let complete = false;
  for (const word of words) {
    if (word === '+' || word === '-') {
      if (factor !== undefined) return word;
      sign = word === '-' ? -1 : 1;
      complete = false;
    } else if (complete) {
      return word;
    } else if (/^\d+$/.test(word)) {
      if (factor !== undefined || !Number.isSafeInteger(Number(word))) return word;
      factor = Number(word);
    } else if (word !== '*') {
      const metric = find(word);
      if (metric < 0) return word;
      factors.set(metric, (factors.get(metric) ?? 0) + sign * (factor ?? 1));
      sign = 1;
      factor = undefined;
      complete = true;
    }
  }
  if (complete) return Array.from(factors, ([metric, factor]) => ({ metric, factor }));
  return words[words.length - 1] ?? '';
}
