/** Functions and arcs as they are read: the way to the profile. */
import { type ArcTable, Int32List, type Profile, ProfileBuilder, type Source } from '../../../src/plugin.ts';
import { PythonFunctions } from '../python-functions.ts';
import { unrecorded } from './unrecorded.ts';

/** Of sums of doubles. */
const SLACK = 1e-9;
const UNRECORDED_HINT = 'yappi.start(builtins=True) lists them';

/** What is said of a function, or of the calls of one by another. Times are seconds; NaN = not counted. */
export interface Figures {
  calls: number;
  primitiveCalls: number;
  total: number;
  self: number;
}

/** Some rows of figures, in columns. */
class FigureColumns {
  readonly calls: number[] = [];
  readonly primitiveCalls: number[] = [];
  readonly total: number[] = [];
  readonly self: number[] = [];

  add(row: number, figures: Figures): void {
    for (const key of ['calls', 'primitiveCalls', 'total', 'self'] as const)
      this[key][row] = (this[key][row] ?? 0) + figures[key];
  }
}

export class YappiGraph {
  readonly functions: PythonFunctions;
  readonly #source: Source;
  readonly #builder: ProfileBuilder;
  /** By function; without figures while only its callers tell of it. */
  readonly #figures = new FigureColumns();
  readonly #arcIds = new Map<string, number>();
  readonly #caller = new Int32List();
  readonly #callee = new Int32List();
  readonly #arcs = new FigureColumns();

  /** `clock` is as yappi calls it: `cpu` or `wall`; '' = unknown. */
  constructor(source: Source, clock: string) {
    const title = `${/^cpu$/i.test(clock) ? 'CPU' : clock.toLowerCase()} time`;
    this.#source = source;
    this.#builder = new ProfileBuilder([{ name: 'time', unit: 'seconds', ...(clock !== '' && { title }) }]);
    this.#builder.meta.producer = 'yappi';
    this.functions = new PythonFunctions(this.#builder);
  }

  /** Rows of one function are added up. */
  addFunction(func: number, figures: Figures): void {
    this.#figures.add(func, figures);
  }

  /** Rows of one caller and callee are added up. */
  addArc(caller: number, callee: number, figures: Figures): void {
    const key = `${caller} ${callee}`;
    let arc = this.#arcIds.get(key);
    if (arc === undefined) {
      arc = this.#arcIds.size;
      this.#arcIds.set(key, arc);
      this.#caller.push(caller);
      this.#callee.push(callee);
    }
    this.#arcs.add(arc, figures);
  }

  addComment(text: string): void {
    const { meta } = this.#builder;
    meta.comments ??= [];
    meta.comments.push(text);
  }

  /** The profile of functions and arcs. */
  graph(): Profile {
    this.#addMissing();
    this.#addUnrecorded();
    this.#raiseTotals();
    return this.#builder.graph(this.#nodes(), this.#arcTable());
  }

  /** The profile of functions alone. */
  flat(): Profile {
    this.#raiseTotals();
    const profile = this.#builder.flat(this.#nodes());
    const { self, total } = this.#figures;
    const sum = sumOf(self);
    const greatest = greatestOf(total);
    if (greatest <= sum * (1 + SLACK)) return profile;
    const message =
      'built-in functions are not listed: the sum is only known to be at least the greatest total';
    this.#source.note('unrecorded', message, undefined, UNRECORDED_HINT);
    return { ...profile, whole: { sum: [greatest], maxSelf: [greatestOf(self)] } };
  }

  #arcTable(): ArcTable {
    const { calls, primitiveCalls, total, self } = this.#arcs;
    return {
      length: calls.length,
      caller: this.#caller.trimmed(),
      callee: this.#callee.trimmed(),
      line: new Int32Array(calls.length),
      calls: Float64Array.from(calls),
      primitiveCalls: Float64Array.from(primitiveCalls),
      total: [Float64Array.from(total)],
      self: [Float64Array.from(self)],
      // While an arc is on the stack, yappi does not count it again.
      counts: 'once',
    };
  }

