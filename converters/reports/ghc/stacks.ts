/** The tree of stacks of cost centres, and the profile that it makes. */
import {
  CallTree,
  Float64List,
  type Meta,
  type Metric,
  type Profile,
  ProfileBuilder,
  type Source,
} from '../../../src/plugin.ts';

const PLACE = /^(.+):(?:\((\d{1,9}),(\d{1,9})\)-\(\d+,\d+\)|(\d{1,9}):(\d{1,9})(?:-\d+)?)$/s;
const TIME: Metric = { name: 'time', unit: 'nanoseconds' };
const TICKS: Metric = { name: 'ticks', unit: 'samples' };
const ALLOC: Metric = { name: 'alloc', unit: 'bytes', title: 'allocated' };
const MICROSECOND = 1e3;

export interface CostCentre {
  label: string;
  module: string;
  /** `Shop.hs:8:1-64`, `Shop.hs:(22,1)-(25,28)`, or something in angle brackets. */
  place: string;
}

/** What the program as a whole took, as its report says; NaN = it does not. */
export interface Totals {
  ticks: number;
  /** Of a tick, in microseconds. */
  interval: number;
  alloc: number;
}

export class Stacks {
  readonly builder = new ProfileBuilder([]);
  readonly #tree = new CallTree();
  readonly #ticks = new Float64List();
  readonly #alloc = new Float64List();
  readonly #calls = new Float64List();

  frame({ label, module, place }: CostCentre): number {
    const found = PLACE.exec(place);
    const [, file = '', first = 0, firstColumn = 0, line = first, column = firstColumn] = found ?? [];
    const name = module === '' ? label : `${module}.${label}`;
    return this.builder.frame(
      this.builder.function(name, { file, line: Number(line), column: Number(column) }),
    );
  }

  /** The node of a cost centre that another one entered (-1 = none). Stacks that are listed twice are one. */
  node(parent: number, frame: number): number {
    const node = this.#tree.child(parent, frame);
    if (node === this.#ticks.length) for (const list of [this.#ticks, this.#alloc, this.#calls]) list.push(0);
    return node;
  }

  add(node: number, entries: number, ticks: number, alloc: number): void {
    this.#calls.array[node]! += entries;
    this.#ticks.array[node]! += ticks;
    this.#alloc.array[node]! += alloc;
  }

  /** The profile; `exact`: ticks are whole ones, not shares of them. */
  profile(source: Source, totals: Totals, exact: boolean, meta: Meta): Profile {
    const { length, frame, parent } = this.#tree;
    if (length === 0) source.fail('no-stacks', 'there is no stack of cost centres in it');
    const ticks = this.#ticks.trimmed();
    const alloc = this.#alloc.trimmed();
    const found = ticks.reduce((all, value) => all + value, 0);
    if (exact && found !== totals.ticks && !Number.isNaN(totals.ticks))
      source.warn('totals-differ', `there are ${found} of the ${totals.ticks} ticks that it says it has`);
    const self: Float64Array[] = [];
    const { metrics } = this.builder;
    const timed = totals.interval > 0;
    if (timed) {
      metrics.push(TIME);
      // Shares of the time are whole nanoseconds, at best.
      self.push(ticks.map((value) => Math.round(value * totals.interval * MICROSECOND)));
      meta.period = { metric: TIME, value: totals.interval * MICROSECOND };
    }
    if (exact || !timed) {
      metrics.push(TICKS);
      self.push(ticks);
    }
    metrics.push(ALLOC);
    self.push(alloc);
    Object.assign(this.builder.meta, { producer: 'GHC', ...meta });
    return this.builder.tree({
      frame: frame.subarray(0, length),
      parent: parent.subarray(0, length),
      self,
      calls: this.#calls.trimmed(),
    });
  }
}
