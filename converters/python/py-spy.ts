/**
 * py-spy: stacks of running Python programs, `main (work.py:28);spin (work.py:10) 57`.
 *
 * Written by `py-spy record -f raw` (folded stacks, with `--threads` and `--subprocesses` below frames that name
 * the thread and the process) and by `py-spy dump`, as text and with `--json`.
 * Spec: https://github.com/benfred/py-spy
 * The surprise: names of threads and command lines stand there as they are, and may hold the semicolons that
 * otherwise part frames.
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, type Source } from '../../src/plugin.ts';
import { firstLines, firstStacks } from './first-lines.ts';
import { isTextDump } from './py-spy/dump-lines.ts';
import { isFrame, isPython } from './py-spy/frame-text.ts';
import { type Prefix, prefixAt } from './py-spy/prefix.ts';

export const pySpy = defineFormat({
  name: 'py-spy',
  title: 'py-spy raw stacks and dumps (Python)',
  extensions: ['py-spy'],
  spec: 'https://github.com/benfred/py-spy',
  parser: { options: () => z.object({}), probe, parse },
});

function probe(head: Head): number {
  if (isJsonDump(head)) return 0.95;
  if (isTextDump(firstLines(head))) return 0.95;
  return areStacks(firstStacks(head)) ? 0.9 : 0;
}

function isJsonDump({ jsonArray, text }: Head): boolean {
  return jsonArray && /"thread_id"\s*:/.test(text) && /"owns_gil"\s*:/.test(text);
}

/** Nearly all frames are of this form, and most stacks name a file of Python's. */
function areStacks(stacks: string[][]): boolean {
  let frames = 0;
  let fitting = 0;
  let named = 0;
  let filled = 0;
  for (const stack of stacks) {
    const own = stack.slice(prefixLength(stack));
    if (own.length === 0 || own[0] === '') continue;
    filled++;
    frames += own.length;
    fitting += own.filter(isFrame).length;
    if (own.some(isPython)) named++;
  }
  return named > 0 && named * 2 >= filled && fitting >= frames * 0.9;
}

/** How many frames say which process and thread it was. */
function prefixLength(stack: string[]): number {
  let prefix: Prefix | undefined;
  for (const [i, text] of stack.entries()) {
    prefix = prefixAt(text, prefix);
    if (!prefix) return i;
  }
  return stack.length;
}

async function parse(source: Source): Promise<Profile> {
  const { head } = source;
  if (isJsonDump(head)) return (await import('./py-spy/dump-json.ts')).readJsonDump(source);
  if (isTextDump(firstLines(head))) return (await import('./py-spy/dump-text.ts')).readTextDump(source);
  return (await import('./py-spy/raw.ts')).readRaw(source);
}
