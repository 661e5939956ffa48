/**
 * V8's log of ticks and code (`isolate-0x…-v8.log`), or what `node --prof-process --preprocess` makes of it.
 *
 * Written by `node --prof`, d8, and Chrome with `--js-flags=--prof`.
 * Spec: https://v8.dev/docs/profile, https://v8.dev/docs/log
 * The surprise: ticks hold bare addresses. Where a function's code lies changes while the log is written: what an
 * address means depends on when it was seen.
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
    tiers: option(z._default(z.boolean(), false), {
      help: 'mark functions by how their code was compiled: ~ interpreted, ^ baseline, + Maglev, * TurboFan',
    }),
  });

export type V8LogOptions = OptionsOf<typeof options>;

export const v8Log = defineFormat({
  name: 'v8-log',
  aliases: ['v8log'],
  title: 'V8 log (node --prof), also preprocessed',
  extensions: ['v8.log'],
  spec: 'https://v8.dev/docs/profile',
  parser: { options, probe, parse },
});

const FIRST = /^(?:v8-version,\d|shared-library,"?[^,]+,0x[0-9a-f]+,0x|code-creation,\w+,\d+,)/;

function probe({ text, jsonKeys }: Head): number {
  if (FIRST.test(text)) return 0.97;
  if (!jsonKeys?.has('code')) return 0;
  const isCode =
    /^\s*\{\s*"code"\s*:\s*\[\s*\{\s*"name"\s*:/.test(text) &&
    /"type"\s*:\s*"(?:SHARED_LIB|CPP|JS|CODE)"/.test(text);
  return isCode || (jsonKeys.has('functions') && jsonKeys.has('ticks')) ? 0.95 : 0;
}

async function parse(source: Source, chosen: V8LogOptions): Promise<Profile> {
  if (source.head.jsonKeys === undefined) {
    const { LogReader } = await import('./v8-log/read-log.ts');
    return new LogReader(source, chosen).read();
  }
  const { PreprocessedReader } = await import('./v8-log/read-preprocessed.ts');
  return new PreprocessedReader(source, chosen).read();
}
