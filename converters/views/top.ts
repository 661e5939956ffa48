/**
 * The functions that cost most, as `go tool pprof -top` lists them.
 *
 * Spec: https://github.com/google/pprof/blob/main/doc/README.md#text-reports
 * The surprise: shares refer to the whole profile, also when nodes were left out of it.
 */
import * as z from 'zod/mini';
import { defineFormat, type OptionsOf } from '../../src/plugin.ts';
import { count, json, sort, title } from './report/options.ts';

const options = () => z.object({ title: title(), rows: count(), sort: sort(), json: json() });

export type TopOptions = OptionsOf<typeof options>;

export const top = defineFormat({
  name: 'top',
  title: 'table of the functions that cost most',
  extensions: ['top.txt'],
  spec: 'https://github.com/google/pprof/blob/main/doc/README.md#text-reports',
  emitter: {
    options,
    needs: 'direct',
    differences: 'signed',
    async emit(profile, chosen, sink) {
      const { writeTable } = await import('./top/table.ts');
      writeTable(profile, chosen, sink);
    },
  },
});
