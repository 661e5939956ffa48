/**
 * Stacks that DTrace counted: frames with the leaf first, then a line with the count.
 *
 * Written by scripts such as `profile-97 { @[ustack()] = count(); }`.
 * Spec: https://illumos.org/books/dtrace/chp-user.html
 * The surprise: blank lines mean nothing. Of two stacks before one count the first was called by the second.
 */
import * as z from 'zod/mini';
import {
  defineFormat,
  type Head,
  type OptionsOf,
  option,
  type Profile,
  type Source,
} from '../../src/plugin.ts';
import { isAddress, isTitle } from './dtrace/lines.ts';

const options = () =>
  z.object({
    module: option(z._default(z.enum(['path', 'name']), 'path'), {
      help: 'modules as they are written, or without directories',
      value: 'WHAT',
    }),
  });

export type DtraceOptions = OptionsOf<typeof options>;

export const dtrace = defineFormat({
  name: 'dtrace',
  title: 'stacks counted by DTrace (ustack, stack, jstack)',
  extensions: ['dtrace'],
  spec: 'https://illumos.org/books/dtrace/chp-user.html',
  parser: { options, probe, parse },
});

const FRAME = /^\s*\S[^`]*`\S/;
/** Numbers may be what stacks are counted by beside themselves. */
const COUNT = /^\s*-?\d+(?:\s+-?\d+)*\s*$/;

/** Frames, and a count behind some of them. */
function probe(head: Head): number {
  const lines = head.lines.filter((line) => line.trim() !== '').slice(0, 400);
  const titled = lines.slice(0, 20).some(isTitle);
  const frames = lines.filter((line) => FRAME.test(line.slice(0, 300))).length;
  const counted = lines.some(
    (line, i) => i > 0 && COUNT.test(line) && FRAME.test(lines[i - 1]!.slice(0, 300)),
  );
  const fitting = frames + lines.filter((line) => COUNT.test(line) || isAddress(line.trim())).length;
  if (titled) return frames > 0 ? 0.95 : 0.6;
  return counted && fitting >= lines.length * 0.6 ? 0.85 : 0;
}

async function parse(source: Source, chosen: DtraceOptions): Promise<Profile> {
  const { CountedStacks } = await import('./dtrace/read.ts');
  return new CountedStacks(source, chosen).read();
}
