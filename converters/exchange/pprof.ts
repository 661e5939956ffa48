/**
 * pprof profiles: `profile.proto`, packed with gzip or bare.
 *
 * Written by Go's runtime/pprof, Datadog's, Pyroscope's and Parca's profilers, pprof-rs, jfrconv and many more.
 * Spec: https://github.com/google/pprof/blob/main/proto/profile.proto
 * The surprise: a location is an address at which several functions may be inlined into each other, and stacks
 * as well as those inlined functions are listed leaf first. The formats that came before are read elsewhere.
 */
import * as z from 'zod/mini';
import {
  defineFormat,
  type OptionsOf,
  option,
  type Profile,
  type Sink,
  type Source,
} from '../../src/plugin.ts';
import { probe } from './pprof/probe.ts';

const options = () =>
  z.object({
    allFrames: option(z._default(z.boolean(), false), {
      help: 'keep frames that the profile asks to leave out (its drop_frames)',
    }),
  });

const emitOptions = () =>
  z.object({
    gzip: option(z._default(z.boolean(), true), {
      help: 'pack the profile with gzip, as most readers expect',
    }),
  });

export const pprof = defineFormat({
  name: 'pprof',
  title: 'pprof (protobuf, gzipped or bare)',
  extensions: ['pb.gz', 'pprof', 'pb'],
  spec: 'https://github.com/google/pprof/blob/main/proto/profile.proto',
  parser: { options, probe, parse },
  emitter: { options: emitOptions, needs: 'all', differences: 'signed', binary: true, emit },
});

async function parse(source: Source, { allFrames }: OptionsOf<typeof options>): Promise<Profile> {
  const { read } = await import('./pprof/read.ts');
  return read(source, allFrames);
}

async function emit(profile: Profile, { gzip }: OptionsOf<typeof emitOptions>, sink: Sink): Promise<void> {
  const room = await import('./pprof/emit.ts');
  await room.emit(profile, gzip, sink);
}
