/**
 * Massif, Valgrind's profiler of how large the heap is: snapshots, some of them with the stacks that allocated it.
 *
 * Written by `valgrind --tool=massif`, by Valgrind's other tools with `--xtree-memory`, and by `heaptrack_print -M`.
 * Spec: https://valgrind.org/docs/manual/ms-manual.html
 * The surprise: trees stand on their heads, allocations first and their callers below them; and what is too small for
 * a line of its own is one line without a name.
 */
import * as z from 'zod/mini';
import {
  defineFormat,
  type Head,
  type OptionsOf,
  option,
  type Profile,
  type Source,
} from '../../src/plugin.ts';

const options = () =>
  z.object({
    snapshot: option(z._default(z.string(), 'peak'), {
      help: 'which snapshot is read: peak, last (with a tree), or its number',
      value: 'WHICH',
    }),
  });

export type MassifOptions = OptionsOf<typeof options>;

export const massif = defineFormat({
  name: 'massif',
  title: 'Massif heap profile (Valgrind, heaptrack)',
  extensions: ['massif', 'massif.out'],
  spec: 'https://valgrind.org/docs/manual/ms-manual.html',
  parser: { options, probe, parse },
});

/** heaptrack's files may end with what others begin with. */
function probe({ text }: Head): number {
  if (/^#-+\s+snapshot=\d+\s+#-+\s+time=/.test(text)) return 0.98;
  if (!/^desc: /.test(text)) return 0;
  if (/^snapshot=\d+\r?$/m.test(text)) return 0.98;
  return /^time_unit: \w+\r?$/m.test(text) ? 0.95 : 0;
}

async function parse(source: Source, chosen: MassifOptions): Promise<Profile> {
  const { MassifReader } = await import('./massif/read.ts');
  return new MassifReader(source, chosen).read();
}
