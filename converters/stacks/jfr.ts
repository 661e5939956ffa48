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
import { isChunk } from './jfr/header.ts';

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

function probe({ bytes }: Head): number {
  return isChunk(bytes) ? 1 : 0;
}

async function parse(source: Source, given: OptionsOf<typeof options>): Promise<Profile> {
  const { readRecording } = await import('./jfr/read.ts');
  return readRecording(source, given);
}
