/** What stands in front of each chunk. */
import type { Place, Source } from '../../../src/plugin.ts';

export const HEADER_SIZE = 68;
const VERSION = 2;
/** Bit of the features: integers take as many bytes as they need. */
const COMPRESSED = 1;

export interface ChunkHeader {
  /** Bytes of the chunk, this header included. */
  size: number;
  /** Where in the chunk the last event of constants stands, and that of metadata. */
  constants: number;
  metadata: number;
  /** Nanoseconds since 1970. */
  start: bigint;
  /** Nanoseconds. */
  duration: bigint;
  /** The same start in ticks, which are what events tell time in. */
  ticks: number;
  ticksPerSecond: number;
}

/** `FLR` and a zero. */
export function isChunk(bytes: Uint8Array): boolean {
  return bytes[0] === 0x46 && bytes[1] === 0x4c && bytes[2] === 0x52 && bytes[3] === 0;
}

/**
 * Undefined = it makes no sense, as that of a chunk which is still being written. Stops for headers that no JDK writes
 * since version 9.
 */
export function readHeader(
  view: DataView,
  at: number,
  source: Source,
  place: Place,
): ChunkHeader | undefined {
  const long = (offset: number) => view.getBigInt64(at + offset);
  const major = view.getUint16(at + 4);
  if (major !== VERSION) {
    const hint = 'the JDK writes version 2 since version 9, and 8u262';
    source.fail(
      'unknown-version',
      `version ${major}.${view.getUint16(at + 6)} is not known, only 2 is`,
      place,
      hint,
    );
  }
  if ((view.getUint32(at + 64) & COMPRESSED) === 0)
    source.fail('fixed-integers', 'integers of fixed sizes, which no program is known to write', place);
  const [size, constants, metadata, ticks, ticksPerSecond] = [8, 16, 24, 48, 56].map((offset) =>
    Number(long(offset)),
  ) as [number, number, number, number, number];
  const isInside = (offset: number) => offset >= HEADER_SIZE && offset < size;
  if (!isInside(constants) || !isInside(metadata) || !(ticksPerSecond > 0)) return undefined;
  return { size, constants, metadata, start: long(32), duration: long(40), ticks, ticksPerSecond };
}
