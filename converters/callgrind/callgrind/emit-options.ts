/** What may be said of the files that are written. */
import * as z from 'zod/mini';
import { type OptionsOf, option } from '../../../src/plugin.ts';

/** Units of time that can be asked for; `auto` = the finest in which all costs fit. */
const UNITS = ['auto', 'ns', 'us', 'ms', 's'] as const;
export type TimeUnit = (typeof UNITS)[number];

export const emitOptions = () =>
  z.object({
    root: option(z._default(z.enum(['auto', 'always', 'never']), 'auto'), {
      help: 'add a function (root) that calls all that no other calls; auto = if the profile has stacks',
      value: 'WHEN',
    }),
    unit: option(z._default(z.enum(UNITS), 'auto'), {
      help: 'the unit of times; auto = nanoseconds, if they fit into 64 bits',
      value: 'UNIT',
    }),
    packages: option(
      z._default(z.boolean(), true),
      'group functions without a mapping by package, judged by the path of their file',
    ),
    classes: option(
      z._default(z.boolean(), false),
      'write Class.method as Class::method, by which KCachegrind groups',
    ),
  });

export type EmitOptions = OptionsOf<typeof emitOptions>;
