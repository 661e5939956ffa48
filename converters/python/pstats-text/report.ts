/** Reads printed tables of pstats, with whatever stands around them: of one profile, or of several. */
import type { LineReader, Metric, Profile, Source } from '../../../src/plugin.ts';
import { shifted } from '../decimal.ts';
import { CALLS_LINE, CALLS_TITLE, DIFFERENCE, STATS_TITLE } from './probe.ts';
import { ReportGraph } from './report-graph.ts';

const COUNT = String.raw`(?:\?|-?\d+)(?:/(?:\?|-?\d+))?`;
const VALUE = String.raw`(?:-?\d+(?:\.\d+)?|-?inf|nan|\?)`;
/** Columns are 8 wide at least, and blank where nothing was called. */
const FIELD = ` (?: {0,7}(${VALUE})| {8})`;
const PER_CALL = ` (?: {0,7}${VALUE}| {8})`;

const CALLS_COLUMNS = /^\s*ncalls +\w+ +\w+\s*$/;
const ROW = new RegExp(`^\\s*(${COUNT})${FIELD}${PER_CALL}${FIELD}${PER_CALL} (.*)$`);
const ENTRY = new RegExp(`^\\s*(${COUNT}) +(${VALUE}) +(${VALUE}) {1,2}(.*)$`);
const COUNTED_ENTRY = new RegExp(`^\\s*(.*)\\((-?\\d+)\\) +${VALUE}$`);
const ARROW = /^\s*(\S.*?)\s+(?:<-|->)(?:\s(.*))?$/;
const REDUCED = /^\s*List reduced from \d+ to \d+ due to restriction <.*>\s*$/;
/** `Tue Jan  2 03:04:05 2024    a.prof`: when a file was written. */
const FILE_LINE = /^\s*[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4} {4}\S/;
/** Werkzeug puts the path of each request before its table. */
const PATH_LINE = /^\s*PATH: (.*)$/;
/** Order, separators, and what the browser of pstats says. */
const KNOWN =
  /^\s*(?:Ordered by: .*|Random listing order was used|<Invalid regular expression .*>|-{10,}|\S*% .*|Welcome to the profile statistics browser\.|Goodbye\.)\s*$/;

export function readReport(source: Source): Profile {
  return new ReportReader(source).read();
}

class ReportReader {
  readonly #source: Source;
  readonly #lines: LineReader;
  readonly #graph: ReportGraph;
  /** What the lines at hand are rows of. */
  #table: 'none' | 'stats' | 'callers' | 'callees' = 'none';
  /** Of a table of calls: where its arrows stand, and the function to which the rows belong. */
  #arrow = 0;
  #func = '';
  /** The line with the number of calls: under the same one stand the same figures. */
  #calls = '';
  /** Whether values are thousandths of a second. */
  #timed = true;
  #reduced = false;

  constructor(source: Source) {
    this.#source = source;
    this.#lines = source.lines();
    this.#graph = new ReportGraph(source);
  }

  read(): Profile {
    while (this.#lines.next()) this.#line(this.#lines.text());
    if (this.#graph.empty) {
      const hint = 'its header reads: ncalls  tottime  percall  cumtime  percall filename:lineno(function)';
      this.#source.fail('no-table', 'there is no table of pstats', undefined, hint);
    }
    if (this.#timed)
      this.#source.note(
        'rounded-times',
        'printed times are rounded to thousandths of seconds: the binary profile has them exactly',
      );
    if (this.#reduced)
      this.#source.note(
        'reduced',
        'a table was cut down: what was left out of it, and stands in no other one, is missing',
      );
    return this.#graph.profile();
  }

  #line(text: string): void {
    if (text.trim() === '') this.#table = 'none';
    else if (this.#isTitle(text)) return;
    else if (this.#table === 'stats') this.#row(text);
    else if (this.#table !== 'none') this.#callsRow(text);
    else if (text.trim().startsWith(DIFFERENCE)) this.#refuse();
    else if (FILE_LINE.test(text)) this.#graph.comments.add(text.trim());
    else if (REDUCED.test(text)) this.#reduced = true;
    else if (!KNOWN.test(text))
      this.#source.warn('other-text', 'text that is no table of pstats is left out', this.#lines.place());
  }

  #refuse(): never {
    this.#source.fail(
      'difference',
      'these tables say what has changed against another profile, and are none themselves',
      this.#lines.place(),
      'the two profiles can be read',
    );
  }

  #isTitle(text: string): boolean {
    const [, path] = PATH_LINE.exec(text) ?? [];
    const calls = CALLS_LINE.exec(text);
    const [, by] = CALLS_TITLE.exec(text) ?? [];
    if (path !== undefined) this.#startRequest(path);
    else if (calls) this.#startProfile(calls);
    else if (STATS_TITLE.test(text)) this.#table = 'stats';
    else if (by !== undefined) {
      this.#table = by === 'called' ? 'callees' : 'callers';
      this.#arrow = text.indexOf(by);
      this.#func = '';
    } else return false;
    return true;
  }

