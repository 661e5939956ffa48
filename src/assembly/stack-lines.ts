/**
 * Lines of folded stacks: those that are read without a second thought, a whole window of them at a time.
 *
 * A plain line is `main;parse;read 42`, with a run of digits for each metric. It shares its beginning with the one
 * before, so only the rest is looked up.
 */
import { isBlank, trimmedEnd } from './ascii';
import { child, length as nodeCount, reserve as reserveTree } from './call-tree';
import { hashUpTo, intern, open as openTexts, reserve as reserveTexts, size as textSize } from './interner';
import { int, larger, setInt, take } from './memory';
import { commonPrefix, findByte, pattern } from './scan';

export { frame as nodeFrames, length as nodeCount, parent as nodeParents } from './call-tree';
export { heap as texts, length as textCount, starts as textStarts } from './interner';

const NEWLINE: u64 = 10;
const RETURN: u8 = 13;
const HASH: u8 = 35;
const ZERO: u8 = 48;
const SEMICOLON: u64 = 59;
/** So many digits make an exact number. */
const EXACT_DIGITS: usize = 15;
/** Integers below are exact. */
const EXACT_SUM: f64 = 9007199254740992;
/** More take more memory than there is. */
const MOST_SUMS: u64 = 1 << 28;
/** Up to a word behind what is read is looked at. */
const SLACK = 8;
const FIRST_DEPTH = 1024;

let metrics = 0;
/** Lines that begin with `#` are comments. */
let commented: bool = false;
let input: usize = 0;
/** Values of a line, and the sums they make. */
let counts: usize = 0;
/** Sums by node and metric. */
let sums: usize = 0;
let sumsRoom = 0;
/** The stack before: where it lies, its bytes, the ends of its frames, and their nodes. */
let before: usize = 0;
let beforeSize = 0;
let ends: usize = 0;
let nodes: usize = 0;
let depthRoom = 0;
let depth = 0;
/** What the last `run` took: so many lines, of which so many hold stacks. */
export let lineCount: i32 = 0;
export let stackCount: i32 = 0;
/** Whether it met a whole line that is not plain. */
export let stopped: bool = false;

/**
 * Begins a tree in which `expected` nodes may come. Returns where input is to be put, up to `size` bytes at once;
 * 0 = there is no memory.
 */
export function open(metricCount: i32, expected: i32, size: i32, skipsComments: bool): usize {
  metrics = metricCount;
  commented = skipsComments;
  counts = take((<usize>metricCount) << 4);
  input = take(size + SLACK);
  if (counts === 0 || input === 0 || !openTexts()) return 0;
  return reserveNodes(expected) && reserveDepth(FIRST_DEPTH) ? input : 0;
}

/** Says that other input was put there. */
export function begin(): void {
  beforeSize = 0;
  depth = 0;
}

/** Takes lines from an offset to another, as long as they are plain and whole. Returns where the next one begins. */
export function run(from: i32, to: i32): i32 {
  const end = input + to;
  let start = input + from;
  lineCount = 0;
  stackCount = 0;
  stopped = false;
  while (start < end) {
    const shared = commonPrefix(start, before, min(<i32>(end - start), beforeSize));
    const newline = findByte(start + shared, end, pattern(NEWLINE));
    if (newline === end) break;
    const isReturned = newline > start && load<u8>(newline - 1) === RETURN;
    stopped = !takeLine(start, isReturned ? newline - 1 : newline, shared);
    if (stopped) break;
    lineCount++;
    start = newline + 1;
  }
  return <i32>(start - input);
}

/** A row of sums by node. */
export function nodeSums(): usize {
  return sums;
}

/** Takes a line, whose first `shared` bytes are those of the stack before; false = it is not plain. */
function takeLine(start: usize, lineEnd: usize, shared: i32): bool {
  const end = trimmedEnd(start, lineEnd);
  if (end === start || (commented && load<u8>(start) === HASH)) return true;
  const stackEnd = readCounts(start, end);
  if (stackEnd === start) return false;
  const node = nodeOf(start, stackEnd, shared);
  if (node < 0) return false;
  const at = sums + ((<usize>node * metrics) << 3);
  for (let m = 0; m < metrics; m++) {
    const sum = load<f64>(at + (m << 3)) + load<f64>(counts + (m << 3));
    if (sum >= EXACT_SUM) return false;
    store<f64>(counts + ((metrics + m) << 3), sum);
  }
  memory.copy(at, counts + (metrics << 3), metrics << 3);
  stackCount++;
  return true;
}

/** Reads the counts at the end of a line. Returns where the stack in front of them ends, or `start` if one is odd. */
function readCounts(start: usize, end: usize): usize {
  let at = end;
  for (let m = metrics - 1; m >= 0; m--) {
    const last = at;
    let value: i64 = 0;
    for (let scale: i64 = 1; at > start && last - at < EXACT_DIGITS; scale *= 10) {
      const digit = load<u8>(at - 1) - ZERO;
      if (digit > 9) break;
      value += scale * digit;
      at--;
    }
    if (at === last || at === start || !isBlank(load<u8>(at - 1))) return start;
    store<f64>(counts + (m << 3), <f64>value);
    at = trimmedEnd(start, at);
  }
  return at;
}

/** Makes room for so many nodes in all; false = there is no memory. */
function reserveNodes(count: i32): bool {
  if (!reserveTree(count)) return false;
  if (count <= sumsRoom) return true;
  const room = max(count, 2 * sumsRoom);
  if (<u64>room * metrics > MOST_SUMS) return false;
  const more = larger(sums, (<usize>nodeCount * metrics) << 3, (<usize>room * metrics) << 3);
  if (more === 0) return false;
  sums = more;
  sumsRoom = room;
  return true;
}

/** Makes room for a stack of so many frames. */
function reserveDepth(count: i32): bool {
  if (count <= depthRoom) return true;
  const room = max(count, 2 * depthRoom);
  const moreEnds = larger(ends, (<usize>depth) << 2, (<usize>room) << 2);
  const moreNodes = larger(nodes, (<usize>depth) << 2, (<usize>room) << 2);
  if (moreEnds === 0 || moreNodes === 0) return false;
  ends = moreEnds;
  nodes = moreNodes;
  depthRoom = room;
  return true;
}

/** The node of a stack; -1 = there is no memory for it. */
function nodeOf(start: usize, end: usize, shared: i32): i32 {
  const size = <i32>(end - start);
  // Frames that end before the first difference are the same as in the stack before.
  const same = min(shared, size);
  let level = 0;
  while (level < depth && int(ends, level) < same) level++;
  let at = level === 0 ? 0 : int(ends, level - 1) + 1;
  let node = level === 0 ? -1 : int(nodes, level - 1);
  const most = size - at + 1;
  if (!reserveTexts(most, most) || !reserveNodes(nodeCount + most) || !reserveDepth(level + most)) return -1;
  while (at <= size) {
    node = child(node, nameAt(start + at, end));
    at += textSize;
    setInt(ends, level, at);
    setInt(nodes, level, node);
    level++;
    at++;
  }
  depth = level;
  before = start;
  beforeSize = size;
  return node;
}

/** The id of the name that begins at `start`. */
function nameAt(start: usize, end: usize): i32 {
  return intern(start, hashUpTo(pattern(SEMICOLON), start, end));
}
