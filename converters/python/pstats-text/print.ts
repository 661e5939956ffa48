/** The three views, line by line as Python prints them. */
import { fixed, type Sink, type Value } from '../../../src/plugin.ts';
import { type Restriction, restrict } from './restrictions.ts';
import { compareText } from './sorting.ts';
import type { Caller, Count, Figures, Key, Row, Stats } from './stats.ts';

export interface Layout {
  /** Words of the sort keys; undefined = unsorted. */
  order: string | undefined;
  restrictions: Restriction[];
}

const UNKNOWN = '?';

export function printStats(stats: Stats, layout: Layout, sink: Sink): void {
  sink.write(`         ${callsText(stats)} in ${sumText(stats)}\n\n`);
  const rows = printMessage(stats.rows, layout, sink);
  if (rows.length === 0) return;
  const [self, total] = columnNames(stats);
  const { timed } = stats;
  sink.write(`   ncalls ${self}  percall ${total}  percall filename:lineno(function)\n`);
  for (const row of rows) {
    const { calls, primitiveCalls } = row;
    sink.write(
      `${countText(row).padStart(9)} ${value(row.self, timed)} ${perCall(row.self, calls)} ` +
        `${value(row.total, timed)} ${perCall(row.total, primitiveCalls)} ${row.key.label}\n`,
    );
  }
  sink.write('\n\n');
}

export function printCallers(stats: Stats, layout: Layout, sink: Sink): void {
  printCalls(stats, layout, sink, 'was called by...', '<-', (row) => row.callers);
}

export function printCallees(stats: Stats, layout: Layout, sink: Sink): void {
  const callees = calleesOf(stats.rows);
  printCalls(stats, layout, sink, 'called...', '->', (row) => callees.get(row.key) ?? []);
}

function calleesOf(rows: Row[]): Map<Key, Caller[]> {
  const callees = new Map<Key, Caller[]>();
  for (const { key, callers } of rows) {
    for (const caller of callers) {
      const list = callees.get(caller.key);
      if (list) list.push({ ...caller, key });
      else callees.set(caller.key, [{ ...caller, key }]);
    }
  }
  return callees;
}

/** Order and restrictions; returns the rows that are left. Nothing is printed if there are none. */
function printMessage(all: Row[], { order, restrictions }: Layout, sink: Sink): Row[] {
  let rows = all;
  let text = order === undefined ? '   Random listing order was used\n' : `   Ordered by: ${order}\n`;
  for (const restriction of restrictions) {
    const cut = restrict(rows, restriction);
    rows = cut.rows;
    text += cut.message;
  }
  if (rows.length > 0) sink.write(`${text}\n`);
  return rows;
}

function printCalls(
  stats: Stats,
  layout: Layout,
  sink: Sink,
  title: string,
  arrow: string,
  others: (row: Row) => Caller[],
): void {
  const rows = printMessage(stats.rows, layout, sink);
  if (rows.length === 0) return;
  // Rows that are left out do not count for the width; with none left out, all do.
  let width = 2;
  for (const { key } of rows) width = Math.max(width, codePoints(key.label) + 2);
  sink.write(`${padded('Function ', width)}${title}\n`);
  const [self, total] = columnNames(stats);
  if (stats.rows.some(({ callers }) => callers.length > 0))
    sink.write(`${' '.repeat(width)}    ncalls ${self} ${total}\n`);
  for (const row of rows) {
    sink.write(`${padded(row.key.label, width)}${arrow} `);
    const list = others(row).toSorted((a, b) => compareKeys(a.key, b.key));
    if (list.length === 0) sink.write('\n');
    for (const [i, other] of list.entries()) {
      const indent = i === 0 ? '' : ' '.repeat(width + 1);
      const count = countText(other).padStart(i === 0 ? 7 : 9);
      sink.write(
        `${indent}${count} ${value(other.self, stats.timed)} ${value(other.total, stats.timed)}  ${other.key.label}\n`,
      );
    }
  }
  sink.write('\n\n');
}

function compareKeys(a: Key, b: Key): number {
  return compareText(a.file, b.file) || a.line - b.line || compareText(a.name, b.name);
}

/** `N function calls (P primitive calls)`, the bracket only where the numbers differ. */
function callsText({ calls, primitiveCalls }: Stats): string {
  const all = `${sumOfCounts(calls)} function calls`;
  const differ = calls.known !== primitiveCalls.known || calls.unknown !== primitiveCalls.unknown;
  return differ ? `${all} (${sumOfCounts(primitiveCalls)} primitive calls)` : all;
}

function sumOfCounts({ known, unknown }: Count): string {
  if (unknown === 0) return integer(known);
  return Number(known) === 0 ? UNKNOWN : `at least ${integer(known)}`;
}

function sumText({ sum, metric, timed, estimated }: Stats): string {
  const { name, unit } = metric;
  const what = unit === '' || unit === 'count' || unit === name ? name : `${unit} of ${name}`;
  const text = `${value(sum, timed).trimStart()} ${timed ? 'seconds' : what}`;
  return estimated ? `${text} (estimated)` : text;
}

/** Heads of the columns of self and total. */
function columnNames({ timed }: Stats): [string, string] {
  return timed ? [' tottime', ' cumtime'] : ['    self', '   total'];
}

/** `N`, or `N/P` where some calls were recursive; a part that was not counted is `?`. */
function countText({ calls, primitiveCalls }: Figures<unknown>): string {
  if (Number.isNaN(calls)) return UNKNOWN;
  if (calls === primitiveCalls) return integer(calls);
  return `${integer(calls)}/${Number.isNaN(primitiveCalls) ? UNKNOWN : integer(primitiveCalls)}`;
}

/** `%8.3f`. */
function eight(number: number): string {
  return fixed(number, 3).padStart(8);
}

/** Times with three digits; what is counted as it is. */
function value(amount: Value | undefined, timed: boolean): string {
  if (amount === undefined) return UNKNOWN.padStart(8);
  return !timed && (typeof amount === 'bigint' || Number.isInteger(amount))
    ? integer(amount).padStart(8)
    : eight(amount as number);
}

function perCall(amount: Value, calls: number): string {
  return calls === 0 || Number.isNaN(calls) ? ' '.repeat(8) : eight(Number(amount) / calls);
}

function integer(count: Value): string {
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
