/**
 * Down the ladder: from stacks to a call graph, or from a fine call graph to a coarse one. Exact on stacks.
 *
 * A function counts only at its outermost occurrence on a stack, so recursion never exceeds 100 %. In a tree
 * numbered in preorder, "is it on the stack already?" is one comparison with the end of the subtree in which
 * it was last met; on a list of stacks it is a stamp.
 */
import { ArcIndex } from '../arc-index.ts';
import { coarseAlready } from '../coarse-already.ts';
import { coarsenArcs } from '../coarsen-arcs.ts';
import { gathered, greatest, grown, Int32List } from '../columns.ts';
import { finestSelves } from '../graph.ts';
import { addGroupFrames, type Granularity, type Groups, groupFrames } from '../group-frames.ts';
import { preorder, subtreeTotals } from '../preorder.ts';
import type { ArcTable, ArcTotals, Column, LineTable, NodeTable, Profile, StackTable } from '../profile.ts';
import { type TreeSums, treeSums } from '../tree-sums.ts';

export interface CoarsenOptions {
  by?: Granularity;
  /** What arc totals count; see `ArcTotals`. Default `once`. */
  arcTotals?: ArcTotals;
  /** Keep the arcs of different call sites apart, and costs by line. */
  lines?: boolean;
  /** Find out the self of callees by caller. */
  arcSelf?: boolean;
  /**
   * Of stacks: 0 = leave the group out, by function of the call graph that `by` gives without this. Arcs then join
   * what is left of a stack and say so (`residual`); what was spent in the group itself is in totals only.
   */
  keep?: Uint8Array | undefined;
  /** With `keep`: the metric that is shown. Stacks without a value of it make no arcs residual. */
  shown?: number | undefined;
}

/**
 * The call graph of a profile: `callers` becomes `direct` (a flat profile stays `none`), one node for each
 * function, file, … that occurs. Labels and times are gone.
 */
export function coarsen(profile: Profile, options: CoarsenOptions = {}): Profile {
  const graph = coarsened(profile, options);
  if (profile.whole) graph.whole = { sum: profile.whole.sum, maxSelf: graph.nodes.self.map(greatest) };
  return graph;
}

function coarsened(profile: Profile, options: CoarsenOptions): Profile {
  const { by = 'function', arcTotals = 'once', lines = false, arcSelf = false, keep, shown } = options;
  const already = by === 'function' && !lines ? coarseAlready(profile) : undefined;
  if (already) return already;
  const groups = groupFrames(profile, by);
  if (profile.callers !== 'all') return coarsenArcs(profile, groups, lines);
  const graph = new GraphAccumulator(profile, groups, { arcTotals, lines, arcSelf, keep, shown });
  const values = profile.stackValues?.filter((column) => column instanceof Float64Array);
  const fit = !arcSelf && values?.length === profile.metrics.length;
  if (profile.stacks && fit) graph.addStacks(profile.stacks, values);
  else graph.addTree(profile.nodes);
  return graph.finish();
}

/** Call graphs have no more, as a rule: a table of them then need not grow. */
const ARCS_PER_NODE = 4;

/** What stands for a frame whose group is left out. */
const LEFT_OUT = -2;

/** How often nodes and arcs were called, and how often while the callee was not yet on the stack. */
interface Calls {
  node: Float64Array;
  primitive: Float64Array;
  arc: Float64Array;
  primitiveArc: Float64Array;
}

/** Sums of a stack profile, by group and by arc. */
class GraphAccumulator {
  readonly #profile: Profile;
  readonly #groups: Groups;
  readonly #mode: ArcTotals;
  readonly #lines: boolean;
  readonly #wantArcSelf: boolean;
  /** Node of the result by group, or -1 until it is met. */
  readonly #nodeOf: Int32Array;
  /** The same by frame. */
  readonly #nodeOfFrame: Int32Array;
  readonly #groupOfNode = new Int32List();
  readonly #arcs: ArcIndex;
  #self: Column[] = [];
  #total: Column[] = [];
  #arcTotal: Column[] = [];
  #arcSelf: Column[] | undefined;
  #calls: Calls | undefined;
  readonly #keep: Uint8Array | undefined;
  readonly #shown: number | undefined;
  /** By arc, where groups are left out: 1 = it leads over some of them. */
  #residual = new Uint8Array();

