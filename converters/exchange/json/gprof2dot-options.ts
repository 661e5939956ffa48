/** How gprof2dot's JSON is known, and what may be said of it. */
import * as z from 'zod/mini';
import { type OptionsOf, option } from '../../../src/plugin.ts';

export const gprof2dotOptions = () =>
  z.object({
    events: option(z._default(z.enum(['stacks', 'pairs']), 'stacks'), {
      help: "gprof2dot's JSON: whole stacks with all costs, or callers and callees with the first as samples",
      value: 'WHAT',
    }),
  });
export type EventKind = OptionsOf<typeof gprof2dotOptions>['events'];

/** Whether a document whose top level has these keys is gprof2dot's. */
export function isGprof2dotJson(keys: ReadonlySet<string>): boolean {
  return keys.has('functions') && keys.has('events') && keys.has('version');
}
