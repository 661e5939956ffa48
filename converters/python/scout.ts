/**
 * Scout APM: the stream that its agent in a Python program sends to the core agent, recorded.
 *
 * Spec: https://github.com/scoutapp/scout_apm_python (src/scout_apm/core/agent)
 * The surprise: no file of this kind exists until somebody records the stream; and spans come in the order in
 * which they ended, parents behind their children.
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, type Source } from '../../src/plugin.ts';
import { isMessage, isRaw } from './scout/signature.ts';

export const scout = defineFormat({
  name: 'scout',
  title: 'Scout APM stream (recorded, or JSON lines)',
  extensions: ['scout'],
  spec: 'https://github.com/scoutapp/scout_apm_python',
  parser: { options: () => z.object({}), probe, parse },
});

function probe({ bytes, text }: Head): number {
  return isRaw(bytes) || isMessage(text.slice(0, 1000)) ? 0.95 : 0;
}

async function parse(source: Source): Promise<Profile> {
  const { readStream } = await import('./scout/read.ts');
  return readStream(source);
}
