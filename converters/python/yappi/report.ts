/** The tables that yappi prints: names without their beginnings, microseconds, counts without their ends. */
import type { LineReader, Profile, Source } from '../../../src/plugin.ts';
import { YappiGraph } from './graph.ts';

const CLOCK = /^Clock type: (\w+)\s*$/;
const FUNCTIONS = /^name +(?:ncall|#n) +tsub +ttot +tavg\s*$/;
const THREADS = /^name +(?:id +)?(?:tid +)?ttot +scnt\s*$/;
const TITLE = /\S+/g;
/** Blanks between columns. */
const GAP = 2;
const TIME = /^-?\d{1,15}(?:\.\d+)?$/;
const COUNTS = /^(\d{1,15})(?:\/(\d{1,15}))?$/;
const OF_FILE = /^(.*?):(\d{1,9}) (.*)$/;
const CUT = '..';

/** Where a column begins, and where its text ends at the latest. */
interface Column {
  start: number;
  end: number;
}

export function readReport(source: Source): Profile {
  return new ReportReader(source).read();
}

class ReportReader {
  readonly #source: Source;
  readonly #lines: LineReader;
  #graph: YappiGraph;
  #columns = new Map<string, Column>();
  /** What the rows at hand are of. */
  #table: 'none' | 'functions' | 'threads' | 'others' = 'none';
  #rows = 0;
  #clocks = 0;

  constructor(source: Source) {
    this.#source = source;
    this.#lines = source.lines();
    this.#graph = new YappiGraph(source, '');
  }

  read(): Profile {
    const lines = this.#lines;
    while (lines.next()) this.#line(lines.text());
    if (this.#rows === 0) {
      const hint = 'its header reads: name  ncall  tsub  ttot  tavg';
      this.#source.fail('no-report', 'there is no table of yappi', undefined, hint);
    }
    this.#source.note(
      'shortened',
      'what yappi prints is shortened: its .ystat file has all names, counts and calls',
    );
    return this.#graph.flat();
  }

  #line(text: string): void {
    const [, clock] = CLOCK.exec(text) ?? [];
    if (clock !== undefined) this.#startReport(clock);
    else if (FUNCTIONS.test(text)) this.#startTable(text, this.#rows === 0 ? 'functions' : 'others');
    else if (THREADS.test(text)) this.#startTable(text, 'threads');
    else if (text.trim() === '') this.#table = 'none';
    else if (this.#table === 'functions') this.#functionRow(text);
    else if (this.#table === 'threads') this.#threadRow(text);
  }

  /** A later report is as a rule of the same profiler, and holds what the earlier ones do. */
  #startReport(clock: string): void {
    this.#clocks++;
    if (this.#clocks > 1)
      this.#source.warn('more-reports', 'only the last report is read', this.#lines.place());
    this.#graph = new YappiGraph(this.#source, clock);
    this.#rows = 0;
    this.#table = 'none';
  }

  #startTable(header: string, table: 'functions' | 'threads' | 'others'): void {
    if (table === 'others') {
      const message = 'a second table, without a clock type, is left out';
      this.#source.warn('more-tables', message, this.#lines.place());
    }
    this.#table = table;
    const titles = [...header.matchAll(TITLE)];
    const ends = [...titles.slice(1).map(({ index }) => index - GAP), Number.POSITIVE_INFINITY];
    this.#columns = new Map(titles.map(({ 0: title, index }, i) => [title, { start: index, end: ends[i]! }]));
  }

  #functionRow(text: string): void {
    const cell = this.#cells(text);
    const self = cell('tsub');
    const total = cell('ttot');
    if (!TIME.test(self) || !TIME.test(total)) {
      this.#source.warn('bad-row', 'a line of a table without times is left out', this.#lines.place());
      return;
    }
    const counts = COUNTS.exec(cell('ncall') || cell('#n'));
    if (!counts)
      this.#source.warn('count-cut', 'a count of calls is cut off, and left out', this.#lines.place());
    const calls = counts ? Number(counts[1]) : Number.NaN;
    // One number may also say that no call returned.
    const primitive = counts?.[2] ?? (Number(total) > 0 ? counts?.[1] : undefined);
    const known = this.#graph.functions.length;
    const func = this.#function(cell('name'));
    if (func < known)
      this.#source.warn(
        'same-name',
        'functions whose names are cut to the same end are added up',
        this.#lines.place(),
      );
    this.#graph.addFunction(func, {
      calls,
      primitiveCalls: primitive === undefined ? Number.NaN : Number(primitive),
      total: Number(total),
      self: Number(self),
    });
    this.#rows++;
  }

  /** `file:line name` or `module.name`, of which the beginning may be cut. */
  #function(text: string): number {
    const { functions } = this.#graph;
    const [, module, line, name] = OF_FILE.exec(text) ?? [];
    if (module !== undefined) {
      return Number(line) === 0
        ? functions.ofModule(name!, module)
        : functions.ofFile(name!, module, Number(line));
    }
    // A name in angle brackets may have points of its own.
    const point = text.startsWith(CUT)
      ? -1
      : text.lastIndexOf('.', text.includes('.<') ? text.indexOf('.<') : undefined);
    return point <= 0
      ? functions.ofModule(text, '')
      : functions.ofModule(text.slice(point + 1), text.slice(0, point));
  }

  #threadRow(text: string): void {
    const cell = this.#cells(text);
    const ids = [cell('id') && `id ${cell('id')}`, cell('tid') && `tid ${cell('tid')}`]
      .filter(Boolean)
      .join(', ');
    const what = `${cell('name')}${ids && ` (${ids})`}`;
    this.#graph.addComment(`thread ${what}: ${cell('ttot')} s, scheduled ${cell('scnt')} times`);
  }

  /** The text of a line by column. Columns count characters, astral ones too. */
  #cells(text: string): (title: string) => string {
    const characters = /[\ud800-\udfff]/.test(text) ? Array.from(text) : undefined;
    return (title) => {
      const column = this.#columns.get(title);
      if (!column) return '';
      const { start, end } = column;
      return (characters ? characters.slice(start, end).join('') : text.slice(start, end)).trim();
    };
  }
}
