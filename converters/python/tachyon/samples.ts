/** The samples of a recording. Stacks stay apart by thread, as nodes root first, and change at their leaf end. */
import type { Profile, ProfileBuilder } from '../../../src/plugin.ts';
import { EMPTY_STACK, SampledTree } from '../sampled-tree.ts';
import { threadLabels } from '../thread-labels.ts';
import type { ByteReader } from './byte-reader.ts';

const REPEAT = 0;
const FULL = 1;
const SUFFIX = 2;
const POP_PUSH = 3;
/** Microseconds since the sample before, and a status. */
const REPEAT_SIZE = 2;
/** Ids of thread and interpreter, and the kind of record. */
const RECORD_HEAD = 13;
/** What the bits of a status say. */
const STATUS = ['has the GIL', 'on CPU', 'unknown', 'waits for the GIL', 'exception', 'main thread'];
const ONE = [1];

interface Thread {
  number: number;
  id: bigint;
  interpreter: number;
  /** Nodes of its stack, root first. */
  nodes: number[];
  /** Microseconds since the start, of its last sample. */
  time: number;
}

export class SampleReader {
  readonly #reader: ByteReader;
  readonly #view: DataView;
  readonly #little: boolean;
  readonly #builder: ProfileBuilder;
  /** The builder's frame by index. */
  readonly #frames: Int32Array;
  readonly #tree = new SampledTree(1);
  readonly #threads = new Map<number | string, Thread>();
  /** Label set by 256 × number of the thread + status. */
  readonly #labels = new Map<number, number>();
  #pushed = new Int32Array(256);
  /** The frame of a stack without frames, or -1. */
  #empty = -1;

  constructor(reader: ByteReader, little: boolean, frames: Int32Array, builder: ProfileBuilder) {
    const { bytes } = reader;
    this.#reader = reader;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#little = little;
    this.#frames = frames;
    this.#builder = builder;
  }

  get sampleCount(): number {
    return this.#tree.sampleCount;
  }

  read(): void {
    while (this.#reader.left > 0) this.#record();
  }

  profile(): Profile {
    return this.#tree.profile(this.#builder);
  }

  #record(): void {
    const reader = this.#reader;
    const start = reader.skip(RECORD_HEAD);
    const thread = this.#thread(start);
    const kind = reader.bytes[start + RECORD_HEAD - 1]!;
    if (kind === REPEAT) {
      for (let n = reader.count(REPEAT_SIZE); n > 0; n--) {
        thread.time += reader.varint();
        this.#sample(thread, reader.byte());
      }
      return;
    }
    if (kind > POP_PUSH)
      reader.fail('bad-record', `there is no record of kind ${kind}`, start + RECORD_HEAD - 1);
    thread.time += reader.varint();
    const status = reader.byte();
    const { nodes } = thread;
    if (kind === FULL) nodes.length = 0;
    else {
      const at = reader.at;
      const count = reader.varint();
      if (count > nodes.length) reader.fail('bad-stack', `${count} frames of a stack of ${nodes.length}`, at);
      nodes.length = kind === SUFFIX ? count : nodes.length - count;
    }
    this.#push(nodes);
    this.#sample(thread, status);
  }

  /** Adds the frames that come next, which are leaf first. */
  #push(nodes: number[]): void {
    const reader = this.#reader;
    const count = reader.count(1);
    if (count > this.#pushed.length) this.#pushed = new Int32Array(count * 2);
    for (let i = 0; i < count; i++)
      this.#pushed[i] = this.#frames[reader.index(this.#frames.length, 'frame')]!;
    for (let i = count - 1; i >= 0; i--)
      nodes.push(this.#tree.tree.child(nodes.at(-1) ?? -1, this.#pushed[i]!));
  }

  #sample(thread: Thread, status: number): void {
    const key = thread.number * 256 + status;
    let labels = this.#labels.get(key);
    if (labels === undefined) {
      labels = this.#labelsOf(thread, status);
      this.#labels.set(key, labels);
    }
    const node = thread.nodes.at(-1) ?? this.#emptyNode();
    this.#tree.add(node, ONE, thread.time * 1000, labels);
  }

  #emptyNode(): number {
    if (this.#empty < 0) this.#empty = this.#builder.frame(this.#builder.function(EMPTY_STACK));
    return this.#tree.tree.child(-1, this.#empty);
  }

  #thread(start: number): Thread {
    const id = this.#view.getBigUint64(start, this.#little);
    const interpreter = this.#view.getUint32(start + 8, this.#little);
    const key = interpreter === 0 && id <= Number.MAX_SAFE_INTEGER ? Number(id) : `${interpreter} ${id}`;
    let thread = this.#threads.get(key);
    if (!thread) {
      thread = { number: this.#threads.size, id, interpreter, nodes: [], time: 0 };
      this.#threads.set(key, thread);
    }
    return thread;
  }

  #labelsOf({ id, interpreter }: Thread, status: number): number {
    const labels = threadLabels('', String(id));
    if (interpreter !== 0) labels.push({ key: 'interpreter', value: interpreter });
    const said = STATUS.filter((_, bit) => (status >> bit) & 1);
    if (said.length > 0) labels.push({ key: 'status', value: said.join(', ') });
    return this.#builder.labels(labels);
  }
}
