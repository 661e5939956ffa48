/**
 * The tables that Python's pstats prints, from any profile: `print_stats`, `print_callers`, `print_callees`.
 *
 * Spec: https://docs.python.org/3/library/profile.html#the-stats-class
 * The surprise: what Python's profilers always know, others do not. Calls that were not counted are `?`, and
 * values that are no times keep their own unit.
 */
import * as z from 'zod/mini';
import {
  defineFormat,
  type OptionsOf,
  option,
  type Profile,
  type Sink,
  type Source,
} from '../../src/plugin.ts';
import { probeReport } from './pstats-text/probe.ts';

const options = () =>
  z.object({
    sort: option(z._default(z.string(), 'cumulative'), {
      help: 'what to sort by: calls, time, cumulative, name, … as in pstats, also several with commas; or none',
      value: 'KEYS',
    }),
    reverse: option(z._default(z.boolean(), false), 'the other way round'),
    stripDirs: option(z._default(z.boolean(), false), {
      help: 'leave out directories; functions that become one are added up',
    }),
    view: option(z._default(z.enum(['stats', 'callers', 'callees']), 'stats'), {
      help: 'which table',
      value: 'VIEW',
    }),
    restrict: option(z._default(z.array(z.string()), []), {
      help: 'keep so many functions, such a fraction of them, or those that match a pattern (repeatable)',
      value: 'WHAT',
    }),
  });

export type PstatsTextOptions = OptionsOf<typeof options>;

const TOTALS =
  'what Python measured, as it printed it: recursion counted once, for each function and each of its callers';

export const pstatsText = defineFormat({
  name: 'pstats-text',
  title: "tables as Python's pstats prints them",
  extensions: ['pstats.txt'],
  spec: 'https://docs.python.org/3/library/profile.html#the-stats-class',
  parser: { totals: TOTALS, options: () => z.object({}), probe: ({ lines }) => probeReport(lines), parse },
  emitter: { options, needs: 'direct', arcSelf: true, differences: 'signed', emit },
});

async function parse(source: Source): Promise<Profile> {
  const { readReport } = await import('./pstats-text/report.ts');
  return readReport(source);
}

async function emit(profile: Profile, chosen: PstatsTextOptions, sink: Sink): Promise<void> {
  const room = await import('./pstats-text/emit.ts');
  room.emit(profile, chosen, sink);
}
