/**
 * stackprof, Ruby's sampling profiler: its dumps, as they are (Ruby's Marshal) or as JSON.
 *
 * Written by `StackProf.run(out: …)`, and by `stackprof --json` of that.
 * Spec: https://github.com/tmm1/stackprof#readme
 * The surprise: without `raw: true` there are no stacks, only who called whom; and those arcs count each occurrence on
 * a stack, where totals of functions count a stack once.
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, type Source } from '../../src/plugin.ts';
import { isMarshal } from './stackprof/signature.ts';

export const stackprof = defineFormat({
  name: 'stackprof',
  title: 'stackprof (Ruby): dumps and JSON',
  extensions: ['stackprof', 'stackprof.json', 'dump'],
  spec: 'https://github.com/tmm1/stackprof#readme',
  parser: { options: () => z.object({}), probe, parse },
});

const HEADER = ['mode', 'interval', 'samples', 'gc_samples', 'missed_samples', 'frames'];

/** The keys of the outermost hash, of which other formats share a few. */
function probe({ bytes, jsonKeys }: Head): number {
  if (isMarshal(bytes)) return marshalKeys(bytes) ? 0.97 : 0;
  if (!jsonKeys?.has('mode')) return 0;
  const known = HEADER.filter((key) => jsonKeys.has(key)).length;
  return known >= 5 ? 0.97 : known >= 4 || (known >= 3 && jsonKeys.has('raw')) ? 0.85 : 0;
}

/** Other programs dump what they like: here symbols stand in front. */
function marshalKeys(bytes: Uint8Array): boolean {
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, 4096));
  return text.includes(':\x09mode') && text.includes(':\x0dinterval') && text.includes(':\x0csamples');
}

async function parse(source: Source): Promise<Profile> {
  const { read } = await import('./stackprof/parse.ts');
  return read(source);
}
