/**
 * Call trees as Xcode's Instruments copies them: text with tabs, a row for each node.
 *
 * Written by "Edit > Deep Copy" on a row of a call tree (Time Profiler, CPU Counters, Allocations, …).
 * Spec: https://help.apple.com/instruments/mac/current/
 * The surprise: figures are rounded to three digits or so, so totals do not add up; where there is a column of selves,
 * those are the exact ones.
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, type Source } from '../../src/plugin.ts';
import { columnsOf } from './instruments/columns.ts';

export const instruments = defineFormat({
  name: 'instruments',
  title: 'Instruments call trees (Xcode, deep copy)',
  extensions: ['instruments', 'instruments.txt'],
  spec: 'https://help.apple.com/instruments/mac/current/',
  parser: { options: () => z.object({}), probe, parse },
});

/** The titles of the columns come first. */
function probe({ lines }: Head): number {
  const first = lines.find((line) => line.trim() !== '') ?? '';
  return columnsOf(first.slice(0, 4000)) ? 0.95 : 0;
}

async function parse(source: Source): Promise<Profile> {
  const { Reader } = await import('./instruments/read.ts');
  return new Reader(source).read();
}
