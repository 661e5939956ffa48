/**
 * vmprof logs: stacks of CPython or PyPy, sampled at a fixed rate.
 *
 * Written by vmprof (`python -m vmprof -o FILE`, with `--lines`, `--mem`, `--native`, `--real-time`), and by PyPy.
 * Spec: https://vmprof.readthedocs.io, and src/vmprof_common.h and vmprof/reader.py of vmprof-python
 * The surprise: a stack holds numbers of code objects, whose names CPython writes only when profiling stops.
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, type Source } from '../../src/plugin.ts';
import { wordSize } from './vmprof/header.ts';

export const vmprof = defineFormat({
  name: 'vmprof',
  title: 'vmprof logs (CPython, PyPy)',
  extensions: ['vmprof'],
  spec: 'https://vmprof.readthedocs.io',
  parser: { options: () => z.object({}), probe, parse },
});

/** Five words that are always the same but for one, and then one of eight kinds of record. */
function probe({ bytes }: Head): number {
  const word = wordSize(bytes);
  if (word === 0) return 0;
  const tag = bytes[5 * word];
  return tag === undefined || (tag >= 1 && tag <= 8) ? 0.95 : 0;
}

async function parse(source: Source): Promise<Profile> {
  const { readLog } = await import('./vmprof/read.ts');
  return readLog(source);
}
