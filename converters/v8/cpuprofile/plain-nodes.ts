/**
 * Nodes as V8 writes nearly all of them, which a WebAssembly module reads ahead of the reader
 * (`src/assembly/cpuprofile-nodes.ts`). Any other is left to that, from its beginning on.
 */
import {
  type Global,
  instantiate,
  type JsonReader,
  type Memory,
  type NumberList,
} from '../../../src/plugin.ts';
import { BYTES } from '../../../src/wasm/cpuprofile-nodes.ts';
import type { Recording } from './recording.ts';

/** As much as a `JsonReader` holds. */
export const WINDOW = 1 << 18;

/** In place of what stands for a function. */
const NONE = -1;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** What the module exports. */
interface Exports {
  memory: Memory;
  texts: Global;
  textStarts: Global;
  nodeCount: Global;
  nodeEnds: Global;
  ids: Global;
  frames: Global;
  hitCounts: Global;
  childEnds: Global;
  tickEnds: Global;
  children: Global;
  tickLines: Global;
  ticks: Global;
  open(size: number): number;
  refuse(text: number): void;
  numberCount: Global;
  run(from: number, to: number): number;
  readNumbers(from: number, to: number): number;
}

export class PlainNodes {
  readonly #json: JsonReader;
  readonly #wasm: Exports;
  /** Where the module has the input; what is there: so many bytes from an offset of the input on. */
  readonly #address: number;
  #start = 0;
  #size = 0;
  /** By text: what stands for the function of a call frame, or NONE. */
  readonly #frames: number[] = [];

  private constructor(json: JsonReader, wasm: Exports, address: number) {
    this.#json = json;
    this.#wasm = wasm;
    this.#address = address;
  }

  /** Undefined where there is no WebAssembly, or no memory for it. */
  static open(json: JsonReader): PlainNodes | undefined {
    const wasm = instantiate<Exports>(BYTES);
    const address = wasm?.open(WINDOW) ?? 0;
    return wasm && address !== 0 ? new PlainNodes(json, wasm, address) : undefined;
  }

  /** Takes over all nodes that come next as far as they are plain; false if none is. */
  take(recording: Recording): boolean {
    this.#run(this.#wasm.run);
    return this.#add(recording) > 0;
  }

  /** Takes over the numbers of an array that come next as far as they are plain, and another one follows. */
  takeNumbers(list: NumberList): void {
    const end = this.#run(this.#wasm.readNumbers);
    const count = this.#wasm.numberCount.value;
    if (count === 0) return;
    list.append(new Int32Array(this.#wasm.memory.buffer, this.#wasm.children.value, count));
    this.#json.passItems(this.#start + end, count);
  }

  /** Calls a function for what comes next; once more if it stops there, and more of the input has come meanwhile. */
  #run(read: (from: number, to: number) => number): number {
    const { offset, filled, at } = this.#json;
    const from = offset - this.#start;
    if (from >= 0 && from < this.#size) {
      const end = read(from, this.#size);
      if (end > from || offset + filled - at <= this.#start + this.#size) return end;
    }
    this.#put();
    return read(0, this.#size);
  }

  #put(): void {
    const { bytes, at, filled, offset } = this.#json;
    this.#start = offset;
    this.#size = Math.min(filled - at, WINDOW);
    const window = new Uint8Array(this.#wasm.memory.buffer, this.#address, WINDOW);
    window.set(bytes.subarray(at, at + this.#size));
  }

  /** Adds the nodes up to one whose call frame is none; returns how many. */
  #add(recording: Recording): number {
    const wasm = this.#wasm;
    const json = this.#json;
    const { buffer } = wasm.memory;
    const count = wasm.nodeCount.value;
    const ints = ({ value }: Global, length: number) => new Int32Array(buffer, value, length);
    const [ends, ids, frames] = [ints(wasm.nodeEnds, count), ints(wasm.ids, count), ints(wasm.frames, count)];
    const hitCounts = ints(wasm.hitCounts, count);
    const [childEnds, tickEnds] = [ints(wasm.childEnds, count), ints(wasm.tickEnds, count)];
    const children = ints(wasm.children, childEnds.at(-1) ?? 0);
    const tickCount = tickEnds.at(-1) ?? 0;
    const [lines, ticks] = [ints(wasm.tickLines, tickCount), ints(wasm.ticks, tickCount)];
    const start = this.#start;
    for (let n = 0, child = 0, tick = 0; n < count; n++) {
      const text = frames[n]!;
      while (this.#frames.length <= text) this.#frames.push(this.#frame(this.#frames.length, recording));
      const frame = this.#frames[text]!;
      if (frame === NONE) return n;
      // Messages tell where the reader is.
      json.passItems(start + ends[n]!, n > 0 ? 1 : 0);
      const index = recording.addPlain(ids[n]!, frame, hitCounts[n]!);
      for (; tick < tickEnds[n]!; tick++) recording.addTick(index, lines[tick]!, ticks[tick]!);
      for (; child < childEnds[n]!; child++) recording.claim(children[child]!, index);
    }
    return count;
  }

  /** What stands for the function of a call frame; NONE = the text is no object. */
  #frame(text: number, recording: Recording): number {
    const { memory, texts, textStarts } = this.#wasm;
    const [start, end] = new Int32Array(memory.buffer, textStarts.value + 4 * text, 2);
    const bytes = new Uint8Array(memory.buffer, texts.value + start!, end! - start!);
    let callFrame: unknown;
    try {
      callFrame = JSON.parse(decoder.decode(bytes));
    } catch {
      this.#wasm.refuse(text);
      return NONE;
    }
    return recording.frameOf(callFrame);
  }
}
