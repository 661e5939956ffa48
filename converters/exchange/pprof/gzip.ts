/** Packs what is written, piece by piece. The same bytes come of the same input, at any time and on any system. */

/** Where bytes go. A piece may be overwritten once `write` is back. */
export interface Output {
  write(piece: Uint8Array<ArrayBuffer>): void;
  end(): void;
}

/** The quickest level: profiles are written more often than they are kept, and Go's own runtime uses it too. */
const LEVEL = 1;

/** An output that passes on what it packs. */
export async function gzipped(write: (piece: Uint8Array) => void): Promise<Output> {
  const { Gzip } = await import('minizlib');
  const stream = new Gzip({ level: LEVEL, portable: true });
  let failure: unknown;
  stream.on('data', (bytes: unknown) => write(bytes as Uint8Array));
  stream.on('error', (error: unknown) => {
    failure = error;
  });
  return {
    write(piece) {
      stream.write(Buffer.from(piece.buffer, piece.byteOffset, piece.length));
      if (failure !== undefined) throw failure;
    },
    end() {
      stream.end();
      if (failure !== undefined) throw failure;
    },
  };
}
