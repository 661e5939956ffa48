/** Text as Python keeps it in bytes: UTF-8 that may hold lone surrogates, and bytes that are no UTF-8 at all. */

const encoder = new TextEncoder();
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of UTF-8 bytes. Lone surrogates stay (Python's `surrogatepass`); a byte that is no UTF-8 becomes
 * U+DC00 + byte (`surrogateescape`), so that it can be written back.
 */
export function pythonText(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeByHand(bytes);
  }
}

function decodeByHand(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const size = sequenceSize(bytes[at]!);
    const code = size === 1 ? bytes[at]! : codePoint(bytes, at, size);
    text += code < 0 ? String.fromCharCode(0xdc00 + bytes[at]!) : String.fromCodePoint(code);
    at += code < 0 ? 1 : size;
  }
  return text;
}

/** How many bytes the character takes that begins with this byte; 0 if none does. */
function sequenceSize(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/** The character of `size` bytes at `at`; -1 if they are none. */
function codePoint(bytes: Uint8Array, at: number, size: number): number {
  if (size === 0 || at + size > bytes.length) return -1;
  let code = bytes[at]! & (0x7f >> size);
  for (let i = 1; i < size; i++) {
    const next = bytes[at + i]!;
    if (next >> 6 !== 2) return -1;
    code = (code << 6) | (next & 0x3f);
  }
  const least = size === 2 ? 0x80 : size === 3 ? 0x800 : 0x10000;
  return code < least || code > 0x10ffff ? -1 : code;
}

/** The bytes of a text, with those that are no UTF-8 as they were; other lone surrogates take three bytes. */
export function pythonBytes(text: string): Uint8Array {
  const pieces: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i)!;
    if (code > 0xffff) i++;
    if (code >= 0xdc80 && code <= 0xdcff) pieces.push(code - 0xdc00);
    else if (code >= 0xd800 && code <= 0xdfff)
      pieces.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    else for (const byte of encoder.encode(String.fromCodePoint(code))) pieces.push(byte);
  }
  return Uint8Array.from(pieces);
}
