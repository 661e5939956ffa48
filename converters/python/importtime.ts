/**
 * `python -X importtime`: how long each module took to import, with what it imported itself.
 *
 * Written to stderr by Python 3.7 and later, between whatever else the program writes there.
 * Spec: https://docs.python.org/3/using/cmdline.html#cmdoption-X
 * The surprise: a module stands below those that it imported, so lines are read from the last to the first; and
 * of modules that were there already (`cached`, Python 3.14) the indentation says nothing.
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, type Source } from '../../src/plugin.ts';
import { HEADER } from './importtime/marks.ts';

const ROW = /import time: +(\d+|cached) *\| +(\d+|cached) *\| /;

export const importtime = defineFormat({
  name: 'importtime',
  title: 'import times of Python (-X importtime)',
  extensions: ['importtime'],
  spec: 'https://docs.python.org/3/using/cmdline.html#cmdoption-X',
  parser: { options: () => z.object({}), probe, parse },
});

function probe({ text, lines }: Head): number {
  if (text.includes(HEADER)) return 0.95;
  return lines.filter((line) => ROW.test(line)).length > 1 ? 0.85 : 0;
}

async function parse(source: Source): Promise<Profile> {
  const { readImports } = await import('./importtime/read.ts');
  return readImports(source);
}
