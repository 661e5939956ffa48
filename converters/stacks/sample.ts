/**
 * What `sample` of macOS prints: the call graph of each thread, with how many samples each call was in.
 *
 * Written by sample(1), and by Activity Monitor's "Sample Process".
 * Spec: https://keith.github.io/xcode-man-pages/sample.1.html
 * The surprise: a call's number counts those below it, too; its depth is where the number begins, behind marks that
 * lead the eye.
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, type Source } from '../../src/plugin.ts';

export const sample = defineFormat({
  name: 'sample',
  title: 'sample (macOS, Activity Monitor)',
  extensions: ['sample.txt', 'sample'],
  spec: 'https://keith.github.io/xcode-man-pages/sample.1.html',
  parser: { options: () => z.object({}), probe, parse },
});

function probe({ lines, text }: Head): number {
  if (/^\s*Analysis of sampling .+ every /.test(text)) return 0.97;
  const isGraph = (line: string, i: number) =>
    line === 'Call graph:' && /^ {4}\d+ Thread_/.test(lines[i + 1] ?? '');
  return text.includes('Call graph:') && lines.some(isGraph) ? 0.95 : 0;
}

async function parse(source: Source): Promise<Profile> {
  const { SampleReader } = await import('./sample/read.ts');
  return new SampleReader(source).read();
}
