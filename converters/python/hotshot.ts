/**
 * hotshot logs: every call, return and line of a Python 2 program, with the time between these events.
 *
 * Written by the module `hotshot` of Python 2.2 to 2.7 (`Profile('log').runcall(main)`); no newer Python has it.
 * Spec: https://docs.python.org/2.7/library/hotshot.html, and Modules/_hotshot.c of CPython 2.7
 * The surprise: the log has no magic number; it begins with the records that say what was profiled, and how.
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, type Source } from '../../src/plugin.ts';

const ADD_INFO = 0x13;

export const hotshot = defineFormat({
  name: 'hotshot',
  title: 'hotshot logs (Python 2)',
  extensions: ['hotshot'],
  spec: 'https://docs.python.org/2.7/library/hotshot.html',
  parser: { options: () => z.object({}), probe, parse },
});

/** The first record gives a version, or at least a name and a text. */
function probe({ bytes }: Head): number {
  if (bytes[0] !== ADD_INFO) return 0;
  const length = bytes[1]!;
  const key = new TextDecoder('latin1').decode(bytes.subarray(2, 2 + Math.min(length, 64)));
  if (key === 'hotshot-version') return 1;
  return length < 64 && /^[a-z][a-z-]{2,}$/.test(key) && key.length === length ? 0.6 : 0;
}

async function parse(source: Source): Promise<Profile> {
  const { readLog } = await import('./hotshot/read.ts');
  return readLog(source);
}
