/** coldshot profiles: two files, one beside the other; and data that is broken. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { checkProfile } from '../src/check.ts';
import { Diagnostics, ProfileError } from '../src/diagnostics.ts';
import { convert, read } from '../src/index.ts';
import { bytesInput } from '../src/input/byte-input.ts';
import type { Profile } from '../src/profile.ts';
import { assertTold, cli, dump, failure, printed, readProfile, root } from './support.ts';

const folder = join(root, 'fixtures/coldshot/threads');
const index = readFileSync(join(folder, 'input.coldshot'));
const data = readFileSync(join(folder, 'coldshot.data'));

const directory = mkdtempSync(join(tmpdir(), 'prof2dot-coldshot-'));
after(() => rmSync(directory, { recursive: true }));

function withData(bytes: Uint8Array, diagnostics = new Diagnostics()): Promise<Profile> {
  return readProfile(index, { diagnostics, sibling: () => bytesInput(bytes) });
}

function command(args: string[], options: { input?: string; cwd?: string } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    encoding: 'utf8',
    ...options,
  });
  return { status, stdout, stderr };
}

describe('coldshot', () => {
  test('by the name of the directory, of the index, and compressed', async () => {
    const whole = join(directory, 'index.coldshot');
    copyFileSync(join(folder, 'input.coldshot'), whole);
    writeFileSync(join(directory, 'coldshot.data'), gzipSync(data));
    const expected = command(['fixtures/coldshot/threads/input.coldshot', '-t', 'folded'], {
      cwd: root,
    }).stdout;
    assert.match(expected, /^two_threads 102$/m);
    assert.equal(command([directory, '-t', 'folded']).stdout, expected);
    assert.equal(command([whole, '-t', 'folded']).stdout, expected);
    assert.equal(command(['index.coldshot', '-t', 'folded'], { cwd: directory }).stdout, expected);
  });

  test('is not read from a pipe, nor without its data', () => {
    const piped = command(['-t', 'folded'], { input: index.toString() });
    assert.equal(piped.status, 1);
    assertTold(piped.stderr, 'input/no-place', /coldshot\.data/);
    const alone = join(directory, 'alone.coldshot');
    writeFileSync(alone, index.toString().replace('coldshot.data', 'lost.data'));
    const lost = command([alone, '-t', 'folded']);
    assert.equal(lost.status, 1);
    assertTold(lost.stderr, 'input/unreadable', /there is no such file/);
    assert.match(lost.stderr, /lost\.data: error/);
  });

  test('leads to no other directory', async () => {
    const opened: string[] = [];
    for (const name of ['..', '.', '%2E%2E', '..%2F..', 'a:b', '%00', 'sub%5C..', '..%2Fsecret']) {
      const bytes = Buffer.from(index.toString().replace(/^D .*$/m, `D calls ${name}`));
      const sibling = (file: string) => {
        opened.push(file);
        throw new ProfileError({ code: 'input/unreadable', message: 'no' });
      };
      await failure(readProfile(bytes, { sibling }));
    }
    assert.deepEqual(opened, ['secret']);
  });

  test('as a library: the bytes of the data are asked for', async () => {
    const sibling = (name: string) => {
      assert.equal(name, 'coldshot.data');
      return data;
    };
    const profile = await read(index, { sibling });
    assert.equal(dump(profile), dump(await readProfile('fixtures/coldshot/threads/input.coldshot')));
    assert.match(String(await convert(index, { to: 'folded', sibling })), /two_threads/);
  });

  test('many annotations', async () => {
    const annotation = Buffer.from(data.subarray(0, 12));
    const diagnostics = new Diagnostics();
    const profile = await withData(Buffer.concat([data, ...new Array(1100).fill(annotation)]), diagnostics);
    assert.equal(profile.meta.comments!.length, 1000);
    assertTold(printed(diagnostics), 'coldshot/many-annotations');
  });

  test('any events give a lawful profile, or one error', async () => {
    const event = fc.record({
      thread: fc.integer({ min: 1, max: 3 }),
      line: fc.nat(50),
      number: fc.nat(11),
      kind: fc.oneof(
        { weight: 30, arbitrary: fc.nat(2) },
        { weight: 1, arbitrary: fc.integer({ min: 3, max: 4 }) },
      ),
      clock: fc.nat(2 ** 32 - 1),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 80 }), fc.nat(11), async (events, rest) => {
        const bytes = Buffer.alloc(events.length * 12 + rest);
        for (const [i, { thread, line, number, kind, clock }] of events.entries()) {
          bytes.writeUInt16LE(thread, i * 12);
          bytes.writeUInt16LE(line, i * 12 + 2);
          bytes.writeUInt32LE(number + kind * 2 ** 24, i * 12 + 4);
          bytes.writeUInt32LE(clock, i * 12 + 8);
        }
        const calls = events.filter(({ kind }) => kind === 1).length;
        try {
          const profile = await withData(bytes);
          assert.deepEqual(checkProfile(profile), []);
          assert.equal(
            profile.nodes.calls!.reduce((sum, count) => sum + count, 0),
            calls,
          );
        } catch (error) {
          if (!(error instanceof ProfileError)) throw error;
          assert.match(error.diagnostic.code, calls === 0 ? /no-calls|bad-record/ : /bad-record/);
        }
      }),
    );
  });
});
