/**
 * Sums over a tree, by node and by arc of the call graph that it makes when its frames are put into groups: what
 * `src/transforms/coarsen.ts` describes, for large trees of which no more is wanted.
 *
 * Each pass over all rows is called for some of them at a time: what is called often is compiled well.
 */
import { double, int, isExhausted, larger, setInt, take } from './memory';

/** What arc totals count; see `ArcTotals`. */
const EVERY = 1;
const OUTERMOST = 2;
const FIRST_ARCS = 1024;

let frameCount = 0;
let mode = 0;
/** Frames and parents by row of the tree, the group of each frame, and values by row. */
export let frames: usize = 0;
export let parents: usize = 0;
export let groups: usize = 0;
export let values: usize = 0;
/** By row, for the whole tree: the position behind its subtree, and later the node that its total goes to, or -1. */
let ends: usize = 0;
/** The arc that its total goes to, or -1. */
let arcTo: usize = 0;
/** The rows in preorder, unless they are; and how many subtrees have their places in it. */
let order: usize = 0;
let isOrdered: bool = true;
let roots = 0;
/** Nodes of the graph, in order of first sight: by group, by frame, and their groups. */
let nodeOfGroup: usize = 0;
let nodeOfFrame: usize = 0;
export let nodeGroups: usize = 0;
export let nodeCount: i32 = 0;
/** Its arcs, in order of first sight; slots hold arc + 1. */
export let callers: usize = 0;
export let callees: usize = 0;
export let arcCount: i32 = 0;
let slots: usize = 0;
let mask = 0;
/** Behind the subtrees in which nodes and arcs were met last. */
let nodeEnds: usize = 0;
let arcEnds: usize = 0;
/** Sums by frame, by node and by arc. */
let frameSums: usize = 0;
export let selves: usize = 0;
export let totals: usize = 0;
export let arcTotals: usize = 0;

/** Makes room for a tree of so many rows; false = there is no memory. */
export function open(rows: i32, framesInAll: i32, groupsInAll: i32, arcMode: i32): bool {
  frameCount = framesInAll;
  mode = arcMode;
  const ofRows = (<usize>rows) << 2;
  const ofFrames = (<usize>framesInAll) << 2;
  const ofGroups = (<usize>groupsInAll) << 2;
  frames = take(ofRows);
  parents = take(ofRows);
  ends = take(ofRows);
  arcTo = take(ofRows);
  // Values come when the order is not needed any more.
  values = take(2 * ofRows);
  order = values;
  groups = take(ofFrames);
  nodeOfFrame = take(ofFrames);
  nodeOfGroup = take(ofGroups);
  nodeGroups = take(ofGroups);
  frameSums = take(2 * ofFrames);
  selves = take(2 * ofGroups);
  totals = take(2 * ofGroups);
  mask = 2 * FIRST_ARCS - 1;
  slots = take((<usize>(mask + 1)) << 2);
  callers = take(FIRST_ARCS << 2);
  callees = take(FIRST_ARCS << 2);
  if (isExhausted) return false;
  // Nodes are not known.
  memory.fill(nodeOfGroup, 0xff, nodeGroups - nodeOfGroup);
  memory.fill(nodeOfFrame, 0xff, ofFrames);
  return true;
}

/** Makes room for sums by node and by arc; false = there is no memory. */
export function openSums(): bool {
  nodeEnds = take((<usize>nodeCount) << 2);
  arcEnds = take((<usize>arcCount) << 2);
  arcTotals = take((<usize>arcCount) << 3);
  return !isExhausted;
}

/** Sums are zero. */
export function beginSums(): void {
  memory.fill(frameSums, 0, (<usize>frameCount) << 3);
  memory.fill(selves, 0, (<usize>nodeCount) << 3);
  memory.fill(totals, 0, (<usize>nodeCount) << 3);
  memory.fill(arcTotals, 0, (<usize>arcCount) << 3);
}

/** Adds up values by frame. */
export function sumSelves(from: i32, to: i32): void {
  for (let row = from; row < to; row++) add(frameSums, int(frames, row), double(values, row));
}

/** Makes totals of the values, last first: from `to` down to `from`. */
export function addToParents(from: i32, to: i32): void {
  for (let row = to - 1; row >= from; row--) add(values, int(parents, row), double(values, row));
}

/** Adds up the totals. */
export function sumTotals(from: i32, to: i32): void {
  for (let row = from; row < to; row++) {
    const total = double(values, row);
    add(totals, int(ends, row), total);
    add(arcTotals, int(arcTo, row), total);
  }
}

/** Adds up the sums of frames by node. */
export function endSums(): void {
  for (let frame = 0; frame < frameCount; frame++)
    add(selves, int(nodeOfFrame, frame), double(frameSums, frame));
}

