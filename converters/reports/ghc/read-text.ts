/** Reads a report: what it says of the whole, and the last table, in which each row is below what entered it. */
import { Int32List, type LineReader, type Meta, type Profile, type Source } from '../../../src/plugin.ts';
import { Stacks, type Totals } from './stacks.ts';

const COMMAND = /^\s+(\S.*\S|\S)\s*$/;
const TIME = /^\s*total time\s*=.*\((\d{1,15}) ticks @ (\d{1,9}) us/;
const ALLOC = /^\s*total alloc\s*=\s*([\d,]{1,25}) bytes/;
const TITLES = /^COST CENTRE\s+MODULE\s.*\bentries\b/;
/** `no. entries %time %alloc %time %alloc ticks bytes`, the last two not always. */
const FIGURES =
  /\s(\d{1,15})\s+(\d{1,15})\s+(\d{1,3}\.\d)\s+(\d{1,3}\.\d)\s+\d{1,3}\.\d\s+\d{1,3}\.\d(?:\s+(\d{1,15})\s+(\d{1,15}))?\s*$/;
/** A row is no longer. */
const LONGEST = 1 << 20;

export class TextReport {
  readonly #source: Source;
  readonly #lines: LineReader;
  readonly #stacks = new Stacks();
  readonly #meta: Meta = {};
  readonly #totals: Totals = { ticks: Number.NaN, interval: Number.NaN, alloc: Number.NaN };
  /** Where columns begin; -1 = there is none. */
  #module = 0;
  #place = -1;
  /** Nodes that the next row may be below, by their indent. */
  readonly #path = new Int32List();
  #rounded = false;

  constructor(source: Source) {
    this.#source = source;
    this.#lines = source.lines();
  }

  /** Throws `ProfileError`. */
  read(): Profile {
    const lines = this.#lines;
    let more = lines.next();
    for (; more && !this.#isTitles(); more = lines.next()) this.#fact();
    if (!more) this.#source.fail('no-table', 'there is no table of stacks in it');
    while (lines.next()) if (lines.start < lines.end) this.#row();
    if (this.#rounded) {
      const hint = '+RTS -P or -pj tells ticks and bytes';
      this.#source.note('rounded', 'values are made of shares with one decimal', undefined, hint);
    }
    return this.#stacks.profile(this.#source, this.#totals, !this.#rounded, this.#meta);
  }

  #isTitles(): boolean {
    if (!this.#lines.startsWith('COST CENTRE')) return false;
    const text = this.#lines.text();
    if (!TITLES.test(text)) return false;
    this.#module = text.indexOf('MODULE');
    this.#place = text.indexOf(' SRC ') + 1 || -1;
    return true;
  }

  #fact(): void {
    const text = this.#lines.text();
    const time = TIME.exec(text);
    const alloc = ALLOC.exec(text);
    if (time) {
      this.#totals.ticks = Number(time[1]);
      this.#totals.interval = Number(time[2]);
    } else if (alloc) this.#totals.alloc = Number(alloc[1]!.replaceAll(',', ''));
    else if (this.#lines.line > 1 && this.#meta.command === undefined && Number.isNaN(this.#totals.ticks)) {
      const command = COMMAND.exec(text)?.[1];
      if (command !== undefined) this.#meta.command = command;
    }
  }

  #row(): void {
    const text = this.#lines.text();
    const figures = text.length > LONGEST ? null : FIGURES.exec(text);
    const indent = text.length - text.trimStart().length;
    if (!figures || figures.index < this.#module)
      this.#source.fail('bad-row', 'expected a row of the table', this.#lines.place());
    if (indent > this.#path.length) {
      const message = 'a row that is indented by more than one blank';
      this.#source.fail('bad-indent', message, this.#lines.place(this.#lines.start + indent));
    }
    const { module, label, place } = this.#names(text.slice(0, figures.index));
    this.#path.length = indent;
    const parent = indent === 0 ? -1 : this.#path.array[indent - 1]!;
    const node = this.#stacks.node(parent, this.#stacks.frame({ label, module, place }));
    this.#path.push(node);
    const [, , entries, time, alloc, ticks, bytes] = figures;
    if (bytes === undefined) this.#rounded = true;
    const { ticks: allTicks, alloc: allBytes } = this.#totals;
    this.#stacks.add(
      node,
      Number(entries),
      ticks === undefined ? (Number(time) / 100) * (allTicks || 0) : Number(ticks),
      bytes === undefined ? Math.round((Number(alloc) / 100) * (allBytes || 0)) : Number(bytes),
    );
  }

  #names(text: string): { label: string; module: string; place: string } {
    const label = text.slice(0, this.#module).trim();
    const module = text.slice(this.#module, this.#place < 0 ? text.length : this.#place).trim();
    return { label, module, place: this.#place < 0 ? '' : text.slice(this.#place).trim() };
  }
}
