/**
 * Tables that grow, of a module that has another way where there is no memory for them: it stops, `unreachable`.
 */
import { larger, take } from './memory';

/** So much more memory. */
export function needed(size: usize): usize {
  const found = take(size);
  if (found === 0) unreachable();
  return found;
}

/** A table of so many integers, with the first ones of another. */
export function moved(table: usize, count: i32, room: i32): usize {
  const found = larger(table, (<usize>count) << 2, (<usize>room) << 2);
  if (found === 0) unreachable();
  return found;
}

/** The same of doubles. */
export function movedDoubles(table: usize, count: i32, room: i32): usize {
  const found = larger(table, (<usize>count) << 3, (<usize>room) << 3);
  if (found === 0) unreachable();
  return found;
}
