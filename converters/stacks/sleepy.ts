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
import { defineFormat, type Head, option } from '../../src/plugin.ts';
import { Reader } from './sleepy/read.ts';

const options = z.object({
  identity: option(z._default(z.enum(['file', 'name']), 'file'), {
    help: 'what makes two functions of a module the same: name and file, or the name, so that files are left out (as gprof2dot does)',
    value: 'WHAT',
  }),
  times: option(z._default(z.enum(['time', 'counts']), 'time'), {
    help: 'what is measured: time, or counts, as if they were of samples (as gprof2dot does)',
    value: 'AS',
  }),
});

export type SleepyOptions = z.output<typeof options>;

export const sleepy = defineFormat({
  name: 'sleepy',
  title: 'Very Sleepy captures',
  extensions: ['sleepy'],
  spec: 'https://github.com/VerySleepy/verysleepy',
  parser: { options, probe, parse: (source, chosen) => new Reader(source, chosen).read() },
});

/** An archive whose first files have the names of a capture. */
function probe({ bytes }: Head): number {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b || bytes[2] !== 3 || bytes[3] !== 4) return 0;
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  if (/(?:Symbols|Callstacks|IPCounts)\.txt/i.test(text)) return 0.95;
  return /^.{30}(?:Stats\.txt|minidump\.dmp|Version [\d.]+ required)/is.test(text) ? 0.8 : 0;
}
