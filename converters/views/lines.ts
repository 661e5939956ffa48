/**
 * Costs by source line, function by function, in the manner of line_profiler's tables.
 *
 * For whatever knows lines: line_profiler, callgrind, pprof, cpuprofile and others.
 * Spec: https://github.com/pyutils/line_profiler
 * The surprise: profiles hold no source text. It is looked up where the profile says, or below `--source-root`.
 */
import * as z from 'zod/mini';
import { defineFormat, type OptionsOf, option } from '../../src/plugin.ts';

const options = () =>
  z.object({
    sourceRoot: option(z._default(z.array(z.string()), []), {
      help: 'look for source files in this directory, too (repeatable)',
      flag: 'source-root',
      value: 'DIR',
    }),
    sort: option(z._default(z.enum(['cost', 'file', 'none']), 'cost'), {
      help: 'order of the functions: the costliest first, by file and line, or as they come',
      value: 'ORDER',
    }),
    source: option(z._default(z.boolean(), true), 'show source text, where it is found'),
  });

export type LinesOptions = OptionsOf<typeof options>;

export const lines = defineFormat({
  name: 'lines',
  title: 'costs by source line, as line_profiler prints them',
  extensions: ['lines.txt'],
  spec: 'https://github.com/pyutils/line_profiler',
  emitter: {
    options,
    needs: 'direct',
    lines: true,
    differences: 'signed',
    async emit(profile, chosen, sink) {
      const { writeTables } = await import('./lines/tables.ts');
      await writeTables(profile, chosen, sink);
    },
  },
});
