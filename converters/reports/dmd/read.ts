/** Goes through the entries: callers, the function itself, callees; then looks for the frequency of the timer. */
import { Interner, type LineReader, type Metric, type Profile, type Source } from '../../../src/plugin.ts';
import { CallGraph } from '../call-graph.ts';
import { ColumnScanner } from '../column-scanner.ts';
import { isRule } from './lines.ts';

const TAB = 9;
const DASH = 45;
const EQUALS = 61;
const TICKS: Metric = { name: 'ticks', unit: 'ticks' };
const TIME: Metric = { name: 'time', unit: 'seconds' };
/** Nothing is known of what an arc took. */
const UNKNOWN = { listed: true, self: Number.NaN, children: Number.NaN, moreCalls: Number.NaN };

export class Reader {
  readonly #source: Source;
  readonly #lines: LineReader;
  readonly #seconds: boolean;
  readonly #graph = new CallGraph();
  readonly #names = new Interner();
  readonly #scanner = new ColumnScanner();
  /** Callers of the function that is still to come, and how often each called it. */
  #callers: { func: number; calls: number }[] = [];
  /** The function of the entry; -1 = it is still to come, or is left out. */
  #func = -1;
  #isOver = false;
  #frequency = Number.NaN;

  constructor(source: Source, seconds: boolean) {
    this.#source = source;
    this.#lines = source.lines();
    this.#seconds = seconds;
  }

  read(): Profile {
    const lines = this.#lines;
    while (lines.next()) {
      const { bytes, start, end } = lines;
      if (start === end) continue;
      if (bytes[start] === EQUALS) this.#readTimer();
      else if (this.#isOver) continue;
      else if (bytes[start] === DASH && isRule(lines.text())) this.#endEntry();
      else if (bytes[start] === TAB) this.#readArc();
      else this.#readFunction();
    }
    if (this.#graph.empty) this.#source.fail('no-functions', 'there is no function with its times');
    const known = !this.#seconds && this.#frequency > 0;
    return this.#graph.profile(this.#source, {
      metric: known || this.#seconds ? TIME : TICKS,
      scale: known ? 1 / this.#frequency : 1,
      sum: Number.NaN,
      totals: 'printed',
      unlisted: 'keep',
      named: true,
      allCalls: true,
    });
  }

  /** `======== Timer Is 3579545 Ticks/Sec, Times are in Microsecs ========`: below it are rounded times. */
  #readTimer(): void {
    this.#isOver = true;
    const match = /Timer Is (\d+) Ticks\/Sec/i.exec(this.#lines.text());
    if (match) this.#frequency = Number(match[1]);
  }

  #endEntry(): void {
    this.#callers = [];
    this.#func = -1;
  }

  #function(from: number, to: number): number {
    const { bytes, view } = this.#lines;
    const index = this.#names.intern(bytes, view, from, to);
    const func = this.#graph.find({ index });
    return func >= 0 ? func : this.#graph.add({ index, cycle: 0 }, this.#names.text(index));
  }

  /** `\t   10\t_Dmain`. */
  #readArc(): void {
    const { bytes, start, end } = this.#lines;
    const scanner = this.#scanner;
    scanner.start(bytes, start + 1, end);
    if (!scanner.count() || bytes[scanner.at] !== TAB || scanner.at + 1 === end) {
      this.#skipLine();
      return;
    }
    const calls = scanner.value;
    const func = this.#function(scanner.at + 1, end);
    if (this.#func < 0) this.#callers.push({ func, calls });
    else this.#graph.addCallee(this.#func, func, { ...UNKNOWN, calls });
  }

  /** `_Dmain\t1\t45712\t4008`: calls, total and self. */
  #readFunction(): void {
    const { bytes, start, end } = this.#lines;
    const tab = bytes.indexOf(TAB, start);
    const figures = this.#func < 0 && tab > start && tab < end ? this.#figures(tab) : undefined;
    if (!figures) {
      this.#skipLine();
      return;
    }
    const [calls, total, self] = figures;
    const func = this.#function(start, tab);
    const row = { index: 0, self, children: total - self, calls, moreCalls: Number.NaN, cycle: 0 };
    if (!this.#graph.addEntry(func, row)) {
      this.#source.warn(
        'repeated-entry',
        'a function has a second entry, which is left out',
        this.#lines.place(),
      );
      return;
    }
    this.#func = func;
    for (const { func: caller, calls: count } of this.#callers)
      this.#graph.addCaller(caller, func, count, Number.NaN, Number.NaN);
  }

  #figures(from: number): [number, number, number] | undefined {
    const { bytes, end } = this.#lines;
    const scanner = this.#scanner;
    scanner.start(bytes, from, end);
    const read: number[] = [];
    while (scanner.count()) read.push(scanner.value);
    return read.length === 3 && scanner.at === end ? (read as [number, number, number]) : undefined;
  }

  #skipLine(): void {
    this.#source.warn('bad-row', 'a line is none of a trace, and left out', this.#lines.place());
  }
}
