/** From the profile to the file, packed or bare. */
import type { Profile, Sink } from '../../../src/plugin.ts';
import { gzipped } from './gzip.ts';
import { write } from './write.ts';

export async function emit(profile: Profile, gzip: boolean, sink: Sink): Promise<void> {
  const pass = (piece: Uint8Array) => sink.write(piece);
  const output = gzip ? await gzipped(pass) : { write: pass, end: () => {} };
  write(profile, output, sink);
  output.end();
}
