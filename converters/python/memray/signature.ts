/** What tells memray's files: the columns of its tables, and how its own recordings begin. */
import type { Head } from '../../../src/plugin.ts';

export const COLUMNS = ['allocator', 'num_allocations', 'size', 'tid', 'thread_name', 'stack_trace'] as const;

const MAGIC = 'memray\0';
/** A recording may be an LZ4 frame: the magic stands near its beginning as it is. */
const LZ4 = [0x04, 0x22, 0x4d, 0x18];
const LZ4_START = 64;

/** Whether the input is a recording, which is not read. */
export function isRecording({ bytes }: Head): boolean {
  const start = String.fromCharCode.apply(undefined, [...bytes.subarray(0, LZ4_START)]);
  return start.startsWith(MAGIC) || (LZ4.every((byte, i) => bytes[i] === byte) && start.includes(MAGIC));
}
