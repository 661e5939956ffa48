/** Byte strings to small integers, which count up from 0: as `src/interner.ts` does it. */
import { int, larger, setInt, take } from './memory';
import { commonPrefix, firstZero } from './scan';

const FIRST_SLOTS: usize = 1024;
const FIRST_HEAP: usize = 1 << 14;
/** Two words a slot: hash, id + 1 (0 = free). */
const SLOT: usize = 8;

const MULTIPLIER: u64 = ((<u64>0x9e3779b9) << 32) | 0x7f4a7c15;

let slots: usize = 0;
let mask = 0;
/** The bytes of all, one text behind the other. */
export let heap: usize = 0;
let heapRoom = 0;
let heapLength = 0;
/** Where in it a text begins, by id; and behind the last, where the next one will. */
export let starts: usize = 0;
export let length: i32 = 0;
/** Number of bytes of the text that was met last. */
export let size: i32 = 0;

/** With room for half as many texts as there are slots, a power of two. False = there is no memory. */
export function open(slotCount: usize = FIRST_SLOTS): bool {
  mask = <i32>slotCount - 1;
  slots = take(slotCount * SLOT);
  heapRoom = <i32>FIRST_HEAP;
  heap = take(FIRST_HEAP);
  starts = take(slotCount << 1);
  return slots !== 0 && heap !== 0 && starts !== 0;
}

/** Makes room for so many more texts of so many bytes in all; false = there is no memory. */
export function reserve(count: i32, bytes: i32): bool {
  if (heapLength + bytes + 8 > heapRoom) {
    const room = max(2 * heapRoom, heapLength + bytes + 8);
    const more = larger(heap, heapLength, room);
    if (more === 0) return false;
    heap = more;
    heapRoom = room;
  }
  while ((length + count) * 2 > mask) if (!rehash()) return false;
  return true;
}

/** There are half as many starts as slots. */
function rehash(): bool {
  const count = (mask + 1) * 2;
  const more = take(<usize>count * SLOT);
  const moreStarts = larger(starts, (<usize>(length + 1)) << 2, (<usize>count) << 1);
  if (more === 0 || moreStarts === 0) return false;
  for (let from = slots, end = slots + <usize>(mask + 1) * SLOT; from < end; from += SLOT) {
    if (load<i32>(from + 4) === 0) continue;
    let slot = load<i32>(from) & (count - 1);
    while (load<i32>(more + <usize>slot * SLOT + 4) !== 0) slot = (slot + 1) & (count - 1);
    store<u64>(more + <usize>slot * SLOT, load<u64>(from));
  }
  slots = more;
  starts = moreStarts;
  mask = count - 1;
  return true;
}

function mixed(hash: u64, word: u64): u64 {
  const product = (hash ^ word) * MULTIPLIER;
  return product ^ (product >> 32);
}

/**
 * A hash of what stands in `start … end` in front of the first of a byte, and its `size`: all of it if there is no such
 * byte.
 */
export function hashUpTo(bytes: u64, start: usize, end: usize): i32 {
  let hash: u64 = 0;
  let at = start;
  while (true) {
    const word = load<u64>(at);
    let count = firstZero(word ^ bytes);
    if (at + count > end) count = <i32>(end - at);
    if (count < 8) {
      size = <i32>(at - start) + count;
      // The bytes behind are not of the text.
      const rest = word & (((<u64>1) << (count << 3)) - 1);
      return <i32>(mixed(hash ^ size, rest) >> 7);
    }
    hash = mixed(hash, word);
    at += 8;
  }
}

/** The id of the `size` bytes at `start`, whose hash was made last; -1 = they were not met before. */
export function find(start: usize, hash: i32): i32 {
  let slot = hash & mask;
  while (true) {
    const at = slots + <usize>slot * SLOT;
    const id = load<i32>(at + 4) - 1;
    if (id < 0) return -1;
    if (load<i32>(at) === hash && isText(id, start)) return id;
    slot = (slot + 1) & mask;
  }
}

/** Whether the `size` bytes at `start` are those of an id. */
function isText(id: i32, start: usize): bool {
  const from = int(starts, id);
  return int(starts, id + 1) - from === size && commonPrefix(heap + from, start, size) === size;
}

/** As `find`, but what was not met gets the next id. There is room for one more. */
export function intern(start: usize, hash: i32): i32 {
  const id = find(start, hash);
  if (id >= 0) return id;
  let slot = hash & mask;
  while (load<i32>(slots + <usize>slot * SLOT + 4) !== 0) slot = (slot + 1) & mask;
  const at = slots + <usize>slot * SLOT;
  memory.copy(heap + heapLength, start, size);
  store<i32>(at, hash);
  store<i32>(at + 4, length + 1);
  heapLength += size;
  setInt(starts, length + 1, heapLength);
  return length++;
}

/** Where the bytes of an id end, if they stand at `start` and more follows in front of `end`; else 0. */
export function endIfAt(id: i32, start: usize, end: usize): usize {
  const from = int(starts, id);
  const bytes = int(starts, id + 1) - from;
  const to = start + bytes;
  return to < end && commonPrefix(heap + from, start, bytes) === bytes ? to : 0;
}
