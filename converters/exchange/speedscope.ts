/**
 * speedscope's own files (`.speedscope.json`): stacks with weights, or functions that open and close.
 *
 * Written by py-spy, rbspy, pyinstrument, memray, dotnet-trace, Excimer, Austin, stackprof and speedscope itself.
 * Spec: https://www.speedscope.app/file-format-schema.json
 * The surprise: a file holds several profiles, each in a unit of its own; and the line of a frame is where its
 * function begins, or where it was executing, as the writer likes.
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

const SPEC = 'https://www.speedscope.app/file-format-schema.json';

const parseOptions = () =>
  z.object({
    lines: option(z.optional(z.enum(['function', 'executing'])), {
      help: 'what the line of a frame is: where its function begins, or where it was [as its writer is known to do]',
      value: 'WHAT',
    }),
  });

const emitOptions = () =>
  z.object({
    by: option(z._default(z.enum(['function', 'line']), 'function'), {
      help: 'what a frame is: a function, or each of its lines apart',
      value: 'WHAT',
    }),
  });

export type SpeedscopeOptions = OptionsOf<typeof parseOptions>;

export const speedscope = defineFormat({
  name: 'speedscope',
  title: 'speedscope',
  extensions: ['speedscope.json'],
  spec: SPEC,
  parser: { options: parseOptions, probe, parse },
  emitter: {
    options: emitOptions,
    needs: 'all',
    emit,
  },
});

const SCHEMA = /"\$schema"\s*:\s*"[^"]*speedscope/;
const TYPE = /"type"\s*:\s*"(?:evented|sampled)"/;
const FRAMES = /"frames"\s*:\s*\[/;

function probe({ jsonKeys, text }: Head): number {
  if (jsonKeys?.has('$schema') && SCHEMA.test(text)) return 0.97;
  if (jsonKeys?.has('profiles') && (jsonKeys.has('shared') || TYPE.test(text))) return 0.9;
  // Frames may fill the head.
  return jsonKeys?.has('shared') && FRAMES.test(text) ? 0.7 : 0;
}

async function parse(source: Source, chosen: SpeedscopeOptions): Promise<Profile> {
  const room = await import('./speedscope/parse.ts');
  return room.parse(source, chosen);
}

async function emit(profile: Profile, { by }: OptionsOf<typeof emitOptions>, sink: Sink): Promise<void> {
  const { write } = await import('./speedscope/write.ts');
  write(profile, by, sink);
}
