/**
 * What programs for timing print: Python's timeit, IPython's %timeit and %time, the time of shells and of GNU.
 *
 * Each timing is a function of its own, named by its command or code where that is there. Nothing was profiled,
 * so there are no callers.
 * Spec: https://docs.python.org/3/library/timeit.html, https://www.gnu.org/software/time/
 * The surprise: timeit tells the time of one loop of the best run, %timeit that of one loop of all runs.
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, type Source } from '../../src/plugin.ts';
import { PROMPT, rulesFor, timingIn } from './timeit/lines.ts';

export const timeit = defineFormat({
  name: 'timeit',
  aliases: ['time'],
  title: 'timings of timeit, %timeit, %time and time',
  extensions: ['timeit'],
  spec: 'https://docs.python.org/3/library/timeit.html',
  parser: { options: () => z.object({}), probe, parse },
});

/** Text of other kinds may end with a timing, too. */
function probe({ text, lines }: Head): number {
  const rules = rulesFor(text);
  if (rules.length === 0) return 0;
  const filled = lines.map((line) => line.trim()).filter((line) => line !== '');
  const timings = filled.filter((line) => timingIn(line.replace(PROMPT, ''), rules)?.figures);
  if (timings.length === 0) return 0;
  const prompts = filled.filter((line) => PROMPT.test(line));
  return timings.length + prompts.length >= filled.length * 0.4 ? 0.9 : 0.32;
}

async function parse(source: Source): Promise<Profile> {
  const { readFile } = await import('./timeit/read.ts');
  return readFile(source);
}
