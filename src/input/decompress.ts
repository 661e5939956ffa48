/**
 * Opens gzip, zlib, zstd and brotli, recognised by content, also when one is inside the other. Brotli has no
 * signature: it is known by its name, and else tried where an input makes no sense as it is. The libraries are loaded
 * only when they are needed.
 */
import { ProfileError } from '../diagnostics.ts';
import { type ByteInput, bytesInput, PeekedInput } from './byte-input.ts';

type Compression = 'gzip' | 'zlib' | 'zstd' | 'brotli';

const DAMAGED = 'input/bad-compression';
const MAX_LAYERS = 4;
/** Most bytes given to a decoder at once, and what may come of them before it gets fewer: a bomb must not fill the memory. */
const CHUNK = 64 * 1024;
const MUCH = 4 * 2 ** 20;

export interface DecompressOptions {
  /** Name of the input: for messages, and `.br` means brotli. */
  name: string;
  /** The most bytes that may come out. */
  limit: number;
}

/** A decoder that is fed and answers at once. */
interface Inflater {
  /** Puts all that follows from `chunk`, which it may keep, on the output; `last` = no more will come. */
  push(chunk: Uint8Array, last: boolean, output: (bytes: Uint8Array) => void): void;
}

/** The input with all its layers of compression taken off. Throws `ProfileError` while it is read. */
export async function decompress(input: ByteInput, options: DecompressOptions): Promise<PeekedInput> {
  let peeked = new PeekedInput(input);
  let name = options.name;
  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    const kind = compressionOf(peeked.peek(18), name);
    if (kind === undefined) return peeked;
    name = name.replace(/\.\w+$/, '');
    peeked = new PeekedInput(inflated(peeked, kind, await inflater(kind), options));
  }
  throw new ProfileError({
    code: 'input/too-many-layers',
    file: options.name,
    message: `compressed more than ${MAX_LAYERS} times over`,
  });
}

/** What the beginning of the input holds if it is brotli: nothing if it is not. Takes nothing from the input. */
export async function brotliStart(input: PeekedInput, options: DecompressOptions): Promise<PeekedInput> {
  const start = inflated(bytesInput(input.peek(CHUNK).slice()), 'brotli', await inflater('brotli'), options);
  return new PeekedInput(untilError(await decompress(untilError(start), options)));
}

/** The input taken for brotli, with what other layers there are. Throws `ProfileError` while it is read. */
export async function decompressBrotli(input: PeekedInput, options: DecompressOptions): Promise<PeekedInput> {
  return decompress(inflated(input, 'brotli', await inflater('brotli'), options), options);
}

/** As much of an input as can be read: the beginning of compressed data ends with an error. */
function untilError(input: ByteInput): ByteInput {
  return {
    read(into) {
      try {
        return input.read(into);
      } catch (error) {
        if (!(error instanceof ProfileError) || error.diagnostic.code !== DAMAGED) throw error;
        return 0;
      }
    },
  };
}

function compressionOf(head: Uint8Array, name: string): Compression | undefined {
  const [a = 0, b = 0, c = 0, d = 0] = head;
  if (a === 0x1f && b === 0x8b && c === 8) return 'gzip';
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd';
  // A zlib header is a checksum of two bytes only: the first deflate block must not be of the reserved type 3.
  const zlib = a === 0x78 && (b === 0x01 || b === 0x9c || b === 0xda);
  if (zlib && head.length > 6 && (c & 6) !== 6) return 'zlib';
  if (name.endsWith('.br') && head.length > 0) return 'brotli';
  return undefined;
}

async function inflater(kind: Compression): Promise<Inflater> {
  if (kind === 'zstd') {
    const { Decompress } = await import('fzstd');
    let emit: (bytes: Uint8Array) => void = () => {};
    const stream = new Decompress((bytes) => emit(bytes));
    return {
      push(chunk, last, output) {
        emit = output;
        stream.push(chunk, last);
      },
    };
  }
  const { Gunzip, Inflate, BrotliDecompress } = await import('minizlib');
  const stream = new { gzip: Gunzip, zlib: Inflate, brotli: BrotliDecompress }[kind]({});
  let emit: (bytes: Uint8Array) => void = () => {};
  let failure: unknown;
  stream.on('data', (bytes: unknown) => emit(bytes as Uint8Array));
  stream.on('error', (error: unknown) => {
    failure = error;
  });
  return {
    push(chunk, last, output) {
      emit = output;
      if (chunk.length > 0) stream.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
      if (last && failure === undefined) stream.end();
      if (failure !== undefined) throw failure;
    },
  };
}

function inflated(
  input: ByteInput,
  kind: Compression,
  stream: Inflater,
  options: DecompressOptions,
): ByteInput {
  const ready: Uint8Array[] = [];
  let size = 16;
  let length = 0;
  let ended = false;

  function fill(): void {
    const chunk = new Uint8Array(size);
    const read = input.read(chunk);
    const before = length;
    ended = read === 0;
    try {
      stream.push(chunk.subarray(0, read), ended, (bytes) => {
        length += bytes.length;
        if (length > options.limit) throw tooLarge(options);
        if (bytes.length > 0) ready.push(bytes.slice());
      });
    } catch (error) {
      if (error instanceof ProfileError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new ProfileError(
        {
          code: DAMAGED,
          file: options.name,
          place: { offset: length },
          message: `the ${kind} data ends early or is damaged: ${why}`,
          hint: 'the file may be cut off; copy or download it again',
        },
        { cause: error },
      );
    }
    size = length - before > MUCH ? Math.max(1, size >> 4) : Math.min(CHUNK, size * 2);
  }

  return {
    read(into) {
      while (ready.length === 0 && !ended) fill();
      const first = ready[0];
      if (first === undefined) return 0;
      const part = first.subarray(0, into.length);
      into.set(part);
      if (part.length === first.length) ready.shift();
      else ready[0] = first.subarray(part.length);
      return part.length;
    },
  };
}

export function tooLarge({ name, limit }: DecompressOptions): ProfileError {
  return new ProfileError({
    code: 'input/too-large',
    file: name,
    message: `decompresses to more than ${limit} bytes`,
    hint: 'if this is not a trick file, raise the limit: --max-input 64G',
  });
}
