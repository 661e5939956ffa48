/**
 * coldshot profiles: every call, return and line of a Python 2 program, by thread.
 *
 * Written by the package `coldshot` (2012) into a directory: `index.coldshot`, a text, names the functions, and
 * `coldshot.data` holds the events.
 * Spec: https://github.com/mcfletch/coldshot
 * The surprise: the profile is in two files. The index is the input; the other one is looked for beside it.
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, type Source } from '../../src/plugin.ts';
import { isDataFile } from './coldshot/data-file.ts';

export const coldshot = defineFormat({
  name: 'coldshot',
  title: 'coldshot profiles (Python 2)',
  extensions: ['coldshot'],
  index: 'index.coldshot',
  spec: 'https://github.com/mcfletch/coldshot',
  parser: { options: () => z.object({}), probe, parse },
});

function probe(head: Head): number {
  if (head.text.startsWith('P COLDSHOTBinary ')) return 1;
  return isDataFile(head) ? 0.6 : 0;
}

async function parse(source: Source): Promise<Profile> {
  const { readProfile } = await import('./coldshot/read.ts');
  return readProfile(source);
}
