/** How messages begin, and a stream of them. */

/** Bytes in front of a message, with its length. */
export const PREFIX = 4;
const OPEN_BRACE = 123;
const NAMES = [
  'Register',
  'ApplicationEvent',
  'BatchCommand',
  'StartRequest',
  'TagRequest',
  'FinishRequest',
  'StartSpan',
  'TagSpan',
  'StopSpan',
  'CoreAgentVersion',
];
const MESSAGE = new RegExp(String.raw`^\s*\{\s*"(${NAMES.join('|')})"\s*:`);

/** Whether a text begins as a message does. */
export function isMessage(text: string): boolean {
  return MESSAGE.test(text);
}

/** Whether bytes begin with the length of a message, and the message. */
export function isRaw(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0 || bytes[PREFIX] !== OPEN_BRACE) return false;
  return isMessage(String.fromCharCode.apply(undefined, [...bytes.subarray(PREFIX, PREFIX + 64)]));
}
