/**
 * Files of a zip archive. Sizes and places are those of the directory at its end; what comes out of the
 * decoder is counted and checked all the same. The library is loaded only when it is needed.
 */
import { ProfileError } from '../diagnostics.ts';
import { type DecompressOptions, tooLarge } from './decompress.ts';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_SIZE = 22;
const ENTRY_SIZE = 46;
const LOCAL_SIZE = 30;
const MAX_COMMENT = 0xffff;
const STORED = 0;
const DEFLATED = 8;
/** Most bytes given to the decoder at once: a bomb must not fill the memory. */
const CHUNK = 64 * 1024;
const decoder = new TextDecoder();

interface Entry {
  name: string;
  encrypted: boolean;
  method: number;
  crc: number;
  packed: number;
  size: number;
  /** Where its local header is. */
  offset: number;
}

/** The files whose names pass, unpacked, in the order of the directory. Throws `ProfileError`. */
export async function unzip(
  bytes: Uint8Array<ArrayBuffer>,
  wanted: (name: string) => boolean,
  options: DecompressOptions,
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const { Inflate } = await import('fflate');
  const broken = (message: string, offset: number): never => {
    const place = { offset };
    const hint = 'the file may be cut off; copy or download it again';
    throw new ProfileError({ code: 'input/bad-zip', file: options.name, place, message, hint });
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  let room = options.limit;

  const inflated = (packed: Uint8Array, { name, offset }: Entry): Uint8Array<ArrayBuffer> => {
    const parts: Uint8Array[] = [];
    let length = 0;
    const stream = new Inflate((part) => {
      length += part.length;
      if (length > room) throw tooLarge(options);
      parts.push(part);
    });
    try {
      let at = 0;
      do {
        const end = Math.min(at + CHUNK, packed.length);
        stream.push(packed.subarray(at, end), end === packed.length);
        at = end;
      } while (at < packed.length);
    } catch (error) {
      if (error instanceof ProfileError) throw error;
      broken(`${name} is damaged: ${error instanceof Error ? error.message : String(error)}`, offset);
    }
    const whole = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  };

  for (const entry of entries(view, bytes, broken)) {
    const { name, encrypted, method, crc, packed, size, offset } = entry;
    if (!wanted(name)) continue;
    if (encrypted || (method !== STORED && method !== DEFLATED))
      broken(
        `${name} is ${encrypted ? 'encrypted' : `packed by method ${method}`}, which is not read`,
        offset,
      );
    if (offset + LOCAL_SIZE > bytes.length || view.getUint32(offset, true) !== LOCAL)
      broken(`${name} is not where the directory says`, offset);
    const start = offset + LOCAL_SIZE + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
    if (start + packed > bytes.length) broken(`${name} goes past the end of the archive`, offset);
    const data = bytes.subarray(start, start + packed);
    const file = method === STORED ? data : inflated(data, entry);
    if (file.length > room) throw tooLarge(options);
    if (file.length !== size || crc32(file) !== crc) broken(`${name} is not what was packed`, offset);
    room -= file.length;
    files.set(name, file);
  }
  return files;
}

/** What the directory lists. */
function entries(
  view: DataView,
  bytes: Uint8Array,
  broken: (message: string, offset: number) => never,
): Entry[] {
  const { length } = bytes;
  let end = length - END_SIZE;
  const first = Math.max(0, end - MAX_COMMENT);
  while (end >= first && view.getUint32(end, true) !== END) end--;
  if (end < first) broken('the archive has no directory at its end', length);
  const list: Entry[] = [];
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  for (let i = 0; i < count; i++) {
    if (at + ENTRY_SIZE > length || view.getUint32(at, true) !== ENTRY)
      broken(`the directory of the archive ends early: ${i} of ${count} files`, Math.min(at, length));
    const nameEnd = at + ENTRY_SIZE + view.getUint16(at + 28, true);
    list.push({
      name: decoder.decode(bytes.subarray(at + ENTRY_SIZE, nameEnd)),
      encrypted: (view.getUint16(at + 8, true) & 1) === 1,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    });
    at = nameEnd + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return list;
}

let table: Uint32Array | undefined;

function crc32(bytes: Uint8Array): number {
  table ??= Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    return crc;
  });
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ table[(crc ^ bytes[i]!) & 255]!;
  return ~crc >>> 0;
}
