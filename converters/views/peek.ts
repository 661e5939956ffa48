/**
 * Callers and callees of chosen functions, as `go tool pprof -peek` prints them: `-t peek:RE`.
 *
 * Spec: https://github.com/google/pprof/blob/main/doc/README.md#text-reports
 * The surprise: the expression may match any part of the name.
 */
import * as z from 'zod/mini';
import { defineFormat, expression, option, ProfileError } from '../../src/plugin.ts';
import { writeBlocks } from './report/blocks.ts';
import { subject } from './report/heading.ts';
import { json, sort, title } from './report/options.ts';
import { sortedRows } from './report/rows.ts';

const options = () =>
  z.object({
    functions: option(z._default(z.string(), ''), {
      help: 'functions whose names match; the same as -t peek:RE',
      value: 'RE',
    }),
    title,
    sort,
    json,
  });

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
    emit(profile, { title: heading, functions, sort: order, json: asJson }, sink) {
      const wanted = expression('peek.functions', functions);
      const about = subject(profile, sink, heading);
      const all = sortedRows(profile, about.metric, order);
      const rows = all.filter(({ name }) => wanted.test(name));
      if (rows.length === 0 && all.length > 0)
        throw new ProfileError({ code: 'peek/no-match', message: `no function is called like ${functions}` });
      writeBlocks(about, rows, all, asJson, sink);
    },
  },
});
