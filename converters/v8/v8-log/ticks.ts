/** Ticks as they come, and the profile that they add up to. */
import {
  CallTree,
  type Column,
  Float64List,
  Int32List,
  type Profile,
  type ProfileBuilder,
  type SampleTable,
  type Source,
  summed,
} from '../../../src/plugin.ts';
import type { Code } from './code.ts';

/** What V8 says that it was doing, by number. */
const STATES = [
  'JS',
  'GC',
  'parser',
  'bytecode compiler',
  'compiler',
  'other',
  'external',
  'atomics wait',
  'idle',
  'logging',
];
const GC = STATES.indexOf('GC');
const IDLE = STATES.indexOf('idle');
const NONE = -1;
const MICROSECOND = 1e3;

export class Ticks {
  readonly #builder: ProfileBuilder;
  readonly #code: Code;
  readonly #tree = new CallTree();
  /** Code of the tick, leaf first. */
  readonly #stack = new Int32List();
  readonly #node = new Int32List();
  readonly #labels = new Int32List();
  readonly #time = new Float64List();
  readonly #states = new Map<number, number>();
  /** Frames that stand for no code, by name. */
  readonly #frames = new Map<string, number>();

  constructor(builder: ProfileBuilder, code: Code) {
    this.#builder = builder;
    this.#code = code;
  }

  get length(): number {
    return this.#node.length;
  }

  /**
   * Adds code, the leaf first; what is none is an address of nothing that is known. Those are trampolines of V8's own:
   * only where a tick fell into one is it told.
   */
  push(code: number): void {
    const stack = this.#stack;
    if (this.#code.has(code)) stack.push(code);
    else if (stack.length === 0) stack.push(NONE);
  }

  /** Ends the tick; `time` in microseconds. */
  end(state: number, time: number): void {
    const { length, array } = this.#stack;
    const outside = state === GC ? '(garbage collector)' : state === IDLE ? '(idle)' : '';
    // While memory is cleared it is that which runs, wherever the address is.
    const leaf = outside !== '' && length > 0 && !this.#code.isScript(array[0]!) ? 1 : 0;
    let node = -1;
    for (let i = length - 1; i >= leaf; i--)
      if (!this.#code.isHidden(array[i]!)) node = this.#child(node, array[i]!);
    if (outside !== '') node = this.#tree.child(node, this.#named(outside));
    else if (node < 0) node = this.#tree.child(node, this.#named('(program)'));
    this.#stack.length = 0;
    this.#node.push(node);
    this.#labels.push(this.#state(state));
    this.#time.push(time);
  }

  #child(node: number, code: number): number {
    return this.#tree.child(node, code === NONE ? this.#named('[unknown]') : this.#code.frame(code));
  }

  #named(name: string): number {
    let frame = this.#frames.get(name);
    if (frame === undefined) {
      frame = this.#code.named(name);
      this.#frames.set(name, frame);
    }
    return frame;
  }

  #state(state: number): number {
    let labels = this.#states.get(state);
    if (labels === undefined) {
      labels = this.#builder.labels([{ key: 'state', value: STATES[state] ?? `${state}` }]);
      this.#states.set(state, labels);
    }
    return labels;
  }

  /** `interval` between two ticks, in microseconds; NaN = unknown. */
  profile(source: Source, interval: number): Profile {
    if (this.length === 0)
      source.fail(
        'no-ticks',
        'there is not one tick in it',
        undefined,
        'node --prof writes ticks, --log alone does not',
      );
    const builder = this.#builder;
    const node = this.#node.trimmed();
    const count: Column = new Float64Array(this.length).fill(1);
    const values = [count];
    builder.metrics.push({ name: 'ticks', unit: 'samples' });
    if (interval > 0) {
      const time = { name: 'time', unit: 'nanoseconds' };
      builder.metrics.unshift(time);
      values.unshift(new Float64Array(this.length).fill(interval * MICROSECOND));
      builder.meta.period = { metric: time, value: interval * MICROSECOND };
    }
    const { length, frame, parent } = this.#tree;
    const columns = {
      frame: frame.subarray(0, length),
      parent: parent.subarray(0, length),
      self: values.map((column) => summed([column], [node], length)),
    };
    return builder.tree(columns, { samples: this.#table(node, values) });
  }

  #table(node: Int32Array, values: Column[]): SampleTable {
    const table: SampleTable = { length: node.length, node, values, labels: this.#labels.trimmed() };
    const time = this.#time.trimmed();
    if (!time.every((each, i) => Number.isFinite(each) && (i === 0 || each >= time[i - 1]!))) return table;
    table.time = time.map((each) => (each - time[0]!) * MICROSECOND);
    this.#builder.meta.duration = table.time.at(-1)!;
    return table;
  }
}
