/**
 * memray: the memory that a program had allocated, by stack, as `memray transform csv` writes it.
 *
 * Spec: https://bloomberg.github.io/memray/transform.html
 * The surprise: stacks are leaf first, and names in them may hold the `|` that stands between frames. memray's
 * own recordings are not read: their layout changes with each version, and they hold tables of bytecode.
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, type Source } from '../../src/plugin.ts';
import { COLUMNS, isRecording } from './memray/signature.ts';

export const memray = defineFormat({
  name: 'memray',
  title: 'memray allocations (transform csv)',
  extensions: ['csv'],
  spec: 'https://bloomberg.github.io/memray/transform.html',
  parser: { options: () => z.object({}), probe, parse },
});

function probe(head: Head): number {
  const names = new Set((head.lines[0] ?? '').replaceAll('"', '').split(','));
  if (COLUMNS.every((name) => names.has(name))) return 0.97;
  return isRecording(head) ? 0.95 : 0;
}

async function parse(source: Source): Promise<Profile> {
  const { readAllocations } = await import('./memray/read.ts');
  return readAllocations(source);
}
