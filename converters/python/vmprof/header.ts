/** The first five words of a vmprof log: 0, 3, 0, the period in microseconds, and 1 on 64-bit Windows, else 0. */

/** Bytes of a word, which is a `long` of C; 0 = the input is no vmprof log. */
export function wordSize(bytes: Uint8Array): 0 | 4 | 8 {
  for (const size of [4, 8] as const) {
    if (bytes.length < 5 * size) continue;
    const view = new DataView(bytes.buffer, bytes.byteOffset, 5 * size);
    const fits = [0, 3, 0, undefined, undefined].every((word, i) => {
      const low = view.getInt32(i * size, true);
      const isSmall = size === 4 || view.getInt32(i * size + 4, true) === 0;
      return isSmall && low >= 0 && (word === undefined || low === word);
    });
    if (fits && view.getInt32(4 * size, true) <= 1) return size;
  }
  return 0;
}
