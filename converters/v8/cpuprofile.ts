/**
 * V8's CPU profiles (`.cpuprofile`): a tree of calls, and the node each sample was taken in.
 *
 * Written by `node --cpu-prof`, Chrome DevTools, the inspector protocol, Deno, Bun, Hermes' and others' converters.
 * Spec: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile
 * The surprise: samples are times, not counts; a sample lasts until the next one, and the first of `timeDeltas`
 * belongs to none. What garbage collection and native code ran for is told by the samples around them.
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
import { heapNodes } from './heapprofile/signature.ts';
import { WRAPPERS } from './wrappers.ts';

const options = () =>
  z.object({
    style: option(z._default(z.enum(['devtools', 'speedscope']), 'devtools'), {
      help: 'whose rules hold for samples outside of functions, and for the last sample',
      value: 'WHOSE',
    }),
    delta: option(z._default(z.enum(['forward', 'backward', 'hits']), 'forward'), {
      help: 'how long a sample is: until the next one, since the last one, or all alike by hitCount',
      value: 'WAY',
    }),
    gc: option(z.optional(z.enum(['stack', 'root'])), {
      help: 'where garbage collection goes: on the stack it interrupted, or on none [stack]',
      value: 'WHERE',
    }),
    program: option(z.optional(z.enum(['fill', 'stack', 'root'])), {
      help: 'native code: one sample between two of one stack is as the first; all on the stack before; or on none [fill; speedscope: stack]',
      value: 'WHERE',
    }),
    idle: option(z.optional(z.enum(['keep', 'drop'])), {
      help: 'time in which the program waited [keep; speedscope: drop]',
      value: 'WHAT',
    }),
  });

export type CpuprofileOptions = OptionsOf<typeof options>;

export const cpuprofile = defineFormat({
  name: 'cpuprofile',
  title: 'V8 CPU profile (Chrome, Node.js, Deno, Bun)',
  extensions: ['cpuprofile'],
  spec: 'https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile',
  parser: { options, probe, parse },
});

/** Where each node of a profile says its function. */
const CALL_FRAME = /"callFrame"\s*:\s*[{\d]/;
const FUNCTION_NAME = /"functionName"\s*:/;

function probe({ text, jsonKeys, jsonArray }: Head): number {
  if (jsonKeys?.has('nodes')) return CALL_FRAME.test(text) || FUNCTION_NAME.test(text) ? 0.95 : 0;
  if (jsonKeys?.has('head')) return FUNCTION_NAME.test(text) && heapNodes(text) === 0 ? 0.9 : 0;
  // Samples may stand before the nodes, and fill the head.
  if (jsonKeys?.has('samples') && jsonKeys.has('timeDeltas')) return 0.8;
  const wrapped = jsonArray || WRAPPERS.some((key) => jsonKeys?.has(key));
  const hasNodes = /"nodes"\s*:\s*\[/.test(text) && CALL_FRAME.test(text) && FUNCTION_NAME.test(text);
  return wrapped && hasNodes && !/"ph"\s*:/.test(text) ? 0.8 : 0;
}

async function parse(source: Source, chosen: CpuprofileOptions): Promise<Profile> {
  const room = await import('./cpuprofile/parse.ts');
  return room.parse(source, chosen);
}
