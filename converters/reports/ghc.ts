/**
 * Time and allocation profiles of Haskell programs: what each stack of cost centres took.
 *
 * Written by programs that GHC compiled with `-prof`, and that are run with `+RTS -p`, `-P`, `-pa` or `-pj`.
 * Spec: https://downloads.haskell.org/ghc/latest/docs/users_guide/profiling.html
 * The surprise: the report of `-p` has shares of the whole with one decimal and no values; `-P` and `-pj` have both.
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, type Source } from '../../src/plugin.ts';

export const ghc = defineFormat({
  name: 'ghc',
  title: 'GHC time and allocation profiles (Haskell)',
  extensions: ['ghc.prof', 'ghc.json'],
  spec: 'https://downloads.haskell.org/ghc/latest/docs/users_guide/profiling.html',
  parser: { options: () => z.object({}), probe, parse },
});

function probe({ lines, jsonKeys }: Head): number {
  if (jsonKeys) return jsonKeys.has('rts_arguments') && jsonKeys.has('total_ticks') ? 0.97 : 0;
  return lines.slice(0, 5).some((line) => line.includes(' Time and Allocation Profiling Report')) ? 0.97 : 0;
}

async function parse(source: Source): Promise<Profile> {
  if (source.head.jsonKeys) {
    const { JsonReport } = await import('./ghc/read-json.ts');
    return new JsonReport(source).read();
  }
  const { TextReport } = await import('./ghc/read-text.ts');
  return new TextReport(source).read();
}
