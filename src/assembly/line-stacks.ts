/**
 * Stacks of which each frame is a line, leaf first: a tree of lines, root first.
 */
import { child, length as nodeCount, reserve as reserveTree } from './call-tree';
import { endIfAt, find } from './interner';
import { int, larger, setInt } from './memory';

const NEWLINE: u8 = 10;
/** What a text may be; several are possible. */
export const FRAME = 1;
/** Said of the frame in front of it. */
const DETAIL = 2;
const FIRST_ROOM = 1024;

/** By text: what it may be, and the line + 1 that last followed it; there is room for so many texts. */
let kinds: usize = 0;
let followers: usize = 0;
let textRoom = 0;
/** The stack, leaf first. */
let stack: usize = 0;
export let depth: i32 = 0;
let depthRoom = 0;
/** The stack before, root first, and its nodes; there is as much room. */
let beforeLines: usize = 0;
let beforeNodes: usize = 0;
let beforeDepth = 0;

/** False = there is no memory. */
export function open(): bool {
  return reserve(FIRST_ROOM) && reserveDepth(FIRST_ROOM);
}

/** The line that last followed the one on top, or -1. */
export function follower(): i32 {
  return depth === 0 ? -1 : int(followers, int(stack, depth - 1)) - 1;
}

/** Where the line at `start` ends, if it is that; else 0. */
export function followerEnd(start: usize, end: usize): usize {
  const line = follower();
  if (line < 0) return 0;
  const newline = endIfAt(line, start, end);
  return newline === 0 || load<u8>(newline) === NEWLINE ? newline : 0;
}

/** Adds the text of this hash at `start`, if it is a line that may come next. */
export function pushKnown(start: usize, hash: i32): bool {
  const line = find(start, hash);
  return (isA(line, FRAME) || (depth > 0 && isA(line, DETAIL))) && push(line);
}

/** Adds the caller of the lines so far, or a detail of it; false = there is no memory. */
export function push(line: i32): bool {
  if (!reserveDepth(depth + 1)) return false;
  if (depth > 0) setInt(followers, int(stack, depth - 1), line + 1);
  setInt(stack, depth, line);
  depth++;
  return true;
}

/** The line at a level of the stack. */
export function lineAt(level: i32): i32 {
  return int(stack, level);
}

/** The node of the stack, which is empty then; -1 = there is no memory. */
export function close(): i32 {
  if (!reserveTree(nodeCount + depth)) return -1;
  let level = 0;
  let node = -1;
  while (level < beforeDepth && level < depth && int(beforeLines, level) === int(stack, depth - 1 - level))
    level++;
  if (level > 0) node = int(beforeNodes, level - 1);
  for (; level < depth; level++) {
    const line = int(stack, depth - 1 - level);
    node = child(node, line);
    setInt(beforeLines, level, line);
    setInt(beforeNodes, level, node);
  }
  beforeDepth = depth;
  depth = 0;
  return node;
}

/** Whether a text, which may be -1, is one of these. */
export function isA(text: i32, kind: i32): bool {
  return text >= 0 && (int(kinds, text) & kind) !== 0;
}

/** Says what a text may be. */
export function define(text: i32, kind: i32): void {
  setInt(kinds, text, int(kinds, text) | kind);
}

/** Makes room for so many texts. */
export function reserve(count: i32): bool {
  if (count <= textRoom) return true;
  const room = max(count, 2 * textRoom);
  const moreKinds = larger(kinds, (<usize>textRoom) << 2, (<usize>room) << 2);
  const moreFollowers = larger(followers, (<usize>textRoom) << 2, (<usize>room) << 2);
  if (moreKinds === 0 || moreFollowers === 0) return false;
  kinds = moreKinds;
  followers = moreFollowers;
  textRoom = room;
  return true;
}

function reserveDepth(count: i32): bool {
  if (count <= depthRoom) return true;
  const room = max(count, 2 * depthRoom);
  const more = larger(stack, (<usize>depth) << 2, (<usize>room) << 2);
  const moreLines = larger(beforeLines, (<usize>beforeDepth) << 2, (<usize>room) << 2);
  const moreNodes = larger(beforeNodes, (<usize>beforeDepth) << 2, (<usize>room) << 2);
  if (more === 0 || moreLines === 0 || moreNodes === 0) return false;
  stack = more;
  beforeLines = moreLines;
  beforeNodes = moreNodes;
  depthRoom = room;
  return true;
}
