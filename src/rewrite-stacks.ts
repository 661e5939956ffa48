/**
 * Stacks made anew by a rule that looks at one frame after the other, root first: on a list of stacks without
 * folding it, and on a tree in one sweep, since what the rule does with a beginning does not depend on the rest.
 *
 * A *location* is a physical call with what was inlined into it: frames side by side whose `inline` rises.
 */
import { CallTree } from './call-tree.ts';
import { Int32List, scatterAdd, zeros } from './columns.ts';
import { changed, cutLines, keptDetails, keptRows, keptSamples, keptStacks } from './fewer-rows.ts';
import { stackProfile, treeTable } from './fold-stacks.ts';
import type { FrameTable, LineTable, NodeTable, Profile, SampleTable, StackTable } from './profile.ts';

/** The beginning of every stack, before its first frame. */
export const START = 0;

/** Where new stacks grow. A place is a beginning of a stack; `START` is the empty one. */
export interface Growth {
  /** The place one frame further. */
  push(place: number, frame: number): number;
}

/** A rule goes from slot to slot; slot 0 is the start. A list of stacks uses slots anew for each of them. */
export interface StackRule {
  /** Makes room for so many slots. */
  reserve(slots: number): void;
  /** Takes the frame that stands behind the slot `from`; what then holds is kept in the slot `to`. */
  step(from: number, to: number, frame: number): void;
  /** The new stack for one that ends at the slot; `START` = it goes. */
  end(slot: number): number;
}

/** Frames of a profile under other inline depths. */
export class FrameVariants {
  readonly frames: FrameTable;
  readonly #original = new Int32List();
  readonly #depth = new Int32List();
  readonly #known = new Map<number, number>();

  constructor(frames: FrameTable) {
    this.frames = frames;
  }

  /** The same place, `less` levels of inlining further out. */
  raised(frame: number, less: number): number {
    if (less === 0) return frame;
    const depth = (this.frames.inline?.[frame] ?? 0) - less;
    const key = frame * 2 ** 26 + depth;
    let row = this.#known.get(key);
    if (row === undefined) {
      row = this.frames.length + this.#original.length;
      this.#original.push(frame);
      this.#depth.push(depth);
      this.#known.set(key, row);
    }
    return row;
  }

