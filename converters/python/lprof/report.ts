/** The tables that line_profiler prints: times rounded to a digit behind the point, with the source beside them. */
import type { LineReader, Profile, Source } from '../../../src/plugin.ts';
import { LineTimes } from './line-times.ts';

const UNIT = /^Timer unit: (\S+) s\s*$/;
const FUNCTION = /^Function: (.*) at line (\d{1,9})\s*$/;
const HEADER = 'Line #';
const CONTENTS = 'Line Contents';
const RULER = /^=+\s*$/;
const LINE_NUMBER = /^ *(\d{1,9})(?= |$)/;
const NUMBER = String.raw`(\d+(?:\.\d+)?(?:e[+-]\d+)?)`;
const TOTAL = new RegExp(String.raw`^Total time: ${NUMBER} s\s*$`);
const COUNTED = new RegExp(String.raw`^ *\d+ +${NUMBER} +${NUMBER} +${NUMBER}(?= |$)`);
const SUMMARY = /^ *(\d{1,15}\.\d\d) seconds - (.*):(\d{1,9}) - (.*)$/;
/** From seconds to nanoseconds, in digits. */
const NANO = 9;
/** Digits of a total, as `%g` prints it. */
const DIGITS = 6;

interface Row {
  line: number;
  hits: number;
  /** Nanoseconds. */
  time: number;
}

interface FunctionTable {
  name: string;
  file: string;
  line: number;
  /** As it is printed, in seconds; '' = not given. */
  total: string;
  rows: Row[];
}

export function readReport(source: Source): Profile {
  return new ReportReader(source).read();
}

class ReportReader {
  readonly #source: Source;
  readonly #lines: LineReader;
  /** Seconds in the unit of the table, as they are printed. */
  #unit = '';
  #tables: FunctionTable[] = [];
  /** By `file:line`; made when the summary comes. */
  #byPlace: Map<string, FunctionTable> | undefined;
  /** What is known of the function whose table comes next. */
  #next = emptyTable();
  /** Column of the source text in the table that is being read; -1 outside of tables. */
  #contents = -1;
  #reports = 0;

  constructor(source: Source) {
    this.#source = source;
    this.#lines = source.lines();
  }

