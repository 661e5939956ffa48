/**
 * Lines of folded stacks that hold nothing but names and digits, `main;parse;read 42`: a tree of them, made by a
 * WebAssembly module (`src/assembly/stack-lines.ts`). That runs at full speed at once, where JavaScript has to be
 * compiled several times until it does, which takes longer than reading a file of some 100 MB.
 */
import { type Global, instantiate, type Memory } from '../instantiate.ts';
import { BYTES } from '../wasm/stack-lines.ts';
import type { LineReader } from './lines.ts';
import { WINDOW, Window } from './window.ts';

/** What the module exports: numbers that change, addresses in its memory, and functions. */
interface StackLines {
  memory: Memory;
  lineCount: Global;
  stackCount: Global;
  stopped: Global;
  nodeCount: Global;
  nodeFrames: Global;
  nodeParents: Global;
  textCount: Global;
  texts: Global;
  textStarts: Global;
  open(metrics: number, nodes: number, window: number, commented: boolean): number;
  begin(): void;
  run(from: number, to: number): number;
  nodeSums(): number;
}

export class PlainStacks {
  readonly #wasm: StackLines;
  readonly #metrics: number;
  readonly #window: Window;

  private constructor(wasm: StackLines, metrics: number, window: Window) {
    this.#wasm = wasm;
    this.#metrics = metrics;
    this.#window = window;
  }

  /**
   * Lines with so many counts each, in which `nodes` may come; those that begin with `#` are passed over if
   * `commented`. Undefined where there is no WebAssembly, or no memory for it.
   */
  static open(metrics: number, nodes: number, commented: boolean): PlainStacks | undefined {
    const wasm = instantiate<StackLines>(BYTES);
    const address = wasm?.open(metrics, nodes, WINDOW, commented) ?? 0;
    return wasm && address !== 0
      ? new PlainStacks(wasm, metrics, new Window(wasm.memory, address))
      : undefined;
  }

  /** Takes the lines ahead up to one that is not plain, or the input's end. Returns how many stacks there were. */
  take(lines: LineReader): number {
    const wasm = this.#wasm;
    const window = this.#window;
    let stacks = 0;
    for (;;) {
      const from = lines.aheadStart;
      if (window.hold(lines, from)) wasm.begin();
      const next = window.start + wasm.run(from - window.start, window.end - window.start);
      lines.skip(wasm.lineCount.value, next);
      stacks += wasm.stackCount.value;
      if (wasm.stopped.value !== 0 || !window.advance(lines, next === from)) return stacks;
    }
  }

  /** How many nodes there are; they are numbered in order of first sight. */
  get nodeCount(): number {
    return this.#wasm.nodeCount.value;
  }

  /** The names, numbered in order of first sight, and where each begins and ends; good until lines are taken. */
  names(): { heap: Uint8Array<ArrayBuffer>; starts: Int32Array<ArrayBuffer> } {
    const { memory, texts, textStarts, textCount } = this.#wasm;
    const starts = new Int32Array(memory.buffer, textStarts.value, textCount.value + 1);
    return { heap: new Uint8Array(memory.buffer, texts.value, starts.at(-1)), starts };
  }

  /** Names and parents by node, good until lines are taken. */
  nodes(): { name: Int32Array<ArrayBuffer>; parent: Int32Array<ArrayBuffer> } {
    const { memory, nodeFrames, nodeParents } = this.#wasm;
    return {
      name: new Int32Array(memory.buffer, nodeFrames.value, this.nodeCount),
      parent: new Int32Array(memory.buffer, nodeParents.value, this.nodeCount),
    };
  }

  /** Sums of a metric by node. */
  sums(metric: number): Float64Array<ArrayBuffer> {
    const { memory } = this.#wasm;
    const rows = new Float64Array(memory.buffer, this.#wasm.nodeSums(), this.nodeCount * this.#metrics);
    if (this.#metrics === 1) return rows.slice();
    return Float64Array.from({ length: this.nodeCount }, (_, node) => rows[node * this.#metrics + metric]!);
  }
}
