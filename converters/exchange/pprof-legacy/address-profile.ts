/** Samples of address stacks under construction, and what becomes of them once the memory map is known. */
import {
  Int32List,
  type Label,
  type Metric,
  type Profile,
  ProfileBuilder,
  type Source,
  type Value,
} from '../../../src/plugin.ts';
import { IntegerList } from '../integer-list.ts';
import { IdTable } from '../pprof/ids.ts';
import { Layout } from '../pprof/layout.ts';
import { NamelessFunctions } from '../pprof/nameless.ts';
import type { Raw } from '../pprof/raw.ts';
import { MemoryMap } from './memory-map.ts';

/** Where code of an address stands; of several, the first was inlined into the second, and so on. */
export interface CodeSymbol {
  name: string;
  file: string;
  line: number;
}

/** Words of an address, 64 bits in all. */
export interface Address {
  low: number;
  high: number;
}

/** Frames of all addresses; those of row *r* are `frame[first[r] … first[r + 1]]`. */
interface Places {
  frame: Int32Array;
  first: Int32Array;
}

/** The address before this one, of which there are 2^64. */
export function addressBefore({ low, high }: Address): Address {
  if (low > 0) return { low: low - 1, high };
  return { low: 2 ** 32 - 1, high: high > 0 ? high - 1 : 2 ** 32 - 1 };
}

export class AddressProfile {
  readonly source: Source;
  /** Whether names in the text are read. */
  readonly names: boolean;
  readonly map: MemoryMap;
  metrics: Metric[] = [];
  period: { metric: Metric; value: number } | undefined;
  duration = 0;
  /** Frames that profilers of this kind put on the stack, as an expression of pprof's. */
  dropFrames = '';
  keepFrames = '';
  /** Whether addresses mean nothing once their code has a name. */
  forgetAddresses = false;
  readonly #ids = new IdTable(1024);
  readonly #low = new Int32List();
  readonly #high = new Int32List();
  readonly #symbols = new Map<number, CodeSymbol[]>();
  /** Addresses by row, leaf first: those of sample *i* are `stack[start[i] … start[i + 1]]`. */
  readonly #stack = new Int32List();
  readonly #start = new Int32List();
  /** By sample: how many addresses behind the leaf are left out. */
  #skipped = new Uint8Array();
  readonly #values: IntegerList[] = [];
  readonly #labels: Label[][] = [];

  constructor(source: Source, names: boolean) {
    this.source = source;
    this.names = names;
    this.map = new MemoryMap(source);
    this.#start.push(0);
  }

  get length(): number {
    return this.#start.length - 1;
  }

  /** Adds an address to the stack of the sample that comes next, leaf first. */
  push(low: number, high: number): void {
    this.#stack.push(this.#row(low, high));
  }

  /** Adds the address before this one: callers are known by where they go on. */
  pushBefore(low: number, high: number): void {
    const address = addressBefore({ low, high });
    this.push(address.low, address.high);
  }

  /** How many addresses the stack of the next sample has so far. */
  get depth(): number {
    return this.#stack.length - this.#start.array[this.length]!;
  }

  /** How often that stack has the address. */
  occurrences(low: number, high: number): number {
    const row = this.#ids.find(low, high);
    let count = 0;
    for (let k = this.#start.array[this.length]!; k < this.#stack.length; k++) {
      if (this.#stack.array[k] === row) count++;
    }
    return count;
  }

  #row(low: number, high: number): number {
    const known = this.#ids.find(low, high);
    if (known >= 0) return known;
    const row = this.#low.length;
    this.#ids.add(low, high, row);
    this.#low.push(low);
    this.#high.push(high);
    return row;
  }

  /** Ends a sample. */
  sample(values: Value[], labels: Label[] = []): void {
    for (const [m, value] of values.entries()) {
      this.#values[m] ??= new IntegerList();
      this.#values[m].push(value);
    }
    this.#labels.push(labels);
    this.#start.push(this.#stack.length);
  }

