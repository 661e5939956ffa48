/** The three views, line by line as Python prints them. */
import { fixed, ProfileError } from '../../../src/plugin.ts';
import {
  keyId,
  type PstatsCaller,
  type PstatsFigures,
  type PstatsKey,
  type PstatsRow,
  type PyNumber,
} from '../pstats-table.ts';
import { DIFFERENCE } from './probe.ts';
import { type Restriction, restrict } from './restrictions.ts';
import { compareText } from './sorting.ts';
import type { Count, Stats } from './stats.ts';

export interface Layout {
  /** Words of the sort keys; undefined = unsorted. */
  order: string | undefined;
  restrictions: Restriction[];
}

/** Takes the output, piece by piece. */
export type WriteText = (text: string) => void;

const UNKNOWN = '?';

export function printStats(stats: Stats, layout: Layout, write: WriteText): void {
  const { files, topLevel, isDifference } = stats;
  for (const file of files) write(`${file}\n`);
  if (files.length > 0) write('\n');
  for (const name of topLevel) write(`         ${name}\n`);
  const what = isDifference ? `${DIFFERENCE} ` : '';
  write(`         ${what}${callsText(stats)} in ${sumText(stats)}\n\n`);
  const rows = printMessage(stats.rows, layout, write);
  if (rows.length === 0) return;
  const [self, total] = columnNames(stats);
  // What has changed divided by other calls than before is nothing.
  const average = isDifference ? () => ' '.repeat(8) : perCall;
  write(`   ncalls ${self}  percall ${total}  percall filename:lineno(function)\n`);
  for (const row of rows) {
    const { calls, primitiveCalls } = row;
    write(
      `${countText(row, isDifference).padStart(9)} ${value(row.self, stats)} ${average(row.self, calls)} ` +
        `${value(row.total, stats)} ${average(row.total, primitiveCalls)} ${row.key.label}\n`,
    );
  }
  write('\n\n');
}

export function printCallers(stats: Stats, layout: Layout, write: WriteText): void {
  printCalls(stats, layout, write, 'was called by...', '<-', (row) => row.callers);
}

export function printCallees(stats: Stats, layout: Layout, write: WriteText): void {
  const callees = calleesOf(stats.rows);
  printCalls(stats, layout, write, 'called...', '->', (row) => callees.get(keyId(row.key)) ?? []);
}

function calleesOf(rows: PstatsRow[]): Map<string, PstatsCaller[]> {
  const callees = new Map<string, PstatsCaller[]>();
  for (const { key, callers } of rows) {
    for (const { key: caller, figures } of callers) {
      const list = callees.get(keyId(caller));
      if (list) list.push({ key, figures });
      else callees.set(keyId(caller), [{ key, figures }]);
    }
  }
  return callees;
}

/** Order and restrictions; returns the rows that are left. Nothing is printed if there are none. */
function printMessage(all: PstatsRow[], { order, restrictions }: Layout, write: WriteText): PstatsRow[] {
  let rows = all;
  let text = order === undefined ? '   Random listing order was used\n' : `   Ordered by: ${order}\n`;
  for (const restriction of restrictions) {
    const cut = restrict(rows, restriction);
    rows = cut.rows;
    text += cut.message;
  }
  if (rows.length > 0) write(`${text}\n`);
  return rows;
}

function printCalls(
  stats: Stats,
  layout: Layout,
  write: WriteText,
  title: string,
  arrow: string,
  others: (row: PstatsRow) => PstatsCaller[],
): void {
  const rows = printMessage(stats.rows, layout, write);
  if (rows.length === 0) return;
  // Rows that are left out do not count for the width; with none left out, all do.
  let width = 2;
  for (const { key } of rows) width = Math.max(width, codePoints(key.label) + 2);
  write(`${padded('Function ', width)}${title}\n`);
  const [self, total] = columnNames(stats);
  const first = stats.rows.find(({ callers }) => callers.length > 0)?.callers[0];
  if (typeof first?.figures === 'object') write(`${' '.repeat(width)}    ncalls ${self} ${total}\n`);
  const printer = new CallPrinter(stats, width);
  for (const row of rows) {
    write(`${padded(row.key.label, width)}${arrow} `);
    const list = others(row).toSorted((a, b) => compareKeys(a.key, b.key));
    if (list.length === 0) write('\n');
    for (const [i, other] of list.entries()) write(printer.line(other, i === 0));
  }
  write('\n\n');
}

/** The lines of callers and callees. */
class CallPrinter {
  readonly #stats: Stats;
  readonly #width: number;
  #rows: Map<string, PstatsRow> | undefined;

  constructor(stats: Stats, width: number) {
    this.#stats = stats;
    this.#width = width;
  }

