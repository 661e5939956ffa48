/** Writes large trees by a WebAssembly module, `src/assembly/folded-writer.ts`: no more than `writeTree` does itself. */
import {
  type Column,
  type Global,
  instantiate,
  type Memory,
  type NodeTable,
  type Sink,
  STEP,
} from '../../../src/plugin.ts';
import { BYTES } from '../../../src/wasm/folded-writer.ts';

/** Smaller trees are written sooner than a module is loaded; for larger ones it has no memory. */
const LARGE = 1 << 15;
const TOO_LARGE = 1 << 26;

/** Frames as they are written, many alike. */
export interface FrameTexts {
  texts: string[];
  /** Index into `texts`, by frame. */
  of: Int32Array;
}

/** What the module exports. */
interface Exports {
  memory: Memory;
  rowFrames: Global;
  rowParents: Global;
  rowValues: Global;
  frameTexts: Global;
  heap: Global;
  starts: Global;
  output: Global;
  outputLength: Global;
  next: Global;
  nodeCount: Global;
  open(rows: number, frames: number, texts: number, bytes: number): number;
  addRows(from: number, to: number): number;
  writePiece(): void;
}

/**
 * Writes a line for each stack that has a value, if all are integers. Returns the first node of the tree of texts that
 * is left to be written: 0 where it is not worth it, or cannot be done; infinity if none is left.
 */
export function writeLargeTree(
  { length, frame, parent }: NodeTable,
  { texts, of }: FrameTexts,
  values: Column,
  sink: Sink,
): number {
  const isFit = length >= LARGE && length < TOO_LARGE;
  if (!isFit || !(values instanceof Float64Array)) return 0;
  const encoder = new TextEncoder();
  const starts = new Int32Array(texts.length + 1);
  const parts = texts.map((text) => encoder.encode(`${text};`));
  for (const [i, part] of parts.entries()) starts[i + 1] = starts[i]! + part.length;
  const size = starts.at(-1)!;
  const wasm = instantiate<Exports>(BYTES);
  if (!wasm?.open(length, of.length, texts.length, size)) return 0;

  const { buffer } = wasm.memory;
  const ints = ({ value }: Global, column: Int32Array) =>
    new Int32Array(buffer, value, column.length).set(column);
  ints(wasm.rowFrames, frame);
  ints(wasm.rowParents, parent);
  new Float64Array(buffer, wasm.rowValues.value, length).set(values);
  ints(wasm.frameTexts, of);
  ints(wasm.starts, starts);
  const heap = new Uint8Array(buffer, wasm.heap.value, size);
  for (const [i, part] of parts.entries()) heap.set(part, starts[i]);

  for (let from = 0; from < length; from += STEP)
    if (!wasm.addRows(from, Math.min(from + STEP, length))) return 0;
  for (;;) {
    wasm.writePiece();
    const written = wasm.outputLength.value;
    if (written > 0) sink.write(new Uint8Array(wasm.memory.buffer, wasm.output.value, written));
    else return wasm.next.value < wasm.nodeCount.value ? wasm.next.value : Number.POSITIVE_INFINITY;
  }
}
