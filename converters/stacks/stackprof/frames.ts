/** The functions of a dump, which it calls frames. */
import type { Source } from '../../../src/plugin.ts';

export interface Frame {
  /** Its number, or what stands for one where dumps were added up. */
  key: string;
  name: string;
  file: string;
  /** 0 = unknown. */
  line: number;
  /** In samples, as the other values. */
  total: number;
  self: number;
  /** Callees and how often each stood on the frame. */
  edges: [string, number][];
  /** Lines, and the selves of those that say it. */
  lines: [number, number][];
}

type Fields = Record<string, unknown>;

export function readFrames(frames: unknown, source: Source): Frame[] {
  if (!isHash(frames)) {
    const hint = 'stackprof writes them under "frames"';
    return source.fail('no-frames', 'there are no frames', { path: 'frames' }, hint);
  }
  return Object.entries(frames).map(([key, fields]) => frameOf(key, fields, source));
}

function isHash(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function frameOf(key: string, fields: unknown, source: Source): Frame {
  const path = `frames.${key}`;
  if (!isHash(fields)) return source.fail('bad-frame', 'expected a frame', { path });
  const { name, file, line, edges, lines } = fields;
  const count = (what: string, value: unknown = 0) =>
    isCount(value)
      ? value
      : source.fail('bad-value', 'expected a number of samples', { path: `${path}.${what}` });
  return {
    key,
    // The last frame of a stack may be none: of C functions that have no name.
    name: typeof name === 'string' && name !== '' ? name : '(unknown)',
    file: typeof file === 'string' ? file : '',
    line: lineOf(line),
    total: count('total_samples', fields['total_samples']),
    self: count('samples', fields['samples']),
    edges: isHash(edges) ? Object.entries(edges).map(([to, n]) => [to, count(`edges.${to}`, n)]) : [],
    lines: isHash(lines)
      ? Object.entries(lines).map(([at, n]) => [
          lineOf(Number(at)),
          Array.isArray(n) ? count(`lines.${at}`, n[1]) : 0,
        ])
      : [],
  };
}

/** Whether a value counts something, exactly. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && Number.isSafeInteger(value);
}

function lineOf(value: unknown): number {
  return typeof value === 'number' && value >= 1 && value < 2 ** 31 ? Math.trunc(value) : 0;
}
