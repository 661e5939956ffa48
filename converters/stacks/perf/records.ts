/**
 * Records under construction: their headers, and their stacks as a tree of lines, root first. Records that are plain and
 * made of known texts are read by a WebAssembly module.
 */
import type { LineReader } from '../../../src/plugin.ts';
import { ScriptRecords } from './script-records.ts';
import { WasmRecords } from './wasm-records.ts';

/** What a text is: a line that is a frame, or the place of the frame above it; or a part of a header. */
export type TextKind = 'frame' | 'place' | 'who' | 'event';

/** What a header says: texts by number, and numbers that may be NaN. */
export interface Header {
  who: number;
  event: number;
  /** A frame that stands in the header, or -1. */
  frame: number;
  period: number;
  seconds: number;
  nanoseconds: number;
}

/** Texts and parents by node. Parents stand before their children. */
export interface LineNodes {
  line: Int32Array;
  parent: Int32Array;
}

/** All records, a column each; times in nanoseconds since the second of the first one. */
export interface RecordColumns {
  node: Int32Array;
  who: Int32Array;
  event: Int32Array;
  period: Float64Array;
  time: Float64Array;
}

/** Lines that are frames as most are written, a column for each; all but the address are texts. */
export interface NewLines {
  line: Int32Array;
  /** The line without its indent. */
  text: Int32Array;
  symbol: Int32Array;
  object: Int32Array;
  address: BigUint64Array;
}

/** All that there is of records under construction. */
export interface RecordState {
  /** The bytes of all texts, one behind the other, and where each begins and ends. */
  texts: { heap: Uint8Array<ArrayBuffer>; starts: Int32Array };
  nodes: LineNodes;
  columns: RecordColumns;
  /** The lines of the open record, leaf first, and its header; its time is that of the columns. */
  stack: number[];
  open: (Omit<Header, 'seconds' | 'nanoseconds'> & { time: number }) | undefined;
  firstSecond: number;
}

/** What both ways of doing it can do. -1 and false: there is no memory. */
export interface RecordStore {
  readonly isOpen: boolean;
  readonly depth: number;
  readonly nodeCount: number;
  intern(lines: LineReader, start: number, end: number): number;
  text(text: number): string;
  define(text: number, kind: TextKind): void;
  newLines(): NewLines | undefined;
  stopLearning(): void;
  begin(header: Header): void;
  push(line: number): boolean;
  pushFrame(): boolean;
  end(): boolean;
  drop(): void;
  take(lines: LineReader): void;
  nodes(): LineNodes;
  columns(): RecordColumns;
}

export class Records {
  #store: RecordStore;

  /** `nodes`: how many may come. */
  constructor(nodes: number) {
    this.#store = WasmRecords.open(nodes) ?? new ScriptRecords(nodes);
  }

  /** Whether a record has begun that has not ended. */
  get isOpen(): boolean {
    return this.#store.isOpen;
  }

  /** How many lines are on its stack. */
  get depth(): number {
    return this.#store.depth;
  }

  get nodeCount(): number {
    return this.#store.nodeCount;
  }

  /** The number of what stands in `start … end` of the reader's buffer, in its current line: new ones count up from 0. */
  intern(lines: LineReader, start: number, end: number): number {
    const text = this.#store.intern(lines, start, end);
    return text < 0 ? this.#inScript().intern(lines, start, end) : text;
  }

  /** A text, read as UTF-8. */
  text(text: number): string {
    return this.#store.text(text);
  }

  /** Lines that were taken though they were not known, since they were asked for; undefined = none. */
  newLines(): NewLines | undefined {
    return this.#store.newLines();
  }

  /** No more lines that are not known are to be taken. */
  stopLearning(): void {
    this.#store.stopLearning();
  }

  /** Says what a text is: a line with its indent and all, or all in front of the time, or an event. */
  define(text: number, kind: TextKind): void {
    this.#store.define(text, kind);
  }

  /** Begins a record; none is open. */
  begin(header: Header): void {
    this.#store.begin(header);
  }

  /** Adds a line to the stack: the caller of those so far, or the place of the last one. */
  push(line: number): void {
    if (!this.#store.push(line)) this.#inScript().push(line);
  }

  /** Adds the frame that stands in the header, if there is one; the stack is empty. */
  pushFrame(): void {
    if (!this.#store.pushFrame()) this.#inScript().pushFrame();
  }

  /** Ends the record, whose stack is not empty. */
  end(): void {
    if (!this.#store.end()) this.#inScript().end();
  }

  /** Leaves the record out. */
  drop(): void {
    this.#store.drop();
  }

  /** Takes lines ahead as long as they are plain; a record may be open then, and there may be new lines. */
  take(lines: LineReader): void {
    this.#store.take(lines);
  }

  /** The nodes so far, good until lines are taken. */
  nodes(): LineNodes {
    return this.#store.nodes();
  }

  columns(): RecordColumns {
    return this.#store.columns();
  }

  /** The same without WebAssembly, which has no more memory. */
  #inScript(): RecordStore {
    if (this.#store instanceof WasmRecords) this.#store = ScriptRecords.of(this.#store.state());
    return this.#store;
  }
}
