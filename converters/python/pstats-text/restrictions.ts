/** What cuts the table down: a count, a fraction, or a regular expression, as `print_stats` takes them. */
import { ProfileError, repr } from '../../../src/plugin.ts';
import type { PstatsRow } from '../pstats-table.ts';
import { pythonRegExp, textRepr } from './python-regex.ts';

export type Restriction =
  | { kind: 'count'; count: number }
  | { kind: 'fraction'; fraction: number }
  | { kind: 'pattern'; pattern: string };

const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Reads `20`, `0.25` or a pattern; `int:`, `float:` and `re:` before it say which. Throws `ProfileError`. */
export function restriction(text: string): Restriction {
  const [, kind, value] = /^(int|float|re):(.*)$/s.exec(text) ?? ['', '', text];
  if (kind === 're') return { kind: 'pattern', pattern: value! };
  if (kind !== 'float' && INTEGER.test(value!)) return { kind: 'count', count: Number(value) };
  if (kind !== 'int' && NUMBER.test(value!)) {
    const fraction = Number(value);
    if (kind === 'float' || (fraction >= 0 && fraction <= 1)) return { kind: 'fraction', fraction };
  } else if (kind === '') return { kind: 'pattern', pattern: text };
  throw new ProfileError({
    code: 'usage/bad-restriction',
    message: `${text} is neither a count nor a fraction from 0 to 1`,
    hint: `re:${value} takes it for a pattern`,
  });
}

/** The rows that are left, and a line for the header if that changed anything. */
export function restrict(rows: PstatsRow[], by: Restriction): { rows: PstatsRow[]; message: string } {
  let left = rows;
  if (by.kind === 'pattern') {
    const pattern = pythonRegExp(by.pattern);
    if (!pattern) return { rows, message: `   <Invalid regular expression ${textRepr(by.pattern)}>\n` };
    left = rows.filter(({ key }) => pattern.test(key.label));
  } else if (by.kind === 'fraction') {
    if (by.fraction >= 0 && by.fraction < 1)
      left = rows.slice(0, Math.trunc(rows.length * by.fraction + 0.5));
  } else if (by.count >= 0 && by.count < rows.length) {
    left = rows.slice(0, by.count);
  }
  if (left.length === rows.length) return { rows: left, message: '' };
  const message = `   List reduced from ${rows.length} to ${left.length} due to restriction <${shown(by)}>\n`;
  return { rows: left, message };
}

function shown(by: Restriction): string {
  if (by.kind === 'count') return String(by.count);
  return by.kind === 'fraction' ? repr(by.fraction) : textRepr(by.pattern);
}
