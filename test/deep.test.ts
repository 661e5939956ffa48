/** Deep stacks, of all formats: nothing may recurse on them, or take the square of their depth. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { builtin } from '../src/builtin.ts';
import type { Profile } from '../src/profile.ts';
import { emitters, faults, parsers } from './broken.ts';
import { DEEP, type DeepInput } from './deep.ts';
import { convert, readProfile } from './support.ts';

const DEPTH = 100_000;
/** Too deep for any recursion, too, where the whole depth was tried with another input. */
const LESS_DEEP = 30_000;

/** Files of these hold graphs: chains of functions are no deep stacks, and take longer to make than to read. */
const CHAIN = 10_000;
const GRAPHS = new Set(['lprof', 'pstats', 'pstats-text', 'yappi']);

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
      const isGraph = GRAPHS.has(format);
      const [first, ...others] = Object.values(deep(isGraph ? CHAIN : DEPTH));
      await read(format, first!);
      if (others.length === 0) return;
      for (const other of Object.values(deep(isGraph ? CHAIN : LESS_DEEP)).slice(1))
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
