/** Opens the zstd stream that the samples of a recording may be. The library is loaded only then. */
import type { Source } from '../../../src/plugin.ts';

/** Bytes given to the decoder at once. */
const CHUNK = 4096;
/** No recording, and no sample, takes more bytes: a trick file must not fill the memory. */
const MOST = 2 ** 30;
const MOST_OF_SAMPLE = 2 ** 20;

/** The bytes of so many samples. `offset`: where the stream begins in the file. */
export async function unzstd(
  packed: Uint8Array,
  samples: number,
  offset: number,
  source: Source,
): Promise<Uint8Array> {
  const limit = Math.min(MOST, samples * MOST_OF_SAMPLE);
  const { Decompress } = await import('fzstd');
  const pieces: Uint8Array[] = [];
  let length = 0;
  const stream = new Decompress((piece) => {
    length += piece.length;
    if (length > limit)
      source.fail('too-large', `${samples} samples take more than ${limit} bytes`, { offset });
    pieces.push(piece.slice());
  });
  try {
    for (let at = 0; at < packed.length; at += CHUNK) {
      stream.push(packed.slice(at, at + CHUNK), at + CHUNK >= packed.length);
    }
  } catch (error) {
    if (length > limit) throw error;
    const why = error instanceof Error ? error.message : String(error);
    source.fail('bad-compression', `the zstd data is damaged: ${why}`, { offset }, undefined, error);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
