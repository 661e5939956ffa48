/** Goes through a report line by line, and tells its tables from the text around them. */
import {
  Float64List,
  Int32List,
  type LineReader,
  type Metric,
  type Profile,
  type Source,
} from '../../../src/plugin.ts';
import { CallGraph } from '../call-graph.ts';
import type { GprofOptions } from '../gprof.ts';
import { GraphRow } from '../graph-row.ts';
import { FlatProfile } from './flat.ts';
import { isFlatHeader, isGraphHeader } from './header.ts';

const FORM_FEED = 12;
const DASH = 45;
const OPEN = 91;
/** A heading is looked for in lines of this length at most. */
const LONGEST_HEADING = 200;
const SPONTANEOUS = /^\s+<spontaneous>\s*$/;
const SECONDS: Metric = { name: 'time', unit: 'seconds' };
const CYCLES: Metric = { name: 'cycles', unit: 'count' };

type Place = ReturnType<LineReader['place']>;
export class Reader {
  readonly #source: Source;
  readonly #options: GprofOptions;
  readonly #lines: LineReader;
  readonly #graph = new CallGraph();
  readonly #flat = new FlatProfile();
  readonly #row = new GraphRow(true);
  #section: 'text' | 'flat' | 'graph' = 'text';
  /** Tables so far. */
  #graphs = 0;
  #flats = 0;
  #sum = Number.NaN;
  #metric = SECONDS;
  #scale = 1;
  // Of the entry that is being read:
  /** Callers, until the row of the callee comes. */
  readonly #callers = new Int32List(64);
  readonly #callerCalls = new Float64List(64);
  readonly #callerSelf = new Float64List(64);
  readonly #callerChildren = new Float64List(64);
  /** The function that it is about; -1 = none so far, or one whose rows are not read. */
  #func = -1;
  #primary = false;
  #odd: Place[] = [];

  constructor(source: Source, options: GprofOptions) {
    this.#source = source;
    this.#options = options;
    this.#lines = source.lines();
  }

  read(): Profile {
    const lines = this.#lines;
    while (lines.next()) {
      if (lines.start === lines.end) continue;
      if (lines.bytes[lines.start] === FORM_FEED) this.#endSection();
      else if (this.#section === 'graph') this.#graphLine();
      else if (this.#section === 'flat') this.#flatLine();
      else this.#textLine();
    }
    if (this.#section === 'graph' && this.#primary)
      this.#source.warn('cut-off', 'the input ends within an entry of the call graph', lines.place());
    return this.#profile();
  }

  #profile(): Profile {
    const { totals, unlisted, unit } = this.#options;
    const metric = unit === 'seconds' ? SECONDS : this.#metric;
    const scale = unit === 'seconds' ? 1 : this.#scale;
    if (this.#graph.empty && this.#flat.name.length > 0)
      return this.#flat.profile(this.#source, metric, scale);
    if (this.#graphs > 0 || this.#flats > 0) {
      if (this.#graph.empty)
        this.#source.warn('no-functions', 'there are headings of tables, but no function below them');
      this.#compareTables();
      const reading = { metric, scale, sum: this.#sum, totals, unlisted, arcTotals: 'outermost' as const };
      return this.#graph.profile(this.#source, reading);
    }
    const hint = 'gprof writes it: `gprof program gmon.out > report`';
    this.#source.fail('no-table', 'there is neither a call graph nor a flat profile', undefined, hint);
  }

  /** Options of gprof leave functions, and what they took, out of the call graph. */
  #compareTables(): void {
    const names = new Set(this.#graph.names);
    const { name, self } = this.#flat;
    const missing = name.filter((each, f) => self[f]! > 0 && !names.has(each));
    if (missing.length > 0) {
      const shown = missing.slice(0, 3).join(', ') + (missing.length > 3 ? ', …' : '');
      this.#source.warn(
        'not-in-graph',
        `functions of the flat profile that the call graph lacks are left out: ${shown}`,
      );
    }
    const [all, graph] = [self.reduce((sum, value) => sum + value, 0), this.#graph.selfSum];
    // Each self is rounded to 0.01.
    if (all - graph > 0.01 * name.length) {
      const [of, part] = [all, graph].map((sum) => sum.toFixed(2));
      this.#source.note(
        'excluded',
        `the call graph has ${part} of the ${of} that the flat profile has; it is what is read`,
      );
    }
  }

  #endSection(): void {
    this.#section = 'text';
    this.#startEntry();
  }

  #textLine(): void {
    const lines = this.#lines;
    if (lines.end - lines.start > LONGEST_HEADING && lines.bytes[lines.start] !== OPEN) return;
    const text = lines.text();
    if (isGraphHeader(text)) {
      this.#startGraph();
    } else if (isFlatHeader(text)) {
      this.#startFlat();
    } else if (lines.bytes[lines.start] === OPEN && this.#row.read(lines)) {
      this.#startGraph();
      this.#graphLine();
    } else {
      const sum = /granularity:.* of (\d+[.,]\d+) (seconds|cycles)/.exec(text);
      if (sum) this.#sum = Number(sum[1]!.replace(',', '.'));
      // Over the columns of flat profiles of embedded systems.
      if (/^\s*%\s+cycles\s+cycles\s/.test(text)) this.#startFlat();
      this.#noticeUnit(text);
    }
  }

  /** Whether figures are cycles, or thousands of them. */
  #noticeUnit(text: string): void {
    if (/^\s*(?:%\s+cycles|.*\sof \d+[.,]\d+ cycles)/.test(text)) this.#metric = CYCLES;
    if (this.#metric === CYCLES && /^\s+\(K\)(?:\s+\(K\))+\s*$/.test(text)) this.#scale = 1000;
  }

  #startGraph(): void {
    this.#section = 'graph';
    this.#graphs++;
    if (this.#graphs === 2)
      this.#source.warn('second-graph', 'only the first of several call graphs is read', this.#lines.place());
    this.#startEntry();
  }

  #startFlat(): void {
    this.#section = 'flat';
    this.#flats++;
  }

  #startEntry(): void {
    this.#clearCallers();
    this.#func = -1;
    this.#primary = false;
    this.#odd = [];
  }