/** Adds to a sum; to none at -1. */
function add(table: usize, index: i32, value: f64): void {
  if (index < 0) return;
  const at = table + ((<usize>index) << 3);
  store<f64>(at, load<f64>(at) + value);
}

/** Finds the sizes of subtrees, last first: from `to` down to `from`. */
export function findSizes(from: i32, to: i32): void {
  for (let row = to - 1; row >= from; row--) {
    const size = int(ends, row) + 1;
    const above = int(parents, row);
    setInt(ends, row, size);
    if (above >= 0) setInt(ends, above, int(ends, above) + size);
  }
}

/** In preorder each subtree lies within that of its parent. */
export function checkOrder(from: i32, to: i32): void {
  for (let row = from; row < to; row++) {
    const above = int(parents, row);
    if (above >= 0 && row + int(ends, row) > above + int(ends, above)) isOrdered = false;
  }
}

/** Finds the position behind each subtree, as `src/preorder.ts` does. */
export function findEnds(from: i32, to: i32): void {
  for (let row = from; row < to; row++) {
    const size = int(ends, row);
    if (isOrdered) {
      setInt(ends, row, row + size);
      continue;
    }
    const above = int(parents, row);
    // Until all children of a row have their places, its end is where the next of them goes.
    const at = above < 0 ? roots : int(ends, above);
    if (above < 0) roots = at + size;
    else setInt(ends, above, at + size);
    setInt(order, at, row);
    setInt(ends, row, at + 1);
  }
}

function nodeOf(frame: i32): i32 {
  const known = int(nodeOfFrame, frame);
  if (known >= 0) return known;
  const group = int(groups, frame);
  let node = int(nodeOfGroup, group);
  if (node < 0) {
    node = nodeCount++;
    setInt(nodeOfGroup, group, node);
    setInt(nodeGroups, node, group);
  }
  setInt(nodeOfFrame, frame, node);
  return node;
}

/** Finds the nodes and arcs of the graph; false = there is no memory. */
export function findArcs(from: i32, to: i32): bool {
  for (let row = from; row < to; row++) {
    const node = nodeOf(int(frames, row));
    const above = int(parents, row);
    let arc = -1;
    if (above >= 0) {
      arc = findArc(int(nodeOfFrame, int(frames, above)), node);
      if (arc < 0) return false;
    }
    setInt(arcTo, row, arc);
  }
  return true;
}

/** The arc between two nodes; -1 = there is no memory for it. */
function findArc(caller: i32, callee: i32): i32 {
  let slot = slotOf(caller, callee);
  while (true) {
    const arc = int(slots, slot) - 1;
    if (arc < 0) break;
    if (int(callers, arc) === caller && int(callees, arc) === callee) return arc;
    slot = (slot + 1) & mask;
  }
  if (2 * (arcCount + 1) > mask) {
    if (!enlargeArcs()) return -1;
    slot = slotOf(caller, callee);
    while (int(slots, slot) !== 0) slot = (slot + 1) & mask;
  }
  setInt(callers, arcCount, caller);
  setInt(callees, arcCount, callee);
  setInt(slots, slot, ++arcCount);
  return arcCount - 1;
}

function slotOf(caller: i32, callee: i32): i32 {
  let hash = (caller * 0x9e3779b1) ^ (callee * 0x85ebca6b);
  hash ^= hash >>> 15;
  hash *= 0xc2b2ae35;
  return (hash ^ (hash >>> 13)) & mask;
}

/** There is room for half as many arcs as there are slots. */
function enlargeArcs(): bool {
  const used = (<usize>arcCount) << 2;
  const room = (<usize>(mask + 1)) << 2;
  const moreCallers = larger(callers, used, room);
  const moreCallees = larger(callees, used, room);
  const moreSlots = take(2 * room);
  if (isExhausted) return false;
  callers = moreCallers;
  callees = moreCallees;
  slots = moreSlots;
  mask = 2 * mask + 1;
  for (let arc = 0; arc < arcCount; arc++) {
    let slot = slotOf(int(callers, arc), int(callees, arc));
    while (int(slots, slot) !== 0) slot = (slot + 1) & mask;
    setInt(slots, slot, arc + 1);
  }
  return true;
}

/** Takes the arcs away whose totals another one up the stack counts already, and makes nodes of ends. */
export function countOnce(from: i32, to: i32): void {
  for (let position = from; position < to; position++) {
    const row = isOrdered ? position : int(order, position);
    const node = int(nodeOfFrame, int(frames, row));
    const arc = int(arcTo, row);
    const behind = int(ends, row);
    const isOutermost = position >= int(nodeEnds, node);
    if (isOutermost) setInt(nodeEnds, node, behind);
    setInt(ends, row, isOutermost ? node : -1);
    if (arc < 0 || mode === EVERY) continue;
    if (mode === OUTERMOST ? isOutermost : position >= int(arcEnds, arc)) setInt(arcEnds, arc, behind);
    else setInt(arcTo, row, -1);
  }
}
