/**
 * Very Sleepy's captures of Windows programs: a zip archive with the symbols, and with stacks and how long they were
 * seen.
 *
 * Written by Very Sleepy, and by engines that take samples for it.
 * Spec: https://github.com/VerySleepy/verysleepy (src/profiler/profilerthread.cpp)
 * The surprise: old versions give a symbol an id, new ones list each address as a symbol of its own, and put the
 * times by thread on a line below the stack.
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
      help: 'read whole stacks, or only who called whom, by module and name, with seconds as samples (as gprof2dot does)',
      value: 'AS',
    }),
  });

export const sleepy = defineFormat({
  name: 'sleepy',
  title: 'Very Sleepy captures',
  extensions: ['sleepy'],
  spec: 'https://github.com/VerySleepy/verysleepy',
  parser: { options, probe, parse },
});

/** An archive whose first files have the names of a capture. */
function probe({ bytes }: Head): number {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b || bytes[2] !== 3 || bytes[3] !== 4) return 0;
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  if (/(?:Symbols|Callstacks|IPCounts)\.txt/i.test(text)) return 0.95;
  return /^.{30}(?:Stats\.txt|minidump\.dmp|Version [\d.]+ required)/is.test(text) ? 0.8 : 0;
}

async function parse(source: Source, { traces }: OptionsOf<typeof options>): Promise<Profile> {
  const { Reader } = await import('./sleepy/read.ts');
  return new Reader(source, traces === 'pairs').read();
}
