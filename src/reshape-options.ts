/** The options by which names and stacks are changed on the way from a profile to its output. */
import * as z from 'zod/mini';
import { filterOptions } from './filter-options.ts';
import { option } from './format.ts';

/** In the order in which they act. */
export const reshapeOptions = {
  demangle: option(z._default(z.enum(['none', 'simple', 'full']), 'none'), {
    help: 'names of C++ and Rust as people write them, in full or without parameters and template arguments',
    flag: 'demangle',
    value: 'HOW',
  }),
  rename: option(z._default(z.array(z.string()), []), {
    help: 'change what fits in names of functions, as in worker-[0-9]+=worker, $1 = first group (repeatable)',
    flag: 'rename',
    value: 'REGEX=TEXT',
  }),
  ...filterOptions,
  collapseRecursion: option(z._default(z.boolean(), false), {
    help: 'make a function that calls itself one frame',
    flag: 'collapse-recursion',
  }),
  trimPath: option(z._default(z.array(z.string()), []), {
    help: 'leave out this beginning of file names (repeatable)',
    flag: 'trim-path',
    value: 'PREFIX',
  }),
};

const schema = z.object(reshapeOptions);
export type ReshapeOptions = z.output<typeof schema>;

/** Whether any of them is other than by default: whether `reshape` would change anything. */
export function reshapes(options: ReshapeOptions): boolean {
  return Object.keys(reshapeOptions).some((key) => {
    const value = options[key as keyof ReshapeOptions];
    return Array.isArray(value)
      ? value.length > 0
      : value !== undefined && value !== false && value !== 'none';
  });
}
