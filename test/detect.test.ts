/** Every fixture is recognised by its content alone: under another name, compressed, with other line ends, re-encoded. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { builtin } from '../src/builtin.ts';
import { Diagnostics, ProfileError } from '../src/diagnostics.ts';
import { bytesInput } from '../src/input/byte-input.ts';
import { decompress } from '../src/input/decompress.ts';
import { headOf } from '../src/input/head.ts';
import { guess, open } from '../src/open.ts';
import { type Case, cases } from './cases.ts';
import { COMPRESSIONS } from './compress.ts';
import { beside, dump, failure, readProfile, root } from './support.ts';

async function detected(bytes: Uint8Array, name = 'unknown'): Promise<string> {
  const settings = { registry: builtin, diagnostics: new Diagnostics(), name };
  return (await open(bytesInput(bytes), settings)).format.name;
}

/** The text of an input, taken out of its compression; undefined if it is binary, or holds numbers that are. */
async function textOf(bytes: Uint8Array): Promise<string | undefined> {
  const head = headOf(await decompress(bytesInput(bytes), { name: 'unknown', limit: 1e9 }));
  return head.whole && head.text !== '' && !head.text.includes('\0') ? head.text : undefined;
}

const ENCODINGS: [string, (text: string) => Buffer][] = [
  ['with CRLF', (text) => Buffer.from(text.replace(/\r?\n/g, '\r\n'))],
  ['with CR', (text) => Buffer.from(text.replace(/\r?\n/g, '\r'))],
  ['with a byte order mark', (text) => Buffer.from(`\uFEFF${text}`)],
  ['as UTF-16LE', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
  ['as UTF-16BE', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
  ['as UTF-16LE without a mark', (text) => Buffer.from(text, 'utf16le')],
  ['as UTF-16BE without a mark', (text) => Buffer.from(text, 'utf16le').swap16()],
];

// Cases of what a format writes are inputs of others, which have them, too.
const readable = cases().filter(({ format, readAs, fails }) => readAs === format && !fails);

/** So many of each format are read in other encodings, too; a format has nothing to do with them. */
const READ = 3;

for (const format of new Set(readable.map(({ format }) => format))) {
  describe(format, () => {
    for (const [i, fixture] of readable.filter((one) => one.format === format).entries())
      test(fixture.name, () => check(fixture, i < READ));
  });
}

async function check({ input, format, options }: Case, isRead: boolean): Promise<void> {
  const bytes = readFileSync(join(root, input));
  assert.equal(await detected(bytes), format, 'under another name');
  assert.equal(await detected(bytes, basename(input)), format);
  const [best] = await guess(bytesInput(bytes), { registry: builtin, name: '' });
  assert.equal(best!.format.name, format, 'of all that it may be');
  for (const { kind, extension, compress } of COMPRESSIONS) {
    const compressed = compress(bytes);
    assert.equal(await detected(compressed, `unknown${extension}`), format, kind);
    if (extension !== '') assert.equal(await detected(compressed), format, `${kind} under another name`);
  }
  const text = await textOf(bytes);
  if (text === undefined) return;
  // A mark, and line ends if they differ, are no part of what is read.
  const read = async (encoded: Buffer) =>
    isRead && dump(await readProfile(encoded, { format, options, sibling: beside(input) }));
  const expected = await read(Buffer.from(text.replace(/\r\n/g, '\n')));
  for (const [how, encode] of ENCODINGS) {
    // A pickle of protocol 0 only looks like a text.
    if (how === 'with CR' && /^\(*c[\w.]+\n/.test(text)) continue;
    const encoded = encode(text);
    assert.equal(await detected(encoded), format, how);
    assert.equal(await read(encoded), expected, how);
  }
}

/** Fixtures of a format that are read as every other one. */
const TRIED = 14;

describe('recognition', () => {
  const parser = (name: string, score: number) => ({
    name,
    title: name,
    extensions: [name],
    spec: 'none',
    parser: { ...builtin.get('folded', 'parser').parser!, probe: () => score },
  });
  const registry = (...scores: number[]) =>
    builtin.with(...scores.map((score, i) => parser(`fake${i}`, score)));
  const input = Buffer.from('some text');

  test('of an input that is as surely one format as another fails', async () => {
    const text = await failure(readProfile(input, { registry: registry(0.9, 0.9) }));
    assert.match(
      text,
      /error input\/ambiguous-format: may be fake0 as well as fake1\n.*-f fake0 or -f fake1/,
    );
  });
  test('takes the file name for a hint only between near scores', async () => {
    const name = async (file: string, ...scores: number[]) =>
      (
        await open(bytesInput(input), {
          registry: registry(...scores),
          diagnostics: new Diagnostics(),
          name: file,
        })
      ).format.name;
    assert.equal(await name('x.fake1', 0.9, 0.9), 'fake1');
    assert.equal(await name('x.fake1.gz', 0.9, 0.87), 'fake1');
    assert.equal(await name('x.fake1', 0.9, 0.5), 'fake0');
  });
  test('asks no other format when one is sure', async () => {
    const never = parser('never', 1);
    never.parser.probe = () => assert.fail('it was asked');
    const sure = builtin.with(parser('sure', 0.95), never);
    const { format } = await open(bytesInput(input), {
      registry: sure,
      diagnostics: new Diagnostics(),
      name: '',
    });
    assert.equal(format.name, 'sure');
  });
  test('tries brotli, which has no signature, where nothing else makes sense', async () => {
    const text = `${'main;parse;read 42\n'.repeat(20_000)}main;render 7\n`;
    const brotli = brotliCompressSync(text);
    const folded = { format: 'folded' };
    const plain = dump(await readProfile(Buffer.from(text)));
    assert.equal(dump(await readProfile(brotli)), plain);
    assert.equal(dump(await readProfile(brotli, folded)), plain);
    const [best] = await guess(bytesInput(brotli), { registry: builtin, name: '' });
    assert.equal(best!.format.name, 'folded');
    const noise = brotliCompressSync(Buffer.alloc(100_000, 0x80));
    assert.match(await failure(readProfile(noise)), /error input\/unknown-format/);
    assert.match(await failure(readProfile(noise, folded)), /error folded\/no-stacks/);
    const cut = brotli.subarray(0, -3);
    assert.match(await failure(readProfile(cut)), /error input\/bad-compression: the brotli data ends early/);
    assert.match(await failure(readProfile(brotli, { maxInput: 1000 })), /error input\/too-large/);
  });
  test('refuses what clearly is another format than the one asked for', async () => {
    const parsers = builtin.list().filter(({ parser }) => parser);
    const read = new Set<string>();
    // A few of each format: all of them by all formats would take longer than all else here.
    const tried = new Map<string, number>();
    for (const { input, format, options } of readable) {
      tried.set(format, (tried.get(format) ?? 0) + 1);
      if (tried.get(format)! > TRIED) continue;
      const bytes = readFileSync(join(root, input));
      for (const { name } of parsers) {
        const isRead = await readProfile(bytes, { format: name, options, sibling: beside(input) }).then(
          () => name !== format,
          (error) => !(error instanceof ProfileError),
        );
        if (isRead) read.add(`${format} as ${name}`);
      }
    }
    // All are stacks and their counts, line by line; without a sample perf writes nothing but comments.
    assert.deepEqual([...read].sort(), [
      'austin as folded',
      'folded as perf',
      'folded as py-spy',
      'folded as pyflame',
      'folded as tachyon',
      'py-spy as folded',
      'pyflame as folded',
      'stacksampler as folded',
      'tachyon as folded',
      'timeit as folded',
    ]);
    assert.equal(
      await failure(readProfile(Buffer.from('events: Ir\nfn=main\n3 42\n'), { format: 'perf' })),
      'input: error input/other-format: it looks like callgrind, not perf\n  hint: say -f callgrind, or leave -f out\n',
    );
  });
  test('names its best guess when it is too weak', async () => {
    const text = await failure(readProfile(input, { registry: registry(0.1) }));
    assert.match(text, /error input\/unknown-format: .*the best guess is fake0 \(-f fake0\)/);
  });
});
