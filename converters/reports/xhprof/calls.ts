/** Calls as they come in, and the call graph they become. */
import {
  ArcIndex,
  type Column,
  Float64List,
  greatest,
  Int32List,
  type Meta,
  type Metric,
  type Profile,
  ProfileBuilder,
  type Source,
  sumOf,
} from '../../../src/plugin.ts';
import { ARROW, levelOf, withoutLevel } from './names.ts';

const CALLS = 'ct';
const METRICS: Record<string, Metric> = {
  wt: { name: 'wall', unit: 'microseconds' },
  cpu: { name: 'cpu', unit: 'microseconds' },
  mu: { name: 'memory', unit: 'bytes', title: 'growth of memory' },
  pmu: { name: 'peak-memory', unit: 'bytes', title: 'growth of the peak of memory' },
  'mem.na': { name: 'allocations', unit: 'count' },
  'mem.nf': { name: 'frees', unit: 'count' },
  'mem.aa': { name: 'allocated', unit: 'bytes' },
};

export class Calls {
  readonly #builder = new ProfileBuilder([]);
  readonly #source: Source;
  /** A function at a level of its recursion. */
  readonly #levels = new Map<string, number>();
  /** Its node, and how often it was on the stack already. */
  readonly #node = new Int32List();
  readonly #depth = new Int32List();
  // By node:
  readonly #names: string[] = [];
  /** The least depth that is told of. */
  readonly #least = new Int32List();
  /** By call: the level that calls, -1 = none; and the one that is called. */
  readonly #caller = new Int32List();
  readonly #callee = new Int32List();
  readonly #calls = new Float64List();
  readonly #seen = new ArcIndex();
  /** Keys of the metrics. */
  readonly #keys: string[] = [];
  /** By metric and call; NaN = not told. */
  readonly #values: Float64List[] = [];

  constructor(source: Source, meta: Meta) {
    this.#source = source;
    this.#builder.meta = meta;
  }

  get empty(): boolean {
    return this.#callee.length === 0;
  }

  /** Begins a call; false if it was told before. */
  add(key: string): boolean {
    const arrow = key.indexOf(ARROW);
    const caller = arrow < 0 ? -1 : this.#level(key.slice(0, arrow));
    const callee = this.#level(arrow < 0 ? key : key.slice(arrow + ARROW.length));
    this.#caller.push(caller);
    this.#callee.push(callee);
    this.#calls.push(Number.NaN);
    for (const list of this.#values) list.push(Number.NaN);
    const known = this.#seen.length;
    return this.#seen.find(caller, callee, 0, 0) === known;
  }

  /** A value of the call that was begun last. */
  value(key: string, value: number): void {
    const row = this.#callee.length - 1;
    if (key === CALLS) {
      this.#calls.array[row] = value;
      return;
    }
    let m = this.#keys.indexOf(key);
    if (m < 0) {
      m = this.#keys.push(key) - 1;
      const list = new Float64List();
      for (let i = 0; i <= row; i++) list.push(Number.NaN);
      this.#values.push(list);
    }
    this.#values[m]!.array[row] = value;
  }

  #level(name: string): number {
    let level = this.#levels.get(name);
    if (level === undefined) {
      level = this.#node.length;
      this.#levels.set(name, level);
      const plain = withoutLevel(name);
      const func = this.#builder.function(plain);
      this.#node.push(this.#builder.frame(func));
      const depth = levelOf(name);
      this.#depth.push(depth);
      if (func === this.#names.length) {
        this.#names.push(plain);
        this.#least.push(depth);
      } else this.#least.array[func] = Math.min(this.#least.array[func]!, depth);
    }
    return level;
  }

