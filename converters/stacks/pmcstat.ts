/**
 * The call graphs that FreeBSD's pmcstat prints: for each function, who called it, and who called those.
 *
 * Written by `pmcstat -R samples.log -G graph.txt`.
 * Spec: https://man.freebsd.org/cgi/man.cgi?query=pmcstat&sektion=8
 * The surprise: trees are upside down, the sampled function first and its callers below; and an image stands only
 * where it is not that of the row above.
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, type Source } from '../../src/plugin.ts';
import { isEvent, isRow } from './pmcstat/lines.ts';

export const pmcstat = defineFormat({
  name: 'pmcstat',
  title: 'call graphs of pmcstat (FreeBSD)',
  extensions: ['pmcstat'],
  spec: 'https://man.freebsd.org/cgi/man.cgi?query=pmcstat&sektion=8',
  parser: { options: () => z.object({}), probe, parse },
});

/** The event, or nothing but rows. */
function probe({ lines }: Head): number {
  const first = lines.slice(0, 400).filter((line) => line.trim() !== '');
  const rows = first.filter((line) => isRow(line)).length;
  if (rows === 0) return 0;
  if (first.slice(0, 20).some(isEvent)) return 0.95;
  return rows >= first.length * 0.8 ? 0.85 : 0;
}

async function parse(source: Source): Promise<Profile> {
  const { Reader } = await import('./pmcstat/read.ts');
  return new Reader(source).read();
}
