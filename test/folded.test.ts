/** Folded stacks beside their fixtures: byte order marks, stacks that read the same, counts beyond 2^53. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProfileBuilder } from '../src/builder.ts';
import { convert, readProfile } from './support.ts';

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

test('stacks that read the same are one line', async () => {
  const builder = new ProfileBuilder([{ name: 'bytes', unit: 'bytes' }]);
  const names = ['main', 'a;b', 'a:b', 'a\n', 'a '];
  const frame = Int32Array.from(names, (name) => builder.addFrame(builder.addFunction(name)));
  const profile = builder.tree({
    frame,
    parent: Int32Array.of(-1, 0, 0, 0, 0),
    self: [BigInt64Array.of(0n, 2n ** 60n, 1n, 5n, -5n)],
  });
  // What adds up to nothing is no line.
  assert.equal((await convert(profile, 'folded')).toString(), `main;a:b ${2n ** 60n + 1n}\n`);
});
