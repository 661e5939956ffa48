/**
 * Pyflame: stacks of a running Python program, `busy.py:<module>:47;busy.py:main:43 3`.
 *
 * Written by pyflame (Uber, until 2019): folded stacks; with `--flamechart` stacks and the times they were seen
 * at; with `--dump` the stacks of all threads at one moment.
 * Spec: https://github.com/uber-archive/pyflame
 * The surprise: a frame's file may hold colons, so it is read from the right; and of the three texts only the
 * dump has its stacks leaf first.
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, type Source } from '../../src/plugin.ts';
import { firstLines, firstStacks } from './first-lines.ts';
import { isNoStack, isPlaced, isPython } from './pyflame/frame-text.ts';
import { THREAD } from './pyflame/thread-line.ts';

export const pyflame = defineFormat({
  name: 'pyflame',
  title: 'pyflame stacks, flame charts and dumps (Python)',
  extensions: ['pyflame'],
  spec: 'https://github.com/uber-archive/pyflame',
  parser: { options: () => z.object({}), probe, parse },
});

/** The beginning of a line that can be a time. */
const STAMP = /^\d+$/;

function probe(head: Head): number {
  const [first = '', second = ''] = firstLines(head);
  if (THREAD.test(first)) return isPython(second) ? 0.9 : 0;
  if (STAMP.test(first)) return isChart(head) ? 0.9 : 0;
  return areStacks(firstStacks(head)) ? 0.9 : 0;
}

/** Times and stacks take turns, mostly. */
function isChart(head: Head): boolean {
  const lines = firstLines(head);
  const stacks = lines.filter((line) => !STAMP.test(line)).map((line) => line.replace(/;$/, '').split(';'));
  if (stacks.length === 0 || stacks.length > lines.length * 0.6) return false;
  return areStacks(stacks) || stacks.every(isNoStack);
}

/** Every frame is of this form, and most stacks name a file of Python's. */
function areStacks(stacks: string[][]): boolean {
  const normal = stacks.filter((frames) => !isNoStack(frames));
  const named = normal.filter((frames) => frames.some(isPython));
  return (
    named.length > 0 && named.length * 2 >= normal.length && normal.every((frames) => frames.every(isPlaced))
  );
}

async function parse(source: Source): Promise<Profile> {
  const [first = ''] = firstLines(source.head);
  if (THREAD.test(first)) return (await import('./pyflame/dump.ts')).readDump(source);
  if (STAMP.test(first)) return (await import('./pyflame/flamechart.ts')).readFlamechart(source);
  return (await import('./pyflame/folded.ts')).readFolded(source);
}
