/**
 * What line_profiler measures: how often each line of a function ran, and how long.
 *
 * Written by `kernprof -l` as a pickle (`script.py.lprof`), and printed by `python -m line_profiler`, `kernprof -lv`
 * and IPython's `%lprun`. Spec: https://github.com/pyutils/line_profiler
 * The surprise: the time of a line includes what the line calls, and nobody knows who called whom. So the times of
 * functions that call each other overlap.
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, type Source } from '../../src/plugin.ts';
import { isPickle, isPickleOf } from './pickle/signature.ts';

export const lprof = defineFormat({
  name: 'lprof',
  aliases: ['line_profiler'],
  title: 'line_profiler: its .lprof files, and what it prints',
  extensions: ['lprof'],
  spec: 'https://github.com/pyutils/line_profiler',
  parser: { options: () => z.object({}), probe, parse },
});

const UNIT = /^Timer unit: \S+ s\s*$/;
const HEADER = /^Line # +Hits +Time +Per Hit +% Time +Line Contents/;

function probe(head: Head): number {
  if (isPickleOf(head, 'LineStats')) return 0.98;
  const unit = head.lines.some((line) => UNIT.test(line));
  const header = head.lines.some((line) => HEADER.test(line));
  return unit ? (header ? 0.97 : 0.7) : header ? 0.65 : 0;
}

async function parse(source: Source): Promise<Profile> {
  if (isPickle(source.head)) return (await import('./lprof/line-stats.ts')).readLineStats(source);
  return (await import('./lprof/report.ts')).readReport(source);
}
