/**
 * Callgrind's profile data format: costs by line, and calls with their counts and totals.
 *
 * Written by valgrind's callgrind and cachegrind, Xdebug, and converters from many profilers; read by KCachegrind.
 * Spec: https://valgrind.org/docs/manual/cl-format.html
 * The surprise: the totals of calls inside recursion count several times, so totals are computed anew; and an
 * Xdebug file is a list of single activations, from which the exact call tree is rebuilt.
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
import { type EmitOptions, emitOptions } from './callgrind/emit-options.ts';

const options = () =>
  z.object({
    identity: option(z._default(z.enum(['full', 'name']), 'full'), {
      help: 'what makes a function: name, file and object, or the name alone (as gprof2dot has it)',
      value: 'WHAT',
    }),
    fold: option(z._default(z.enum(['none', 'recursion', 'callers']), 'none'), {
      help: "join what callgrind keeps apart: recursion levels (f'2), or callers as well (f'main)",
      value: 'WHAT',
    }),
    xdebug: option(z._default(z.enum(['tree', 'graph']), 'tree'), {
      help: 'read Xdebug files as whole stacks, or as who called whom',
      value: 'AS',
    }),
    files: option(z._default(z.enum(['all', 'first']), 'all'), {
      help: 'of several files in one, read all, or the first alone (as gprof2dot does)',
      value: 'WHICH',
    }),
    thread: option(z.optional(z.number()), { help: 'read only the parts of this thread', value: 'N' }),
    part: option(z.optional(z.number()), { help: 'read only the parts with this number', value: 'N' }),
  });

const TOTALS =
  'selves and what calls cost, as they were measured; in a cycle of functions that call each other, an upper bound';

export const callgrind = defineFormat({
  name: 'callgrind',
  aliases: ['cachegrind', 'xdebug', 'kcachegrind'],
  title: 'callgrind, cachegrind and Xdebug profiles (KCachegrind)',
  extensions: ['callgrind', 'cachegrind', 'kcg'],
  spec: 'https://valgrind.org/docs/manual/cl-format.html',
  parser: { totals: TOTALS, options, probe, parse },
  emitter: {
    options: emitOptions,
    needs: 'direct',
    arcTotals: 'outermost',
    lines: true,
    emit,
  },
});

/** The marker line is sure; else the words of the format at the beginnings of lines. */
function probe(head: Head): number {
  if (/^# callgrind format\s*$/m.test(head.text.slice(0, 4096))) return 1;
  const words = new Set<string>();
  for (const line of head.lines) {
    const word = /^(?:(events|version|creator|cmd|positions|desc|summary):|(fl|fn|ob)=)/.exec(line);
    if (word) words.add(word[1] ?? word[2]!);
  }
  if (words.has('events')) return words.has('fn') || words.has('fl') ? 0.95 : 0.6;
  if (words.has('fn') && words.has('fl')) return 0.5;
  return words.has('version') && (words.has('creator') || words.has('cmd')) ? 0.4 : 0;
}

async function parse(source: Source, chosen: OptionsOf<typeof options>): Promise<Profile> {
  const { Reader } = await import('./callgrind/parse.ts');
  return new Reader(source, chosen).read();
}

async function emit(profile: Profile, chosen: EmitOptions, sink: Sink): Promise<void> {
  const room = await import('./callgrind/emit.ts');
  room.emit(profile, chosen, sink);
}
