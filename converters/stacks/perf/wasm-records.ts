/** Records that are made by a WebAssembly module, `src/assembly/perf-script.ts`. */
import {
  type Global,
  instantiate,
  type LineReader,
  type Memory,
  WINDOW,
  Window,
} from '../../../src/plugin.ts';
import { BYTES } from '../../../src/wasm/perf-script.ts';
import type {
  Header,
  LineNodes,
  NewLines,
  RecordColumns,
  RecordState,
  RecordStore,
  TextKind,
} from './records.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const KINDS: Record<TextKind, number> = { frame: 1, place: 2, who: 4, event: 8 };

/** What the module exports. */
interface Exports {
  memory: Memory;
  isOpen: Global;
  who: Global;
  event: Global;
  frame: Global;
  period: Global;
  time: Global;
  firstSecond: Global;
  depth: Global;
  position: Global;
  lineCount: Global;
  stopped: Global;
  texts: Global;
  textStarts: Global;
  textCount: Global;
  nodeFrames: Global;
  nodeParents: Global;
  nodeCount: Global;
  recordNodes: Global;
  recordWhos: Global;
  recordEvents: Global;
  recordPeriods: Global;
  recordTimes: Global;
  recordCount: Global;
  newCount: Global;
  newLines: Global;
  newTexts: Global;
  newSymbols: Global;
  newObjects: Global;
  newAddresses: Global;
  open(nodes: number, window: number): number;
  run(from: number, to: number): void;
  intern(from: number, size: number): number;
  define(text: number, kind: number): void;
  forgetNew(): void;
  stopLearning(): void;
  begin(
    who: number,
    event: number,
    frame: number,
    period: number,
    seconds: number,
    nanoseconds: number,
  ): void;
  push(line: number): number;
  pushFrame(): number;
  endRecord(): number;
  drop(): void;
  lineAt(level: number): number;
}

export class WasmRecords implements RecordStore {
  readonly #wasm: Exports;
  readonly #window: Window;

  private constructor(wasm: Exports, window: Window) {
    this.#wasm = wasm;
    this.#window = window;
  }

  /** Undefined where there is no WebAssembly, or no memory for it. */
  static open(nodes: number): WasmRecords | undefined {
    const wasm = instantiate<Exports>(BYTES);
    const address = wasm?.open(nodes, WINDOW) ?? 0;
    return wasm && address !== 0 ? new WasmRecords(wasm, new Window(wasm.memory, address)) : undefined;
  }

  get isOpen(): boolean {
    return this.#wasm.isOpen.value !== 0;
  }

  get depth(): number {
    return this.#wasm.depth.value;
  }

  get nodeCount(): number {
    return this.#wasm.nodeCount.value;
  }

  intern(lines: LineReader, start: number, end: number): number {
    if (end - start > WINDOW) return -1;
    this.#window.hold(lines, start, end);
    return this.#wasm.intern(start - this.#window.start, end - start);
  }

  text(text: number): string {
    const { memory, texts, textStarts } = this.#wasm;
    const [start, end] = new Int32Array(memory.buffer, textStarts.value + 4 * text, 2);
    return decoder.decode(new Uint8Array(memory.buffer, texts.value + start!, end! - start!));
  }

  newLines(): NewLines | undefined {
    const wasm = this.#wasm;
    const count = wasm.newCount.value;
    if (count === 0) return undefined;
    wasm.forgetNew();
    return {
      line: this.#ints(wasm.newLines, count),
      text: this.#ints(wasm.newTexts, count),
      symbol: this.#ints(wasm.newSymbols, count),
      object: this.#ints(wasm.newObjects, count),
      address: new BigUint64Array(wasm.memory.buffer, wasm.newAddresses.value, count),
    };
  }

  stopLearning(): void {
    this.#wasm.stopLearning();
  }

  define(text: number, kind: TextKind): void {
    this.#wasm.define(text, KINDS[kind]);
  }

  begin({ who, event, frame, period, seconds, nanoseconds }: Header): void {
    this.#wasm.begin(who, event, frame, period, seconds, nanoseconds);
  }

  push(line: number): boolean {
    return this.#wasm.push(line) !== 0;
  }

  pushFrame(): boolean {
    return this.#wasm.pushFrame() !== 0;
  }

  end(): boolean {
    return this.#wasm.endRecord() !== 0;
  }

  drop(): void {
    this.#wasm.drop();
  }

  take(lines: LineReader): void {
    const wasm = this.#wasm;
    const window = this.#window;
    for (;;) {
      const from = lines.aheadStart;
      window.hold(lines, from);
      wasm.run(from - window.start, window.end - window.start);
      const next = window.start + wasm.position.value;
      lines.skip(wasm.lineCount.value, next);
      if (wasm.stopped.value !== 0 || !window.advance(lines, next === from)) return;
    }
  }

  nodes(): LineNodes {
    const { nodeFrames, nodeParents } = this.#wasm;
    const { nodeCount } = this;
    return { line: this.#ints(nodeFrames, nodeCount), parent: this.#ints(nodeParents, nodeCount) };
  }

  columns(): RecordColumns {
    const { recordNodes, recordWhos, recordEvents, recordPeriods, recordTimes, recordCount } = this.#wasm;
    const length = recordCount.value;
    return {
      node: this.#ints(recordNodes, length).slice(),
      who: this.#ints(recordWhos, length).slice(),
      event: this.#ints(recordEvents, length).slice(),
      period: this.#doubles(recordPeriods, length).slice(),
      time: this.#doubles(recordTimes, length).slice(),
    };
  }

  state(): RecordState {
    const { who, event, frame, period, time, firstSecond } = this.#wasm;
    const { memory, texts, textStarts, textCount, lineAt } = this.#wasm;
    const starts = this.#ints(textStarts, textCount.value + 1);
    return {
      texts: { heap: new Uint8Array(memory.buffer, texts.value, starts.at(-1)), starts },
      nodes: this.nodes(),
      columns: this.columns(),
      stack: Array.from({ length: this.depth }, (_, level) => lineAt(level)),
      open: this.isOpen
        ? { who: who.value, event: event.value, frame: frame.value, period: period.value, time: time.value }
        : undefined,
      firstSecond: firstSecond.value,
    };
  }

  #ints({ value }: Global, length: number): Int32Array {
    return new Int32Array(this.#wasm.memory.buffer, value, length);
  }

  #doubles({ value }: Global, length: number): Float64Array {
    return new Float64Array(this.#wasm.memory.buffer, value, length);
  }
}
