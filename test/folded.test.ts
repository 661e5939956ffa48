/** Folded stacks beside their fixtures: byte order marks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readProfile } from './support.ts';

test('a byte order mark is no part of a name, unless it is to be kept', async () => {
  const names = async (text: string, bom: string) => {
    const profile = await readProfile(Buffer.from(text), { format: 'folded', options: { folded: { bom } } });
    return profile.functions.name;
  };
  const marked = '\uFEFFmain;a 1\nmain;b 1\n';
  assert.deepEqual(await names(marked, 'strip'), ['main', 'a', 'b']);
  assert.deepEqual(await names(marked, 'keep'), ['\uFEFFmain', 'a', 'main', 'b']);
  assert.deepEqual(await names('main;a 1\n', 'keep'), ['main', 'a']);
});
