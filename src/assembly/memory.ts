/**
 * Memory of an instance, as tables of integers and doubles. It is taken from the end of what is in use, and given
 * back only as a whole. What was never in use is zero.
 */

const PAGE: usize = 65536;
/** So many more pages are asked for than are needed, and half of what there is: each time takes a while. */
const AHEAD = 32;
const ALIGNED: usize = 16;
/** JavaScript reads addresses as signed integers. Tables that are doubled meet this before their sizes wrap around. */
const MOST: usize = 0x7fffffff;
let top: usize = __heap_base;
/** Whether there was once too little. */
export let isExhausted: bool = false;

/** So much more memory; 0 = there is none. */
export function take(size: usize): usize {
  const at = taken(size);
  if (at === 0) isExhausted = true;
  return at;
}

function taken(size: usize): usize {
  const at = (top + ALIGNED - 1) & ~(ALIGNED - 1);
  const end = at + size;
  if (end < at || end > MOST) return 0;
  const missing = <i32>((end + PAGE - 1) >>> 16) - memory.size();
  if (missing > 0 && memory.grow(missing + memory.size() / 2 + AHEAD) < 0 && memory.grow(missing) < 0)
    return 0;
  top = end;
  return at;
}

/** A larger table with what the first `used` bytes of another are; 0 = there is no memory. */
export function larger(table: usize, used: usize, size: usize): usize {
  const found = take(size);
  if (found !== 0) memory.copy(found, table, used);
  return found;
}

export function int(table: usize, index: i32): i32 {
  return load<i32>(table + ((<usize>index) << 2));
}

export function setInt(table: usize, index: i32, value: i32): void {
  store<i32>(table + ((<usize>index) << 2), value);
}

export function double(table: usize, index: i32): f64 {
  return load<f64>(table + ((<usize>index) << 3));
}

export function setDouble(table: usize, index: i32, value: f64): void {
  store<f64>(table + ((<usize>index) << 3), value);
}