  #nodes() {
    const { calls, primitiveCalls, self, total } = this.#figures;
    const builder = this.#builder;
    for (let func = 0; func < calls.length; func++)
      builder.addCalls(func, calls[func]!, primitiveCalls[func]!);
    const frame = Int32Array.from(calls, (_, func) => builder.addFrame(func));
    return { frame, self: [Float64Array.from(self)], total: [Float64Array.from(total)] };
  }

  /** A function for the time of those that are not listed, called by all that called such. */
  #addUnrecorded(): void {
    const { self, total } = this.#figures;
    const { time, shared } = unrecorded(self, total, this.#arcTable());
    const sum = sumOf(time);
    if (sum === 0) return;
    const callee = this.functions.ofModule('(not recorded)', '');
    const uncounted = { calls: Number.NaN, primitiveCalls: Number.NaN };
    for (const [caller, one] of time.entries())
      if (one > 0) this.addArc(caller, callee, { ...uncounted, total: one, self: one });
    const all = sum + sumOf(self);
    const twice = Math.min(sum, all - greatestOf(total));
    const also =
      twice > all * SLACK
        ? `, of which up to ${seconds(twice)} may be counted twice, as what they call back`
        : '';
    const message = `built-in functions are not listed: their ${seconds(sum)} stand as (not recorded)${also}`;
    this.#source.note('unrecorded', message, undefined, UNRECORDED_HINT);
    if (shared)
      this.#source.warn(
        'unrecorded-cycle',
        'what a recursion cycle has of the time that is not recorded stands with one of its functions',
      );
    this.addFunction(callee, { ...uncounted, total: sum, self: sum });
  }

  /** Functions that no row tells of have what their callers say. */
  #addMissing(): void {
    const known = Array.from({ length: this.functions.length }, (_, func) => func in this.#figures.calls);
    for (let arc = 0; arc < this.#arcs.calls.length; arc++) {
      const callee = this.#callee.array[arc]!;
      if (known[callee]) continue;
      if (!(callee in this.#figures.calls))
        this.#source.warn(
          'no-row',
          `${this.functions.name(callee)} has no row of its own: it has what its callers say`,
        );
      this.#figures.add(callee, this.#arcFigures(arc));
    }
  }

  #arcFigures(arc: number): Figures {
    const { calls, primitiveCalls, self, total } = this.#arcs;
    return { calls: calls[arc]!, primitiveCalls: primitiveCalls[arc]!, self: self[arc]!, total: total[arc]! };
  }

  /**
   * The total of a function counts calls that returned. Of one that never did nothing is known but that it is no
   * less than its self, and no less than any of its arcs.
   */
  #raiseTotals(): void {
    const { primitiveCalls, self, total } = this.#figures;
    const least = self.slice();
    for (let arc = 0; arc < this.#arcs.calls.length; arc++) {
      const caller = this.#caller.array[arc]!;
      if (primitiveCalls[caller] === 0) least[caller] = Math.max(least[caller]!, this.#arcs.total[arc]!);
    }
    for (const [func, low] of least.entries()) {
      if (!(low > total[func]! + Math.abs(low) * SLACK)) continue;
      const name = this.functions.name(func);
      if (primitiveCalls[func] === 0)
        this.#source.warn(
          'never-returned',
          `${name} never returned: its total is only known to be at least what is shown`,
        );
      else
        this.#source.warn('total-below-self', `the total of ${name} was below its self, and is raised to it`);
      total[func] = low;
    }
  }
}

function sumOf(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function greatestOf(values: number[]): number {
  return values.reduce((greatest, value) => Math.max(greatest, value), 0);
}

function seconds(value: number): string {
  return `${Number(value.toPrecision(4))} s`;
}