  read(): Profile {
    const lines = this.#lines;
    while (lines.next()) {
      const text = lines.text();
      if (this.#contents >= 0) this.#tableLine(text);
      else this.#otherLine(text);
    }
    if (this.#tables.length === 0) {
      const hint = 'it begins with a line `Timer unit: 1e-06 s`';
      this.#source.fail('no-report', 'there is no table of line_profiler', undefined, hint);
    }
    return this.#finish();
  }

  #otherLine(text: string): void {
    const next = this.#next;
    if (text.startsWith(HEADER) && text.includes(CONTENTS)) {
      this.#contents = text.indexOf(CONTENTS);
      if (this.#unit === '')
        this.#source.fail('no-unit', 'a table without a timer unit before it', this.#lines.place());
      this.#tables.push(next);
      this.#next = emptyTable();
      return;
    }
    const [, unit] = UNIT.exec(text) ?? [];
    if (unit !== undefined) this.#startReport(unit);
    const [, total] = TOTAL.exec(text) ?? [];
    if (total !== undefined) next.total = total;
    const [, name, line] = FUNCTION.exec(text) ?? [];
    if (name !== undefined) Object.assign(next, { name, line: Number(line) });
    const [, file] = /^(?:File:|Could not find file) (.*)$/.exec(text) ?? [];
    if (file !== undefined) next.file = file;
    const summary = SUMMARY.exec(text);
    if (summary) this.#summary(summary);
  }

  /** A later report is as a rule of the same profiler, and holds what the earlier ones do. */
  #startReport(unit: string): void {
    if (!(Number(unit) > 0 && Number.isFinite(Number(unit))))
      this.#source.fail('bad-unit', `expected the seconds of the unit, got "${unit}"`, this.#lines.place());
    this.#reports++;
    if (this.#reports > 1)
      this.#source.warn('more-reports', 'only the last report of the text is read', this.#lines.place());
    this.#unit = unit;
    this.#tables = [];
    this.#byPlace = undefined;
    this.#next = emptyTable();
  }

  #tableLine(text: string): void {
    if (RULER.test(text)) return;
    const table = this.#tables[this.#tables.length - 1]!;
    const [, number] = LINE_NUMBER.exec(text) ?? [];
    if (number === undefined) {
      this.#contents = -1;
      if (text.trim() !== '')
        this.#source.warn('bad-row', 'a table ends in a line of no known kind', this.#lines.place());
      return;
    }
    const line = Number(number);
    if (table.line === 0) table.line = line;
    const figures = text.slice(0, this.#contents).trimStart();
    if (figures.trim() === number) return;
    const [, hits, time] = COUNTED.exec(text) ?? [];
    const row = { line, hits: Number(hits), time: nanoseconds(time ?? '', this.#unit) };
    if (time !== undefined && Number.isFinite(row.hits + row.time)) table.rows.push(row);
    else
      this.#source.warn(
        'bad-row',
        'a line of a table without hits and time is left out',
        this.#lines.place(),
      );
  }

  /** `0.02 seconds - main.py:23 - Thing.gen`: names what its table does not, where the source was not found. */
  #summary([, seconds, file, line, name]: RegExpExecArray): void {
    this.#byPlace ??= new Map(this.#tables.map((table) => [`${table.file}:${table.line}`, table]));
    const place = `${file}:${Number(line)}`;
    const known = this.#byPlace.get(place);
    if (known) {
      if (known.name === '') known.name = name!;
      return;
    }
    const time = nanoseconds(seconds!, '1');
    const rows = time > 0 ? [{ line: 0, hits: 0, time }] : [];
    const table = { name: name!, file: file!, line: Number(line), total: '', rows };
    this.#tables.push(table);
    this.#byPlace.set(place, table);
    this.#source.note('summary-only', 'of some functions only the summary is there: hundredths of seconds');
  }

  #finish(): Profile {
    const times = new LineTimes(this.#source, 'nanoseconds');
    for (const table of this.#tables) {
      const { name, file, line } = table;
      if (name === '')
        this.#source.warn('no-name', `the function at ${file}:${line} has no name: its file was not found`);
      times.startFunction(name === '' ? `(line ${line})` : name, file, line);
      for (const row of table.rows) times.addLine(row.line, row.hits, row.time);
      const rest = this.#unaccounted(table);
      if (rest > 0) times.addLine(0, 0, rest);
    }
    this.#source.note('rounded-times', 'printed times are rounded: the .lprof file has them exactly');
    return times.finish();
  }

  /** What the total has beyond the lines, in nanoseconds; 0 if the total is no more exact than they are. */
  #unaccounted({ name, total, rows }: FunctionTable): number {
    const stated = nanoseconds(total, '1');
    if (total === '' || !Number.isFinite(stated)) return 0;
    const rest = stated - rows.reduce((sum, { time }) => sum + time, 0);
    const totalStep = stated === 0 ? 0 : 10 ** (Math.floor(Math.log10(stated)) + 1 - DIGITS);
    if (Math.abs(rest) <= totalStep * 0.51) return 0;
    // A line is off by half of its last digit at most; of large ones three digits are printed.
    const lineStep = rows.reduce(
      (step, { time }) => Math.max(step, time * 0.005),
      nanoseconds('0.051', this.#unit),
    );
    if (Math.abs(rest) > rows.length * lineStep + totalStep)
      this.#source.warn('sum-differs', `the times of the lines of ${name} do not add up to its total time`);
    return Math.max(rest, 0);
  }
}

function emptyTable(): FunctionTable {
  return { name: '', file: '', line: 0, total: '', rows: [] };
}

/** A printed number of units, each of so many seconds, in nanoseconds: rounded once, where the unit is a power of 10. */
function nanoseconds(text: string, unit: string): number {
  const power = Math.round(Math.log10(Number(unit)));
  const [digits = '', exponent = '0'] = text.split('e');
  const decimal = Number(`${digits}e${Number(exponent) + power + NANO}`);
  return Number(`1e${power}`) === Number(unit) ? decimal : Number(text) * Number(unit) * 10 ** NANO;
}
