/**
 * Every stack with its value and labels, leaf first, as `go tool pprof -traces` prints them.
 *
 * Spec: https://github.com/google/pprof/blob/main/doc/README.md#text-reports
 * The surprise: what differs in its time alone is one stack.
 */
import * as z from 'zod/mini';
import { defineFormat, type OptionsOf } from '../../src/plugin.ts';
import { json, title } from './report/options.ts';

const options = () => z.object({ title: title(), json: json() });

export type TracesOptions = OptionsOf<typeof options>;

export const traces = defineFormat({
  name: 'traces',
  title: 'every stack with its value and labels',
  extensions: ['traces.txt'],
  spec: 'https://github.com/google/pprof/blob/main/doc/README.md#text-reports',
  emitter: {
    options,
    needs: 'all',
    differences: 'signed',
    async emit(profile, chosen, sink) {
      const { writeStacks } = await import('./traces/stacks.ts');
      writeStacks(profile, chosen, sink);
    },
  },
});
