/** Prints the table that was asked for, as Python would. */
import { defaultMetric, type Profile, ProfileError, type Sink } from '../../../src/plugin.ts';
import { MixedCallers } from '../pstats-table.ts';
import type { PstatsTextOptions } from '../pstats-text.ts';
import { pythonBytes } from '../python-text.ts';
import { printCallees, printCallers, printStats } from './print.ts';
import { restriction } from './restrictions.ts';
import { sort, UNSORTED } from './sorting.ts';
import { statsOf, stripDirs } from './stats.ts';

/** A lone surrogate stands for a byte that is no UTF-8. */
const LONE = /\p{Surrogate}/u;

const PRINT = { stats: printStats, callers: printCallers, callees: printCallees };

export function emit(profile: Profile, settings: PstatsTextOptions, sink: Sink): void {
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
