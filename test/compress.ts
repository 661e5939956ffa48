/** Compressed forms of test inputs. */
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

/** A zstd frame of stored blocks: Node 20 cannot compress with zstd, and this is all the tests need. */
export function zstdStored(bytes: Uint8Array): Buffer {
  const BLOCK = 100_000;
  const size = Buffer.alloc(4);
  size.writeUInt32LE(bytes.length);
  // Magic number; single segment, content size in 4 bytes, no checksum.
  const pieces = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0]), size];
  for (let at = 0; at < bytes.length || at === 0; at += BLOCK) {
    const block = bytes.subarray(at, at + BLOCK);
    const last = at + BLOCK >= bytes.length;
    const header = Buffer.alloc(3);
    header.writeUIntLE(block.length * 8 + (last ? 1 : 0), 0, 3);
    pieces.push(header, Buffer.from(block));
  }
  return Buffer.concat(pieces);
}

/** Each compression and the file name it is recognised by. */
export const COMPRESSIONS: { kind: string; extension: string; compress: (bytes: Uint8Array) => Buffer }[] = [
  { kind: 'gzip', extension: '', compress: (bytes) => gzipSync(bytes) },
  { kind: 'zlib', extension: '', compress: (bytes) => deflateSync(bytes) },
  { kind: 'zstd', extension: '', compress: zstdStored },
  { kind: 'brotli', extension: '.br', compress: (bytes) => brotliCompressSync(bytes) },
];
