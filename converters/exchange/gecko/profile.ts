/** The profile that the threads of all processes make together. */
import {
  CallTree,
  type Column,
  Float64List,
  Int32List,
  type Label,
  type Metric,
  type Profile,
  ProfileBuilder,
  type SampleTable,
  type Source,
  summed,
} from '../../../src/plugin.ts';
import type { GeckoOptions } from '../gecko.ts';
import { Frames } from './frames.ts';
import type { GeckoFile, Meta, Part, Thread } from './read.ts';
import { Stacks } from './stacks.ts';
import type { Table } from './tables.ts';

const MILLISECOND = 1e6;
/** What weights are, by the name of their type; what has none are samples. */
const WEIGHTS = ['samples', 'tracing-ms', 'bytes'];
const [SAMPLES, TIMES, BYTES] = [0, 1, 2];
const TIME: Metric = { name: 'time', unit: 'nanoseconds' };
const IDLE = 'Idle';
/** Milliseconds; nanoseconds are told in 64 bits. */
const MOST_TIME = 2 ** 43;
const NO_ROWS = new Float64Array(0);
const NO_TABLE: Table = { path: 'stackTable', length: 0, columns: {}, weightType: '' };
/** In nanoseconds. */
const CPU_UNITS: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, ms: MILLISECOND };
const CYCLES = 'variable CPU cycles';

/** Throws `ProfileError`. */
export function profileOf(file: GeckoFile, source: Source, options: GeckoOptions): Profile {
  return new Threads(file, source, options).profile();
}

class Threads {
  readonly #file: GeckoFile;
  readonly #source: Source;
  readonly #options: GeckoOptions;
  readonly #builder = new ProfileBuilder([]);
  readonly #tree = new CallTree();
  /** By sample. */
  readonly #node = new Int32List();
  readonly #labels = new Int32List();
  /** Index into `WEIGHTS`. */
  readonly #type = new Int32List();
  readonly #weight = new Float64List();
  readonly #cpu = new Float64List();
  /** Milliseconds: what a sample stands for, and when it was, from the start of the first process. */
  readonly #interval = new Float64List();
  readonly #time = new Float64List();
  /** What the CPU time of samples is in; undefined = none has one. */
  #cpuUnit: string | undefined;
  #empty = 0;
  /** Stacks of tables that threads share are made nodes once. */
  readonly #stacksOf = new Map<Table, Stacks>();

  constructor(file: GeckoFile, source: Source, options: GeckoOptions) {
    this.#file = file;
    this.#source = source;
    this.#options = options;
  }

  profile(): Profile {
    const processes = flattened(this.#file);
    if (!processes.some(({ threads }) => threads.length > 0))
      this.#source.fail('no-threads', 'there are no threads in it', { path: 'threads' });
    const main = processes.find(({ threads }) => threads.length > 0)!.meta;
    for (const process of processes) this.#addProcess(process, main.startTime);
    if (this.#empty > 0)
      this.#source.note('empty-stack', `samples without a stack are left out: ${this.#empty}`);
    if (this.#node.length === 0) this.#source.warn('empty', 'there is not one sample in it');
    const values = this.#values();
    this.#describe(main);
    const { length } = this.#tree;
    const node = this.#node.trimmed();
    const columns = {
      frame: this.#tree.frame.subarray(0, length),
      parent: this.#tree.parent.subarray(0, length),
      self: values.map((column) => summed([column], [node], length)),
    };
    return this.#builder.tree(columns, { samples: () => this.#samples(node, values) });
  }

  #addProcess({ meta, shared, threads }: GeckoFile, start: number): void {
    const delay = Number.isFinite(meta.startTime - start) ? meta.startTime - start : 0;
    for (const thread of threads) {
      const { samples, jsAllocations, nativeAllocations } = thread.tables;
      for (const allocations of [jsAllocations, nativeAllocations])
        if (allocations && allocations.length > 0)
          this.#source.note('allocations', 'allocations are left out', { path: allocations.path });
      if (samples) this.#addSamples(samples, thread, shared, meta, delay);
    }
  }

  #stacks(own: Part, shared: Part, table: Table): Stacks {
    let stacks = this.#stacksOf.get(table);
    if (!stacks) {
      const frames = new Frames(this.#builder, this.#source, this.#options, own, shared);
      stacks = new Stacks(this.#tree, this.#source, frames, table);
      this.#stacksOf.set(table, stacks);
    }
    return stacks;
  }

  #addSamples(samples: Table, thread: Thread, shared: Part, meta: Meta, delay: number): void {
    const { stack = NO_ROWS, time, timeDeltas, weight, threadCPUDelta } = samples.columns;
    const type = this.#weightType(samples);
    const stacks = this.#stacks(
      thread,
      shared,
      thread.tables.stackTable ?? shared.tables.stackTable ?? NO_TABLE,
    );
    const labels = this.#labelsByCategory(thread, meta.categories);
    const isIdle = meta.categories.map((name) => name === IDLE);
    const cpuUnit = CPU_UNITS[meta.cpuUnit] ?? 1;
    let now = 0;
    for (let i = 0; i < stack.length; i++) {
      now = time ? time[i]! : now + (timeDeltas?.[i] ?? Number.NaN);
      const row = stack[i]!;
      if (Number.isNaN(row)) {
        this.#empty++;
        continue;
      }
      const node = stacks.node(row, () => `${samples.path}.stack[${i}]`);
      const category = stacks.category(row);
      if (this.#options.idle === 'drop' && isIdle[category]) continue;
      const each = weight?.[i] ?? Number.NaN;
      const cpu = threadCPUDelta?.[i] ?? Number.NaN;
      if (!Number.isNaN(cpu)) this.#cpuUnit = meta.cpuUnit;
      this.#node.push(node);
      this.#labels.push(labels(category));
      this.#type.push(type);
      this.#weight.push(Number.isNaN(each) ? 1 : each);
      this.#interval.push(meta.interval);
      this.#cpu.push(Number.isNaN(cpu) ? 0 : cpu * cpuUnit);
      this.#time.push(now + delay);
    }
  }

  #weightType({ weightType, path }: Table): number {
    const type = weightType === '' ? SAMPLES : WEIGHTS.indexOf(weightType);
    if (type >= 0) return type;
    const message = `weights are in ${JSON.stringify(weightType.slice(0, 60))}: expected ${WEIGHTS.join(', ')}`;
    return this.#source.fail('bad-weight-type', message, { path: `${path}.weightType` });
  }

  /** The labels of a thread's samples, as an index of theirs by category (-1 = unknown). */
  #labelsByCategory(thread: Thread, categories: string[]): (category: number) => number {
    const labels = labelsOf(thread);
    const sets = new Map<number, number>();
    return (category) => {
      let set = sets.get(category);
      if (set === undefined) {
        const value = categories[category];
        const all = value === undefined ? labels : [...labels, { key: 'category', value }];
        set = all.length > 0 ? this.#builder.labels(all) : -1;
        sets.set(category, set);
      }
      return set;
    };
  }

