/** A calling-context tree under construction, as `src/call-tree.ts` is one. */
import { int, isExhausted, larger, setInt, take } from './memory';

/** A list walk longer than this makes the parent a hashed one. */
const LONG_WALK = 48;
const FIRST_TABLE = 4096;

export let length: i32 = 0;
let room = 0;
export let frame: usize = 0;
/** -1 for roots. */
export let parent: usize = 0;
let next: usize = 0;
/** First child + 1 by node + 1 (entry 0 holds the roots); 0 = no child, -1 = the children are hashed. */
let first: usize = 0;
let table: usize = 0;
let tableMask = -1;
let hashed = 0;

/** Makes room for so many nodes in all; false = there is no memory, or once there was none for the table. */
export function reserve(nodes: i32): bool {
  if (isExhausted) return false;
  if (nodes <= room) return true;
  const count = max(nodes, 2 * room);
  const used = (<usize>length) << 2;
  const size = (<usize>count) << 2;
  const frames = larger(frame, used, size);
  const parents = larger(parent, used, size);
  const followers = larger(next, used, size);
  const firsts = larger(first, used + 4, size + 4);
  if (frames === 0 || parents === 0 || followers === 0 || firsts === 0) return false;
  frame = frames;
  parent = parents;
  next = followers;
  first = firsts;
  room = count;
  return true;
}

/** The child of `above` (-1 = the root level) with this frame, made if it is new. There is room for one more. */
export function child(above: i32, wanted: i32): i32 {
  const front = int(first, above + 1) - 1;
  if (front < -1) return hashedChild(above, wanted);
  let before = -1;
  let steps = 0;
  for (let node = front; node >= 0; node = int(next, node)) {
    if (int(frame, node) === wanted) {
      if (before >= 0) {
        setInt(next, before, int(next, node));
        setInt(next, node, front);
        setInt(first, above + 1, node + 1);
      }
      return node;
    }
    before = node;
    steps++;
  }
  const node = append(above, wanted);
  setInt(next, node, front);
  setInt(first, above + 1, node + 1);
  if (steps >= LONG_WALK) hash(above);
  return node;
}

function append(above: i32, wanted: i32): i32 {
  setInt(frame, length, wanted);
  setInt(parent, length, above);
  return length++;
}

/** Moves the children of a node from their list into the table. */
function hash(above: i32): void {
  for (let node = int(first, above + 1) - 1; node >= 0; node = int(next, node)) insert(node);
  setInt(first, above + 1, -1);
}

function hashedChild(above: i32, wanted: i32): i32 {
  let at = slot(above, wanted);
  while (true) {
    const node = int(table, at) - 1;
    if (node < 0) break;
    if (int(parent, node) === above && int(frame, node) === wanted) return node;
    at = (at + 1) & tableMask;
  }
  const node = append(above, wanted);
  insert(node);
  return node;
}

function slot(above: i32, wanted: i32): i32 {
  let mixed = (above * 0x9e3779b1) ^ (wanted * 0x85ebca6b);
  mixed ^= mixed >>> 15;
  mixed *= 0xc2b2ae35;
  return (mixed ^ (mixed >>> 13)) & tableMask;
}

function insert(node: i32): void {
  if (++hashed * 2 > tableMask) enlargeTable();
  place(node);
}

/** Without memory the table gets fuller than it should for now: no more nodes are asked for after that. */
function enlargeTable(): void {
  const count = max(FIRST_TABLE, 2 * (tableMask + 1));
  const more = take((<usize>count) << 2);
  if (more === 0) {
    if (hashed > tableMask) unreachable();
    return;
  }
  const old = table;
  const end = old + ((<usize>(tableMask + 1)) << 2);
  table = more;
  tableMask = count - 1;
  for (let at = old; at < end; at += 4) if (load<i32>(at) > 0) place(load<i32>(at) - 1);
}

function place(node: i32): void {
  let at = slot(int(parent, node), int(frame, node));
  while (int(table, at) !== 0) at = (at + 1) & tableMask;
  setInt(table, at, node + 1);
}
