/** Trees whose nodes stand in any order that has parents before their children, as ranges. */
import { addToParents } from './columns.ts';
import type { Column } from './profile.ts';

/**
 * Nodes in preorder, if that is not their own order, and for each node the position behind its subtree. The order
 * is in the given memory.
 */
export function preorder(
  parent: Int32Array,
  length: number,
  memory: ArrayBuffer,
): { order: Int32Array | undefined; end: Int32Array } {
  const size = subtreeSizes(parent, length);
  const end = size;
  if (isPreorder(parent, size)) {
    for (let i = 0; i < length; i++) end[i] = i + size[i]!;
    return { order: undefined, end };
  }
  const order = new Int32Array(memory, 0, length);
  let roots = 0;
  for (let i = 0; i < length; i++) {
    const p = parent[i]!;
    // Until all children of a node have their places, its end is where the next of them goes.
    const position = p < 0 ? roots : end[p]!;
    const behind = position + size[i]!;
    if (p < 0) roots = behind;
    else end[p] = behind;
    order[position] = i;
    end[i] = position + 1;
  }
  return { order, end };
}

/** Of each node of a tree, what its subtree adds up to: a column in the given memory. */
export function subtreeTotals(self: Column, parent: Int32Array, memory: ArrayBuffer): Column {
  const total = self instanceof Float64Array ? new Float64Array(memory) : new BigInt64Array(memory);
  (total as Float64Array).set(self as Float64Array);
  addToParents(total, parent, self.length);
  return total;
}

function subtreeSizes(parent: Int32Array, length: number): Int32Array {
  const size = new Int32Array(length).fill(1);
  for (let i = length - 1; i >= 0; i--) {
    const p = parent[i]!;
    if (p >= 0) size[p]! += size[i]!;
  }
  return size;
}

/** In preorder each subtree is a range: so it is if all of them lie within their parents'. */
function isPreorder(parent: Int32Array, size: Int32Array): boolean {
  for (let i = 0; i < size.length; i++) {
    const p = parent[i]!;
    if (p >= 0 && i + size[i]! > p + size[p]!) return false;
  }
  return true;
}
