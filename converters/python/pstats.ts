/**
 * Python's binary profiles, as cProfile, profile, yappi, pyinstrument and others write them.
 *
 * A marshalled dictionary: `{(file, line, name): (primitive calls, calls, self, total, callers)}`, times in
 * seconds. Arc totals count the outermost activation of caller and callee (`once`).
 * Spec: https://docs.python.org/3/library/profile.html
 * The surprise: in callers the two counts stand the other way round, and yappi and GreenletProfiler have them
 * the other way round in rows.
 */
import * as z from 'zod/mini';
import {
  defineFormat,
  type Head,
  type OptionsOf,
  option,
  type Profile,
  type Sink,
  type Source,
} from '../../src/plugin.ts';

const options = () =>
  z.object({
    names: option(z._default(z.enum(['function', 'location']), 'function'), {
      help: 'functions by their names, or by module:line:name, with figures as they stand in the file (as gprof2dot does)',
      value: 'WHAT',
    }),
  });

const emitOptions = () =>
  z.object({
    sampled: option(
      z._default(z.boolean(), true),
      "keep the marker of Python 3.15's sampled profiles, which older Pythons refuse",
    ),
  });

export type PstatsEmitOptions = OptionsOf<typeof emitOptions>;

const TOTALS =
  'what Python measured: from call to return, recursion counted once, for each function and each of its callers';

export const pstats = defineFormat({
  name: 'pstats',
  title: "Python profiles (cProfile, profile, yappi's pstat, Werkzeug)",
  extensions: ['pstats', 'pstat', 'prof', 'cprof'],
  spec: 'https://docs.python.org/3/library/profile.html',
  parser: { totals: TOTALS, options, probe, parse },
  emitter: {
    options: emitOptions,
    needs: 'direct',
    arcSelf: true,
    differences: 'signed',
    binary: true,
    emit,
  },
});

const DICT = 0x7b;
const FLAG_REF = 0x80;
/** What may follow: a tuple, long or short, with a reference number or without; or the end. */
const AFTER_DICT = new Set([0x28, 0xa8, 0x29, 0xa9, 0x30]);

function probe({ bytes }: Head): number {
  const [first, second] = bytes;
  return first !== undefined && (first & ~FLAG_REF) === DICT && AFTER_DICT.has(second ?? -1) ? 0.95 : 0;
}

async function parse(source: Source, { names }: OptionsOf<typeof options>): Promise<Profile> {
  const bytes = source.bytes();
  if (names === 'location') {
    const { locatedProfile } = await import('./pstats/located.ts');
    const { readTable } = await import('./pstats/read-table.ts');
    return locatedProfile([readTable(bytes, source)]);
  }
  const { graphProfile } = await import('./pstats/profile.ts');
  return graphProfile(bytes, source);
}

async function emit(profile: Profile, chosen: PstatsEmitOptions, sink: Sink): Promise<void> {
  const room = await import('./pstats/emit.ts');
  room.emit(profile, chosen, sink);
}
