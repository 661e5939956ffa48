/** Text encodings: what a text input is written in, and UTF-16 made UTF-8 while it is read. */
import type { ByteInput } from './byte-input.ts';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** Encoding and length of the byte order mark; without a mark, NULs at every other byte mean UTF-16. */
export function encodingOf(head: Uint8Array): { encoding: Encoding; bom: number } {
  const [a, b, c] = head;
  if (a === 0xff && b === 0xfe) return { encoding: 'utf-16le', bom: 2 };
  if (a === 0xfe && b === 0xff) return { encoding: 'utf-16be', bom: 2 };
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: 'utf-8', bom: 3 };
  const length = Math.min(head.length & ~1, 256);
  const nulls = [0, 0];
  let text = 0;
  for (let i = 0; i < length; i++) {
    if (head[i] === 0) nulls[i & 1]!++;
    else if (head[i]! >= 0x20 || head[i] === 9 || head[i] === 10 || head[i] === 13) text++;
  }
  const pairs = length / 2;
  if (pairs >= 4 && text >= pairs) {
    if (nulls[1]! > pairs * 0.7 && nulls[0] === 0) return { encoding: 'utf-16le', bom: 0 };
    if (nulls[0]! > pairs * 0.7 && nulls[1] === 0) return { encoding: 'utf-16be', bom: 0 };
  }
  return { encoding: 'utf-8', bom: 0 };
}

/** The input with an LF for each CR. */
export function withNewlines(input: ByteInput): ByteInput {
  return {
    size: input.size,
    read(into) {
      const length = input.read(into);
      for (let at = into.indexOf(13); at >= 0 && at < length; at = into.indexOf(13, at + 1)) into[at] = 10;
      return length;
    },
  };
}

/** The input as UTF-8 without its byte order mark. */
export function asUtf8(input: ByteInput, encoding: Encoding, bom: number): ByteInput {
  let skip = bom;
  if (encoding === 'utf-8') {
    if (bom === 0) return input;
    return {
      size: input.size,
      read(into) {
        while (skip > 0) skip -= input.read(into.subarray(0, skip)) || skip;
        return input.read(into);
      },
    };
  }
  const decoder = new TextDecoder(encoding);
  const encoder = new TextEncoder();
  const chunk = new Uint8Array(64 * 1024);
  let ready = new Uint8Array(0);
  let ended = false;
  return {
    read(into) {
      while (ready.length === 0 && !ended) {
        const read = input.read(chunk);
        ended = read === 0;
        ready = encoder.encode(decoder.decode(chunk.subarray(0, read), { stream: !ended }));
      }
      const part = ready.subarray(0, into.length);
      into.set(part);
      ready = ready.subarray(part.length);
      return part.length;
    },
  };
}
