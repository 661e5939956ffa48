/** Whole stacks, as `raw: true` records them: each with the number of samples in a row that had it. */
import {
  CallTree,
  Float64List,
  grown,
  Int32List,
  type Profile,
  type ProfileBuilder,
  type SampleTable,
  type Source,
  summed,
} from '../../../src/plugin.ts';
import { type Scale, tellSum } from './facts.ts';
import { type Frame, isCount } from './frames.ts';
import type { Recording } from './recording.ts';

/** Lines from here on are not told apart. */
const LINES = 2 ** 21;
const NANOS = 1000;

export class Stacks {
  readonly #recording: Recording;
  readonly #scale: Scale;
  readonly #builder: ProfileBuilder;
  readonly #source: Source;
  readonly #tree = new CallTree();
  /** Functions of the builder, in the order they were met, and their index by number. */
  readonly #functions: number[] = [];
  readonly #indexOf = new Map<number, number>();
  readonly #known = new Map<string, Frame>();
  /** Frames by index and line, as one number. */
  readonly #frameOf = new Map<number, number>();
  /** Lines of the frames, or none. */
  readonly #lines: ArrayLike<number> | undefined;
  /** Where the stack before begins in `raw`, its depth, and its nodes. */
  #before = 0;
  #depth = 0;
  #nodes = new Int32Array(64);
  readonly #node = new Int32List();
  readonly #counts = new Float64List();
  readonly #measured = new Float64List();
  readonly #time = new Float64List();
  /** Samples so far. */
  #taken = 0;
  /** Microseconds between all samples so far. */
  #elapsed = 0;
  /** When the last samples in a row began, in microseconds since the first did. */
  #start = 0;
  #oddTimes = 0;
  #empty = 0;

  constructor(recording: Recording, frames: Frame[], scale: Scale, builder: ProfileBuilder, source: Source) {
    this.#recording = recording;
    this.#scale = scale;
    this.#builder = builder;
    this.#source = source;
    for (const frame of frames) this.#known.set(frame.key, frame);
    this.#lines = this.#linesOfRaw();
  }

