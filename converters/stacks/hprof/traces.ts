/** Stacks by the numbers that tables refer to. */
import { Int32List, Interner, type LineReader } from '../../../src/plugin.ts';

interface Trace {
  /** Its frames are `frames[from … to]`, leaf first. */
  from: number;
  to: number;
  /** Number of its thread; undefined = not told. */
  thread: string | undefined;
}

export class Traces {
  readonly #byId = new Map<string, Trace>();
  readonly #texts = new Interner();
  readonly #frames = new Int32List();
  #open: Trace | undefined;

  /** What follows are the frames of this trace. */
  start(id: string, thread: string | undefined): void {
    this.#open = { from: this.#frames.length, to: this.#frames.length, thread };
    this.#byId.set(id, this.#open);
  }

  end(): void {
    this.#open = undefined;
  }

  /** Adds the current line, behind its tab, to the trace that was started, if one was. */
  addFrame({ bytes, view, start, end }: LineReader): void {
    if (!this.#open) return;
    this.#frames.push(this.#texts.intern(bytes, view, start + 1, end));
    this.#open.to = this.#frames.length;
  }

  thread(id: string): string | undefined {
    return this.#byId.get(id)?.thread;
  }

  /** Ids of the texts of a trace's frames, leaf first; undefined = there is no such trace. */
  frames(id: string): Int32Array | undefined {
    const trace = this.#byId.get(id);
    return trace && this.#frames.array.subarray(trace.from, trace.to);
  }

  text(frame: number): string {
    return this.#texts.text(frame);
  }
}
