/** The options by which stacks are filtered, in pprof's words. */
import * as z from 'zod/mini';
import { option } from './format.ts';

function text(flag: string, value: string, help: string) {
  return option(z.optional(z.string()), { flag, value, help });
}

function flag(name: string, help: string) {
  return option(z._default(z.boolean(), false), { flag: name, help });
}

/** In the order in which they act. */
export const filterOptions = {
  tagroot: text(
    'tagroot',
    'KEYS',
    'put a frame for the values of these labels (thread,…) at the root of stacks',
  ),
  tagleaf: text('tagleaf', 'KEYS', 'the same at the leaf'),
  focus: text('focus', 'REGEX', 'keep stacks with a function, file or module that fits'),
  ignore: text('ignore', 'REGEX', 'leave out stacks with a function, file or module that fits'),
  hide: text('hide', 'REGEX', 'leave out frames that fit; what they took goes to their callers'),
  show: text('show', 'REGEX', 'leave out frames that do not fit'),
  showFrom: text('show-from', 'REGEX', 'begin stacks at the outermost frame that fits'),
  tagfocus: text('tagfocus', 'TAG', 'keep samples with a label that fits: REGEX, KEY=REGEX, KEY=10ms:1s'),
  tagignore: text('tagignore', 'TAG', 'leave out samples with a label that fits'),
  tagshow: text('tagshow', 'REGEX', 'take off labels whose keys do not fit'),
  taghide: text('taghide', 'REGEX', 'take off labels whose keys fit'),
  pruneFrom: text('prune-from', 'REGEX', 'end stacks at the innermost frame whose name fits'),
  noinlines: flag('noinlines', 'give what inlined functions took to those they were inlined into'),
  relativePercentages: flag('relative-percentages', 'percentages are of what filters keep, not of the whole'),
};

const schema = z.object(filterOptions);
export type FilterOptions = z.output<typeof schema>;

/** Whether any stack or label may be changed. */
export function filters(options: FilterOptions): boolean {
  return Object.keys(filterOptions).some(
    (key) => key !== 'relativePercentages' && options[key as keyof FilterOptions],
  );
}
