/**
 * Tachyon, the sampling profiler of CPython 3.15 (`python -m profiling.sampling`): its recordings, collapsed
 * stacks and JSON lines.
 *
 * Spec: https://docs.python.org/3.15/library/profiling.sampling.html
 * The surprise: a frame is known by the line that was executing, and the first line of its function by nobody.
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, ProfileBuilder, type Source } from '../../src/plugin.ts';
import { isBinary } from './tachyon/signature.ts';

export const tachyon = defineFormat({
  name: 'tachyon',
  title: 'Python 3.15 profiling.sampling (binary, collapsed, JSON lines)',
  extensions: ['tachyon', 'collapsed', 'jsonl'],
  spec: 'https://docs.python.org/3.15/library/profiling.sampling.html',
  parser: { options: () => z.object({}), probe, parse },
});

const THREAD = /^tid:\d+(;| \d+$)/;
const RECORD = /"type"\s*:\s*"(meta|str_def|frame_def|agg)"/;

function probe({ bytes, lines }: Head): number {
  if (isBinary(bytes)) return 0.98;
  const first = lines.slice(0, 100).filter((line) => line !== '');
  if (first.length === 0) return 0;
  if (first[0]!.startsWith('{')) return RECORD.test(first[0]!) && first[0]!.includes('"run_id"') ? 0.95 : 0;
  return 0.9 * (first.filter((line) => THREAD.test(line)).length / first.length);
}

async function parse(source: Source): Promise<Profile> {
  const builder = new ProfileBuilder([{ name: 'samples', unit: 'samples' }]);
  const { head } = source;
  if (isBinary(head.bytes)) return (await import('./tachyon/binary.ts')).parseBinary(source, builder);
  if (head.text.trimStart().startsWith('{'))
    return (await import('./tachyon/jsonl.ts')).parseJsonl(source, builder);
  return (await import('./tachyon/collapsed.ts')).parseCollapsed(source, builder);
}
