/**
 * V8's sampled heap profiles (`.heapprofile`): which stacks allocated the memory that was still in use at the end.
 *
 * Written by `node --heap-prof`, Chrome DevTools (allocation sampling), the inspector protocol, VS Code.
 * Spec: https://chromedevtools.github.io/devtools-protocol/tot/HeapProfiler/#type-SamplingHeapProfile
 * The surprise: a list of samples may stand beside the tree, but was made a moment later, when other objects were
 * alive: it adds up to something else, names nodes that are in no tree, and is not read.
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, type Source } from '../../src/plugin.ts';
import { heapNodes } from './heapprofile/signature.ts';
import { WRAPPERS } from './wrappers.ts';

export const heapprofile = defineFormat({
  name: 'heapprofile',
  title: 'V8 sampled heap profile (Chrome, Node.js)',
  extensions: ['heapprofile'],
  spec: 'https://chromedevtools.github.io/devtools-protocol/tot/HeapProfiler/#type-SamplingHeapProfile',
  parser: { options: () => z.object({}), probe, parse },
});

const ORDINAL = /"ordinal"\s*:\s*\d/;

function probe({ text, jsonKeys, jsonArray }: Head): number {
  if (jsonKeys?.has('head')) return heapNodes(text);
  // Samples may stand before the tree, and fill the head.
  if (jsonKeys?.has('samples') && ORDINAL.test(text) && text.includes('"nodeId"')) return 0.8;
  const wrapped = jsonArray || WRAPPERS.some((key) => jsonKeys?.has(key));
  return wrapped && /"head"\s*:\s*\{/.test(text) && !/"ph"\s*:/.test(text)
    ? Math.min(heapNodes(text), 0.8)
    : 0;
}

async function parse(source: Source): Promise<Profile> {
  const room = await import('./heapprofile/read.ts');
  return room.parse(source);
}