  #linesOfRaw(): ArrayLike<number> | undefined {
    const { raw, rawLines } = this.#recording;
    if (rawLines.length === 0) return undefined;
    if (rawLines.length === raw.length) return rawLines.array;
    const message = `lines for ${rawLines.length} of ${raw.length} entries are left out`;
    this.#source.warn('lines-differ', message, { path: 'raw_lines' });
    return undefined;
  }

  profile(): Profile {
    const { raw } = this.#recording;
    for (let at = 0; at < raw.length; ) at = this.#addStack(at);
    this.#tellOdds();
    const { length, frame, parent } = this.#tree;
    const node = this.#node.trimmed();
    const samples: SampleTable = { length: node.length, node, values: this.#values() };
    const time = this.#times();
    if (time) samples.time = time;
    const columns = {
      frame: frame.subarray(0, length),
      parent: parent.subarray(0, length),
      self: samples.values.map((column) => summed([column], [node], length)),
    };
    return this.#builder.tree(columns, { samples });
  }

  /** Reads the stack that begins at `at`; returns where the next one does. */
  #addStack(at: number): number {
    const { array, length } = this.#recording.raw;
    const depth = array[at]!;
    const end = at + 1 + depth;
    if (!isCount(depth) || end >= length) {
      const message = `${depth} is no depth of a stack, with ${length - at - 1} entries behind it`;
      this.#source.fail('bad-raw', message, { path: `raw[${at}]` });
    }
    const count = array[end]!;
    if (!isCount(count))
      this.#source.fail('bad-raw', `${count} is no number of samples`, { path: `raw[${end}]` });
    if (count > 0) this.#push(depth === 0 ? -1 : this.#leaf(at + 1, depth), count);
    return end + 1;
  }

  /** The node of the leaf of a stack: what it shares with the stack before is not looked up again. */
  #leaf(start: number, depth: number): number {
    const { array } = this.#recording.raw;
    const lines = this.#lines;
    const before = this.#before;
    if (depth > this.#nodes.length) this.#nodes = grown(this.#nodes, depth);
    const nodes = this.#nodes;
    const common = Math.min(depth, this.#depth);
    let d = 0;
    while (
      d < common &&
      array[before + d] === array[start + d] &&
      (!lines || lines[before + d] === lines[start + d])
    )
      d++;
    let node = d === 0 ? -1 : nodes[d - 1]!;
    for (; d < depth; d++) {
      node = this.#tree.child(node, this.#frame(array[start + d]!, lines ? lines[start + d]! : 0));
      nodes[d] = node;
    }
    this.#before = start;
    this.#depth = depth;
    return node;
  }

  #frame(id: number, line: number): number {
    let index = this.#indexOf.get(id);
    if (index === undefined) {
      this.#indexOf.set(id, (index = this.#functions.length));
      this.#functions.push(this.#function(`${id}`));
    }
    const known = line >= 1 && line < LINES ? Math.trunc(line) : 0;
    const key = index * LINES + known;
    let frame = this.#frameOf.get(key);
    if (frame === undefined) {
      frame = this.#builder.frame(this.#functions[index]!, { line: known });
      this.#frameOf.set(key, frame);
    }
    return frame;
  }

  #function(key: string): number {
    const frame = this.#known.get(key);
    if (frame) return this.#builder.function(frame.name, { file: frame.file, line: frame.line });
    this.#source.warn('unknown-frame', `a stack names frame ${key}, which is not there`, { path: 'raw' });
    return this.#builder.function(`(frame ${key})`);
  }

  /** Adds samples in a row that have one stack; -1 = they have none. They began when the one before them was taken. */
  #push(node: number, count: number): void {
    const { deltas } = this.#recording;
    const first = this.#taken;
    const end = Math.min(first + count, deltas.length);
    let time = 0;
    for (let i = first; i < end; i++) {
      const delta = deltas.array[i]!;
      if (delta >= 0 && delta <= Number.MAX_SAFE_INTEGER) time += delta;
      else this.#oddTimes++;
    }
    this.#start = Math.max(this.#start, this.#startOf(first));
    this.#taken = first + count;
    this.#elapsed += time;
    if (node < 0) {
      this.#empty += count;
      return;
    }
    // Those that nobody measured took what a sample mostly takes.
    const unmeasured = first + count - Math.max(first, end);
    this.#node.push(node);
    this.#counts.push(count);
    this.#measured.push(time + unmeasured * this.#scale.factors[0]!);
    this.#time.push(this.#start * NANOS);
  }

  /** When the next sample began: by the clock where the dump has that, else by the times in between. */
  #startOf(sample: number): number {
    if (sample >= this.#recording.timestamps.length) return this.#elapsed;
    const start = this.#clock(sample) - this.#clock(0);
    return start <= Number.MAX_SAFE_INTEGER ? start : 0;
  }

  /** When a sample began, in microseconds of the clock. */
  #clock(sample: number): number {
    const { deltas, timestamps } = this.#recording;
    return timestamps.array[sample]! - (sample < deltas.length ? deltas.array[sample]! : 0);
  }

  #values(): Float64Array[] {
    const { metrics, factors, measured } = this.#scale;
    return metrics.map((_, m) => {
      if (measured && m === 0) return this.#measured.trimmed();
      return this.#counts.trimmed().map((count) => count * factors[m]!);
    });
  }

  #times(): Float64Array | undefined {
    const { deltas, timestamps } = this.#recording;
    const last = Math.min(timestamps.length, this.#taken) - 1;
    const duration = last >= 0 ? timestamps.array[last]! - this.#clock(0) : this.#elapsed;
    if (duration > 0 && duration <= Number.MAX_SAFE_INTEGER) this.#builder.meta.duration = duration * NANOS;
    return deltas.length + timestamps.length > 0 ? this.#time.trimmed() : undefined;
  }

  #tellOdds(): void {
    const { deltas } = this.#recording;
    const taken = this.#taken;
    tellSum(this.#recording, taken, Math.max(taken * this.#scale.factors[0]!, this.#elapsed), this.#source);
    if (this.#empty > 0)
      this.#source.note('empty-stack', `samples without a stack are left out: ${this.#empty}`);
    if (deltas.length > 0 && deltas.length !== taken) {
      const message = `${deltas.length} times for ${taken} samples: those without one took an interval`;
      this.#source.warn('times-differ', message, { path: 'raw_timestamp_deltas' });
    }
    if (this.#oddTimes > 0) {
      const message = `times below 0 or beyond 2^53 count as 0: ${this.#oddTimes}`;
      this.#source.warn('bad-time', message, { path: 'raw_timestamp_deltas' });
    }
  }
}
