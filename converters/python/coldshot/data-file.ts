/** Tells the file of events from others: it has no mark of its own. */
import type { Head } from '../../../src/plugin.ts';

const RECORD = 12;
/** So many events must make sense. */
const ENOUGH = 8;
const KINDS = 4;
const CALL = 1;

/** Whether the input looks like the events of a profile, in either byte order. */
export function isDataFile({ bytes }: Head): boolean {
  return bytes.length >= ENOUGH * RECORD && [true, false].some((little) => makesSense(bytes, little));
}

/** Kinds that there are, calls among them, and times that go on. */
function makesSense(bytes: Uint8Array, little: boolean): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let calls = 0;
  let time = 0;
  for (let at = 0; at + RECORD <= bytes.length; at += RECORD) {
    const kind = view.getUint32(at + 4, little) >>> 24;
    const next = view.getUint32(at + 8, little);
    if (kind >= KINDS || next < time) return false;
    if (kind === CALL) calls++;
    time = next;
  }
  return calls > 0 && time > 0;
}
