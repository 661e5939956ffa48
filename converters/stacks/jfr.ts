/**
 * JFR: recordings of the JDK's Flight Recorder.
 *
 * Written by `java -XX:StartFlightRecording=filename=FILE`, `jcmd PID JFR.dump`, JDK Mission Control, and
 * `asprof -o jfr`.
 * Spec: https://docs.oracle.com/en/java/javase/21/jfapi/, and jdk.jfr.internal.consumer of OpenJDK
 * The surprise: a file is a row of chunks, each of which says itself how its events are laid out; stacks are constants,
 * which stand behind the events that refer to them.
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
    signatures: option(z._default(z.boolean(), false), {
      help: 'keep methods of one name apart, with the types of their parameters',
    }),
  });

export const jfr = defineFormat({
  name: 'jfr',
  title: 'Java Flight Recorder (JDK, async-profiler)',
  extensions: ['jfr'],
  spec: 'https://docs.oracle.com/en/java/javase/21/jfapi/',
  parser: { options, probe, parse },
});

/** `FLR` and a zero. */
function probe({ bytes }: Head): number {
  return bytes[0] === 0x46 && bytes[1] === 0x4c && bytes[2] === 0x52 && bytes[3] === 0 ? 1 : 0;
}

async function parse(source: Source, given: OptionsOf<typeof options>): Promise<Profile> {
  const { readRecording } = await import('./jfr/read.ts');
  return readRecording(source, given);
}
