/** The order of rows: Python's sort keys, their abbreviations and their words for the header. */
import { ProfileError } from '../../../src/plugin.ts';
import type { PstatsRow, PyNumber } from '../pstats-table.ts';
import type { Stats } from './stats.ts';

type Compare = (a: PstatsRow, b: PstatsRow) => number;

interface SortKey {
  /** `bySize`: whatever the sign. */
  compare: (bySize: boolean) => Compare;
  /** The word in the header, for times and for other values. */
  words: [string, string];
}

const byCalls = descending((row) => row.calls);
const byPrimitive = descending((row) => row.primitiveCalls);
const bySelf = descending((row) => row.self);
const byTotal = descending((row) => row.total);
const byFile = always((a, b) => compareText(a.key.file, b.key.file));
const byLine = always((a, b) => a.key.line - b.key.line);
const byName = always((a, b) => compareText(a.key.name, b.key.name));
const byLabel = always((a, b) => compareText(a.key.label, b.key.label));

const same = (word: string): [string, string] => [word, word];

/** In Python's order, which decides which abbreviations are ambiguous. */
const KEYS: [string, SortKey][] = [
  ['calls', { compare: byCalls, words: same('call count') }],
  ['ncalls', { compare: byCalls, words: same('call count') }],
  ['cumtime', { compare: byTotal, words: ['cumulative time', 'total'] }],
  ['cumulative', { compare: byTotal, words: ['cumulative time', 'total'] }],
  ['filename', { compare: byFile, words: same('file name') }],
  ['line', { compare: byLine, words: same('line number') }],
  ['module', { compare: byFile, words: same('file name') }],
  ['name', { compare: byName, words: same('function name') }],
  ['nfl', { compare: always(chained([byName(), byFile(), byLine()])), words: same('name/file/line') }],
  ['pcalls', { compare: byPrimitive, words: same('primitive call count') }],
  ['stdname', { compare: byLabel, words: same('standard name') }],
  ['time', { compare: bySelf, words: ['internal time', 'self'] }],
  ['tottime', { compare: bySelf, words: ['internal time', 'self'] }],
];
/** Python takes these numbers for keys. */
const NUMBERED: Record<string, string> = { '-1': 'stdname', '0': 'calls', '1': 'time', '2': 'cumulative' };
/** The word for no order at all. */
export const UNSORTED = 'none';

/**
 * Sorts the rows by keys, the first of which decides, and returns their words; those of differences by size. Throws
 * `ProfileError`.
 */
export function sort(stats: Stats, keys: string[]): string {
  const chosen = keys.map(find);
  stats.rows.sort(chained(chosen.map(({ compare }) => compare(stats.isDifference))));
  return chosen.map(({ words }) => words[stats.timed ? 0 : 1]).join(', ');
}

function find(word: string, _index: number, all: string[]): SortKey {
  const key = abbreviations().get(all.length === 1 ? (NUMBERED[word] ?? word) : word);
  if (key) return key;
  throw new ProfileError({
    code: 'usage/bad-sort-key',
    message: `there is no sort key ${word}, or more than one begins like this`,
    hint: `the keys are ${KEYS.map(([name]) => name).join(', ')}, and ${UNSORTED} for the order of the input`,
  });
}

/**
 * Keys and their beginnings. Each key claims its beginnings from the longest down, until one is taken; that
 * one then belongs to nobody.
 */
function abbreviations(): Map<string, SortKey> {
  const claimed = new Map<string, SortKey>();
  const ambiguous = new Set<string>();
  for (const [word, key] of KEYS) {
    for (let length = word.length; length > 0; length--) {
      const beginning = word.slice(0, length);
      if (claimed.has(beginning)) {
        ambiguous.add(beginning);
        break;
      }
      claimed.set(beginning, key);
    }
  }
  for (const beginning of ambiguous) claimed.delete(beginning);
  return claimed;
}

function chained(compares: Compare[]): Compare {
  return (a, b) => {
    for (const compare of compares) {
      const order = compare(a, b);
      if (order !== 0) return order;
    }
    return 0;
  };
}

/** What is unknown stands behind all else. */
function descending(value: (row: PstatsRow) => PyNumber | undefined): SortKey['compare'] {
  return (bySize) => (a, b) => {
    const [x, y] = [a, b].map((row) => {
      const own = value(row) ?? Number.NEGATIVE_INFINITY;
      return bySize && own !== Number.NEGATIVE_INFINITY && own < 0 ? -own : own;
    }) as [PyNumber, PyNumber];
    return x > y ? -1 : x < y ? 1 : 0;
  };
}

function always(compare: Compare): () => Compare {
  return () => compare;
}

/** By code points, as Python does; JavaScript's own order is by UTF-16 units. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a.charCodeAt(i) === b.charCodeAt(i)) continue;
    return a.codePointAt(i)! - b.codePointAt(i)!;
  }
  return a.length - b.length;
}
