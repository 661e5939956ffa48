/** The allocations of a table: a sample each, labelled with the allocator and the thread. */
import {
  findByte,
  Int32List,
  Interner,
  type Label,
  type Profile,
  ProfileBuilder,
  type Source,
} from '../../../src/plugin.ts';
import { EMPTY_STACK, SampledTree } from '../sampled-tree.ts';
import { threadLabels } from '../thread-labels.ts';
import { CsvRecords } from './csv-records.ts';
import { COLUMNS, isRecording } from './signature.ts';

/** Where in `COLUMNS` each is. */
const ALLOCATOR = 0;
const COUNT = 1;
const SIZE = 2;
const THREAD_ID = 3;
const THREAD_NAME = 4;
const STACK = 5;
/** `0x7f… (name)` */
const THREAD = /^0x[0-9a-f]+ \(([\s\S]*)\)$/;
const BAR = 124;
const SEMICOLON = 59;
const ZERO = 48;
const NINE = 57;

export function readAllocations(source: Source): Profile {
  if (isRecording(source.head)) {
    const message = "this is memray's own recording, which only memray of the same version can read";
    source.fail('recording', message, undefined, `memray transform csv -o allocations.csv ${source.name}`);
  }
  return new AllocationReader(source).read();
}

class AllocationReader {
  readonly #source: Source;
  readonly #records: CsvRecords;
  readonly #builder = new ProfileBuilder([
    { name: 'size', unit: 'bytes' },
    { name: 'allocations', unit: 'count' },
  ]);
  readonly #tree = new SampledTree(2);
  readonly #values = new Float64Array(2);
  /** Where each of `COLUMNS` is. */
  #columns: number[] = [];
  readonly #frameTexts = new Interner();
  /** Frame by interned text. */
  readonly #frames = new Int32List();
  readonly #labelTexts = new Interner();
  /** Interned texts of the record before, and the labels that they make. */
  #lastLabels = { allocator: -1, thread: -1, name: -1, set: -1 };
  /** The frames of the current stack, leaf first. */
  readonly #stack = new Int32List();

  constructor(source: Source) {
    this.#source = source;
    this.#records = new CsvRecords(source);
  }

  read(): Profile {
    const records = this.#records;
    this.#readHeader();
    while (records.next()) {
      if (this.#columns.some((column) => column >= records.fieldCount))
        this.#source.fail('no-field', `a record of ${records.fieldCount} fields`, records.place());
      this.#values[0] = this.#integer(SIZE);
      this.#values[1] = this.#integer(COUNT);
      this.#tree.add(this.#node(), this.#values, undefined, this.#labels());
    }
    if (this.#tree.sampleCount === 0) {
      const hint = 'nothing was left at the peak; --leaks exports what was never freed';
      this.#source.fail('no-allocations', 'there are no allocations in it', undefined, hint);
    }
    this.#builder.meta.producer = 'memray';
    return this.#tree.profile(this.#builder);
  }

  #readHeader(): void {
    const records = this.#records;
    const names: string[] = [];
    if (records.next()) for (let i = 0; i < records.fieldCount; i++) names.push(records.text(i));
    this.#columns = COLUMNS.map((name) => names.indexOf(name));
    const missing = this.#columns.indexOf(-1);
    if (missing < 0) return;
    const hint = `the first line names the columns: ${COLUMNS.join(',')}`;
    this.#source.fail('no-column', `there is no column ${COLUMNS[missing]}`, { line: 1 }, hint);
  }

  #integer(column: number): number {
    const { bytes, starts, ends } = this.#records;
    const field = this.#columns[column]!;
    let value = 0;
    for (let at = starts[field]!; at < ends[field]!; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) this.#notInteger(column);
      value = value * 10 + digit;
    }
    if (starts[field] === ends[field]) this.#notInteger(column);
    if (value > Number.MAX_SAFE_INTEGER)
      this.#source.fail('too-large', `a ${COLUMNS[column]} beyond 2^53`, this.#records.place());
    return value;
  }

  #notInteger(column: number): never {
    const text = this.#records.text(this.#columns[column]!);
    const message = `expected ${COLUMNS[column]} to be a whole number, got ${JSON.stringify(text.slice(0, 60))}`;
    this.#source.fail('bad-number', message, this.#records.place());
  }

  #node(): number {
    const { bytes, view, starts, ends } = this.#records;
    const field = this.#columns[STACK]!;
    const end = ends[field]!;
    const stack = this.#stack;
    stack.length = 0;
    for (let from = starts[field]!; from < end; ) {
      let to = findByte(bytes, view, from, end, BAR);
      // Only a `|` behind a line number ends a frame.
      while (to < end && !endsInLine(bytes, from, to)) to = findByte(bytes, view, to + 1, end, BAR);
      stack.push(this.#frame(from, to));
      from = to + 1;
    }
    if (stack.length === 0) stack.push(this.#frame(end, end));
    let node = -1;
    for (let i = stack.length - 1; i >= 0; i--) node = this.#tree.tree.child(node, stack.array[i]!);
    return node;
  }

  #frame(start: number, end: number): number {
    const { bytes, view } = this.#records;
    const id = this.#frameTexts.intern(bytes, view, start, end);
    if (id === this.#frames.length) this.#frames.push(this.#newFrame(this.#frameTexts.text(id)));
    return this.#frames.array[id]!;
  }

  /** A frame from `function;file;line`. */
  #newFrame(text: string): number {
    const builder = this.#builder;
    if (text === '') return builder.frame(builder.function(EMPTY_STACK));
    const beforeLine = text.lastIndexOf(';');
    const beforeFile = text.lastIndexOf(';', beforeLine - 1);
    const line = Number(text.slice(beforeLine + 1));
    if (beforeFile < 0 || beforeLine < 1 || !Number.isInteger(line)) {
      const message = `expected function;file;line, got ${JSON.stringify(text.slice(0, 60))}`;
      this.#source.fail('bad-frame', message, this.#records.place());
    }
    const func = builder.function(text.slice(0, beforeFile), {
      file: text.slice(beforeFile + 1, beforeLine),
    });
    return builder.frame(func, { line: line > 0 && line < 2 ** 31 ? line : 0 });
  }

  #labels(): number {
    const { bytes, view, starts, ends } = this.#records;
    const id = (column: number) => {
      const field = this.#columns[column]!;
      return this.#labelTexts.intern(bytes, view, starts[field]!, ends[field]!);
    };
    const allocator = id(ALLOCATOR);
    const thread = id(THREAD_ID);
    const name = id(THREAD_NAME);
    const last = this.#lastLabels;
    if (allocator !== last.allocator || thread !== last.thread || name !== last.name) {
      const [a, t, n] = [allocator, thread, name].map((each) => this.#labelTexts.text(each));
      this.#lastLabels = { allocator, thread, name, set: this.#builder.labels(labelsOf(a!, t!, n!)) };
    }
    return this.#lastLabels.set;
  }
}

function endsInLine(bytes: Uint8Array, start: number, end: number): boolean {
  let at = end - 1;
  while (at > start && bytes[at]! >= ZERO && bytes[at]! <= NINE) at--;
  return at < end - 1 && bytes[at] === SEMICOLON;
}

/** Threads that were merged have the id -1. */
function labelsOf(allocator: string, threadId: string, threadName: string): Label[] {
  const labels: Label[] = [{ key: 'allocator', value: allocator }];
  if (threadId === '-1') return labels;
  return [...labels, ...threadLabels(THREAD.exec(threadName)?.[1] ?? threadName, threadId)];
}
