/** Tables, code and plain text as Markdown has them. */
import type { Sink } from '../../../src/plugin.ts';

/** Writes a table; the last columns that hold names are flush left. */
export function table(sink: Sink, title: string, heads: string[], rows: string[][]): void {
  if (rows.length === 0) return;
  const line = (cells: string[]) => `| ${cells.join(' | ')} |\n`;
  const isNumber = (head: string) => ['self', 'total', '%'].includes(head);
  sink.write(
    `\n### ${title}\n\n${line(heads)}${line(heads.map((head) => (isNumber(head) ? '---:' : '---')))}`,
  );
  for (const row of rows) sink.write(line(row));
}

/** As code, whatever is in it. */
export function code(name: string): string {
  if (name === '') return '';
  const ticks = '`'.repeat(1 + Math.max(0, ...[...name.matchAll(/`+/g)].map(([run]) => run.length)));
  const padding = /^`|`$/.test(name) ? ' ' : '';
  return `${ticks}${padding}${name.replace(/\s+/g, ' ').replaceAll('|', '\\|')}${padding}${ticks}`;
}

/** As itself, on one line. */
export function text(plain: string): string {
  return plain.replace(/[\\`*_<>[\]#|]/g, '\\$&').replace(/\s+/g, ' ');
}
