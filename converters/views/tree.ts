/**
 * Each function between its callers and callees, as `go tool pprof -tree` and gprof print them.
 *
 * Spec: https://github.com/google/pprof/blob/main/doc/README.md#text-reports
 * The surprise: shares of callers and callees are parts of the function's total, its own those of the sum.
 */
import * as z from 'zod/mini';
import { defineFormat } from '../../src/plugin.ts';
import { writeBlocks } from './report/blocks.ts';
import { subject } from './report/heading.ts';
import { count, json, sort, title } from './report/options.ts';
import { sortedRows } from './report/rows.ts';

const options = () => z.object({ title, rows: count, sort, json });

export const tree = defineFormat({
  name: 'tree',
  title: 'callers and callees of the functions that cost most',
  extensions: ['tree.txt'],
  spec: 'https://github.com/google/pprof/blob/main/doc/README.md#text-reports',
  emitter: {
    options,
    needs: 'direct',
    differences: 'signed',
    emit(profile, { title: heading, rows, sort: order, json: asJson }, sink) {
      const about = subject(profile, sink, heading);
      const all = sortedRows(profile, about.metric, order);
      writeBlocks(about, rows === 0 ? all : all.slice(0, rows), all, asJson, sink);
    },
  },
});
