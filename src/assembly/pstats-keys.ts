/**
 * Functions as Python keys them, by file, line and name, as integers that count up from 0. Texts are those of the
 * interner.
 */
import { int, setInt } from './memory';
import { moved, needed } from './tables';

/** Texts and lines; the row of each, and the last row that has it as a caller: -1 = none. */
export let files: usize = 0;
export let lines: usize = 0;
export let names: usize = 0;
export let rows: usize = 0;
export let calledIn: usize = 0;
export let count: i32 = 0;
let room = 0;
/** Key + 1, by hash; there are twice as many slots as there is room for keys. */
let slots: usize = 0;

/** The number of a key. */
export function keyOf(file: i32, line: i32, name: i32): i32 {
  let slot = slotOf(file, line, name);
  while (true) {
    const key = int(slots, slot) - 1;
    if (key < 0) break;
    if (int(files, key) === file && int(names, key) === name && int(lines, key) === line) return key;
    slot = (slot + 1) & (2 * room - 1);
  }
  const key = count++;
  setInt(files, key, file);
  setInt(lines, key, line);
  setInt(names, key, name);
  setInt(rows, key, -1);
  setInt(calledIn, key, -1);
  setInt(slots, slot, key + 1);
  if (count === room) reserve(2 * room);
  return key;
}

function slotOf(file: i32, line: i32, name: i32): i32 {
  let hash = (file * 0x9e3779b1) ^ (name * 0x85ebca6b) ^ (line * 0x27d4eb2f);
  hash ^= hash >>> 15;
  hash *= 0xc2b2ae35;
  return (hash ^ (hash >>> 13)) & (2 * room - 1);
}

/** Makes room for so many keys, a power of two. */
export function reserve(more: i32): void {
  files = moved(files, count, more);
  lines = moved(lines, count, more);
  names = moved(names, count, more);
  rows = moved(rows, count, more);
  calledIn = moved(calledIn, count, more);
  slots = needed((<usize>more) << 3);
  room = more;
  for (let key = 0; key < count; key++) {
    let slot = slotOf(int(files, key), int(lines, key), int(names, key));
    while (int(slots, slot) !== 0) slot = (slot + 1) & (2 * more - 1);
    setInt(slots, slot, key + 1);
  }
}
