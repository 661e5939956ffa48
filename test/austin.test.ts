/** austin: text and MOJO of one run are one profile; guesses of what numbers mean; broken MOJO. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { checkProfile } from '../src/check.ts';
import { Diagnostics, ProfileError } from '../src/diagnostics.ts';
import { assertTold, dump, failure, printed, readProfile, root } from './support.ts';

const read = async (name: string) => dump(await readProfile(`fixtures/austin/${name}`));

describe('austin', () => {
  test('MOJO of each version is what text is', async () => {
    const text = await read('version-3/input.austin');
    for (const version of [1, 2, 3, 4]) assert.equal(await read(`mojo-${version}/input.mojo`), text);
    assert.equal(await read('mojo-full/input.mojo'), await read('version-3-full/input.austin'));
    assert.equal(await read('mojo-memory/input.mojo'), await read('version-3-memory/input.austin'));
  });

  test('both forms of version 2 are one', async () => {
    assert.equal(await read('version-2/input.austin'), await read('version-2-alt/input.austin'));
  });

  test('numbers are memory if they are pages, and enough of them', async () => {
    const metrics = async (numbers: number[], metric?: string) => {
      const text = numbers.map((number) => `P1;T1f;main (a.py);L1 ${number}\n`).join('');
      const diagnostics = new Diagnostics();
      const options = metric === undefined ? {} : { austin: { metric } };
      const profile = await readProfile(Buffer.from(text), { format: 'austin', options, diagnostics });
      return [profile.metrics.map(({ name }) => name).join(), printed(diagnostics)] as const;
    };
    const pages = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => n * 4096);
    const [name, told] = await metrics(pages);
    assert.equal(name, 'memory+,memory-');
    assertTold(told, 'austin/guessed-memory', /--austin\.metric/);
    assert.deepEqual(await metrics(pages.slice(1)), ['time', '']);
    assert.deepEqual(await metrics([...pages, 5000]), ['time', '']);
    assert.deepEqual(await metrics(pages, 'time'), ['time', '']);
    assert.deepEqual(await metrics([5000], 'memory'), ['memory+,memory-', '']);
  });

  test('a text in MOJO that does not end', async () => {
    const bytes = Buffer.concat([Buffer.from('MOJ\x03\x01'), Buffer.alloc(3 << 20, 0x78)]);
    assertTold(await failure(readProfile(bytes)), 'austin/long-text');
  });

  test('a name of many parentheses', async () => {
    const text = `P1;T1f;${' ('.repeat(200_000)}x 5000\nP1;T1f;main (a.py);L1 5000\n`;
    const profile = await readProfile(Buffer.from(text), { format: 'austin' });
    assert.equal(profile.nodes.length, 2);
  });

  test('changed MOJO gives a lawful profile, or one error', async () => {
    const bytes = readFileSync(join(root, 'fixtures/austin/repeat/input.mojo'));
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const changed = Buffer.from(bytes);
        for (const [at, byte] of changes) changed[at] = byte;
        try {
          assert.deepEqual(checkProfile(await readProfile(changed, { format: 'austin' })), []);
        } catch (error) {
          if (!(error instanceof ProfileError)) throw error;
        }
      }),
    );
  });
});
