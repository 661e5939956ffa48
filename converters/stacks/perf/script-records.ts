/** Records that are made without WebAssembly: every line is read by itself. */
import { CallTree, Float64List, Int32List, Interner, type LineReader } from '../../../src/plugin.ts';
import type { Header, LineNodes, RecordColumns, RecordState, RecordStore } from './records.ts';

export class ScriptRecords implements RecordStore {
  readonly #texts = new Interner();
  readonly #tree: CallTree;
  readonly #stack = new Int32List();
  readonly #node = new Int32List();
  readonly #who = new Int32List();
  readonly #event = new Int32List();
  readonly #period = new Float64List();
  readonly #time = new Float64List();
  /** The record's header. */
  #open: RecordState['open'];
  #firstSecond = Number.NaN;

  constructor(nodes: number) {
    this.#tree = new CallTree(nodes);
  }

  /** Goes on where others stopped. */
  static of({ texts, nodes, columns, stack, open, firstSecond }: RecordState): ScriptRecords {
    const records = new ScriptRecords(nodes.line.length);
    const { heap, starts } = texts;
    const view = new DataView(heap.buffer, heap.byteOffset, heap.length);
    for (let text = 0; text < starts.length - 1; text++)
      records.#texts.intern(heap, view, starts[text]!, starts[text + 1]!);
    for (let node = 0; node < nodes.line.length; node++)
      records.#tree.child(nodes.parent[node]!, nodes.line[node]!);
    for (let i = 0; i < columns.node.length; i++) {
      const [who, event] = [columns.who[i]!, columns.event[i]!];
      records.#add(columns.node[i]!, who, event, columns.period[i]!, columns.time[i]!);
    }
    for (const line of stack) records.#stack.push(line);
    records.#open = open;
    records.#firstSecond = firstSecond;
    return records;
  }

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  get depth(): number {
    return this.#stack.length;
  }

  get nodeCount(): number {
    return this.#tree.length;
  }

  intern({ bytes, view }: LineReader, start: number, end: number): number {
    return this.#texts.intern(bytes, view, start, end);
  }

  text(text: number): string {
    return this.#texts.text(text);
  }

  define(): void {}

  newLines(): undefined {}

  stopLearning(): void {}

  begin({ seconds, nanoseconds, ...header }: Header): void {
    if (Number.isNaN(this.#firstSecond)) this.#firstSecond = seconds;
    this.#open = { ...header, time: (seconds - this.#firstSecond) * 1e9 + nanoseconds };
  }

  push(line: number): boolean {
    this.#stack.push(line);
    return true;
  }

  pushFrame(): boolean {
    if (this.#open && this.#open.frame >= 0) this.push(this.#open.frame);
    if (this.#open) this.#open.frame = -1;
    return true;
  }

  end(): boolean {
    const stack = this.#stack;
    let node = -1;
    for (let level = stack.length - 1; level >= 0; level--)
      node = this.#tree.child(node, stack.array[level]!);
    stack.length = 0;
    const { who, event, period, time } = this.#open!;
    this.#add(node, who, event, period, time);
    this.#open = undefined;
    return true;
  }

  #add(node: number, who: number, event: number, period: number, time: number): void {
    this.#node.push(node);
    this.#who.push(who);
    this.#event.push(event);
    this.#period.push(period);
    this.#time.push(time);
  }

  drop(): void {
    this.#open = undefined;
  }

  take(): void {}

  nodes(): LineNodes {
    const { frame, parent, length } = this.#tree;
    return { line: frame.subarray(0, length), parent: parent.subarray(0, length) };
  }

  columns(): RecordColumns {
    return {
      node: this.#node.trimmed(),
      who: this.#who.trimmed(),
      event: this.#event.trimmed(),
      period: this.#period.trimmed(),
      time: this.#time.trimmed(),
    };
  }
}
