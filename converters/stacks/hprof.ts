/**
 * Java's hprof in its text form: stacks by number, and how often each was seen.
 *
 * Written by `java -agentlib:hprof=cpu=samples` (or `cpu=times`), up to Java 8.
 * Spec: https://docs.oracle.com/javase/7/docs/technotes/samples/hprof.html
 * The surprise: stacks are cut to `depth` frames (4, if nobody said more) by the profiler, so a root may be any
 * function; and the count of `cpu=times` is one of calls, while its times are printed in percent alone.
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

const options = () =>
  z.object({
    traces: option(z._default(z.enum(['stacks', 'pairs']), 'stacks'), {
      help: 'read whole stacks, or only who called whom, by names, with 0 for calls (as gprof2dot does)',
      value: 'AS',
    }),
    times: option(z._default(z.enum(['time', 'counts']), 'time'), {
      help: 'what cpu=times measures: time, or counts, as if they were of samples (as gprof2dot does)',
      value: 'AS',
    }),
  });

export type HprofOptions = OptionsOf<typeof options>;

export const hprof = defineFormat({
  name: 'hprof',
  title: 'Java hprof CPU samples or times (text)',
  extensions: ['hprof', 'hprof.txt'],
  spec: 'https://docs.oracle.com/javase/7/docs/technotes/samples/hprof.html',
  parser: {
    raw: [
      {
        begins: 'JAVA PROFILE 1.0',
        hint: 'it is a dump of the heap: java writes a profile with -agentlib:hprof=cpu=samples,depth=100',
      },
    ],
    options,
    probe,
    parse,
  },
});

/** The first line, unless a NUL behind it says that it is a binary heap dump. */
function probe(head: Head): number {
  if (/^JAVA PROFILE \d/.test(head.text))
    return head.bytes.subarray(0, 32).includes(0) && head.encoding === 'utf-8' ? 0 : 0.95;
  const table = head.lines.some((line) => /^CPU (?:SAMPLES|TIME \(ms\)) BEGIN /.test(line));
  return table ? 0.9 : head.lines.some((line) => /^TRACE \d+:/.test(line)) ? 0.5 : 0;
}

async function parse(source: Source, chosen: HprofOptions): Promise<Profile> {
  const { Reader } = await import('./hprof/read.ts');
  return new Reader(source, chosen).read();
}
