/** The call graph as its rows come in, and the profile it becomes. */
import {
  type ArcTable,
  type ArcTotals,
  Float64List,
  greatest,
  grown,
  Int32List,
  type Metric,
  type Profile,
  ProfileBuilder,
  type Source,
  sumOf,
} from '../../src/plugin.ts';
import type { GraphRow } from './graph-row.ts';

/** Indices below it have a place in a table, those beyond it are looked up. */
const TABLE = 1 << 22;

type Row = Pick<GraphRow, 'index' | 'self' | 'children' | 'calls' | 'moreCalls' | 'cycle'>;
type CalleeRow = Pick<GraphRow, 'listed' | 'self' | 'children' | 'calls' | 'moreCalls'>;

/** How the figures of a report become a profile. */
export interface Reading {
  metric: Metric;
  /** What the figures are multiplied with. */
  scale: number;
  /** What the report says all functions took, before it is scaled; NaN = nothing. */
  sum: number;
  totals: 'printed' | 'none';
  /** What becomes of functions without an entry. Callees whose index is that of an entry are kept in any case. */
  unlisted: 'keep' | 'drop';
  /** Whether names tell functions apart; absent = their indices do. */
  named?: boolean;
  /** Whether recursive calls are counted with the others; absent = they are told apart. */
  allCalls?: boolean;
  /** What the totals of arcs count; absent = as the report has them. */
  arcTotals?: ArcTotals;
}

/** Arcs between functions as they were first seen. */
class Arcs {
  readonly caller = new Int32List();
  readonly callee = new Int32List();
  readonly calls = new Float64List();
  readonly self = new Float64List();
  readonly children = new Float64List();

  get length(): number {
    return this.caller.length;
  }

  push(caller: number, callee: number, calls: number, self: number, children: number): void {
    this.caller.push(caller);
    this.callee.push(callee);
    this.calls.push(calls);
    this.self.push(self);
    this.children.push(children);
  }
}

export class CallGraph {
  /** Functions that have an entry, in the order of the entries. */
  readonly #entries = new Int32List();
  /** Function + 1 by index; 0 = new. */
  #known: Int32Array<ArrayBuffer> = new Int32Array(1024);
  /** The same of indices that are too large for a table. */
  readonly #beyond = new Map<number, number>();
  // By function:
  readonly #name: string[] = [];
  readonly #index: number[] = [];
  /** NaN = no entry. */
  readonly #self = new Float64List();
  readonly #children = new Float64List();
  readonly #calls = new Float64List();
  readonly #recursiveCalls = new Float64List();
  readonly #cycle = new Int32List();
  /** 1 = a caller's entry gives it the index of an entry. */
  readonly #indexed = new Int32List();
  /** All calls of it, as callers' entries state them; NaN = they do not. */
  readonly #statedCalls = new Float64List();
  /** As the entries of callers have them. */
  readonly #arcs = new Arcs();
  /** As the entries of callees have them: those whose callers have no entry so far. */
  readonly #incoming = new Arcs();

  get empty(): boolean {
    return this.#entries.length === 0;
  }

  /** Names of the functions. */
  get names(): readonly string[] {
    return this.#name;
  }