  /** All frames: those of the profile, then the new ones. */
  table(): FrameTable {
    const { frames } = this;
    if (this.#original.length === 0) return frames;
    const original = this.#original.trimmed();
    const more = (column: Int32Array, added: Int32Array) => {
      const longer = new Int32Array(frames.length + added.length);
      longer.set(column.subarray(0, frames.length));
      longer.set(added, frames.length);
      return longer;
    };
    const copied = (column: Int32Array) =>
      more(
        column,
        original.map((f) => column[f]!),
      );
    const { address } = frames;
    const at = (row: number) => (row < frames.length ? row : original[row - frames.length]!);
    const length = frames.length + original.length;
    return {
      length,
      func: copied(frames.func),
      line: copied(frames.line),
      column: copied(frames.column),
      mapping: copied(frames.mapping),
      ...(address && { address: BigUint64Array.from({ length }, (_, row) => address[at(row)]!) }),
      inline: more(frames.inline!, this.#depth.trimmed()),
    };
  }
}

/** A profile of stacks with the rule applied. `frames`: where the rule takes new frames from. */
export function rewriteStacks(
  profile: Profile,
  makeRule: (growth: Growth) => StackRule,
  variants?: FrameVariants,
): Profile {
  const { stacks, stackValues, stackDetails } = profile;
  if (stacks && stackValues) {
    const list = new ListGrowth(stacks);
    const kept = list.rewrite(makeRule(list));
    const values = stackValues.map((column) => keptRows(column, kept));
    const frames = variants?.table() ?? profile.frames;
    return changed(profile, { frames }, (rest) =>
      stackProfile(rest, list.table(), values, keptDetails(stackDetails ?? {}, kept)),
    );
  }
  const { nodes, samples } = profile;
  const growth = new TreeGrowth();
  const placeOf = growth.rewrite(nodes, makeRule(growth));
  const occupied = occupiedNodes(nodes, samples);
  for (let n = 0; n < placeOf.length; n++) if (!occupied[n]) placeOf[n] = -1;
  return replanted(profile, growth.tree, placeOf, variants?.table());
}

/** The profile with only those samples (rows of `stacks`, of `samples`, or else nodes) that are marked. */
export function keepSamples(profile: Profile, keep: Uint8Array, onLostLines: () => void): Profile {
  const { stacks, stackValues, stackDetails } = profile;
  if (stacks && stackValues) {
    const values = stackValues.map((column) => keptRows(column, keep));
    return changed(profile, {}, (rest) =>
      stackProfile(rest, keptStacks(stacks, keep), values, keptDetails(stackDetails ?? {}, keep)),
    );
  }
  const { nodes, lines, samples } = profile;
  const rows: Pick<SampleTable, 'length' | 'node'> = samples ?? allNodes(nodes);
  const full = new Uint8Array(nodes.length).fill(1);
  const placeOf = new Int32Array(nodes.length).fill(-1);
  for (let i = 0; i < rows.length; i++) {
    const n = rows.node[i]!;
    if (keep[i]) placeOf[n] = n;
    else full[n] = 0;
  }
  // Lines know nothing of samples: where some of a node's go, they cannot tell which lines these had.
  const isKnown = placeOf.every((place, n) => place < 0 || full[n] === 1);
  if (lines && !isKnown) onLostLines();
  const { lines: _, samples: __, ...rest } = profile;
  const left: Profile = {
    ...rest,
    ...(lines && isKnown && { lines }),
    ...(samples && { samples: keptSamples(samples, keep) }),
  };
  return replanted(left, nodes, placeOf, undefined, profile);
}

/** Labels of the rows of a profile, -1 = none; and how many rows there are. */
export function sampleLabels(profile: Profile): { length: number; labels: Int32Array | undefined } {
  const { stacks, stackDetails } = profile;
  if (stacks) return { length: stacks.length, labels: stackDetails?.labels };
  const { samples, nodes } = profile;
  return { length: samples?.length ?? nodes.length, labels: samples?.labels };
}

function allNodes({ length }: NodeTable): Pick<SampleTable, 'length' | 'node'> {
  return { length, node: Int32Array.from({ length }, (_, n) => n) };
}

/** What frames stand on each stack, in one column. */
class ListGrowth implements Growth {
  readonly #stacks: StackTable;
  readonly #start: Uint32Array;
  #frame: Int32Array;
  #rows = 0;
  /** Where the current stack begins. */
  #base = 0;

  constructor(stacks: StackTable) {
    this.#stacks = stacks;
    this.#start = new Uint32Array(stacks.length + 1);
    this.#frame = new Int32Array(stacks.start[stacks.length]! - stacks.start[0]!);
  }

  push(place: number, frame: number): number {
    this.#frame[this.#base + place] = frame;
    return place + 1;
  }

  /** Fills the table; returns which stacks are left. */
  rewrite(rule: StackRule): Uint8Array {
    const { start, frame, length } = this.#stacks;
    const kept = new Uint8Array(length);
    let slots = 0;
    for (let i = 0; i < length; i++) {
      const from = start[i]!;
      const depth = start[i + 1]! - from;
      if (depth >= slots) rule.reserve((slots = Math.max(64, depth * 2)));
      for (let d = 0; d < depth; d++) rule.step(d, d + 1, frame[from + d]!);
      const end = rule.end(depth);
      if (end === START) continue;
      kept[i] = 1;
      this.#close(end);
    }
    return kept;
  }

  #close(depth: number): void {
    this.#base += depth;
    this.#start[++this.#rows] = this.#base;
  }

  table(): StackTable {
    return {
      length: this.#rows,
      start: this.#start.subarray(0, this.#rows + 1),
      frame: this.#frame.subarray(0, this.#base),
    };
  }
}

/** Places are nodes + 1. */
class TreeGrowth implements Growth {
  readonly tree = new CallTree();

  push(place: number, frame: number): number {
    return this.tree.child(place - 1, frame) + 1;
  }

