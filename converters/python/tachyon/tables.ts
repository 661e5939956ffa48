/** The tables of a recording: strings, and frames made of them. */
import type { ProfileBuilder } from '../../../src/plugin.ts';
import { pythonText } from '../python-text.ts';
import type { ByteReader } from './byte-reader.ts';

/** Fewest bytes of a frame. */
const FRAME_SIZE = 7;
/** The file of frames that are no code. */
const NO_FILE = '~';

export function readStrings(reader: ByteReader, count: number): string[] {
  if (count > reader.left) reader.fail('bad-count', `${count} strings in ${reader.left} bytes`);
  return Array.from({ length: count }, () => {
    const size = reader.count(1);
    const start = reader.skip(size);
    return pythonText(reader.bytes.subarray(start, start + size));
  });
}

/** The builder's frame of each frame in the table: those that only differ in their instruction are the same. */
export function readFrames(
  reader: ByteReader,
  count: number,
  strings: string[],
  builder: ProfileBuilder,
): Int32Array {
  if (count * FRAME_SIZE > reader.left) reader.fail('bad-count', `${count} frames in ${reader.left} bytes`);
  return Int32Array.from({ length: count }, () => {
    const file = strings[reader.index(strings.length, 'string')]!;
    const name = strings[reader.index(strings.length, 'string')]!;
    const line = reader.zigzag();
    reader.zigzag();
    const column = reader.zigzag();
    reader.zigzag();
    reader.byte();
    const func = builder.function(name, file === NO_FILE ? {} : { file });
    return builder.frame(func, { line: place(line), column: place(column + 1) });
  });
}

/** A line or column, or 0 for what is none. */
function place(value: number): number {
  return value > 0 && value < 2 ** 31 ? value : 0;
}
