/** Looking through bytes four at a time. Reading stays within the given range. */

/** Position of the first `byte` in `from … to`, or `to` if there is none. */
export function findByte(bytes: Uint8Array, view: DataView, from: number, to: number, byte: number): number {
  const pattern = Math.imul(byte, 0x01010101);
  let at = from;
  for (const whole = to - 3; at < whole; at += 4) {
    // A byte of `word` is zero where the input has `byte`; the test finds whether there is a zero byte.
    const word = view.getInt32(at, true) ^ pattern;
    if (((word - 0x01010101) & ~word & 0x80808080) !== 0) break;
  }
  while (at < to && bytes[at] !== byte) at++;
  return at;
}

/** How many bytes from `a` and `b` on are the same, at most `limit`. */
export function commonPrefix(viewA: DataView, a: number, viewB: DataView, b: number, limit: number): number {
  let same = 0;
  for (const whole = limit - 3; same < whole; same += 4) {
    if (viewA.getInt32(a + same, true) !== viewB.getInt32(b + same, true)) break;
  }
  while (same < limit && viewA.getUint8(a + same) === viewB.getUint8(b + same)) same++;
  return same;
}
