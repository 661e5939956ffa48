/** Text in columns. */
import { fixed } from '../../../src/plugin.ts';

/** Rows as lines: all columns flush right but the last. Empty rows stay empty lines. */
export function* aligned(rows: readonly string[][]): Iterable<string> {
  const widths: number[] = [];
  for (const row of rows)
    for (const [c, cell] of row.slice(0, -1).entries()) widths[c] = Math.max(widths[c] ?? 0, cell.length);
  for (const row of rows) {
    const cells = row.map((cell, c) => (c === row.length - 1 ? cell : cell.padStart(widths[c]!)));
    yield `${cells.join('  ').trimEnd()}\n`;
  }
}

/** A part of the whole, in percent; '' where there is none. */
export function percent(share: number): string {
  return Number.isNaN(share) ? '' : `${fixed(share * 100, 2).replace(/^-(0\.00)$/, '$1')}%`;
}
