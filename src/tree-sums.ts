/** Sums over large trees, by a WebAssembly module (`src/assembly/tree-sums.ts`): no more than `coarsen` does itself. */
import { type Global, inSteps, instantiate, type Memory, STEP } from './instantiate.ts';
import type { ArcTotals, NodeTable } from './profile.ts';
import { BYTES } from './wasm/tree-sums.ts';

/** Smaller trees are done sooner than a module is loaded; for larger ones it has no memory. */
const LARGE = 1 << 15;
const TOO_LARGE = 1 << 26;
const MODES: Record<ArcTotals, number> = { once: 0, every: 1, outermost: 2 };

/** A call graph: the group of each node, the ends of arcs, and sums by metric. */
export interface TreeSums {
  group: Int32Array;
  caller: Int32Array;
  callee: Int32Array;
  self: Float64Array[];
  total: Float64Array[];
  arcTotal: Float64Array[];
}

/** What the module exports. */
interface Exports {
  memory: Memory;
  frames: Global;
  parents: Global;
  groups: Global;
  values: Global;
  nodeGroups: Global;
  nodeCount: Global;
  callers: Global;
  callees: Global;
  arcCount: Global;
  selves: Global;
  totals: Global;
  arcTotals: Global;
  open(rows: number, frames: number, groups: number, mode: number): number;
  openSums(): number;
  beginSums(): void;
  endSums(): void;
  findSizes: Pass;
  checkOrder: Pass;
  findEnds: Pass;
  findArcs: (from: number, to: number) => number;
  countOnce: Pass;
  sumSelves: Pass;
  addToParents: Pass;
  sumTotals: Pass;
}

/** A pass over some rows. */
type Pass = (from: number, to: number) => void;

/** As `inSteps`, last first. */
function backwards(rows: number, pass: Pass): void {
  for (let to = rows; to > 0; to -= STEP) pass(Math.max(to - STEP, 0), to);
}

/**
 * The call graph of a tree by the groups that its frames are `of`, so many in all. Undefined where it is not worth it,
 * or cannot be done.
 */
export function treeSums(
  { frame, parent, self, length }: NodeTable,
  of: Int32Array,
  groupCount: number,
  mode: ArcTotals,
): TreeSums | undefined {
  const columns = self.filter((column) => column instanceof Float64Array);
  const isFit = length >= LARGE && length < TOO_LARGE;
  if (!isFit || columns.length < self.length) return undefined;
  const wasm = instantiate<Exports>(BYTES);
  if (!wasm?.open(length, of.length, groupCount, MODES[mode])) return undefined;
  const ints = ({ value }: Global, rows: number) => new Int32Array(wasm.memory.buffer, value, rows);
  const doubles = ({ value }: Global, rows: number) => new Float64Array(wasm.memory.buffer, value, rows);
  ints(wasm.frames, length).set(frame);
  ints(wasm.parents, length).set(parent);
  ints(wasm.groups, of.length).set(of);
  backwards(length, wasm.findSizes);
  inSteps(length, wasm.checkOrder);
  inSteps(length, wasm.findEnds);
  for (let from = 0; from < length; from += STEP)
    if (!wasm.findArcs(from, Math.min(from + STEP, length))) return undefined;
  if (!wasm.openSums()) return undefined;
  inSteps(length, wasm.countOnce);

  const nodeCount = wasm.nodeCount.value;
  const arcCount = wasm.arcCount.value;
  const sums: TreeSums = {
    group: ints(wasm.nodeGroups, nodeCount).slice(),
    caller: ints(wasm.callers, arcCount).slice(),
    callee: ints(wasm.callees, arcCount).slice(),
    self: [],
    total: [],
    arcTotal: [],
  };
  for (const column of columns) {
    doubles(wasm.values, length).set(column);
    wasm.beginSums();
    inSteps(length, wasm.sumSelves);
    wasm.endSums();
    backwards(length, wasm.addToParents);
    inSteps(length, wasm.sumTotals);
    sums.self.push(doubles(wasm.selves, nodeCount).slice());
    sums.total.push(doubles(wasm.totals, nodeCount).slice());
    sums.arcTotal.push(doubles(wasm.arcTotals, arcCount).slice());
  }
  return sums;
}
