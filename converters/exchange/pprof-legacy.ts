/**
 * What pprof's profiles were before they were protocol buffers: stacks of addresses, in text or machine words, with
 * a memory map behind them.
 *
 * Written by gperftools (CPU, heap, growth), tcmalloc, jemalloc, Go's net/http/pprof with debug=1, and servers with
 * threadz, contentionz and heapz pages, Java's among them.
 * Spec: https://github.com/google/pprof/blob/main/profile/legacy_profile.go, https://gperftools.github.io/gperftools/
 * The surprise: heap profiles hold sampled values, which have to be scaled up by the odds of each size.
 */
import * as z from 'zod/mini';
import { defineFormat, type OptionsOf, option, type Profile, type Source } from '../../src/plugin.ts';
import { probe } from './pprof-legacy/probe.ts';

const options = () =>
  z.object({
    names: option(z._default(z.boolean(), true), {
      help: 'read the names of functions and threads that the text holds, where pprof takes addresses alone',
    }),
  });

export const pprofLegacy = defineFormat({
  name: 'pprof-legacy',
  title: 'old pprof texts and gperftools CPU profiles',
  extensions: ['heap', 'prof'],
  spec: 'https://github.com/google/pprof/blob/main/profile/legacy_profile.go',
  parser: { options, probe, parse },
});

async function parse(source: Source, { names }: OptionsOf<typeof options>): Promise<Profile> {
  const room = await import('./pprof-legacy/parse.ts');
  return room.parse(source, names);
}
