/** What the reports have in common on the command line. */
import * as z from 'zod/mini';
import { option } from '../../../src/plugin.ts';

export const json = () =>
  option(z._default(z.boolean(), false), {
    help: 'answer in JSON: reports, and the commands formats and detect',
    flag: 'json',
  });

export const title = () =>
  option(z.optional(z.string()), {
    help: 'a heading: above the graph, or the report',
    flag: 'title',
    value: 'TEXT',
  });

export const count = () =>
  option(z._default(z.number().check(z.minimum(0), z.refine(Number.isInteger, 'a whole number')), 50), {
    help: 'how many rows to show at most; 0 = all',
    flag: 'rows',
    value: 'N',
  });

export const sort = () =>
  option(z._default(z.enum(['self', 'total']), 'self'), {
    help: 'order of the functions: by self, or by total',
    flag: 'sort',
    value: 'ORDER',
  });
