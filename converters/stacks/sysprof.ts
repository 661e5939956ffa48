/**
 * Sysprof 1's profiles of a whole Linux system, in XML: objects (functions, programs, what they run in), and a tree
 * of nodes that refer to them.
 *
 * Written by sysprof 1.0 and 1.2 (`sysprof-cli profile`); later versions write another, binary format.
 * Spec: https://gitlab.gnome.org/GNOME/sysprof/-/blob/sysprof-1-2/profile.c
 * The surprise: names stand in quotes within the XML; "Everything" and the names of programs are nodes of the tree, too.
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
    traces: option(z._default(z.enum(['stacks', 'pairs']), 'stacks'), {
      help: 'read the tree, or only who called whom, with the selves of nodes as totals of arcs (as gprof2dot does)',
      value: 'AS',
    }),
  });

export const sysprof = defineFormat({
  name: 'sysprof',
  title: 'Sysprof 1 profiles (XML)',
  extensions: ['sysprof'],
  spec: 'https://gitlab.gnome.org/GNOME/sysprof/-/blob/sysprof-1-2/profile.c',
  parser: { options, probe, parse },
});

function probe({ text }: Head): number {
  if (!/^\s*(?:<\?xml[^>]*>\s*)?<profile\s*>/.test(text)) return 0;
  return /<(?:objects|nodes|object id=|node id=)/.test(text) ? 0.95 : 0.5;
}

async function parse(source: Source, { traces }: OptionsOf<typeof options>): Promise<Profile> {
  const { Reader } = await import('./sysprof/read.ts');
  return new Reader(source, traces === 'pairs').read();
}
