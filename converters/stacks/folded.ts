/**
 * Folded (collapsed) stacks: one stack a line, `main;parse;read 42`.
 *
 * Written by stackcollapse-*.pl, inferno, async-profiler, py-spy, rbspy, bpftrace and many more.
 * Spec: https://github.com/brendangregg/FlameGraph#2-fold-stacks
 * The surprise: names may hold blanks, so the count is looked for from the right end of the line; and a file
 * made for a differential flame graph has two counts.
 */
import * as z from 'zod/mini';
import {
  defineFormat,
  type Head,
  type OptionsOf,
  option,
  type Profile,
  type Sink,
  type Source,
} from '../../src/plugin.ts';
import { headerOf, LINE, sampleLines } from './folded/lines.ts';

const options = () =>
  z.object({
    parens: option(z._default(z.enum(['file', 'module', 'name']), 'file'), {
      help: 'what `name (text:12)` says: a file and line, a module, or just a name',
      value: 'WHAT',
    }),
    bom: option(z._default(z.enum(['strip', 'keep']), 'strip'), {
      help: 'a byte order mark: no part of the text, or of the first name',
      value: 'WHAT',
    }),
  });

export type FoldedOptions = OptionsOf<typeof options>;

export const folded = defineFormat({
  name: 'folded',
  aliases: ['collapse', 'collapsed'],
  title: 'folded (collapsed) stacks',
  extensions: ['folded', 'collapsed', 'collapse'],
  spec: 'https://github.com/brendangregg/FlameGraph#2-fold-stacks',
  parser: { options, probe, parse },
  emitter: {
    options: () => z.object({}),
    needs: 'all',
    differences: 'beside',
    emit,
  },
});

/** Most lines fit the grammar, and at least one is a stack of two frames or all of them fit; fewer are a guess. */
function probe(head: Head): number {
  const lines = sampleLines(head);
  if (lines.length === 0) return isLongStack(head) ? 0.35 : 0;
  if (headerOf(lines)) return 0.8;
  const fitting = lines.filter((line) => LINE.exec(line) && !/^(\t| {2})/.test(line));
  const share = fitting.length / lines.length;
  const stacks = fitting.some((line) => line.includes(';'));
  if (share < 0.7) return stacks ? 0.25 * share : 0;
  if (!stacks && share < 1) return 0;
  return (stacks ? 0.6 : 0.35) * share;
}

/** A first line so long that its count is not to be seen. */
function isLongStack({ lines: [first = ''], whole }: Head): boolean {
  return !whole && first.includes(';') && !/^\s*[[{<]/.test(first);
}

async function parse(source: Source, chosen: FoldedOptions): Promise<Profile> {
  const { read } = await import('./folded/read.ts');
  return read(source, chosen);
}

async function emit(profile: Profile, _options: unknown, sink: Sink): Promise<void> {
  const { write } = await import('./folded/write.ts');
  write(profile, sink);
}
