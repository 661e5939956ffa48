/**
 * What the samples with each label cost, as `go tool pprof -tags` prints them.
 *
 * Spec: https://github.com/google/pprof/blob/main/doc/README.md#text-reports
 * The surprise: a sample may have several labels of one key, and counts for each.
 */
import * as z from 'zod/mini';
import { defineFormat, type OptionsOf } from '../../src/plugin.ts';
import { json, title } from './report/options.ts';

const options = () => z.object({ title: title(), json: json() });

export type TagsOptions = OptionsOf<typeof options>;

export const tags = defineFormat({
  name: 'tags',
  title: 'what the samples with each label cost',
  extensions: ['tags.txt'],
  spec: 'https://github.com/google/pprof/blob/main/doc/README.md#text-reports',
  emitter: {
    options,
    needs: 'any',
    differences: 'signed',
    async emit(profile, chosen, sink) {
      const { writeReport } = await import('./tags/report.ts');
      writeReport(profile, chosen, sink);
    },
  },
});
