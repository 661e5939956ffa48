/** Heap profiles of which the head shows little: what tells them from old CPU profiles, which have a `head`, too. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { builtin } from '../src/builtin.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import { bytesInput } from '../src/input/byte-input.ts';
import { open } from '../src/open.ts';
import { readProfile } from './support.ts';

/** So deep a tree, its names as long as paths may be, fills the 64 KiB that are looked at. */
const DEPTH = 2000;

function nested(first: (i: number) => string, last: (i: number) => string): string {
  const depths = Array.from({ length: DEPTH }, (_, i) => i);
  return depths.map(first).join('"children":[') + depths.reverse().map(last).join(']');
}

const callFrame = (i: number) =>
  `"callFrame":{"functionName":"f${i}","scriptId":"1","url":"file:///app/main.js","lineNumber":${i},"columnNumber":0}`;
const samples = `"samples":[${new Array(DEPTH).fill('{"size":16,"nodeId":1,"ordinal":7}').join(',')}]`;
const inner = nested(
  (i) => `{${callFrame(i)},"selfSize":16,"id":${i},`,
  () => '}',
).replace(/"id":1999,/, '"id":1999');
const sorted = nested(
  (i) => `{${callFrame(i)}${i < DEPTH - 1 ? ',' : ''}`,
  (i) => `,"id":${i},"selfSize":16}`,
);
const legacy = nested(
  (i) =>
    `{"functionName":"f${i}","url":"","lineNumber":1,"hitCount":1,"id":${i + 1}${i < DEPTH - 1 ? ',' : ''}`,
  () => '}',
);

const FILES: [string, string, string][] = [
  ['as V8 writes it', 'heapprofile', `{"head":${inner},${samples}}`],
  ['with its samples first', 'heapprofile', `{${samples},"head":${inner}}`],
  ['with sorted keys', 'heapprofile', `{"head":${sorted},${samples}}`],
  ['in a reply of the protocol', 'heapprofile', `{"id":1,"result":{"profile":{"head":${inner},${samples}}}}`],
  ['in an array', 'heapprofile', `[{"head":${inner},${samples}}]`],
  [
    'of an old CPU profile',
    'cpuprofile',
    `{"head":${legacy},"startTime":0,"endTime":1,"samples":[1],"timestamps":[5]}`,
  ],
  [
    'of an old CPU profile with call frames',
    'cpuprofile',
    `{"head":${sorted.replaceAll('"selfSize"', '"hitCount"').replace('{', '{"hitCount":1,')},"samples":[1]}`,
  ],
];

describe('a head that fills all that is looked at', () => {
  for (const [what, format, text] of FILES) {
    test(what, async () => {
      const bytes = Buffer.from(text);
      assert.ok(bytes.length > 70_000);
      const settings = { registry: builtin, diagnostics: new Diagnostics(), name: 'unknown' };
      assert.equal((await open(bytesInput(bytes), settings)).format.name, format);
      const { nodes } = await readProfile(bytes, { format });
      assert.equal(nodes.length, DEPTH);
      if (format === 'heapprofile') assert.equal(nodes.total[0]![0], 16 * DEPTH);
    });
  }
});

test('an error in the depth of a tree says where, but not each step', async () => {
  const text = `{"head":${sorted.replace('"selfSize":16', '"selfSize":-1')}}`;
  await assert.rejects(readProfile(Buffer.from(text), { format: 'heapprofile' }), ({ diagnostic }) => {
    assert.equal(diagnostic.message, 'a selfSize of -1');
    assert.match(diagnostic.place.path, /^head\.children\[0\]\..*…[^…]*\.selfSize$/);
    assert.ok(diagnostic.place.path.length < 400);
    return true;
  });
});
