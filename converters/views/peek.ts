/**
 * Callers and callees of chosen functions, as `go tool pprof -peek` prints them: `-t peek:RE`.
 *
 * Spec: https://github.com/google/pprof/blob/main/doc/README.md#text-reports
 * The surprise: the expression may match any part of the name.
 */
import * as z from 'zod/mini';
import { defineFormat, type Finder, loadExpressions, type OptionsOf, option } from '../../src/plugin.ts';
import { json, sort, title } from './report/options.ts';

const options = () =>
  z.object({
    functions: option(z._default(z.string(), ''), {
      help: 'functions whose names match; the same as -t peek:RE',
      value: 'RE',
    }),
    title: title(),
    sort: sort(),
    json: json(),
  });

/** Finds the names of functions. Throws `ProfileError` when it cannot be read. */
export const wanted = async (functions: string): Promise<Finder> =>
  (await loadExpressions()).expression('peek.functions', functions);

export type PeekOptions = OptionsOf<typeof options>;

export const peek = defineFormat({
  name: 'peek',
  title: 'callers and callees of chosen functions: peek:RE',
  extensions: ['peek.txt'],
  spec: 'https://github.com/google/pprof/blob/main/doc/README.md#text-reports',
  emitter: {
    options,
    needs: 'direct',
    differences: 'signed',
    argument: 'functions',
    check: async ({ functions }) => void (await wanted(functions)),
    async emit(profile, chosen, sink) {
      const { writeMatching } = await import('./peek/matching.ts');
      await writeMatching(profile, chosen, sink);
    },
  },
});
