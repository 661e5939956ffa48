/** Inputs that are broken on purpose, read as every format. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { attempt, FUZZ, parsers, readable, SEED } from './broken.ts';
import { diceOf, NUMBERS, spliced } from './mutations.ts';

/** Of a file, how many numbers are made others. */
const CHANGED = 10 * FUZZ;
/** Long enough for anything quadratic to take too long. */
const LONG = 60_000;

const NOTHING = ['', ' ', '\n', '\n\n\n', '\uFEFF', '\0'];
const MONOTONY = [
  '[',
  '{',
  '"',
  '{"a":',
  '\\',
  ' ',
  '\n',
  ';',
  '(',
  '=',
  '0',
  'a',
  '\0',
  '\x80',
  'a 1 ',
  '1 ',
  '\t',
  ': ',
  'fn=(1)\n',
  '\x0a\x7f',
];

for (const format of parsers) {
  const small = readable(format)
    .filter(({ bytes }) => bytes.length < 20_000)
    .slice(0, 2);
  const read = (what: string, bytes: Uint8Array) =>
    attempt(`${format}: ${what}`, bytes, { format, to: 'json' });

  describe(format, () => {
    test('nothing is no profile', async () => {
      for (const nothing of NOTHING) assert.equal(await read('nothing', Buffer.from(nothing)), false);
    });
    test('noise is survived', async () => {
      const dice = diceOf(`noise ${SEED}`);
      for (const size of [1, 10, 100, 1000, 70_000]) {
        const noise = (from: number, count: number) =>
          read(
            `noise of ${size} bytes from ${from}`,
            Uint8Array.from({ length: size }, () => from + dice(count)),
          );
        await noise(0, 256);
        await noise(128, 128);
        await noise(10, 117);
      }
    });
    test('monotony is survived', async () => {
      for (const unit of MONOTONY) {
        const long = unit.repeat(LONG / unit.length);
        for (const text of [long, `x${long}x`])
          await read(`monotony ${JSON.stringify(unit)}`, Buffer.from(text, 'latin1'));
      }
    });
    test('a compressed file cut off is no profile', async () => {
      for (const { bytes } of small.slice(0, 1)) {
        const zipped = gzipSync(bytes);
        for (let length = 1; length < zipped.length; length += 1 + (zipped.length >> 3))
          assert.equal(await read(`zipped, cut at ${length}`, zipped.subarray(0, length)), false);
      }
    });
    test('numbers may be anything', async () => {
      for (const { name, bytes, options, sibling } of small) {
        const found = [...bytes.toString('latin1').matchAll(/\d+/g)];
        for (let n = 0; n < found.length; n += Math.max(1, Math.floor(found.length / CHANGED))) {
          const { 0: digits, index } = found[n]!;
          for (const number of NUMBERS) {
            const mutant = spliced(bytes, index, index + digits.length, Buffer.from(number));
            const what = `${name}, ${number.slice(0, 20)} for number ${n}`;
            await attempt(what, mutant, { format, options, sibling });
          }
        }
      }
    });
    test('names need not be UTF-8', async () => {
      for (const { name, bytes } of small) {
        const text = bytes.toString('latin1').replace(/[a-z]{3,}/g, '\xff\xfe$&\xc3');
        await read(`${name}, no UTF-8`, Buffer.from(text, 'latin1'));
      }
    });
  });
}
