/** Tables of lines: their sums, and where their source text comes from. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Diagnostics } from '../src/diagnostics.ts';
import { secondsPerUnit, sumOf } from '../src/plugin.ts';
import { cases } from './cases.ts';
import { convert, dump, printed, readProfile } from './support.ts';

const directory = mkdtempSync(join(tmpdir(), 'prof2dot-lines-'));
after(() => rmSync(directory, { recursive: true }));

/** One function with costs in two lines, and one line of a header. */
function profileOf(file: string): Uint8Array {
  return Buffer.from(`events: Ir\nfl=${file}\nfn=f\n3 4\n5 6\nfi=inlined.h\n1 2\nfe=${file}\n3 1\n`);
}

async function tables(
  file: string,
  options: Record<string, unknown> = {},
): Promise<{ text: string; told: string }> {
  const diagnostics = new Diagnostics();
  const profile = await readProfile(profileOf(file));
  const bytes = await convert(profile, 'lines', { options: { lines: options }, diagnostics });
  return { text: String(bytes), told: printed(diagnostics) };
}

/** Numbers and texts of all rows. */
function rows(text: string): string[] {
  return text.split('\n').filter((line) => /^ *[?\d]+ /.test(line));
}

describe('source text', () => {
  const lines = ['one', 'two', '\tthree', 'four', 'five \u{1f600}'];
  const found = [
    '     3                      5              45.5  \tthree',
    '     4                                           four',
    '     5                      6              54.5  five \u{1f600}',
  ];
  mkdirSync(join(directory, 'deep'));
  writeFileSync(join(directory, 'deep', 'f.c'), lines.join('\r\n'));
  const cases: [string, string, string[]][] = [
    ['where the profile says', join(directory, 'deep/f.c'), []],
    ['below a root, by its path', 'deep/f.c', [directory]],
    ['below a root, by the end of its path', '/build/x/deep/f.c', ['/no/such', join(directory, 'deep/')]],
    ['by a URL', `file://${directory}/deep/f.c`, []],
  ];
  for (const [what, file, sourceRoot] of cases) {
    test(`is found ${what}`, async () => {
      const { text } = await tables(file, { sourceRoot });
      assert.deepEqual(rows(text).slice(0, 3), found);
    });
  }
  test('that is not there is told of, once, and lines without text are those with costs', async () => {
    const { text, told } = await tables('/no/such/f.c');
    assert.deepEqual(
      rows(text).map((row) => row.trim().split(/ +/)),
      [
        ['3', '5', '45.5'],
        ['5', '6', '54.5'],
        ['1', '2', '100.0'],
      ],
    );
    assert.match(told, /^prof2dot: note lines\/no-source: [^\n]*\/no\/such\/f.c\n.*\n$/);
    assert.equal((await tables('/no/such/f.c', { source: false })).told, '');
  });
  test('does not go further than the file, wherever lines are said to be', async () => {
    const profile = Buffer.from(`events: Ir\nfl=${join(directory, 'deep/f.c')}\nfn=f\n1 1\n2000000000 1\n`);
    assert.equal(rows(String(await convert(await readProfile(profile), 'lines'))).length, 6);
  });
});

test('costs of all lines add up to the sum, whatever the profile', async () => {
  const whole = cases().filter(({ fails }) => !fails);
  for (const { name, input, readAs, options } of whole) {
    const profile = await readProfile(input, { format: readAs, options });
    const metric = profile.meta.defaultMetric ?? 0;
    if (profile.whole || profile.nodes.self[metric]!.some((v: number | bigint) => Number.isNaN(Number(v))))
      continue;
    const sum = Number(sumOf(profile.nodes.self[metric]!));
    const text = String(await convert(profile, 'lines', { options: { lines: { source: false } } }));
    const totals = [...text.matchAll(/^Total .*: (-?[\d.e+-]+)(?: .*)?$/gm)].map(([, total]) =>
      Number(total),
    );
    const seconds = secondsPerUnit(profile.metrics[metric]!);
    const expected = sum * (seconds ?? 1);
    // Times are printed with six digits.
    const slack = Math.abs(expected) * (seconds === undefined ? 1e-12 : 1e-5);
    const printed = totals.reduce((a, b) => a + b, 0);
    assert.ok(Math.abs(printed - expected) <= slack, `${name}: ${printed} of ${expected}`);
  }
});

test('reading without them leaves all else as it is', async () => {
  const seen = new Set<string>();
  for (const { name, format, input, readAs, options, fails } of cases()) {
    if (fails) continue;
    const [all, sums] = await Promise.all(
      [true, false].map(async (wantsLineCosts) => {
        const diagnostics = new Diagnostics();
        const profile = await readProfile(input, { format: readAs, options, diagnostics, wantsLineCosts });
        return { profile, told: printed(diagnostics) };
      }),
    );
    if (sums!.profile.lines) continue;
    const { lines, ...rest } = all!.profile;
    if (lines) seen.add(format);
    assert.equal(dump(sums!.profile), dump(rest), name);
    assert.equal(sums!.told, all!.told, name);
  }
  assert.ok(['callgrind', 'cpuprofile'].every((format) => seen.has(format)));
});
