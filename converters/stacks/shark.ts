/**
 * Shark's tree view as text, from Apple's profiler of Mac OS X 10.2 to 10.6.
 *
 * Written by Shark's "Copy" and "Export" of an outline of callees.
 * Spec: https://developer.apple.com/library/archive/documentation/DeveloperTools/Conceptual/SharkUserGuide/
 * The surprise: what a function took itself is a row below it that has its name; and rows that were closed or filtered
 * are missing, so children need not add up.
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, type Source } from '../../src/plugin.ts';

export const shark = defineFormat({
  name: 'shark',
  title: 'Shark tree views (Mac OS X)',
  extensions: ['shark'],
  spec: 'https://developer.apple.com/library/archive/documentation/DeveloperTools/Conceptual/SharkUserGuide/',
  parser: { options: () => z.object({}), probe, parse },
});

function probe({ lines }: Head): number {
  if (lines.slice(0, 5).some((line) => line.trim() === 'SharkProfileViewer')) return 0.95;
  return /^# Report \d+ - Session \d+ - /.test(lines[0] ?? '') ? 0.7 : 0;
}

async function parse(source: Source): Promise<Profile> {
  const { Reader } = await import('./shark/read.ts');
  return new Reader(source).read();
}
