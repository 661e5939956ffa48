/**
 * The tables that Python's pstats prints, from any profile: `print_stats`, `print_callers`, `print_callees`.
 *
 * Spec: https://docs.python.org/3/library/profile.html#the-stats-class
 * The surprise: what Python's profilers always know, others do not. Calls that were not counted are `?`, and
 * values that are no times keep their own unit.
 */
import * as z from 'zod/mini';
import {
  defaultMetric,
  defineFormat,
  option,
  type Profile,
  ProfileError,
  type Sink,
} from '../../src/plugin.ts';
import { MixedCallers } from './pstats-table.ts';
import { printCallees, printCallers, printStats } from './pstats-text/print.ts';
import { probeReport, readReport } from './pstats-text/report.ts';
import { restriction } from './pstats-text/restrictions.ts';
import { sort, UNSORTED } from './pstats-text/sorting.ts';
import { statsOf, stripDirs } from './pstats-text/stats.ts';
import { pythonBytes } from './python-text.ts';

const options = z.object({
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

export const pstatsText = defineFormat({
  name: 'pstats-text',
  title: "tables as Python's pstats prints them",
  extensions: ['pstats.txt'],
  spec: 'https://docs.python.org/3/library/profile.html#the-stats-class',
  parser: { options: z.object({}), probe: ({ lines }) => probeReport(lines), parse: readReport },
  emitter: { options, needs: 'direct', arcSelf: true, emit },
});

/** A lone surrogate stands for a byte that is no UTF-8. */
const LONE = /\p{Surrogate}/u;

const PRINT = { stats: printStats, callers: printCallers, callees: printCallees };

function emit(profile: Profile, settings: z.output<typeof options>, sink: Sink): void {
  const restrictions = settings.restrict.map(restriction);
  const keys = settings.sort.split(',').map((key) => key.trim());
  const metric = defaultMetric(profile);
  const others = profile.metrics.filter((_, m) => m !== metric).map(({ name }) => name);
  if (others.length > 0) {
    const hint = `--metric chooses another: ${others.join(', ')}`;
    sink.note('one-metric', `only ${profile.metrics[metric]!.name} is written`, hint);
  }
  const stats = unmixed(() => statsOf(profile));
  if (settings.stripDirs) {
    const lost = unmixed(() => stripDirs(stats));
    if (lost > 0) {
      const message = `${lost} callers look like others of the same function and are left out, as in Python`;
      sink.lost('same-callers', message, 'without --pstats-text.strip-dirs they are shown');
    }
  }
  const unsorted = keys.length === 1 && keys[0] === UNSORTED;
  const order = unsorted ? undefined : sort(stats, keys);
  if (settings.reverse && !unsorted) stats.rows.reverse();
  const write = (text: string) => sink.write(LONE.test(text) ? pythonBytes(text) : text);
  PRINT[settings.view](stats, { order, restrictions }, write);
}

/** Python cannot add figures of a caller to a count alone, either. */
function unmixed<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof MixedCallers)) throw error;
    throw new ProfileError({
      code: 'pstats-text/mixed-callers',
      message: 'some files have figures of callers and others counts alone: the tables cannot be added',
      hint: 'files of the modules cProfile and profile go together in other formats, as -t dot',
    });
  }
}
