/**
 * A summary for pull requests and chats: the costliest functions, stacks and lines as tables of Markdown.
 *
 * Spec: https://github.github.com/gfm/#tables-extension-
 * The surprise: bars inside names would end a cell, so they are escaped.
 */
import * as z from 'zod/mini';
import { defineFormat, type OptionsOf, option } from '../../src/plugin.ts';
import { json, title } from './report/options.ts';

const options = () =>
  z.object({
    rows: option(z._default(z.number().check(z.minimum(1)), 10), {
      help: 'how many rows each table has at most',
      value: 'N',
    }),
    title: title(),
    json: json(),
  });

export type MarkdownOptions = OptionsOf<typeof options>;

export const markdown = defineFormat({
  name: 'markdown',
  title: 'summary for pull requests and chats',
  extensions: ['md'],
  spec: 'https://github.github.com/gfm/#tables-extension-',
  emitter: {
    options,
    needs: 'any',
    differences: 'signed',
    async emit(profile, chosen, sink) {
      const { writeSummary } = await import('./markdown/summary.ts');
      writeSummary(profile, chosen, sink);
    },
  },
});
