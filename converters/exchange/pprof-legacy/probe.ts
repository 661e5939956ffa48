/** Is it an old profile of pprof? The first words or the first line say so. */
import type { Head } from '../../../src/plugin.ts';
import { hasSamples, isCpuProfile } from './cpu-header.ts';
import { headerOf, isBlankOrComment } from './headers.ts';

export function probe(head: Head): number {
  if (isCpuProfile(head.bytes)) return hasSamples(head.bytes) ? 1 : 0.1;
  const first = head.lines.slice(0, 100).find((line) => !isBlankOrComment(line));
  const text = first ?? new TextDecoder('latin1').decode(head.bytes.subarray(0, 100)).split('\n')[0]!;
  return headerOf(text) ? 0.97 : 0;
}
