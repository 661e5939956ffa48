/** How pickles begin, and the objects in them. */
import type { Head } from '../../../src/plugin.ts';

/** Opens pickles of protocol 2 and later. */
const PROTO = 0x80;

/** How pickles of protocols 0 and 1 begin. */
const TEXT_START = /^\(*(c[\w.]+\r?\n[\w.]+\r?\n|[dl]p\d+\r?\n)/;
/** Where a pickle of one object names its class. */
const START = 1024;

/** Whether the input looks like a pickle. */
export function isPickle(head: Head): boolean {
  return head.bytes[0] === PROTO || TEXT_START.test(startOf(head));
}

/** Whether the input looks like a pickle of objects whose class has this in its name. */
export function isPickleOf(head: Head, className: string): boolean {
  return isPickle(head) && startOf(head).includes(className);
}

function startOf(head: Head): string {
  return isBytes(head) ? latin1(head.bytes.subarray(0, START)) : head.text.slice(0, START);
}

/** Whether the pickle is as it was written. One of protocol 0 is text, which may have been re-encoded. */
export function isBytes({ encoding, bom, text }: Head): boolean {
  return (encoding === 'utf-8' && bom === 0) || !TEXT_START.test(text);
}

/** Each byte as the character of its number. */
export function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
