/**
 * DHAT, Valgrind's profiler of heap blocks: how much was allocated where, and how much of it was alive when.
 *
 * Written by `valgrind --tool=dhat`, and by the dhat crate of Rust.
 * Spec: https://valgrind.org/docs/manual/dh-manual.html
 * The surprise: the greatest size of each program point was at a moment of its own, so those add up to nothing and are
 * not read.
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, type Source } from '../../src/plugin.ts';

export const dhat = defineFormat({
  name: 'dhat',
  title: 'DHAT heap profile (Valgrind, dhat-rs)',
  extensions: ['dhat', 'dhat.json', 'dhat-heap.json'],
  spec: 'https://valgrind.org/docs/manual/dh-manual.html',
  parser: { options: () => z.object({}), probe, parse },
});

function probe({ jsonKeys }: Head): number {
  return jsonKeys?.has('dhatFileVersion') ? 0.98 : 0;
}

async function parse(source: Source): Promise<Profile> {
  const { DhatReader } = await import('./dhat/read.ts');
  return new DhatReader(source).read();
}
