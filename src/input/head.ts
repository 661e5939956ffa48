/** The beginning of an input, read once and shared by every probe. */
import type { PeekedInput } from './byte-input.ts';
import { type Encoding, encodingOf } from './encoding.ts';

const HEAD_SIZE = 64 * 1024;

export interface Head {
  /** At most 64 KiB of the decompressed input. */
  bytes: Uint8Array;
  /** True if `bytes` is all of it. */
  whole: boolean;
  encoding: Encoding;
  /** Length of the byte order mark. */
  bom: number;
  /** `bytes` as text, without the byte order mark; '' if it is binary. */
  text: string;
  /** Whether lines end in a CR, as on Macs of old: there is one, and no LF. */
  endsInReturns: boolean;
  /** The lines of `text`; the last one may be cut off. */
  lines: string[];
  /** Keys of a JSON object at the top level, as far as the head shows them; undefined if it is no object. */
  jsonKeys: Set<string> | undefined;
  /** First character behind white space is `[`. */
  jsonArray: boolean;
}

export function headOf(input: PeekedInput): Head {
  const bytes = input.peek(HEAD_SIZE);
  const whole = input.peek(HEAD_SIZE + 1).length <= HEAD_SIZE;
  const { encoding, bom } = encodingOf(bytes);
  const decoded = new TextDecoder(encoding).decode(bytes.subarray(bom), { stream: !whole });
  const text = isBinary(decoded) ? '' : decoded;
  const start = text.trimStart();
  const endsInReturns = text.includes('\r') && !text.includes('\n');
  return {
    bytes,
    whole,
    encoding,
    bom,
    text,
    endsInReturns,
    lines: text.split(endsInReturns ? '\r' : /\r?\n/),
    jsonKeys: start.startsWith('{') ? topLevelKeys(start) : undefined,
    jsonArray: start.startsWith('['),
  };
}

/** Text holds no control characters but white space, escape and form feed, a few NULs apart. */
function isBinary(text: string): boolean {
  const odd = text.match(/[\x00-\x08\x0e-\x1a\x1c-\x1f]/g)?.length ?? 0;
  return odd > Math.max(2, text.length * 0.02);
}

/** Keys at depth 1 of a JSON text that may end anywhere, as they are written. */
function topLevelKeys(text: string): Set<string> {
  const keys = new Set<string>();
  const token = /["{}[\]]/g;
  let depth = 0;
  while (token.test(text)) {
    const at = token.lastIndex - 1;
    if (text[at] !== '"') {
      depth += text[at] === '{' || text[at] === '[' ? 1 : -1;
      continue;
    }
    const end = stringEnd(text, at + 1);
    if (end < 0) break;
    token.lastIndex = end + 1;
    if (depth === 1 && /^\s*:/.test(text.slice(end + 1, end + 20))) keys.add(text.slice(at + 1, end));
  }
  return keys;
}

/** Where the quote is that ends a JSON string, or -1. */
function stringEnd(text: string, from: number): number {
  for (let at = from; ; at++) {
    at = text.indexOf('"', at);
    if (at < 0) return -1;
    let slashes = 0;
    while (text[at - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return at;
  }
}