  /** Makes the metrics, and gives their values by sample. */
  #values(): Column[] {
    const type = this.#type.trimmed();
    const weight = this.#weight.trimmed();
    const interval = this.#interval.trimmed().map((value) => Math.round(value * MILLISECOND));
    const isTimed = interval.every((value, i) => type[i] !== SAMPLES || value > 0);
    const ofType = (wanted: number) => weight.map((value, i) => (type[i] === wanted ? value : 0));
    const times = weight.map((value, i) => {
      if (type[i] === TIMES) return value * MILLISECOND;
      return isTimed && type[i] === SAMPLES ? value * interval[i]! : 0;
    });
    const { metrics } = this.#builder;
    const values: Column[] = [];
    const add = (metric: Metric, column: Float64Array) => {
      metrics.push(metric);
      values.push(column);
    };
    const hasSamples = type.includes(SAMPLES);
    if (type.includes(TIMES) || (isTimed && hasSamples)) add(TIME, times);
    if (hasSamples || type.length === 0) add({ name: 'samples', unit: 'samples' }, ofType(SAMPLES));
    if (this.#cpuUnit === CYCLES) add({ name: 'cycles', unit: 'count' }, this.#cpu.trimmed());
    else if (this.#cpuUnit !== undefined) add({ name: 'cpu', unit: 'nanoseconds' }, this.#cpu.trimmed());
    if (type.includes(BYTES)) add({ name: 'bytes', unit: 'bytes' }, ofType(BYTES));
    return values;
  }

  #describe({ interval, startTime, product, importedFrom }: Meta): void {
    const { meta } = this.#builder;
    const producer = importedFrom || product;
    if (producer !== '') meta.producer = producer;
    if (startTime > 0 && startTime < MOST_TIME) meta.startTime = BigInt(Math.round(startTime * 1000)) * 1000n;
    const { first, last } = this.#span();
    if (last >= first) meta.duration = Math.round((last - first) * MILLISECOND);
    if (interval > 0) meta.period = { metric: TIME, value: Math.round(interval * MILLISECOND) };
  }

  /** When the first and the last sample was, in milliseconds; NaN = that is not known of all. */
  #span(): { first: number; last: number } {
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const time of this.#time.trimmed()) {
      first = time < first || Number.isNaN(time) ? time : first;
      last = time > last || Number.isNaN(time) ? time : last;
    }
    return { first, last };
  }

  /** Samples by time, where all have one. */
  #samples(node: Int32Array, values: Column[]): SampleTable {
    const labels = this.#labels.trimmed();
    const time = this.#time.trimmed();
    const table: SampleTable = { length: node.length, node, values };
    if (labels.some((set) => set >= 0)) table.labels = labels;
    const { first } = this.#span();
    if (!Number.isFinite(first)) return table;
    const order = Uint32Array.from(time.keys());
    if (time.some((each, i) => i > 0 && each < time[i - 1]!))
      order.sort((a, b) => time[a]! - time[b]! || a - b);
    const start = Math.min(0, first);
    table.node = Int32Array.from(order, (i) => node[i]!);
    table.values = values.map((column) => Float64Array.from(order, (i) => Number(column[i])));
    table.time = Float64Array.from(order, (i) => Math.round((time[i]! - start) * MILLISECOND));
    if (table.labels) table.labels = Int32Array.from(order, (i) => labels[i]!);
    return table;
  }
}

function labelsOf({ name, processName, processType, pid, tid }: Thread): Label[] {
  const labels: Label[] = [];
  const process = processName || (processType === 'default' ? '' : processType);
  if (process !== '') labels.push({ key: 'process name', value: process });
  if (pid !== '') labels.push({ key: 'process', value: numberOrText(pid) });
  if (name !== '') labels.push({ key: 'thread', value: name });
  if (tid !== '') labels.push({ key: 'thread id', value: numberOrText(tid) });
  return labels;
}

function numberOrText(text: string): number | string {
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

/** A file and the processes in it, parents first. */
function flattened(file: GeckoFile): GeckoFile[] {
  return [file, ...file.processes.flatMap(flattened)];
}