  /** Ends a sample of the stack that the one before has; the first one has none. */
  repeat(labels: Label[]): void {
    const last = this.length - 1;
    if (last < 0) return;
    this.#stack.length = this.#start.array[this.length]!;
    // With labels it is another sample.
    if (labels.length === 0) {
      this.#values[0]!.add(last, 1);
      return;
    }
    for (let k = this.#start.array[last]!; k < this.#start.array[last + 1]!; k++)
      this.#stack.push(this.#stack.array[k]!);
    this.sample([1], labels);
  }

  /** Whether the code at an address has names already. */
  isNamed(low: number, high: number): boolean {
    const row = this.#ids.find(low, high);
    return row >= 0 && this.#symbols.has(row);
  }

  /** Names the code at the last address of the next sample's stack, unless it has a name. */
  nameLast(name: string): void {
    const row = this.#stack.array[this.#stack.length - 1]!;
    if (!this.#symbols.has(row)) this.#symbols.set(row, [{ name, file: '', line: 0 }]);
  }

  /** Names the code at an address, if any sample has it. */
  name({ low, high }: Address, symbols: CodeSymbol[]): void {
    const row = this.#ids.find(low, high);
    if (row >= 0) this.#symbols.set(row, symbols);
  }

  /** Leaves out what the signal handler has pushed: a second frame that nearly all samples have, twice at most. */
  stripHandlers(): void {
    const { length } = this;
    this.#skipped = new Uint8Array(length);
    for (let round = 0; round < 2; round++) {
      const counts = new Map<number, number>();
      for (let i = 0; i < length; i++) {
        const second = this.#second(i);
        if (second >= 0) counts.set(second, (counts.get(second) ?? 0) + 1);
      }
      const least = length - Math.floor(length / 32);
      const handler = [...counts].find(([, count]) => count >= least)?.[0];
      if (handler === undefined) return;
      for (let i = 0; i < length; i++) if (this.#second(i) === handler) this.#skipped[i]!++;
    }
  }

  /** Leaves out second frames that are the leaf again: it comes both from the signal and from the stack. */
  stripDuplicates(): void {
    if (this.#skipped.length === 0) this.#skipped = new Uint8Array(this.length);
    for (let i = 0; i < this.length; i++) {
      const second = this.#second(i);
      if (second < 0) continue;
      const leaf = this.#stack.array[this.#start.array[i]!]!;
      if (this.#address(leaf) === BigInt.asUintN(64, this.#address(second) + 1n)) this.#skipped[i]!++;
    }
  }

  /** Row of the second address of a sample, or -1. */
  #second(sample: number): number {
    const at = this.#start.array[sample]! + 1 + (this.#skipped[sample] ?? 0);
    return at < this.#start.array[sample + 1]! ? this.#stack.array[at]! : -1;
  }

  #address(row: number): bigint {
    return (BigInt(this.#high.array[row]! >>> 0) << 32n) | BigInt(this.#low.array[row]! >>> 0);
  }

  /** The address of code; 0 = it does not matter. */
  #addressOf(row: number): bigint {
    return this.forgetAddresses && this.#symbols.has(row) ? 0n : this.#address(row);
  }

  finish(): Profile {
    const builder = new ProfileBuilder(this.metrics);
    const { length } = this;
    if (length === 0) this.source.warn('no-samples', 'the profile holds no samples');
    const isNamed = this.#symbols.size > 0;
    const rows = this.#low.length;
    const mappingOf = this.map.assign(Array.from({ length: rows }, (_, row) => this.#addressOf(row)));
    for (const mapping of this.map.mappings) builder.mappings.push(mapping);
    const layout = new Layout();
    for (const _ of builder.mappings) layout.mappingFlags.push(isNamed ? 7 : 0);
    const places = this.#frames(builder, mappingOf, layout);
    const emptyFrame = this.#hasEmpty() ? builder.frame(builder.function('(empty stack)')) : -1;
    const stacks = this.#stacks(places, emptyFrame);
    this.#describe(builder);
    const columns = this.metrics.map((_, m) => this.#values[m]?.column() ?? new Float64Array());
    const hasLabels = this.#labels.some((set) => set.length > 0);
    const labels = hasLabels ? Int32Array.from(this.#labels, (set) => builder.labels(set)) : undefined;
    const profile = builder.stacks(stacks, columns, labels && { labels });
    const raw: Raw = { tables: layout.tables(profile, length, emptyFrame) };
    if (!isNamed && this.dropFrames !== '') raw.dropFrames = this.dropFrames;
    if (!isNamed && this.keepFrames !== '') raw.keepFrames = this.keepFrames;
    builder.meta.raw = { pprof: raw };
    return profile;
  }

  #describe(builder: ProfileBuilder): void {
    builder.meta.defaultMetric = this.metrics.length - 1;
    if (this.duration > 0) builder.meta.duration = this.duration;
    if (this.period) builder.meta.period = this.period;
    const [main] = builder.mappings;
    if (main && main.name !== '') builder.meta.command = main.name;
  }

  #hasEmpty(): boolean {
    for (let i = 0; i < this.length; i++) if (this.#start.array[i] === this.#start.array[i + 1]) return true;
    return false;
  }

  /** Calls `visit` for each row of a sample's stack, root first, without those that are left out. */
  #eachRow(sample: number, visit: (row: number) => void): void {
    const leaf = this.#start.array[sample]!;
    const end = this.#start.array[sample + 1]!;
    const callers = leaf + 1 + (this.#skipped[sample] ?? 0);
    for (let k = end - 1; k >= callers; k--) visit(this.#stack.array[k]!);
    if (leaf < end) visit(this.#stack.array[leaf]!);
  }

  /** Frames by address, root first. The layout gets no addresses that are left out, and no functions without names. */
  #frames(builder: ProfileBuilder, mappingOf: Int32Array, layout: Layout): Places {
    const nameless = new NamelessFunctions(builder);
    const frames = new Int32List();
    const rows = this.#low.length;
    const isUsed = new Uint8Array(rows);
    for (let i = 0; i < this.length; i++) {
      this.#eachRow(i, (row) => {
        isUsed[row] = 1;
      });
    }
    const named = new Set<number>();
    const first = new Int32Array(rows + 1);
    for (let row = 0; row < rows; row++) {
      if (isUsed[row]) {
        const symbols = this.#symbols.get(row) ?? [];
        const mapping = mappingOf[row]!;
        const address = this.#addressOf(row);
        layout.lines.push(symbols.length);
        if (symbols.length === 0) frames.push(builder.frame(nameless.of(mapping), { mapping, address }));
        for (let inline = 0; inline < symbols.length; inline++) {
          const { name, file, line } = symbols[symbols.length - 1 - inline]!;
          const func = builder.function(name, { file });
          named.add(func);
          frames.push(builder.frame(func, { line, mapping, address, inline }));
        }
      }
      first[row + 1] = frames.length;
    }
    for (const func of [...named].sort((a, b) => a - b)) layout.functions.push(func);
    layout.locations({ frame: frames.trimmed() });
    return { frame: frames.trimmed(), first };
  }

  #stacks({ frame: frames, first }: Places, emptyFrame: number) {
    const { length } = this;
    const start = new Uint32Array(length + 1);
    const frame = new Int32List(this.#stack.length + 1);
    for (let i = 0; i < length; i++) {
      if (this.#start.array[i] === this.#start.array[i + 1]) frame.push(emptyFrame);
      this.#eachRow(i, (row) => {
        for (let f = first[row]!; f < first[row + 1]!; f++) frame.push(frames[f]!);
      });
      start[i + 1] = frame.length;
    }
    return { length, start, frame: frame.trimmed() };
  }
}