  #flatLine(): void {
    const lines = this.#lines;
    if (this.#graphs === 0 && this.#flat.readRow(lines, (from, to) => lines.text(from, to))) return;
    const text = lines.text();
    if (isGraphHeader(text) || this.#flat.name.length > 0) {
      this.#section = 'text';
      this.#textLine();
      return;
    }
    this.#flat.readUnits(text);
    this.#noticeUnit(text);
  }

  #graphLine(): void {
    const lines = this.#lines;
    if (this.#graphs > 1) return;
    if (this.#isRule()) {
      for (const place of this.#odd.slice(0, 1))
        this.#source.warn('bad-row', 'a line of a call graph is none of its rows, and left out', place);
      this.#startEntry();
    } else if (this.#row.read(lines)) {
      if (this.#graph.empty && this.#func < 0) this.#odd = [];
      this.#addRow();
    } else if (!this.#isExpected()) {
      this.#noticeUnit(lines.text());
      this.#odd.push(lines.place());
    }
  }

  /** A line of two hyphens or more. */
  #isRule(): boolean {
    const { bytes, start, end } = this.#lines;
    if (end - start < 2 || bytes[start] !== DASH) return false;
    let at = start;
    while (at < end && bytes[at] === DASH) at++;
    while (at < end && (bytes[at] === 32 || bytes[at] === 9)) at++;
    return at === end;
  }

  /** Whether a line that is no row belongs into a call graph all the same. */
  #isExpected(): boolean {
    // Behind the last entry comes an explanation: one line of an entry is enough to be told of.
    if (this.#odd.length > 0) return true;
    const text = this.#lines.text();
    return text.trim() === '' || SPONTANEOUS.test(text) || isGraphHeader(text);
  }

  #addRow(): void {
    const row = this.#row;
    if (this.#primary && !row.primary && this.#func < 0) return;
    if (row.primary && row.whole) {
      // The members have entries of their own.
      this.#primary = true;
      return;
    }
    const lines = this.#lines;
    let func = this.#graph.find(row);
    if (func < 0) func = this.#graph.add(row, lines.text(row.nameStart, row.nameEnd));
    if (row.primary) this.#addPrimary(func);
    else if (this.#primary) this.#graph.addCallee(this.#func, func, row);
    else this.#addCaller(func);
  }

  #addPrimary(func: number): void {
    const again = !this.#graph.addEntry(func, this.#row);
    if (again)
      this.#source.warn(
        'repeated-entry',
        'an index has a second entry, which is left out',
        this.#lines.place(),
      );
    this.#primary = true;
    this.#func = again ? -1 : func;
    if (again) return;
    this.#addCallers(func);
  }

  #addCaller(func: number): void {
    this.#callers.push(func);
    this.#callerCalls.push(this.#row.calls);
    this.#callerSelf.push(this.#row.self);
    this.#callerChildren.push(this.#row.children);
  }

  #addCallers(callee: number): void {
    const [calls, self, children] = [this.#callerCalls, this.#callerSelf, this.#callerChildren];
    for (const [i, caller] of this.#callers.trimmed().entries())
      this.#graph.addCaller(caller, callee, calls.array[i]!, self.array[i]!, children.array[i]!);
    this.#clearCallers();
  }

  #clearCallers(): void {
    for (const list of [this.#callers, this.#callerCalls, this.#callerSelf, this.#callerChildren])
      list.length = 0;
  }
}