  line({ key, figures }: PstatsCaller, first: boolean): string {
    const stats = this.#stats;
    if (typeof figures !== 'object') {
      const indent = first ? '' : ' '.repeat(this.#width + 3);
      return `${indent}${key.label}(${figures}) ${value(this.#totalOf(key), stats)}\n`;
    }
    const indent = first ? '' : ' '.repeat(this.#width + 1);
    const count = countText(figures, stats.isDifference).padStart(first ? 7 : 9);
    return `${indent}${count} ${value(figures.self, stats)} ${value(figures.total, stats)}  ${key.label}\n`;
  }

  /** Of a count alone Python prints the total of that function, wherever it was called. */
  #totalOf(key: PstatsKey): PyNumber | undefined {
    this.#rows ??= new Map(this.#stats.rows.map((row) => [keyId(row.key), row]));
    const row = this.#rows.get(keyId(key));
    if (row) return row.total;
    throw new ProfileError({
      code: 'pstats-text/caller-without-row',
      message: `${key.label} is a caller and has no figures of its own`,
      hint: 'Python stops here, too; -t dot or -t callgrind show such callers',
    });
  }
}

function compareKeys(a: PstatsKey, b: PstatsKey): number {
  return compareText(a.file, b.file) || a.line - b.line || compareText(a.name, b.name);
}

/** `N function calls (P primitive calls)`, the bracket only where the numbers differ. */
function callsText({ calls, primitiveCalls, isDifference }: Stats): string {
  const all = `${sumOfCounts(calls, isDifference)} function calls`;
  const differ = calls.known !== primitiveCalls.known || calls.unknown !== primitiveCalls.unknown;
  return differ ? `${all} (${sumOfCounts(primitiveCalls, isDifference)} primitive calls)` : all;
}

function sumOfCounts({ known, unknown }: Count, isDifference: boolean): string {
  if (unknown === 0) return count(known, isDifference);
  // Changes that are unknown may be of either sign.
  if (isDifference) return UNKNOWN;
  return Number(known) === 0 ? UNKNOWN : `at least ${integer(known)}`;
}

function sumText(stats: Stats): string {
  const { sum, metric, timed, estimated } = stats;
  const { name, unit } = metric;
  const what = unit === '' || unit === 'count' || unit === name ? name : `${unit} of ${name}`;
  const text = `${value(sum, stats).trimStart()} ${timed ? 'seconds' : what}`;
  return estimated ? `${text} (estimated)` : text;
}

/** Heads of the columns of self and total. */
function columnNames({ timed }: Stats): [string, string] {
  return timed ? [' tottime', ' cumtime'] : ['    self', '   total'];
}

/** `N`, or `N/P` where some calls were recursive; a part that was not counted is `?`. */
function countText({ calls, primitiveCalls }: PstatsFigures, isDifference: boolean): string {
  if (calls === undefined) return UNKNOWN;
  const all = count(calls, isDifference);
  if (calls === primitiveCalls) return all;
  return `${all}/${primitiveCalls === undefined ? UNKNOWN : count(primitiveCalls, isDifference)}`;
}

/** `%.3f`. */
function decimal(number: PyNumber): string {
  return typeof number === 'bigint' ? `${number}.000` : fixed(number, 3);
}

/** Times with three digits; what is counted as it is; differences with their signs. */
function value(amount: PyNumber | undefined, { timed, isDifference }: Stats): string {
  if (amount === undefined) return UNKNOWN.padStart(8);
  const whole = !timed && (typeof amount === 'bigint' || Number.isInteger(amount));
  const text = whole ? integer(amount) : decimal(amount);
  return (isDifference ? signed(text, amount) : text).padStart(8);
}

function count(number: PyNumber, isDifference: boolean): string {
  return isDifference ? signed(integer(number), number) : integer(number);
}

/** With a plus, if it is more than 0; what is too small to be seen has no sign. */
function signed(text: string, number: PyNumber): string {
  if (/^-?0(\.0+)?$/.test(text)) return text.replace('-', '');
  return number > 0 ? `+${text}` : text;
}

function perCall(amount: PyNumber | undefined, calls: PyNumber | undefined): string {
  if (amount === undefined || calls === undefined || Number(calls) === 0) return ' '.repeat(8);
  return decimal(Number(amount) / Number(calls)).padStart(8);
}

function integer(count: PyNumber): string {
  return typeof count === 'bigint' || Number.isInteger(count) ? BigInt(count).toString() : String(count);
}

/** The length in code points, of which Python's widths are. */
function codePoints(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) if (text.codePointAt(i)! > 0xffff) length--;
  return length;
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - codePoints(text)));
}
