/**
 * The nodes that those of a tree of lines stand for. A line is a frame, or several that are inlined into each other, or
 * the place of the frame in front of it; so the place of a frame stands above it in the tree.
 */
import { CallTree, Int32List } from '../../../src/plugin.ts';
import type { Frames } from './frames.ts';
import type { LineNodes, Records } from './records.ts';
import type { SourceLine } from './source-line.ts';

const PLACE = -1;
/** The text is no line. */
const NONE = -2;

export class FrameNodes {
  readonly #frames: Frames;
  /** The entries of texts; PLACE = it is the place of another. */
  readonly #entries = new Int32List();
  readonly #places = new Map<number, SourceLine>();
  /** The nodes, and those of lines that they are. Not made while each line is a frame of its own. */
  #tree: CallTree | undefined;
  readonly #nodeOf = new Int32List();
  #lastFrame = -1;

  constructor(frames: Frames) {
    this.#frames = frames;
  }

  /** Whether each line is a frame of its own so far. */
  get isPlain(): boolean {
    return this.#tree === undefined;
  }

  /** Whether it was said what a text is. */
  has(text: number): boolean {
    return text < this.#entries.length && this.#entries.array[text] !== NONE;
  }

  /** A text is an entry. */
  addEntry(text: number, entry: number): void {
    this.#add(text, entry);
    const frame = this.#frames.frame(entry);
    if (frame <= this.#lastFrame) this.#tree ??= new CallTree();
    this.#lastFrame = frame;
  }

  /** A text is the place of the frame in front of it. */
  addPlace(text: number, place: SourceLine): void {
    this.#add(text, PLACE);
    this.#places.set(text, place);
    this.#tree ??= new CallTree();
  }

  #add(text: number, entry: number): void {
    while (this.#entries.length <= text) this.#entries.push(NONE);
    this.#entries.array[text] = entry;
  }

  /** Makes the nodes of what is new in a tree of lines. */
  settle(records: Records): void {
    const tree = this.#tree;
    if (!tree || records.nodeCount === this.#nodeOf.length) return;
    const nodes = records.nodes();
    for (let node = this.#nodeOf.length; node < nodes.line.length; node++)
      this.#nodeOf.push(this.#made(node, nodes, tree));
  }

  /** The node that one of lines is, of those with lower numbers; -1 = it is a place. */
  #made(node: number, { line, parent }: LineNodes, tree: CallTree): number {
    const entries = this.#entries.array;
    let entry = entries[line[node]!]!;
    if (entry < 0) return -1;
    let above = parent[node]!;
    for (; above >= 0 && entries[line[above]!]! < 0; above = parent[above]!)
      entry = this.#frames.placed(entry, this.#places.get(line[above]!)!);
    let made = above < 0 ? -1 : this.#nodeOf.array[above]!;
    const frame = this.#frames.frame(entry);
    if (frame >= 0) return tree.child(made, frame);
    const outer = made < 0 ? -1 : tree.frame[made]!;
    for (const inner of this.#frames.frames(entry, outer)) made = tree.child(made, inner);
    return made;
  }

  /** Frames and parents by node; and, where they are others, the nodes `of` those of lines. */
  finish(records: Records): { frame: Int32Array; parent: Int32Array; of?: Int32Array } {
    this.settle(records);
    const tree = this.#tree;
    if (tree) {
      const [frame, parent] = [tree.frame.subarray(0, tree.length), tree.parent.subarray(0, tree.length)];
      return { frame, parent, of: this.#nodeOf.trimmed() };
    }
    const { line, parent } = records.nodes();
    const frame = new Int32Array(line.length);
    const frames = this.#entries.trimmed().map((entry) => (entry < 0 ? -1 : this.#frames.frame(entry)));
    for (let node = 0; node < frame.length; node++) frame[node] = frames[line[node]!]!;
    return { frame, parent: parent.slice() };
  }
}