  profile(): Profile {
    const order = this.#shownFirst();
    if (order.length === 0) {
      const hint = 'xhprof_enable and tideways_xhprof_enable measure time at least';
      this.#source.fail('no-values', 'calls have no values but their number', undefined, hint);
    }
    this.#fillGaps();
    this.#addUntold();
    this.#addCalls();
    const frame = Int32Array.from({ length: this.#names.length }, (_, i) => i);
    const arcs = this.#arcIndex();
    const self: Column[] = [];
    const total: Column[] = [];
    const arcTotal: Column[] = [];
    for (const m of order) {
      const values = this.#values[m]!.array;
      this.#builder.metrics.push(metricOf(this.#keys[m]!));
      self.push(this.#selves(values));
      total.push(this.#totals(values));
      arcTotal.push(this.#arcTotals(values, arcs));
    }
    const profile = this.#builder.graph(
      { frame, self, total },
      {
        length: arcs.index.length,
        caller: arcs.index.caller.trimmed(),
        callee: arcs.index.callee.trimmed(),
        line: arcs.index.line.trimmed(),
        calls: arcs.calls,
        primitiveCalls: arcs.primitiveCalls,
        total: arcTotal,
        counts: 'outermost',
      },
    );
    this.#compareSums(profile);
    return profile;
  }

  /** Numbers of the metrics: those that are known in the order they are shown in, then the others. */
  #shownFirst(): number[] {
    const known = Object.keys(METRICS);
    const rank = (m: number) => {
      const at = known.indexOf(this.#keys[m]!);
      return at < 0 ? known.length : at;
    };
    return [...this.#keys.keys()].sort((a, b) => rank(a) - rank(b) || a - b);
  }

  /** Whether a call enters its function from outside. */
  #enters(row: number): boolean {
    const caller = this.#caller.array[row]!;
    const callee = this.#callee.array[row]!;
    const node = this.#node.array[callee]!;
    if (this.#depth.array[callee] !== this.#least.array[node]) return false;
    return caller < 0 || this.#node.array[caller] !== node;
  }

  #fillGaps(): void {
    for (const [m, { array, length }] of this.#values.entries()) {
      const gap = array.subarray(0, length).findIndex(Number.isNaN);
      if (gap < 0) continue;
      const func = JSON.stringify(this.#names[this.#node.array[this.#callee.array[gap]!]!]);
      const { name } = metricOf(this.#keys[m]!);
      this.#source.warn('no-value', `a call of ${func} says no ${name}, and maybe others: 0 is taken`);
      for (let i = gap; i < length; i++) array[i] = array[i] || 0;
    }
  }

  /** Callers of whom nobody says what they took have what they called. */
  #addUntold(): void {
    const told = new Uint8Array(this.#node.length);
    for (let i = 0; i < this.#callee.length; i++) told[this.#callee.array[i]!] = 1;
    const rows = this.#callee.length;
    const row = new Int32Array(told.length).fill(-1);
    let first = -1;
    for (let i = 0; i < rows; i++) {
      const caller = this.#caller.array[i]!;
      if (caller < 0 || told[caller] === 1) continue;
      if (first < 0) first = caller;
      if (row[caller]! < 0) {
        row[caller] = this.#callee.length;
        this.#caller.push(-1);
        this.#callee.push(caller);
        this.#calls.push(Number.NaN);
        for (const list of this.#values) list.push(0);
      }
      for (const list of this.#values) list.array[row[caller]!]! += list.array[i]!;
    }
    if (first < 0) return;
    const name = JSON.stringify(this.#names[this.#node.array[first]!]);
    const message = `nothing says what ${name} took: it, and any like it, has what it called`;
    this.#source.warn('no-total', message);
  }

  #addCalls(): void {
    for (let i = 0; i < this.#callee.length; i++) {
      const calls = this.#calls.array[i]!;
      if (Number.isNaN(calls)) continue;
      this.#builder.addCalls(this.#node.array[this.#callee.array[i]!]!, calls, this.#enters(i) ? calls : 0);
    }
  }

  #selves(values: Float64Array): Float64Array {
    const self = new Float64Array(this.#names.length);
    for (let i = 0; i < this.#callee.length; i++) {
      const caller = this.#caller.array[i]!;
      self[this.#node.array[this.#callee.array[i]!]!]! += values[i]!;
      if (caller >= 0) self[this.#node.array[caller]!]! -= values[i]!;
    }
    return self;
  }

  #totals(values: Float64Array): Float64Array {
    const total = new Float64Array(this.#names.length);
    for (let i = 0; i < this.#callee.length; i++)
      if (this.#enters(i)) total[this.#node.array[this.#callee.array[i]!]!]! += values[i]!;
    return total;
  }

  #arcIndex() {
    const index = new ArcIndex();
    const row = new Int32Array(this.#callee.length).fill(-1);
    const [calls, primitive] = [new Float64List(), new Float64List()];
    for (let i = 0; i < row.length; i++) {
      const caller = this.#caller.array[i]!;
      if (caller < 0) continue;
      const [from, to] = [this.#node.array[caller]!, this.#node.array[this.#callee.array[i]!]!];
      const at = index.find(from, to, 0, 0);
      row[i] = at;
      if (at === calls.length) for (const list of [calls, primitive]) list.push(0);
      calls.array[at]! += this.#calls.array[i]!;
      primitive.array[at]! += this.#enters(i) ? this.#calls.array[i]! : 0;
    }
    return { index, row, calls: calls.trimmed(), primitiveCalls: primitive.trimmed() };
  }

  #arcTotals(values: Float64Array, { index, row }: { index: ArcIndex; row: Int32Array }): Float64Array {
    const total = new Float64Array(index.length);
    for (let i = 0; i < row.length; i++) if (row[i]! >= 0 && this.#enters(i)) total[row[i]!]! += values[i]!;
    return total;
  }

  /** Selves below 0, and totals beyond the sum, are told of. */
  #compareSums(profile: Profile): void {
    const { metrics, nodes } = profile;
    const sums = nodes.self.map((self) => Number(sumOf(self)));
    for (const [m, { name }] of metrics.entries()) {
      const below = nodes.self[m]!.findIndex((value: number | bigint) => value < 0);
      const most = Number(greatest(nodes.total[m]!));
      if (below >= 0) {
        const func = JSON.stringify(this.#names[below]);
        const message = `the self of ${func} is below 0 in ${name}, and maybe others`;
        this.#source.note('negative-self', `${message}: more was freed than taken, or the clock is coarse`);
      } else if (most > sums[m]!) {
        const message = `a function took ${most} of ${name}, more than the ${sums[m]} of all: parts are of the former`;
        this.#source.warn('more-than-all', message);
      }
      sums[m] = Math.max(sums[m]!, most);
    }
    if (sums.some((sum, m) => sum !== Number(sumOf(nodes.self[m]!))))
      profile.whole = { sum: sums, maxSelf: nodes.self.map((self) => greatest(self)) };
  }
}

function metricOf(key: string): Metric {
  return { ...(METRICS[key] ?? { name: key, unit: 'count' }) };
}