  #startRequest(path: string): void {
    // Python's `repr`.
    const value = path.trim().replace(/^(['"])(.*)\1$/, '$2');
    this.#graph.start([{ key: 'path', value }]);
    this.#calls = '';
  }

  #startProfile(line: RegExpExecArray): void {
    const [text, sum, words, estimated] = line;
    this.#table = 'none';
    if (this.#calls === text.trim()) return;
    if (this.#calls !== '') this.#graph.start([]);
    this.#calls = text.trim();
    this.#timed = words === 'seconds' || words === 'CPU seconds';
    this.#graph.header(
      this.#timed ? { name: 'time', unit: 'milliseconds' } : metricOf(words!),
      this.#value(sum!),
    );
    if (estimated) this.#graph.estimated = true;
  }

  #row(text: string): void {
    const [, counts, self, total, label] = ROW.exec(text) ?? [];
    if (counts === undefined || self === undefined || total === undefined) {
      this.#badRow();
      return;
    }
    const [calls, primitiveCalls] = countsOf(counts);
    this.#graph.addRow(label!.trimEnd(), {
      calls,
      primitiveCalls,
      self: this.#value(self),
      total: this.#value(total),
    });
  }

  /** `function <- 2/1 0.5 0.5 caller`, more callers in the lines below; from `profile` `function <- caller(2) 0.5`. */
  #callsRow(text: string): void {
    if (CALLS_COLUMNS.test(text)) return;
    const [func, rest] = this.#func !== '' && ENTRY.test(text) ? [this.#func, text] : this.#atArrow(text);
    this.#func = func;
    if (func === '') {
      this.#badRow();
      return;
    }
    this.#graph.addFunction(func);
    if (rest.trim() === '') return;
    const [, counts, self, total, other] = ENTRY.exec(rest) ?? [];
    const [, counted, number] = COUNTED_ENTRY.exec(rest) ?? [];
    if (counts !== undefined) {
      const [calls, primitiveCalls] = countsOf(counts);
      const figures = { calls, primitiveCalls, self: this.#value(self!), total: this.#value(total!) };
      this.#addArc(func, other!.trimEnd(), figures);
    } else if (counted !== undefined) {
      const unknown = { primitiveCalls: Number.NaN, self: Number.NaN, total: Number.NaN };
      this.#addArc(func, counted, { calls: Number(number), ...unknown });
    } else {
      this.#badRow();
    }
  }

  /** The function before the arrow, and what stands behind it. */
  #atArrow(text: string): [string, string] {
    // Columns count characters, astral ones too.
    const characters = /[\ud800-\udfff]/.test(text) ? Array.from(text) : undefined;
    const part = (from: number, to?: number) => characters?.slice(from, to).join('') ?? text.slice(from, to);
    if (/^(?:<-|->)$/.test(part(this.#arrow, this.#arrow + 2)))
      return [part(0, this.#arrow).trim(), part(this.#arrow + 3)];
    const [, func, rest = ''] = ARROW.exec(text) ?? [];
    return func === undefined ? [this.#func, text] : [func, rest];
  }

  #addArc(func: string, other: string, figures: Parameters<ReportGraph['addArc']>[2]): void {
    if (this.#table === 'callers') this.#graph.addArc(other, func, figures);
    else this.#graph.addArc(func, other, figures);
  }

  #value(text: string): number {
    if (text === '?' || text === undefined) return Number.NaN;
    const value = this.#timed ? shifted(text, 3) : Number(text);
    // A sum has no place for what is no number; -0 is 0.
    return Number.isFinite(value) ? value + 0 : Number.NaN;
  }

  #badRow(): void {
    this.#source.warn('bad-row', 'a line of a table is none of its rows, and left out', this.#lines.place());
  }
}

/** Calls and primitive calls; NaN = not counted. */
function countsOf(text: string): [number, number] {
  const [calls, primitive] = text
    .split('/')
    .map((count) => (Number(count) >= 0 ? Number(count) : Number.NaN));
  return [calls!, primitive ?? calls!];
}

/** What our own tables are of, where it is no time: `5000 Ir`, `93 samples`, `4096 bytes of space`. */
function metricOf(words: string): Metric {
  const [, unit, name] = /^(\S+) of (.+)$/.exec(words) ?? [];
  if (name !== undefined) return { name, unit: unit! };
  return { name: words, unit: words === 'samples' ? words : 'count' };
}
