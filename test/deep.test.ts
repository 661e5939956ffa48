/** Deep stacks, of all formats: nothing may recurse on them, or take the square of their depth. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ProfileBuilder } from '../src/builder.ts';
import { builtin } from '../src/builtin.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import { write } from '../src/pipeline.ts';
import type { Profile } from '../src/profile.ts';
import { emitters, faults, parsers } from './broken.ts';
import { DEEP, type DeepInput } from './deep.ts';
import { convert, readProfile } from './support.ts';

const DEPTH = 100_000;
/** Too deep for any recursion, too, where the whole depth was tried with another input. */
const LESS_DEEP = 30_000;

/**
 * Files of these take longer to make than to read: they hold graphs, in which chains of functions are no deep stacks, or
 * lines that are indented by their depth.
 */
const CHAIN = 10_000;
const CHAINS = new Set(['lprof', 'massif', 'pstats', 'pstats-text', 'sample', 'yappi']);

async function read(format: string, input: DeepInput): Promise<Profile> {
  const { bytes, ...more } = input instanceof Uint8Array ? { bytes: input } : input;
  const profile = await readProfile(bytes, { format, ...more });
  assert.deepEqual(faults(profile), []);
  assert.ok(profile.functions.length > 0);
  return profile;
}

describe(`stacks of ${DEPTH} frames are read`, () => {
  for (const format of parsers) {
    test(format, async () => {
      const deep = DEEP[format];
      assert.ok(deep, 'test/deep.ts has no deep input of this format');
      const isChain = CHAINS.has(format);
      const [first, ...others] = Object.values(deep(isChain ? CHAIN : DEPTH));
      await read(format, first!);
      if (others.length === 0) return;
      for (const other of Object.values(deep(isChain ? CHAIN : LESS_DEEP)).slice(1))
        await read(format, other);
    });
  }
});

describe('deep stacks are written', async () => {
  const { recursive } = DEEP['folded']!(DEPTH);
  const { distinct } = DEEP['folded']!(LESS_DEEP);
  const { chain } = DEEP['callgrind']!(LESS_DEEP);
  const stacks = await Promise.all([read('folded', recursive!), read('folded', distinct!)]);
  const graph = await read('callgrind', chain!);
  for (const to of emitters) {
    test(to, async () => {
      for (const profile of stacks) await convert(profile, to);
    });
    if (builtin.get(to, 'emitter').emitter?.needs !== 'all') continue;
    test(`${to}, from a graph`, async () => {
      await convert(graph, to);
    });
  }
});

describe('stacks of 21 million frames in all are written to speedscope', () => {
  const STACKS = 700;
  /** Functions 0, 1, 2, …, but for the root; each stack is a frame longer than the one before. */
  function profile(rootOf: (stack: number) => number): Profile {
    const builder = new ProfileBuilder([{ name: 'samples', unit: 'count' }]);
    const frames = Array.from({ length: LESS_DEEP + STACKS }, (_, i) =>
      builder.frame(builder.function(`f${i}`)),
    );
    const start = new Uint32Array(STACKS + 1);
    for (let i = 0; i < STACKS; i++) start[i + 1] = start[i]! + LESS_DEEP + i;
    const frame = new Int32Array(start[STACKS]!);
    for (let i = 0; i < STACKS; i++) {
      for (let at = start[i]!, d = 0; at < start[i + 1]!; at++) frame[at] = frames[d++]!;
      frame[start[i]!] = frames[rootOf(i)]!;
    }
    return builder.stacks({ length: STACKS, start, frame }, [new Float64Array(STACKS).fill(1)]);
  }
  for (const [type, what, rootOf] of [
    ['sampled', 'one by one where they have little in common', (stack: number) => stack],
    ['evented', 'as a tree where they have much in common', () => 0],
  ] as const) {
    test(what, async () => {
      let length = 0;
      let head = '';
      await write(
        profile(rootOf),
        builtin.get('speedscope', 'emitter'),
        { diagnostics: new Diagnostics() },
        (bytes) => {
          length += bytes.length;
          if (!head.includes('"type"')) head += Buffer.from(bytes).toString();
        },
      );
      assert.match(head, new RegExp(`"type":"${type}"`));
      assert.ok(length < 140e6);
    });
  }
});
