/** Text in columns. */
import { fixed, shareOf, type Value } from '../../../src/plugin.ts';

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

/** What part of a sum a value is; NaN of nothing. */
export function partOf(value: Value, sum: Value): number {
  return Number(sum) === 0 ? Number.NaN : shareOf(value, sum);
}

/** As in `, 12.50% of all`; '' of nothing. */
export function ofAll(value: Value, sum: Value): string {
  const share = percent(partOf(value, sum));
  return share && `, ${share} of all`;
}

/** A part of the whole, in percent; '' where there is none. */
export function percent(share: number): string {
  return Number.isNaN(share) ? '' : `${fixed(share * 100, 2).replace(/^-(0\.00)$/, '$1')}%`;
}
