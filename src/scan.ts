/** Looking through bytes, several at a time. Reading stays within the given range. */

/** A byte, four times: it makes a pattern of another. */
export const ONES = 0x01010101;

/** Whether one of the four bytes of a word is zero. */
export function hasZeroByte(word: number): boolean {
  return ((word - ONES) & ~word & 0x80808080) !== 0;
}

/** Position of the first `byte` in `from … to`, or `to` if there is none. */
export function findByte(bytes: Uint8Array, view: DataView, from: number, to: number, byte: number): number {
  const pattern = Math.imul(byte, ONES);
  let at = from;
  // A byte is zero where the input has `byte`.
  for (const whole = to - 3; at < whole; at += 4) if (hasZeroByte(view.getInt32(at, true) ^ pattern)) break;
  while (at < to && bytes[at] !== byte) at++;
  return at;
}

/** How many bytes from `a` and `b` on are the same, at most `limit`. */
export function commonPrefix(viewA: DataView, a: number, viewB: DataView, b: number, limit: number): number {
  let same = 0;
  for (const whole = limit - 7; same < whole; same += 8)
    if (!areSame8(viewA, a + same, viewB, b + same)) break;
  for (const whole = limit - 3; same < whole; same += 4) {
    if (viewA.getInt32(a + same, true) !== viewB.getInt32(b + same, true)) break;
  }
  while (same < limit && viewA.getUint8(a + same) === viewB.getUint8(b + same)) same++;
  return same;
}

/**
 * Whether eight bytes are the same, which is not said of all that are. As floating-point numbers only zeros are equal
 * that differ in a bit, and NaNs are not equal to themselves.
 */
function areSame8(viewA: DataView, a: number, viewB: DataView, b: number): boolean {
  const value = viewA.getFloat64(a, true);
  return value === viewB.getFloat64(b, true) && value !== 0;
}
