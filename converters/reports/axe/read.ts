/** Goes through a report entry by entry. */
import type { LineReader, Metric, Profile, Source } from '../../../src/plugin.ts';
import { CallGraph } from '../call-graph.ts';
import { GraphRow } from '../graph-row.ts';
import { arcShares } from './arc-shares.ts';
import { isHeader } from './header.ts';

const OPEN = 91;
const SPONTANEOUS = '<spontaneous>';

type Place = ReturnType<LineReader['place']>;
/** A caller, until the row of the callee comes. */
interface Caller {
  func: number;
  self: number;
  children: number;
}

export class Reader {
  readonly #source: Source;
  readonly #lines: LineReader;
  /** Whether totals are read from the column of percents. */
  readonly #percents: boolean;
  readonly #graph = new CallGraph();
  readonly #row = new GraphRow(false);
  #metric: Metric = { name: 'time', unit: 'seconds' };
  /** Total in percent, and number of the cycle, by entry. */
  readonly #percent: number[] = [];
  readonly #cycle: number[] = [];
  // Of the entry that is being read:
  #callers: Caller[] = [];
  #primary = false;
  /** -1 = its rows are not read. */
  #func = -1;
  #odd: Place | undefined;

  constructor(source: Source, percents: boolean) {
    this.#source = source;
    this.#lines = source.lines();
    this.#percents = percents;
  }

  read(): Profile {
    if (!this.#findHeader()) {
      const hint = 'VTune writes it: `amplxe-cl -report gprof-cc`';
      this.#source.fail('no-header', 'there is no line `Index  % CPU Time:Total …`', undefined, hint);
    }
    if (!this.#readEntries()) {
      this.#source.warn(
        'cut-off',
        'the list of functions at the end is missing, and maybe entries are',
        this.#lines.place(),
      );
    }
    if (this.#graph.empty) this.#source.warn('no-functions', 'there is no entry of a function');
    const profile = this.#graph.profile(this.#source, {
      metric: this.#metric,
      scale: 1,
      sum: Number.NaN,
      totals: 'printed',
      unlisted: 'keep',
    });
    return this.#percents ? arcShares(profile, this.#percent, this.#cycle) : profile;
  }

  #findHeader(): boolean {
    while (this.#lines.next()) {
      const text = this.#lines.text();
      if (!isHeader(text)) continue;
      const [, name] = /%\s*(.*?):Total/.exec(text)!;
      if (!/time/i.test(name!)) this.#metric = { name: name!, unit: 'count' };
      return true;
    }
    return false;
  }

  /** Whether the entries end where they should. */
  #readEntries(): boolean {
    const lines = this.#lines;
    while (lines.next()) {
      if (lines.startsWith('Index ') && /^Index\s+(?:Function|by function name)\s*$/.test(lines.text())) {
        this.#endEntry();
        return true;
      }
      if (lines.startsWith('-----')) continue;
      if (this.#isBlank()) this.#endEntry();
      else if (this.#row.read(lines)) this.#addRow();
      else this.#odd ??= lines.place();
    }
    this.#endEntry();
    return false;
  }

  #isBlank(): boolean {
    const { bytes, start, end } = this.#lines;
    let at = start;
    while (at < end && (bytes[at] === 32 || bytes[at] === 9)) at++;
    return at === end;
  }

  #endEntry(): void {
    if (this.#odd) this.#source.warn('bad-row', 'a line is no row of an entry, and left out', this.#odd);
    this.#callers = [];
    this.#primary = false;
    this.#func = -1;
    this.#odd = undefined;
  }

  #addRow(): void {
    const row = this.#row;
    const lines = this.#lines;
    if (this.#primary && (this.#func < 0 || lines.bytes[lines.start] === OPEN)) {
      if (row.primary) this.#odd ??= lines.place();
      return;
    }
    const name = lines.text(row.nameStart, row.nameEnd);
    if (row.primary) this.#primary = true;
    // Neither is a function: who calls from nowhere has no caller, and members of a cycle have entries of their own.
    if (name === SPONTANEOUS || row.whole) return;
    let func = this.#graph.find(row);
    if (func < 0) func = this.#graph.add(row, name);
    if (row.primary) this.#addPrimary(func);
    else if (this.#primary) this.#graph.addCallee(this.#func, func, row);
    else this.#callers.push({ func, self: row.self, children: row.children });
  }

  #addPrimary(func: number): void {
    if (!this.#graph.addEntry(func, this.#row)) {
      this.#source.warn(
        'repeated-entry',
        'an index has a second entry, which is left out',
        this.#lines.place(),
      );
      return;
    }
    this.#func = func;
    this.#percent.push(this.#row.percent);
    this.#cycle.push(this.#row.cycle);
    for (const { func: caller, self, children } of this.#callers)
      this.#graph.addCaller(caller, func, Number.NaN, self, children);
  }
}
