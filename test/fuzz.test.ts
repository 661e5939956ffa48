/**
 * Every fixture, broken: the same way at each run. FUZZ=100 tries a hundred times as much, SEED=… something else.
 */
import { describe, test } from 'node:test';
import { attempt, emitters, type Fixture, FUZZ, fixtures, parsers, readable, SEED } from './broken.ts';
import { diceOf, mutated } from './mutations.ts';

/** Of every fixture; twice as many of small ones. */
const MUTANTS = 5 * FUZZ;
/** Of every fixture, at random and at an end of something each. */
const CUTS = 4 * FUZZ;
/** Bytes of fixtures of one format that are cut at every byte. */
const CUT_BYTES = 1000 * FUZZ;

describe('mutated fixtures', () => {
  for (const fixture of fixtures) {
    test(fixture.name, async () => {
      const dice = diceOf(fixture.name + SEED);
      const { readAs, bytes } = fixture;
      const rounds = bytes.length < 600 ? 2 * MUTANTS : Math.max(1, Math.min(MUTANTS, 1e5 / bytes.length));
      for (let round = 0; round < rounds; round++) {
        const { mutant, how } = mutated(bytes, dice, fixtures[dice(fixtures.length)]!.bytes);
        const format = [readAs, readAs, undefined, parsers[dice(parsers.length)]][dice(4)];
        const to = emitters[dice(emitters.length)]!;
        const own = format === readAs ? { ...fixture, to } : { sibling: fixture.sibling, to };
        await attempt(`${fixture.name}, mutant ${round}: ${how}`, mutant, { ...own, format });
      }
    });
  }
});

describe('fixtures cut off', () => {
  const everywhere = new Set(parsers.flatMap((name) => varied(readable(name), CUT_BYTES)));
  for (const fixture of fixtures) {
    test(fixture.name, async () => {
      const { bytes, readAs, options, sibling } = fixture;
      for (const length of everywhere.has(fixture) ? bytes.keys() : someCuts(fixture))
        await attempt(`${fixture.name}, cut at ${length}`, bytes.subarray(0, length), {
          format: readAs,
          options,
          sibling,
        });
    });
  }
});

function someCuts({ name, bytes }: Fixture): Set<number> {
  const dice = diceOf(`cuts of ${name}${SEED}`);
  const ends = [...bytes.toString('latin1').matchAll(/[\n{}[\],;]/g)].map(({ index }) => index + dice(2));
  const lengths = new Set<number>();
  for (let n = 0; n < CUTS; n++) {
    lengths.add(dice(bytes.length));
    if (ends.length > 0) lengths.add(ends[dice(ends.length)]!);
  }
  return lengths;
}

/** Some of these, no larger than `most` together, that show the most of the grammar: the words and signs they use. */
function varied(list: Fixture[], most: number): Fixture[] {
  const rest = list.map((fixture) => ({ fixture, words: wordsOf(fixture.bytes) }));
  const chosen: Fixture[] = [];
  const known = new Set<string>();
  for (let left = most; ; ) {
    const fitting = rest.filter(({ fixture }) => fixture.bytes.length <= left && !chosen.includes(fixture));
    const worth = fitting.map(({ fixture, words }) => newWords(words, known) / fixture.bytes.length);
    const best = fitting[worth.indexOf(Math.max(...worth))];
    if (best === undefined) return chosen;
    chosen.push(best.fixture);
    for (const word of best.words) known.add(word);
    left -= best.fixture.bytes.length;
  }
}

function wordsOf(bytes: Buffer): Set<string> {
  return new Set(bytes.toString('latin1').match(/[a-z_]+\W?|[^a-z_]{2}/gi));
}

function newWords(words: Set<string>, known: Set<string>): number {
  return [...words].filter((word) => !known.has(word)).length;
}
