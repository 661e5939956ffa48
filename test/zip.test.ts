/** Zip archives: what does not hold what its directory says, or holds too much. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { strToU8, zipSync } from 'fflate';
import { unzip } from '../src/input/zip.ts';
import { assertTold, failure, readProfile } from './support.ts';

const SYMBOLS = 'sym0 "a" "main" "" 0\n';
/** Of an entry in the directory: signature, and where its fields are. */
const ENTRY = 0x02014b50;
const [FLAGS, METHOD, SIZE] = [8, 10, 24];

function archive(stacks: Uint8Array): Uint8Array<ArrayBuffer> {
  return zipSync({ 'Symbols.txt': strToU8(SYMBOLS), 'Callstacks.txt': stacks }) as Uint8Array<ArrayBuffer>;
}

/** The archive with another figure in all entries of its directory. */
function changed(bytes: Uint8Array<ArrayBuffer>, field: number, value: number): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  for (let at = 0; at < copy.length - 46; at++)
    if (view.getUint32(at, true) === ENTRY) view.setUint16(at + field, value, true);
  return copy;
}

test('files are what was packed', async () => {
  const files = await unzip(archive(strToU8('1 sym0\n')), (name) => name !== 'Symbols.txt', {
    name: 'a.zip',
    limit: 100,
  });
  assert.deepEqual([...files], [['Callstacks.txt', strToU8('1 sym0\n')]]);
});

test('a bomb is stopped at the limit', async () => {
  const bomb = archive(new Uint8Array(2e7).fill(10));
  assert.ok(bomb.length < 100_000);
  assertTold(await failure(readProfile(bomb, { maxInput: 1e6 })), 'input/too-large');
});

test('wrong sizes, unknown methods and encrypted files are told', async () => {
  const good = archive(strToU8('1 sym0\n'.repeat(100)));
  for (const [field, value, message] of [
    [SIZE, 3, /is not what was packed/],
    [METHOD, 14, /packed by method 14/],
    [FLAGS, 1, /encrypted/],
  ] as const) {
    const text = await failure(readProfile(changed(good, field, value), { format: 'sleepy' }));
    assertTold(text, 'input/bad-zip', message);
  }
});
