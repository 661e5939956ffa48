/** What may come of broken input: a lawful profile that can be written, or one `ProfileError`, in little time. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { builtin } from '../src/builtin.ts';
import { checkProfile } from '../src/check.ts';
import { siblingsOf } from '../src/cli/files.ts';
import { ProfileError } from '../src/diagnostics.ts';
import type { OpenSibling } from '../src/input/source.ts';
import type { FormatOptions } from '../src/pipeline.ts';
import type { Profile } from '../src/profile.ts';
import { type Case, cases } from './cases.ts';
import { convert, readProfile, root } from './support.ts';

/** How many times as much to try. */
export const FUZZ = Number(process.env['FUZZ'] ?? 1);
/** Decides on what is tried. */
export const SEED: string = process.env['SEED'] ?? '';
/** Seconds of CPU for one small input: generous, since the machine may be busy and the code is cold. */
const LIMIT = 1;
/** Layout takes its time, and has a limit of its own. */
const SLOW = ['svg', 'png'];

export const parsers: string[] = builtin.list().flatMap(({ name, parser }) => (parser ? [name] : []));
export const emitters: string[] = builtin
  .list()
  .flatMap(({ name, emitter }) => (emitter && !SLOW.includes(name) ? [name] : []));

export interface Fixture extends Case {
  /** The input, without the gzip that would hide it from mutation. */
  bytes: Buffer;
  sibling: OpenSibling | undefined;
}

/** All cases whose input is not empty. */
export const fixtures: Fixture[] = cases()
  .map((one) => ({ ...one, bytes: contentOf(one.input), sibling: siblingsOf(join(root, one.input)) }))
  .filter(({ bytes }) => bytes.length > 0);

function contentOf(input: string): Buffer {
  const bytes = readFileSync(join(root, input));
  try {
    return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
  } catch {
    return bytes;
  }
}

/** The cases of a format that are read, the smallest first. */
export function readable(name: string): Fixture[] {
  return fixtures
    .filter(({ format, readAs, fails }) => format === name && readAs === name && !fails)
    .sort((a, b) => a.bytes.length - b.bytes.length);
}

/** What an arc profile's source claims of totals may be false, and then stays so. */
export function faults(profile: Profile): string[] {
  return checkProfile(profile).filter(
    (fault) => profile.callers === 'all' || !/^(self|total) of /.test(fault),
  );
}

export interface Trial {
  /** Default: recognised by content. */
  format?: string | undefined;
  options?: FormatOptions | undefined;
  sibling?: OpenSibling | undefined;
  /** The format it is written as. */
  to?: string;
}

/** Reads and writes. Returns whether it could be read; keeps the input when anything but a `ProfileError` comes. */
export async function attempt(what: string, bytes: Uint8Array, trial: Trial): Promise<boolean> {
  const { to = 'folded', ...how } = trial;
  const start = process.cpuUsage();
  let profile: Profile | undefined;
  try {
    try {
      profile = await readProfile(bytes, how);
      assert.deepEqual(faults(profile), []);
      await convert(profile, to);
    } catch (error) {
      if (!(error instanceof ProfileError)) throw error;
      assert.notEqual(error.diagnostic.code, '');
    }
    const { user, system } = process.cpuUsage(start);
    assert.ok((user + system) / 1e6 < LIMIT, `took ${(user + system) / 1e6} s of CPU`);
  } catch (error) {
    const path = join(tmpdir(), `prof2dot-fuzz-${what.replace(/\W+/g, '-').slice(0, 100)}`);
    writeFileSync(path, bytes);
    const why = error instanceof Error ? error.stack : error;
    const reading = `read as ${how.format ?? 'what it is taken for'} ${JSON.stringify(how.options ?? {})}`;
    throw new Error(`SEED='${SEED}': ${what}, ${reading}, written as ${to}; the input is in ${path}\n${why}`);
  }
  return profile !== undefined;
}
