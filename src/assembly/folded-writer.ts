/**
 * Lines of folded stacks, written from a tree: stacks that read the same are one, and what a line shares with the one
 * before is copied from there. Values are integers that a double holds exactly.
 */
import { child, frame, length as nodeCount, parent, reserve } from './call-tree';

export { length as nodeCount } from './call-tree';

import { int, isExhausted, larger, setInt, take } from './memory';

const NEWLINE: u8 = 10;
const SPACE: u8 = 32;
const MINUS: u8 = 45;
const ZERO: u8 = 48;
const SEMICOLON: u8 = 59;
/** Integers below are exact. */
const EXACT: f64 = 9007199254740992;
/** A number has no more digits, and a sign. */
const MOST_DIGITS: usize = 17;
/** Bytes that are passed on at once. */
const PIECE: usize = 1 << 16;
const FIRST_DEPTH = 1024;

/** Rows of the tree that is given: the frame of each, its parent, its value; and the text of each frame. */
export let rowFrames: usize = 0;
export let rowParents: usize = 0;
export let rowValues: usize = 0;
export let frameTexts: usize = 0;
/** The node of the tree of texts that each row is. */
let targets: usize = 0;
let sums: usize = 0;
/** What is written for texts, and where each begins; one more than there are. */
export let heap: usize = 0;
export let starts: usize = 0;
/** Lines, up to `outputLength`, that are to be passed on; the last one begins at `lineStart`. */
export let output: usize = 0;
export let outputLength: i32 = 0;
let outputRoom: usize = 0;
let lineStart: usize = 0;
/** The stack that is written, from the leaf; that of the last line, and where its texts end in the line. */
let stack: usize = 0;
let lastStack: usize = 0;
let lastEnds: usize = 0;
let lastDepth = 0;
let depthRoom = 0;
/** The node to be written next. */
export let next: i32 = 0;

/** Makes room for so many rows, frames, texts, and bytes of these; false = there is no memory. */
export function open(rows: i32, frames: i32, texts: i32, bytes: i32): bool {
  const ofRows = (<usize>rows) << 2;
  rowFrames = take(ofRows);
  rowParents = take(ofRows);
  rowValues = take(2 * ofRows);
  frameTexts = take((<usize>frames) << 2);
  targets = take(ofRows);
  sums = take(2 * ofRows);
  heap = take(bytes);
  starts = take((<usize>texts + 1) << 2);
  outputRoom = 2 * PIECE;
  output = take(outputRoom);
  return reserve(rows) && reserveDepth(FIRST_DEPTH) && !isExhausted;
}

/** Puts some rows into the tree of texts; false = a value is not an exact integer, or there is no memory. */
export function addRows(from: i32, to: i32): bool {
  for (let row = from; row < to; row++) {
    const above = int(rowParents, row);
    const node = child(above < 0 ? -1 : int(targets, above), int(frameTexts, int(rowFrames, row)));
    const value = load<f64>(rowValues + ((<usize>row) << 3));
    const at = sums + ((<usize>node) << 3);
    const sum = load<f64>(at) + value;
    if (floor(value) !== value || !(abs(sum) < EXACT)) return false;
    setInt(targets, row, node);
    store<f64>(at, sum);
  }
  return !isExhausted;
}

/** Writes a piece of the lines, unless there are none left, or there is no memory. */
export function writePiece(): void {
  outputLength = 0;
  lastDepth = 0;
  while (next < nodeCount && <usize>outputLength < PIECE) {
    const sum = <i64>load<f64>(sums + ((<usize>next) << 3));
    if (sum !== 0 && !writeLine(next, sum)) return;
    next++;
  }
}

function writeLine(leaf: i32, value: i64): bool {
  let depth = 0;
  for (let node = leaf; node >= 0; node = int(parent, node)) depth++;
  if (!reserveDepth(depth)) return false;
  let level = depth;
  for (let node = leaf; node >= 0; node = int(parent, node)) setInt(stack, --level, int(frame, node));
  while (level < lastDepth && level < depth && int(lastStack, level) === int(stack, level)) level++;

  const shared = level === 0 ? <usize>0 : <usize>int(lastEnds, level - 1);
  let size = shared + MOST_DIGITS + 1;
  for (let i = level; i < depth; i++) size += textSize(int(stack, i));
  if (!reserveOutput(<usize>outputLength + size)) return false;
  const start = output + outputLength;
  memory.copy(start, output + lineStart, shared);
  // Where the last line ended is a blank.
  if (shared > 0) store<u8>(start + shared - 1, SEMICOLON);
  let at = start + shared;
  for (; level < depth; level++) {
    const text = int(stack, level);
    const bytes = textSize(text);
    memory.copy(at, heap + int(starts, text), bytes);
    at += bytes;
    setInt(lastStack, level, text);
    setInt(lastEnds, level, <i32>(at - start));
  }
  store<u8>(at - 1, SPACE);
  at = writeNumber(at, value);
  store<u8>(at, NEWLINE);
  lineStart = outputLength;
  lastDepth = depth;
  outputLength = <i32>(at + 1 - output);
  return true;
}

/** Number of bytes that are written for a text. */
function textSize(text: i32): usize {
  return int(starts, text + 1) - int(starts, text);
}

/** Where it ends. */
function writeNumber(start: usize, value: i64): usize {
  let at = start;
  if (value < 0) store<u8>(at++, MINUS);
  let rest = value < 0 ? -value : value;
  let digits: usize = 1;
  for (let more = rest / 10; more !== 0; more /= 10) digits++;
  for (let i = digits; i > 0; i--) {
    store<u8>(at + i - 1, <u8>(rest % 10) + ZERO);
    rest /= 10;
  }
  return at + digits;
}

function reserveOutput(size: usize): bool {
  if (size <= outputRoom) return true;
  const room = size << 1;
  const more = larger(output, outputLength, room);
  if (more === 0) return false;
  output = more;
  outputRoom = room;
  return true;
}

function reserveDepth(count: i32): bool {
  if (count <= depthRoom) return true;
  const room = max(count, 2 * depthRoom);
  const used = (<usize>lastDepth) << 2;
  stack = take((<usize>room) << 2);
  lastStack = larger(lastStack, used, (<usize>room) << 2);
  lastEnds = larger(lastEnds, used, (<usize>room) << 2);
  depthRoom = room;
  return !isExhausted;
}