  constructor(
    profile: Profile,
    groups: Groups,
    { arcTotals, lines, arcSelf, keep, shown }: Required<Omit<CoarsenOptions, 'by'>>,
  ) {
    this.#profile = profile;
    this.#groups = groups;
    this.#mode = arcTotals;
    this.#lines = lines;
    this.#wantArcSelf = arcSelf;
    this.#keep = keep;
    this.#shown = shown;
    const { functionCount } = groups.builder;
    this.#arcs = new ArcIndex(functionCount * ARCS_PER_NODE);
    this.#nodeOf = new Int32Array(functionCount).fill(-1);
    this.#nodeOfFrame = new Int32Array(groups.of.length).fill(-1);
  }

  /** The node of the result that a frame belongs to; `LEFT_OUT` = none. */
  #node(frame: number): number {
    const known = this.#nodeOfFrame[frame]!;
    if (known !== -1) return known;
    const group = this.#groups.of[frame]!;
    if (this.#keep?.[group] === 0) return (this.#nodeOfFrame[frame] = LEFT_OUT);
    if (this.#nodeOf[group] === -1) {
      this.#nodeOf[group] = this.#groupOfNode.length;
      this.#groupOfNode.push(group);
    }
    return (this.#nodeOfFrame[frame] = this.#nodeOf[group]!);
  }

  addTree(nodes: NodeTable): void {
    const { of, builder } = this.#groups;
    const wantsMore = this.#keep || nodes.calls || this.#wantArcSelf || this.#lines;
    const sums = wantsMore ? undefined : treeSums(nodes, of, builder.functionCount, this.#mode);
    if (sums) this.#take(sums);
    else this.#sumTree(nodes);
  }

  #take({ group, caller, callee, self, total, arcTotal }: TreeSums): void {
    this.#groupOfNode.append(group);
    this.#arcs.append(caller, callee);
    [this.#self, this.#total, this.#arcTotal] = [self, total, arcTotal];
  }

  #sumTree({ frame, parent, length, self, calls }: NodeTable): void {
    // For the order, then for the totals of one metric after the other: fresh memory takes time.
    const memory = new ArrayBuffer(length * 8);
    const { order, end } = preorder(parent, length, memory);
    // Nodes and arcs of the result stand in the order in which the tree has them.
    const caller = this.#keep ? this.#callers(frame, parent, length) : parent;
    const arcTo = this.#findArcs(frame, caller);
    if (this.#keep) this.#residual = new Uint8Array(this.#arcs.length);
    const nodeOfFrame = this.#nodeOfFrame;
    const nodeCount = this.#groupOfNode.length;
    const arcCount = this.#arcs.length;
    if (this.#wantArcSelf) this.#arcSelf = self.map((column) => gathered(column, arcTo, arcCount));
    const arcOf = calls && arcTo.slice();
    const totalTo = this.#countOnce(frame, arcTo, order, end);
    const byNode = (column: Column) =>
      gathered(gathered(column, frame, nodeOfFrame.length), nodeOfFrame, nodeCount);
    if (calls && arcOf) this.#countCalls(calls, byNode(calls) as Float64Array, totalTo, arcOf);
    this.#self = self.map(byNode);
    for (const [m, column] of self.entries()) {
      const total = subtreeTotals(column, parent, memory);
      if (this.#keep && m === (this.#shown ?? m)) this.#markResidual(total, arcTo, caller, parent);
      this.#total.push(gathered(total, totalTo, nodeCount));
      this.#arcTotal.push(gathered(total, arcTo, arcCount));
    }
  }

  /** The arc to each node of the tree; -1 = none. */
  #findArcs(frame: Int32Array, caller: Int32Array): Int32Array {
    const { line: lineOf } = this.#profile.frames;
    const arcTo = new Int32Array(caller.length);
    for (let i = 0; i < arcTo.length; i++) {
      const node = this.#node(frame[i]!);
      const p = caller[i]!;
      const line = this.#lines && p >= 0 ? lineOf[frame[p]!]! : 0;
      arcTo[i] = p < 0 || node < 0 ? -1 : this.#arcs.find(this.#node(frame[p]!), node, line, 0);
    }
    return arcTo;
  }

  /**
   * Takes the arcs away whose totals another one up the stack counts already. Returns the node of the result that
   * each total of the tree goes to; -1 = none. It is in the memory of `end`.
   */
  #countOnce(
    frame: Int32Array,
    arcTo: Int32Array,
    order: Int32Array | undefined,
    end: Int32Array,
  ): Int32Array {
    const nodeOfFrame = this.#nodeOfFrame;
    const [every, outermostOnly] = [this.#mode === 'every', this.#mode === 'outermost'];
    const nodeEnd = new Int32Array(this.#groupOfNode.length);
    const arcEnd = new Int32Array(this.#arcs.length);
    const totalTo = end;
    for (let position = 0; position < arcTo.length; position++) {
      const i = order ? order[position]! : position;
      const node = nodeOfFrame[frame[i]!]!;
      const arc = arcTo[i]!;
      const behind = end[i]!;
      if (node < 0) {
        totalTo[i] = -1;
        continue;
      }
      const outermost = position >= nodeEnd[node]!;
      if (outermost) nodeEnd[node] = behind;
      totalTo[i] = outermost ? node : -1;
      if (arc < 0 || every) continue;
      if (outermostOnly ? outermost : position >= arcEnd[arc]!) arcEnd[arc] = behind;
      else arcTo[i] = -1;
    }
    return totalTo;
  }

  /** Marks the arcs to nodes that cost something, and whose caller is not the one that called. */
  #markResidual(total: Column, arcTo: Int32Array, caller: Int32Array, parent: Int32Array): void {
    for (let i = 0; i < arcTo.length; i++)
      if (arcTo[i]! >= 0 && caller[i] !== parent[i] && Number(total[i]) !== 0) this.#residual[arcTo[i]!] = 1;
  }

  /** The nearest node above each that is not left out, -1 = none; nor is it of the same group, if one was between. */
  #callers(frame: Int32Array, parent: Int32Array, length: number): Int32Array {
    const caller = new Int32Array(length);
    for (let i = 0; i < length; i++) {
      const p = parent[i]!;
      caller[i] = p < 0 || this.#node(frame[p]!) >= 0 ? p : caller[p]!;
    }
    for (let i = 0; i < length; i++) {
      const c = caller[i]!;
      if (c !== parent[i] && c >= 0 && this.#node(frame[c]!) === this.#node(frame[i]!)) caller[i] = -1;
    }
    return caller;
  }

  /**
   * A tour of the stacks: the frames that a stack shares with the one before it keep standing, the others are
   * taken down. A value stays with the last frame of its stack until that is taken down, then sinks to its caller.
   */
  addStacks(stacks: StackTable, values: Float64Array[]): void {
    const { frames } = this.#profile;
    const { start, frame, length } = stacks;
    const width = values.length;
    const groupCount = this.#nodeOf.length;
    // All metrics of a row side by side.
    const self = new Float64Array(groupCount * width);
    const total = new Float64Array(groupCount * width);
    let arcTotal = new Float64Array(4096 * width);
    // How often each node and arc stands on the stack.
    const nodeUses = new Int32Array(groupCount);
    let arcUses = new Int32Array(4096);
    let residual = new Uint8Array(0);
    const arcs = this.#arcs;
    const [once, every] = [this.#mode === 'once', this.#mode === 'every'];
    let pathNode = new Int32Array(256);
    let pathArc = new Int32Array(256);
    // The nearest depth that is not left out.
    let pathKept = new Int32Array(256);
    // Where groups are left out: 1 = the arc leads over some; 1 = a stack with a value has gone this way.
    let pathOver = new Uint8Array(256);
    let pathUsed = new Uint8Array(256);
    const judged = this.#shown === undefined ? values : [values[this.#shown]!];
    let pending = new Float64Array(256 * width);
    let depth = 0;
    let before = 0;
    // One step more than there are stacks: it takes down the last one.
    for (let i = 0; i <= length; i++) {
      const from = start[i]!;
      const to = i < length ? start[i + 1]! - from : 0;
      let common = 0;
      while (common < depth && common < to && frame[from + common] === frame[before + common]) common++;
      for (let d = depth - 1; d >= common; d--) {
        const node = pathNode[d]!;
        const arc = pathArc[d]!;
        const outermost = node >= 0 && --nodeUses[node]! === 0;
        const lastUse = arc >= 0 && --arcUses[arc]! === 0;
        const counts = once ? lastUse : arc >= 0 && (every || outermost);
        for (let m = 0, at = d * width; m < width; m++, at++) {
          const value = pending[at]!;
          pending[at] = 0;
          if (outermost) total[node * width + m]! += value;
          if (counts) arcTotal[arc * width + m]! += value;
          if (d > 0) pending[at - width]! += value;
        }
        if (!this.#keep || pathUsed[d] === 0) continue;
        pathUsed[d] = 0;
        if (d > 0) pathUsed[d - 1] = 1;
        if (pathOver[d] === 1) {
          residual = grown(residual, arc + 1);
          residual[arc] = 1;
        }
      }
      if (to > pathNode.length) {
        pathNode = grown(pathNode, to);
        pathArc = grown(pathArc, to);
        pathKept = grown(pathKept, to);
        pathOver = grown(pathOver, to);
        pathUsed = grown(pathUsed, to);
        pending = grown(pending, pathNode.length * width);
      }
      for (let d = common; d < to; d++) {
        const f = frame[from + d]!;
        const node = this.#node(f);
        const above = d > 0 ? pathKept[d - 1]! : -1;
        pathNode[d] = node;
        pathArc[d] = -1;
        pathOver[d] = 0;
        pathKept[d] = node < 0 ? above : d;
        if (node < 0) continue;
        nodeUses[node]!++;
        const isResidual = above < d - 1;
        if (above < 0 || (isResidual && pathNode[above] === node)) continue;
        const line = this.#lines ? frames.line[frame[from + above]!]! : 0;
        const arc = arcs.find(pathNode[above]!, node, line, 0);
        if (arc >= arcUses.length) {
          arcUses = grown(arcUses, arc + 1);
          arcTotal = grown(arcTotal, arcUses.length * width);
        }
        pathArc[d] = arc;
        if (++arcUses[arc]! === 1 && isResidual) pathOver[d] = 1;
      }
      depth = to;
      before = from;
      if (to === 0) continue;
      if (this.#keep && judged.some((column) => column[i] !== 0)) pathUsed[to - 1] = 1;
      const leaf = pathNode[to - 1]! * width;
      for (let m = 0, at = (to - 1) * width; m < width; m++) {
        const value = values[m]![i]!;
        pending[at + m]! += value;
        if (leaf >= 0) self[leaf + m]! += value;
      }
    }
    const split = (packed: Float64Array, count: number): Column[] =>
      values.map((_, m) => Float64Array.from({ length: count }, (_, row) => packed[row * width + m]!));
    this.#self = split(self, this.#groupOfNode.length);
    this.#total = split(total, this.#groupOfNode.length);
    this.#arcTotal = split(arcTotal, this.#arcs.length);
    this.#residual = grown(residual, this.#arcs.length);
  }

  /** A call is primitive where it made an outermost node. */
  #countCalls(calls: Float64Array, node: Float64Array, outermost: Int32Array, arcOf: Int32Array): void {
    const primitiveArc = arcOf.map((arc, i) => (outermost[i]! < 0 ? -1 : arc));
    const sums = (rows: Int32Array, length: number) => gathered(calls, rows, length) as Float64Array;
    const [nodeCount, arcCount] = [this.#groupOfNode.length, this.#arcs.length];
    this.#calls = {
      node,
      primitive: sums(outermost, nodeCount),
      arc: sums(arcOf, arcCount),
      primitiveArc: sums(primitiveArc, arcCount),
    };
  }

  finish(): Profile {
    const { builder } = this.#groups;
    if (this.#calls && !this.#profile.functions.calls) {
      const { node, primitive } = this.#calls;
      for (const [n, calls] of node.entries())
        if (!Number.isNaN(calls)) builder.addCalls(this.#groupOfNode.array[n]!, calls, primitive[n]!);
    }
    const frame = addGroupFrames(this.#groups, this.#groupOfNode.trimmed());
    const arcs: ArcTable = {
      length: this.#arcs.length,
      caller: this.#arcs.caller.trimmed(),
      callee: this.#arcs.callee.trimmed(),
      line: this.#arcs.line.trimmed(),
      calls: this.#calls?.arc ?? new Float64Array(this.#arcs.length).fill(Number.NaN),
      ...(this.#calls && { primitiveCalls: this.#calls.primitiveArc }),
      total: this.#arcTotal,
      ...(this.#arcSelf && { self: this.#arcSelf }),
      counts: this.#mode,
      ...(this.#keep && { residual: this.#residual.subarray(0, this.#arcs.length) }),
    };
    const lines = this.#lines ? this.#lineCosts() : undefined;
    const nodes = { frame, self: this.#self, total: this.#total };
    const result = builder.graph(nodes, arcs, { ...(lines && { lines }) });
    result.estimated = this.#profile.estimated;
    return result;
  }

  /** Self values by function and line: of the profile's own line table, else by the lines of the frames. */
  #lineCosts(): LineTable {
    const { lines, frames } = this.#profile;
    const index = new ArcIndex();
    const { frame, values } = finestSelves(this.#profile);
    const row = new Int32Array(frame.length);
    for (let i = 0; i < frame.length; i++) {
      const f = frame[i]!;
      const none = f < 0 || values.every((column) => Number(column[i]) === 0);
      const line = lines ? lines.line[i]! : frames.line[f]!;
      const node = none ? -1 : this.#nodeOfFrame[f]!;
      row[i] = node < 0 ? -1 : index.find(node, 0, line, lines?.file?.[i] ?? 0);
    }
    return {
      length: index.length,
      node: index.caller.trimmed(),
      line: index.line.trimmed(),
      ...index.files(),
      values: values.map((column) => gathered(column, row, index.length)),
    };
  }
}
