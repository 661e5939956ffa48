/**
 * Each function between its callers and callees, as `go tool pprof -tree` and gprof print them.
 *
 * Spec: https://github.com/google/pprof/blob/main/doc/README.md#text-reports
 * The surprise: shares of callers and callees are parts of the function's total, its own those of the sum.
 */
import * as z from 'zod/mini';
import { defineFormat, type OptionsOf } from '../../src/plugin.ts';
import { count, json, sort, title } from './report/options.ts';

const options = () => z.object({ title: title(), rows: count(), sort: sort(), json: json() });

export type TreeOptions = OptionsOf<typeof options>;

export const tree = defineFormat({
  name: 'tree',
  title: 'callers and callees of the functions that cost most',
  extensions: ['tree.txt'],
  spec: 'https://github.com/google/pprof/blob/main/doc/README.md#text-reports',
  emitter: {
    options,
    needs: 'direct',
    differences: 'signed',
    async emit(profile, chosen, sink) {
      const { writeCostliest } = await import('./tree/costliest.ts');
      writeCostliest(profile, chosen, sink);
    },
  },
});
