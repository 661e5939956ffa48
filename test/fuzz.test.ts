/**
 * Broken inputs: whatever the bytes, reading gives a lawful profile or one `ProfileError`, in little time.
 * Mutations of every fixture, the same at each run; FUZZ=50 tries that many times as many, SEED=x others.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { builtin } from '../src/builtin.ts';
import { checkProfile } from '../src/check.ts';
import { ProfileError } from '../src/diagnostics.ts';
import type { OpenSibling } from '../src/input/source.ts';
import type { Profile } from '../src/profile.ts';
import { type Case, cases } from './cases.ts';
import { DEEP } from './deep.ts';
import { beside, convert, readProfile, root } from './support.ts';

const ROUNDS = 8 * Number(process.env['FUZZ'] ?? 1);
const SEED = process.env['SEED'] ?? '';
/** Seconds of CPU for one small input: generous, since the machine may be busy and the code is cold. */
const LIMIT = 2;
/** Layout takes its time, and has a limit of its own. */
const SLOW = ['svg', 'png'];
const parsers = builtin.list().filter(({ parser }) => parser);
const emitters = builtin.list().filter(({ name, emitter }) => emitter && !SLOW.includes(name));

/** Mulberry32, with an integer below `n`. */
function dice(seed: number): (n: number) => number {
  let state = seed | 0;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

function seedOf(text: string): number {
  let seed = 0;
  for (const character of text) seed = (Math.imul(seed, 31) + character.codePointAt(0)!) | 0;
  return seed;
}

type Mutation = (bytes: Buffer, dice: (n: number) => number, other: Buffer) => Buffer;

const NUMBERS = [
  '-1',
  '0',
  '1e999',
  'NaN',
  '-0.5',
  '2147483648',
  '4294967296',
  '9007199254740993',
  '18446744073709551616',
  '1'.repeat(400),
  '0x',
  '',
  '+',
  'null',
  '"',
];

function spliced(bytes: Buffer, from: number, to: number, ...middle: Uint8Array[]): Buffer {
  return Buffer.concat([bytes.subarray(0, from), ...middle, bytes.subarray(to)]);
}

const MUTATIONS: Record<string, Mutation> = {
  flip(bytes, dice) {
    const copy = Buffer.from(bytes);
    for (let n = 1 + dice(4); n > 0; n--) copy[dice(copy.length)]! ^= 1 << dice(8);
    return copy;
  },
  overwrite(bytes, dice) {
    const copy = Buffer.from(bytes);
    for (let n = 1 + dice(3); n > 0; n--)
      copy[dice(copy.length)] = [0, 0xff, 0x80, 10, 32, 34, dice(256)][dice(7)]!;
    return copy;
  },
  truncate: (bytes, dice) => bytes.subarray(0, dice(bytes.length)),
  behead: (bytes, dice) => bytes.subarray(dice(bytes.length)),
  remove(bytes, dice) {
    const from = dice(bytes.length);
    return spliced(bytes, from, from + 1 + dice(dice(2) ? 8 : bytes.length - from));
  },
  repeat(bytes, dice) {
    const from = dice(bytes.length);
    const chunk = bytes.subarray(from, from + 1 + dice(64));
    return spliced(bytes, from, from, ...new Array(1 + dice(20)).fill(chunk));
  },
  splice(bytes, dice, other) {
    const from = dice(bytes.length);
    const start = dice(other.length);
    return spliced(bytes, from, from + dice(64), other.subarray(start, start + dice(400)));
  },
  number(bytes, dice) {
    const text = bytes.toString('latin1');
    const found = [...text.matchAll(/\d+/g)];
    if (found.length === 0) return MUTATIONS['overwrite']!(bytes, dice, bytes);
    const { 0: digits, index } = found[dice(found.length)]!;
    return spliced(bytes, index, index + digits.length, Buffer.from(NUMBERS[dice(NUMBERS.length)]!));
  },
  line(bytes, dice) {
    const lines = bytes.toString('latin1').split('\n');
    const line = lines.splice(dice(lines.length), 1);
    lines.splice(dice(lines.length + 1), 0, ...line, ...(dice(2) ? line : []));
    return Buffer.from(lines.join('\n'), 'latin1');
  },
};

/** What an arc profile's source claims of totals may be false, and then stays so. */
function faults(profile: Profile): string[] {
  return checkProfile(profile).filter(
    (fault) => profile.callers === 'all' || !/^(self|total) of /.test(fault),
  );
}

/** Reads and writes; only a `ProfileError` may come of it. Returns whether a profile did. */
async function survives(
  bytes: Uint8Array,
  format: string | undefined,
  to: string,
  options = {},
  sibling?: OpenSibling,
): Promise<boolean> {
  const start = process.cpuUsage();
  let profile: Profile | undefined;
  try {
    profile = await readProfile(bytes, { format, options, sibling });
    assert.deepEqual(faults(profile), []);
    await convert(profile, to);
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
    assert.notEqual(error.diagnostic.code, '');
  }
  const { user, system } = process.cpuUsage(start);
  assert.ok((user + system) / 1e6 < LIMIT, `took ${(user + system) / 1e6} s of CPU`);
  return profile !== undefined;
}

/** Runs `survives`, and keeps the input when it does not. */
async function attempt(
  what: string,
  bytes: Uint8Array,
  format: string | undefined,
  to: string,
  options = {},
  sibling?: OpenSibling,
): Promise<boolean> {
  try {
    return await survives(bytes, format, to, options, sibling);
  } catch (error) {
    const path = join(tmpdir(), `prof2dot-fuzz-${what.replace(/\W+/g, '-')}`);
    writeFileSync(path, bytes);
    const why = error instanceof Error ? error.stack : error;
    throw new Error(
      `${what}, read as ${format ?? 'recognised'}, written as ${to}; the input is ${path}\n${why}`,
    );
  }
}

/** The bytes of a case without their gzip, which would hide them from mutation. */
function contentOf({ input }: Case): Buffer {
  const bytes = readFileSync(join(root, input));
  return bytes[0] === 0x1f && bytes[1] === 0x8b && !input.includes('cut') ? gunzipSync(bytes) : bytes;
}

/** A case of the format, and not one of what it writes of others. */
function isOwn({ format, readAs }: Case, name: string): boolean {
  return format === name && readAs === name;
}

const all = cases();
const contents = all.map((one) => {
  try {
    return contentOf(one);
  } catch {
    return readFileSync(join(root, one.input));
  }
});

describe('mutated fixtures', () => {
  const names = Object.keys(MUTATIONS);
  for (const [i, fixture] of all.entries()) {
    const bytes = contents[i]!;
    if (bytes.length === 0) continue;
    test(fixture.name, async () => {
      const roll = dice(seedOf(fixture.name + SEED));
      const rounds = Math.max(1, Math.min(ROUNDS, Math.floor((ROUNDS * 100_000) / bytes.length)));
      for (let round = 0; round < rounds; round++) {
        let mutant = bytes;
        const done: string[] = [];
        for (let n = 1 + roll(3); n > 0 && mutant.length > 0; n--) {
          const name = names[roll(names.length)]!;
          done.push(name);
          mutant = MUTATIONS[name]!(mutant, roll, contents[roll(contents.length)]!);
        }
        const own = fixture.readAs;
        const format = [own, own, undefined, parsers[roll(parsers.length)]!.name][roll(4)];
        const to = emitters[roll(emitters.length)]!.name;
        await attempt(
          `${fixture.name} ${round} ${done.join(' ')}`,
          mutant,
          format,
          to,
          format === own ? fixture.options : {},
          beside(fixture.input),
        );
      }
    });
  }
});

for (const { name } of parsers) {
  /** The smallest inputs of the format that are read. */
  const small = [...all.keys()]
    .filter((i) => isOwn(all[i]!, name) && !all[i]!.fails && contents[i]!.length < 20_000)
    .sort((a, b) => contents[a]!.length - contents[b]!.length)
    .slice(0, 2);
  const hostile = (what: string, bytes: Uint8Array) => attempt(`${name} ${what}`, bytes, name, 'json');

  describe(`${name}, on purpose`, () => {
    test('nothing is no profile', async () => {
      for (const nothing of ['', ' ', '\n', '\n\n\n', '\uFEFF', '\0'])
        assert.equal(await hostile('nothing', Buffer.from(nothing)), false);
    });
    test('noise is survived', async () => {
      const roll = dice(7);
      for (const size of [1, 10, 100, 1000, 70_000]) {
        await hostile(
          `noise ${size}`,
          Uint8Array.from({ length: size }, () => roll(256)),
        );
        await hostile(
          `high noise ${size}`,
          Uint8Array.from({ length: size }, () => 128 + roll(128)),
        );
        await hostile(
          `text noise ${size}`,
          Uint8Array.from({ length: size }, () => 10 + roll(117)),
        );
      }
    });
    test('monotony is survived', async () => {
      for (const unit of [
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
      ]) {
        const count = Math.floor(200_000 / unit.length);
        await hostile(`monotony ${JSON.stringify(unit)}`, Buffer.from(unit.repeat(count), 'latin1'));
        await hostile(`monotony x ${JSON.stringify(unit)}`, Buffer.from(`x${unit.repeat(count)}x`, 'latin1'));
      }
    });
    test('a file cut at any byte', async () => {
      for (const i of small.slice(0, 1)) {
        const bytes = contents[i]!;
        const { name: what, options } = all[i]!;
        const step = Math.ceil(bytes.length / 400);
        for (let length = 0; length < bytes.length; length += step) {
          await attempt(`${what} cut at ${length}`, bytes.subarray(0, length), name, 'json', options);
        }
        const zipped = gzipSync(bytes);
        for (let length = 1; length < zipped.length; length += 1 + (zipped.length >> 5)) {
          assert.equal(await hostile(`zipped, cut at ${length}`, zipped.subarray(0, length)), false);
        }
      }
    });
    test('every number made another', async () => {
      for (const i of small) {
        const bytes = contents[i]!;
        const found = [...bytes.toString('latin1').matchAll(/\d+/g)];
        const step = Math.max(1, Math.floor(found.length / 25));
        for (let n = 0; n < found.length; n += step) {
          const { 0: digits, index } = found[n]!;
          for (const number of NUMBERS) {
            const mutant = spliced(bytes, index, index + digits.length, Buffer.from(number));
            await attempt(
              `${all[i]!.name} number ${n} is ${number.slice(0, 20)}`,
              mutant,
              name,
              'json',
              all[i]!.options,
            );
          }
        }
      }
    });
    test('names that are no UTF-8', async () => {
      for (const i of small) {
        const bytes = Buffer.from(
          contents[i]!.toString('latin1').replace(/[a-z]{3,}/g, '\xff\xfe$&\xc3'),
          'latin1',
        );
        await attempt(`${all[i]!.name} no UTF-8`, bytes, name, 'json');
      }
    });
    test('stacks of 100,000 frames', async () => {
      const deep = DEEP[name];
      assert.ok(deep, 'test/deep.ts has no deep input of this format');
      const profiles: Profile[] = [];
      for (const [what, input] of Object.entries(deep(100_000))) {
        const { bytes, ...more } = input instanceof Uint8Array ? { bytes: input } : input;
        const profile = await readProfile(bytes, { format: name, ...more });
        assert.deepEqual(faults(profile), [], what);
        assert.ok(profile.functions.length > 0);
        profiles.push(profile);
      }
      for (const { name: to } of emitters) await assert.doesNotReject(() => convert(profiles[0]!, to), to);
    });
  });
}
