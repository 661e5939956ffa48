/** The places on stacks. */
import type { ProfileBuilder } from '../../../src/plugin.ts';

/** The frame of the builder for one that JSON gave. */
export function frameOf(value: unknown, builder: ProfileBuilder): number {
  const { name, url, line, column, expressionLocation } = fieldsOf(value);
  const func = builder.function(typeof name === 'string' && name !== '' ? name : '(anonymous)', {
    file: typeof url === 'string' ? pathOfUrl(url) : '',
    line: position(line),
    column: position(column),
  });
  const executing = fieldsOf(expressionLocation);
  return builder.frame(func, { line: position(executing['line']), column: position(executing['column']) });
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Counted from 1; -1 = unknown. */
function position(value: unknown): number {
  return typeof value === 'number' && value >= 1 && value < 2 ** 31 ? Math.trunc(value) : 0;
}

/** Paths for URLs of files, so that viewers find the sources; other URLs stay as they are. */
function pathOfUrl(url: string): string {
  if (!url.startsWith('file:///')) return url;
  const path = url.slice('file://'.length);
  try {
    return decodeURIComponent(path);
  } catch {
    // A stray % is part of the name.
    return path;
  }
}
