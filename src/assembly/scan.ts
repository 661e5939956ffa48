/** Looking through bytes, eight at a time: up to seven behind a range are read, too. */

const ONES: u64 = u64.MAX_VALUE / 255;
const HIGHS: u64 = ONES << 7;

/** A byte, eight times. */
export function pattern(byte: u64): u64 {
  return byte * ONES;
}

/** Which of the eight bytes of a word is the first that is zero; 8 = none is. */
export function firstZero(word: u64): i32 {
  const zeros = (word - ONES) & ~word & HIGHS;
  return zeros === 0 ? 8 : <i32>(ctz(zeros) >> 3);
}

/** Where the first of a byte in `from … to` is, or `to`. */
export function findByte(from: usize, to: usize, bytes: u64): usize {
  for (let at = from; at < to; at += 8) {
    const first = firstZero(load<u64>(at) ^ bytes);
    if (first < 8) return min(at + first, to);
  }
  return to;
}

/** How many bytes from `a` and `b` on are the same, at most `limit`. */
export function commonPrefix(a: usize, b: usize, limit: i32): i32 {
  for (let same = 0; same < limit; same += 8) {
    const differs = load<u64>(a + same) ^ load<u64>(b + same);
    if (differs !== 0) return min(same + <i32>(ctz(differs) >> 3), limit);
  }
  return limit;
}
