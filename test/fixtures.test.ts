/** The one test of all formats: each case of `fixtures/` gives what its files say. `UPDATE=1` rewrites them. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { builtin } from '../src/builtin.ts';
import { checkProfile } from '../src/check.ts';
import { Diagnostics, formatDiagnostic, ProfileError } from '../src/diagnostics.ts';
import type { Profile } from '../src/profile.ts';
import { type Case, cases, fixtures, folders, INPUT } from './cases.ts';
import { beside, convert, dump, printed, readProfile, root } from './support.ts';

const UPDATE = process.env['UPDATE'] === '1';

/** Compares with the file, or writes it; '' = the file must be absent. */
function expectFile(path: string, actual: string | Uint8Array): void {
  const known = existsSync(path);
  if (UPDATE) {
    if (actual.length > 0) writeFileSync(path, actual);
    else if (known) rmSync(path);
    return;
  }
  const expected = known ? readFileSync(path) : Buffer.alloc(0);
  const found = Buffer.from(actual as string);
  if (expected.equals(found)) return;
  const text = isText(expected) && isText(found);
  assert.equal(
    text ? found.toString() : found.toString('latin1'),
    text ? expected.toString() : expected.toString('latin1'),
    path,
  );
}

function isText(bytes: Buffer): boolean {
  return !bytes.includes(0);
}

async function readOrFail(fixture: Case, diagnostics: Diagnostics): Promise<Profile | string> {
  const { readAs, options } = fixture;
  try {
    // Whether inputs are recognised is tested in detect.test.ts.
    return await readProfile(readFileSync(join(root, fixture.input)), {
      name: basename(fixture.input),
      format: readAs,
      options,
      diagnostics,
      sibling: beside(fixture.input),
    });
  } catch (error) {
    if (error instanceof ProfileError) return formatDiagnostic(error.diagnostic);
    throw error;
  }
}

async function runCase(fixture: Case): Promise<void> {
  const { directory, options, transforms } = fixture;
  const diagnostics = new Diagnostics();
  const result = await readOrFail(fixture, diagnostics);
  const failed = typeof result === 'string';
  expectFile(join(directory, 'error.txt'), failed ? result : '');
  expectFile(join(directory, 'profile.txt'), failed ? '' : dump(result));
  let warnings = printed(diagnostics);
  if (!failed) {
    assert.deepEqual(checkProfile(result), []);
    for (const [file, format] of fixture.outputs) {
      const lost = new Diagnostics();
      expectFile(
        join(directory, file),
        await convert(result, format, { options, transforms, diagnostics: lost }),
      );
      warnings += printed(lost);
    }
  }
  expectFile(join(directory, 'warnings.txt'), warnings);
}

function profileOf({ input, readAs, options }: Case): Promise<Profile> {
  return readProfile(input, { format: readAs, options });
}

for (const folder of folders()) {
  describe(`fixtures/${folder}`, () => {
    for (const fixture of cases(folder)) test(fixture.name, () => runCase(fixture));
  });
}

/** Their layout takes seconds for large graphs; their own tests call them. */
const SLOW = ['svg', 'png'];

describe('every emitter takes every profile', async () => {
  const emitters = builtin.list().filter((format) => format.emitter && !SLOW.includes(format.name));
  const readable = cases().filter(({ fails }) => !fails);
  const profiles = await Promise.all(readable.map(profileOf));
  for (const { name } of emitters) {
    test(name, async () => {
      for (const [i, profile] of profiles.entries())
        await assert.doesNotReject(async () => convert(profile, name), readable[i]!.name);
    });
  }
});

describe('every format', () => {
  for (const format of builtin.list()) {
    test(`${format.name} has a manual page and a case`, () => {
      assert.ok(
        existsSync(join(fixtures, format.name, 'README.md')),
        `fixtures/${format.name}/README.md is missing`,
      );
      const own = format.parser ? cases(format.name).length : 0;
      const written = cases().filter(({ outputs }) => [...outputs.values()].includes(format.name)).length;
      if (format.parser) assert.ok(own > 0, 'no case reads it');
      if (format.emitter) assert.ok(written > 0 || SLOW.includes(format.name), 'no case writes it');
    });
  }
  test('that mostly holds no stacks says what totals rest on', () => {
    for (const { name, parser } of builtin.list()) {
      const read = parser ? cases(name).map(({ directory }) => join(directory, 'profile.txt')) : [];
      const rungs = read.filter(existsSync).map((path) => readFileSync(path, 'utf8').split('\n')[0]!);
      const without = rungs.filter((line) => line.startsWith('callers: direct')).length;
      assert.equal(parser?.totals !== undefined, without > rungs.length / 2, name);
    }
  });
  test('and no other has a fixture folder', () => {
    const known = new Set([INPUT, ...builtin.list().map(({ name }) => name)]);
    assert.deepEqual(
      folders().filter((folder) => !known.has(folder)),
      [],
    );
  });
});

describe('every code', () => {
  const seen = codesSeen();
  for (const { code, path } of codesInSources()) {
    test(`${code} of ${path} is shown by a fixture or a test`, () => assert.ok(seen(code)));
  }
});

/** Codes as they stand in calls of `fail`, `warn` and `lost` (behind the format's name) and in diagnostics. */
function codesInSources(): { code: string; path: string }[] {
  const found: { code: string; path: string }[] = [];
  for (const path of sources()) {
    const text = readFileSync(join(root, path), 'utf8');
    const format = formatOf(path);
    for (const [, code] of text.matchAll(/\b(?:fail|warn|lost|note)\(\s*'([a-z0-9-]+)'/g))
      found.push({ code: `${format}/${code}`, path });
    for (const [, code] of text.matchAll(/\bcode: '([a-z0-9-]+\/[a-z0-9-]+)'/g))
      found.push({ code: code!, path });
  }
  const once = new Map(found.map((entry) => [entry.code, entry]));
  return [...once.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}

function sources(): string[] {
  const all = ['src', 'converters'].flatMap((top) =>
    readdirSync(join(root, top), { recursive: true }).map((path) => join(top, String(path))),
  );
  return all.filter((path) => path.endsWith('.ts'));
}

/** The format whose file or room this is, or `*` for code that several share. */
function formatOf(path: string): string {
  if (path.startsWith('src/')) return '*';
  const name = path.split('/')[2]!.replace(/\.ts$/, '');
  return builtin.list().some((format) => format.name === name) ? name : '*';
}

/** Whether a code stands in an expected output, or in a test. */
function codesSeen(): (code: string) => boolean {
  const texts: string[] = [];
  for (const { directory } of cases()) {
    for (const file of ['error.txt', 'warnings.txt']) {
      if (existsSync(join(directory, file))) texts.push(readFileSync(join(directory, file), 'utf8'));
    }
  }
  for (const file of readdirSync(join(root, 'test'))) {
    // In a pattern a slash has a backslash before it.
    texts.push(readFileSync(join(root, 'test', file), 'utf8').replaceAll('\\/', '/'));
  }
  const seen = new Set(texts.flatMap((text) => text.match(/\b[a-z0-9-]+\/[a-z0-9-]+\b/g) ?? []));
  const suffixes = new Set([...seen].map((code) => code.split('/')[1]!));
  return (code) => seen.has(code) || (code.startsWith('*/') && suffixes.has(code.slice(2)));
}