  /** What all functions took, as far as entries say. */
  get selfSum(): number {
    let sum = 0;
    for (const func of this.#entries.trimmed()) sum += this.#self.array[func]!;
    return sum;
  }

  /** The function of a row; -1 = it is new. */
  find({ index }: Pick<Row, 'index'>): number {
    if (index < this.#known.length) return this.#known[index]! - 1;
    return this.#beyond.get(index) ?? -1;
  }

  /** Adds the function of a row, which is new. */
  add({ index, cycle }: Pick<Row, 'index' | 'cycle'>, name: string): number {
    const func = this.#name.push(name) - 1;
    if (index < TABLE) {
      this.#known = grown(this.#known, index + 1);
      this.#known[index] = func + 1;
    } else {
      this.#beyond.set(index, func);
    }
    this.#index.push(index);
    for (const column of [this.#self, this.#children, this.#calls, this.#recursiveCalls, this.#statedCalls])
      column.push(Number.NaN);
    this.#cycle.push(cycle);
    this.#indexed.push(0);
    return func;
  }

  /** Adds the entry of a function; false if it has one already. */
  addEntry(func: number, { self, children, calls, moreCalls, cycle }: Row): boolean {
    if (!Number.isNaN(this.#self.array[func]!)) return false;
    this.#self.array[func] = self;
    this.#children.array[func] = children;
    this.#calls.array[func] = calls;
    this.#recursiveCalls.array[func] = moreCalls;
    this.#cycle.array[func] = cycle;
    this.#entries.push(func);
    return true;
  }

  addCallee(caller: number, callee: number, { listed, calls, moreCalls, self, children }: CalleeRow): void {
    this.#arcs.push(caller, callee, calls, self, children);
    if (listed) this.#indexed.array[callee] = 1;
    this.#statedCalls.array[callee] = moreCalls;
  }

  addCaller(caller: number, callee: number, calls: number, self: number, children: number): void {
    // What has an entry before says it itself.
    if (Number.isNaN(this.#self.array[caller]!)) this.#incoming.push(caller, callee, calls, self, children);
  }

  /** Functions stand in the order of their entries, and those without one behind them. */
  profile(source: Source, reading: Reading): Profile {
    return new GraphFinisher(this, source, reading).profile();
  }

  /** For the finisher. */
  get columns() {
    return {
      entries: this.#entries.trimmed(),
      name: this.#name,
      index: this.#index,
      self: this.#self.array,
      children: this.#children.array,
      calls: this.#calls.array,
      recursiveCalls: this.#recursiveCalls.array,
      cycle: this.#cycle.array,
      indexed: this.#indexed.array,
      statedCalls: this.#statedCalls.array,
      arcs: this.#arcs,
      incoming: this.#incoming,
    };
  }
}

class GraphFinisher {
  readonly #graph: CallGraph['columns'];
  readonly #source: Source;
  readonly #reading: Reading;
  readonly #scale: number;
  readonly #builder: ProfileBuilder;
  /** Node by function; -1 = dropped. */
  readonly #node: Int32Array;
  readonly #self: Float64Array;
  readonly #total: Float64Array;

  constructor(graph: CallGraph, source: Source, reading: Reading) {
    this.#graph = graph.columns;
    this.#source = source;
    this.#reading = reading;
    this.#scale = reading.scale;
    this.#builder = new ProfileBuilder([reading.metric]);
    this.#node = new Int32Array(this.#graph.name.length).fill(-1);
    for (const func of this.#graph.entries) this.#addNode(func);
    this.#addUnlisted();
    this.#self = new Float64Array(this.#builder.frameCount);
    this.#total = new Float64Array(this.#builder.frameCount);
  }

  profile(): Profile {
    const arcs = this.#arcTable();
    this.#addValues(arcs);
    const frame = Int32Array.from(this.#self.keys());
    const profile = this.#builder.graph({ frame, self: [this.#self], total: [this.#total] }, arcs);
    if (this.#reading.totals === 'none') return profile;
    // Each self is rounded: their sum may miss a total that is not.
    const selves = Number(sumOf(this.#self));
    const sum = Math.max(selves, (this.#reading.sum || 0) * this.#scale, Number(greatest(this.#total)));
    if (sum > selves) profile.whole = { sum: [sum], maxSelf: [greatest(this.#self)] };
    return profile;
  }

  #addNode(func: number): void {
    const { name, index, calls, recursiveCalls, statedCalls, cycle } = this.#graph;
    const builder = this.#builder;
    const id = this.#reading.named ? {} : { id: String(index[func]!) };
    const added = builder.addFunction(name[func]!, id);
    this.#node[func] = builder.addFrame(added);
    if (!this.#hasEntry(func) && !Number.isNaN(statedCalls[func]!))
      builder.addCalls(added, statedCalls[func]!, statedCalls[func]!);
    if (Number.isNaN(calls[func]!)) return;
    const recursive = recursiveCalls[func]! || 0;
    // Calls within a cycle may be recursive, too.
    const isPrimitive = cycle[func]! <= 0 && !this.#reading.allCalls;
    builder.addCalls(added, calls[func]! + recursive, isPrimitive ? calls[func]! : undefined);
  }

  #addUnlisted(): void {
    const { name, entries, indexed } = this.#graph;
    if (name.length === entries.length) return;
    const unlisted = [...name.keys()].filter((func) => this.#node[func]! < 0);
    const isKept = (func: number) => this.#reading.unlisted === 'keep' || indexed[func] === 1;
    const kept = unlisted.filter(isKept);
    const dropped = unlisted.filter((func) => !isKept(func));
    for (const func of kept) this.#addNode(func);
    const told: string[] = [];
    if (kept.length > 0)
      told.push(`functions without an entry have what their arcs say: ${this.#shown(kept)}`);
    if (dropped.length > 0) told.push(`left out, since they have no entry: ${this.#shown(dropped)}`);
    this.#source.note('unlisted', told.join('; '));
  }

  #shown(funcs: number[]): string {
    const names = funcs.slice(0, 3).map((func) => this.#graph.name[func]!);
    return names.join(', ') + (funcs.length > 3 ? ', …' : '');
  }

  #arcTable(): ArcTable {
    const [caller, callee] = [new Int32List(), new Int32List()];
    const [calls, self, total] = [new Float64List(), new Float64List(), new Float64List()];
    const add = (arcs: Arcs, a: number) => {
      const from = this.#node[arcs.caller.array[a]!]!;
      const to = this.#node[arcs.callee.array[a]!]!;
      if (from < 0 || to < 0) return;
      caller.push(from);
      callee.push(to);
      calls.push(arcs.calls.array[a]!);
      self.push(arcs.self.array[a]! * this.#scale);
      total.push((arcs.self.array[a]! + arcs.children.array[a]!) * this.#scale);
    };
    const { arcs, incoming } = this.#graph;
    for (let a = 0; a < arcs.length; a++) add(arcs, a);
    for (let a = 0; a < incoming.length; a++)
      if (!this.#hasEntry(incoming.caller.array[a]!)) add(incoming, a);
    const { totals, arcTotals } = this.#reading;
    const known = totals === 'printed';
    return {
      length: caller.length,
      caller: caller.trimmed(),
      callee: callee.trimmed(),
      line: new Int32Array(caller.length),
      calls: calls.trimmed(),
      total: [known ? total.trimmed() : new Float64Array(caller.length).fill(Number.NaN)],
      ...(known && { self: [self.trimmed()] }),
      ...(known && arcTotals && { counts: arcTotals }),
    };
  }

  #hasEntry(func: number): boolean {
    return !Number.isNaN(this.#graph.self[func]!);
  }

  #addValues({ length, caller, callee, total, self }: ArcTable): void {
    const { cycle, children } = this.#graph;
    const [selves, totals] = [this.#self, this.#total];
    const arcTotal = total[0] as Float64Array;
    const arcSelf = self?.[0] as Float64Array | undefined;
    const funcOf = new Int32Array(totals.length);
    for (const [func, node] of this.#node.entries()) if (node >= 0) funcOf[node] = func;
    const into = new Float64Array(totals.length);
    const selfInto = new Float64Array(totals.length);
    const outOf = new Float64Array(totals.length);
    for (let a = 0; a < length; a++) {
      const [from, to] = [caller[a]!, callee[a]!];
      if (!(arcTotal[a]! > 0) || from === to) continue;
      outOf[from]! += arcTotal[a]!;
      const inside = cycle[funcOf[from]!]! > 0 && cycle[funcOf[from]!] === cycle[funcOf[to]!];
      if (inside) continue;
      into[to]! += arcTotal[a]!;
      selfInto[to]! += arcSelf![a]!;
    }
    for (const [node, func] of funcOf.entries()) {
      const listed = this.#hasEntry(func);
      selves[node] = listed ? this.#graph.self[func]! * this.#scale : selfInto[node]!;
      const printed = (this.#graph.self[func]! + children[func]!) * this.#scale;
      if (this.#reading.totals === 'none') totals[node] = selves[node]!;
      else if (!listed) totals[node] = Math.max(into[node]!, outOf[node]!);
      else totals[node] = Math.max(printed, selves[node]!, cycle[func]! > 0 ? into[node]! : 0);
    }
  }
}
