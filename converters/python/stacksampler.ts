/**
 * stacksampler and stackcollector (nylas-perftools): stacks of a Python server, `main(app);read(db) 4`.
 *
 * stacksampler serves a text: two header lines, then folded stacks. stackcollector gathers such texts in a
 * database, of which `stack<TAB>entries` is a dump, and serves them as a tree in JSON (`/data`).
 * Spec: https://github.com/nylas/nylas-perftools
 * The surprise: the tree's values are totals, and children below a threshold are missing from it.
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, type Source } from '../../src/plugin.ts';
import { firstLines } from './first-lines.ts';
import { ELAPSED, GRANULARITY } from './stacksampler/header.ts';

export const stacksampler = defineFormat({
  name: 'stacksampler',
  aliases: ['stackcollector'],
  title: 'stacksampler and stackcollector stacks (nylas-perftools, Python)',
  extensions: ['stacks'],
  spec: 'https://github.com/nylas/nylas-perftools',
  parser: { options: () => z.object({}), probe, parse },
});

/** A value and a function with its module, as the tree has them; `jsonify` sorts the keys. */
const TREE_NAME = /"name"\s*:\s*"(?:[^"\\]|\\.)+\([\w.]*\)"/;
const TREE_VALUE = /"value"\s*:\s*\d/;

/** A line of a dump: a stack, and where, when and how often it was seen. */
const ENTRIES = /^[^\t]*\t(?:\S+:\d+:\d+:\d+(?: +|$))+$/;

function probe(head: Head): number {
  if (head.jsonKeys) return isTree(head) ? 0.85 : 0;
  const lines = firstLines(head);
  if (ELAPSED.test(lines[0] ?? '') && GRANULARITY.test(lines[1] ?? '')) return 0.95;
  return isDump(lines) ? 0.9 : 0;
}

function isTree({ jsonKeys, text }: Head): boolean {
  return jsonKeys!.has('children') && TREE_NAME.test(text) && TREE_VALUE.test(text);
}

function isDump(lines: string[]): boolean {
  return lines.length > 0 && lines.filter((line) => ENTRIES.test(line)).length >= lines.length * 0.8;
}

async function parse(source: Source): Promise<Profile> {
  const { head } = source;
  if (head.jsonKeys) return (await import('./stacksampler/tree.ts')).readTree(source);
  if (head.text.trimStart().startsWith('elapsed'))
    return (await import('./stacksampler/text.ts')).readText(source);
  return (await import('./stacksampler/dump.ts')).readDump(source);
}