  /** The new node for stacks that end at each node; -1 = they go. */
  rewrite({ frame, parent, length }: NodeTable, rule: StackRule): Int32Array {
    rule.reserve(length + 1);
    for (let n = 0; n < length; n++) rule.step(parent[n]! + 1, n + 1, frame[n]!);
    return Int32Array.from({ length }, (_, n) => rule.end(n + 1) - 1);
  }
}

/**
 * The profile on another tree: `placeOf` is the node of that tree for what ends at each node of the old one, -1 = it
 * goes. Nodes at which and below which nothing ends go, too. `before`: what the sum refers to.
 */
function replanted(
  profile: Profile,
  tree: Pick<NodeTable, 'frame' | 'parent' | 'length'>,
  placeOf: Int32Array,
  frames: FrameTable = profile.frames,
  before: Profile = profile,
): Profile {
  const { nodes, samples, lines } = profile;
  const used = new Uint8Array(tree.length);
  for (const place of placeOf) if (place >= 0) used[place] = 1;
  for (let n = tree.length - 1; n >= 0; n--) if (used[n] && tree.parent[n]! >= 0) used[tree.parent[n]!] = 1;
  const index = new Int32Array(tree.length).fill(-1);
  let count = 0;
  for (let n = 0; n < tree.length; n++) if (used[n]) index[n] = count++;
  const nodeOf = placeOf.map((place) => (place < 0 ? -1 : index[place]!));
  const frame = keptRows(tree.frame.subarray(0, tree.length), used);
  const parent = keptRows(tree.parent.subarray(0, tree.length), used).map((n) => (n < 0 ? -1 : index[n]!));
  const moved = samples && movedSamples(samples, nodeOf);
  const self = nodes.self.map((column, m) => {
    const sums = zeros(moved?.values[m] ?? column, count);
    if (moved) scatterAdd(sums, moved.node, moved.values[m]!);
    else scatterAdd(sums, nodeOf, column);
    return sums;
  });
  return changed(before, { frames }, (rest) => ({
    ...rest,
    callers: 'all',
    nodes: treeTable(frame, parent, self),
    ...(moved && { samples: moved }),
    ...(lines && { lines: movedLines(lines, nodeOf, nodes.frame, frame, frames) }),
  }));
}

/** Nodes at which something ends: a sample, a self, or the stack as a whole. */
function occupiedNodes({ length, parent, self }: NodeTable, samples: SampleTable | undefined): Uint8Array {
  const occupied = new Uint8Array(length).fill(1);
  for (let n = 0; n < length; n++) if (parent[n]! >= 0) occupied[parent[n]!] = 0;
  for (const column of self) for (let n = 0; n < length; n++) if (Number(column[n]) !== 0) occupied[n] = 1;
  for (let i = 0; i < (samples?.length ?? 0); i++) occupied[samples!.node[i]!] = 1;
  return occupied;
}

/** Samples of no node, those of empty stacks, go. */
function movedSamples(samples: SampleTable, nodeOf: Int32Array): SampleTable {
  const keep = Uint8Array.from({ length: samples.length }, (_, i) =>
    (nodeOf[samples.node[i]!] ?? -1) < 0 ? 0 : 1,
  );
  const kept = keptSamples(samples, keep);
  return { ...kept, node: kept.node.map((n) => nodeOf[n]!) };
}

/** Costs of a frame that is gone belong to the call site in the frame that called it. */
function movedLines(
  lines: LineTable,
  nodeOf: Int32Array,
  oldFrame: Int32Array,
  newFrame: Int32Array,
  frames: FrameTable,
): LineTable {
  const kept = cutLines(
    lines,
    nodeOf.map((n) => (n < 0 ? 0 : 1)),
  );
  const line = kept.line.slice();
  const file = kept.file?.slice();
  for (let i = 0; i < kept.length; i++) {
    const now = newFrame[nodeOf[kept.node[i]!]!]!;
    if (frames.func[now] === frames.func[oldFrame[kept.node[i]!]!]) continue;
    line[i] = frames.line[now]!;
    if (file) file[i] = 0;
  }
  return { ...kept, node: kept.node.map((n) => nodeOf[n]!), line, ...(file && { file }) };
}
