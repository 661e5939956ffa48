/** The beginning of an input, read once and shared by every probe. */
import type { PeekedInput } from './byte-input.ts';
import { type Encoding, encodingOf } from './encoding.ts';

export const HEAD_SIZE: number = 64 * 1024;

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
  return {
    bytes,
    whole,
    encoding,
    bom,
    text,
    lines: text.split(/\r?\n/),
    jsonKeys: start.startsWith('{') ? topLevelKeys(start) : undefined,
    jsonArray: start.startsWith('['),
  };
}

/** Text holds no control characters but white space, escape and form feed, a few NULs apart. */
function isBinary(text: string): boolean {
  const odd = text.match(/[\x00-\x08\x0e-\x1a\x1c-\x1f\uFFFD]/g)?.length ?? 0;
  return odd > Math.max(2, text.length * 0.02);
}

/** Keys at depth 1 of a JSON text that may end anywhere. */
function topLevelKeys(text: string): Set<string> {
  const keys = new Set<string>();
  const token = /"((?:[^"\\]|\\.)*)"(\s*:)?|[{}[\]]/gs;
  let depth = 0;
  for (const [found, string, colon] of text.matchAll(token)) {
    if (found === '{' || found === '[') depth++;
    else if (found === '}' || found === ']') depth--;
    else if (depth === 1 && colon !== undefined) keys.add(string!);
  }
  return keys;
}
