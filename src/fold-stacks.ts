/** From a list of stacks to a calling-context tree. */
import { CallTree } from './call-tree.ts';
import { addToParents, grown, zeros } from './columns.ts';
import type { Column, NodeTable, Profile, SampleTable, StackDetails, StackTable } from './profile.ts';

/** No more nodes than frames: memory that is not used costs nothing, and copies do. */
const MAX_RESERVE = 1 << 25;

/** The nodes of a tree; totals are added up when they are first asked for. Parents stand before their children. */
export function treeTable(frame: Int32Array, parent: Int32Array, self: Column[]): NodeTable {
  let total: Column[] | undefined;
  return {
    length: frame.length,
    frame,
    parent,
    self,
    get total() {
      if (total === undefined) {
        total = self.map((column) => column.slice());
        for (const column of total) addToParents(column, parent);
      }
      return total;
    },
  };
}

/** What a profile of stacks has besides these. */
export type StackProfileRest = Omit<
  Profile,
  'callers' | 'nodes' | 'samples' | 'lines' | 'arcs' | 'stacks' | 'stackValues' | 'stackDetails'
>;

/** A profile of stacks, given one by one; the tree is folded when `nodes` or `samples` is first asked for. */
export function stackProfile(
  rest: StackProfileRest,
  stacks: StackTable,
  stackValues: Column[],
  stackDetails: StackDetails,
): Profile {
  let folded: { nodes: NodeTable; samples: SampleTable } | undefined;
  const fold = () => {
    folded ??= foldStacks(stacks, stackValues, stackDetails);
    return folded;
  };
  return {
    callers: 'all',
    get nodes() {
      return fold().nodes;
    },
    get samples() {
      return fold().samples;
    },
    stacks,
    stackValues,
    stackDetails,
    ...rest,
  };
}

/** Makes the tree of the stacks; a stack shares its beginning with the one before, so only the rest is looked up. */
function foldStacks(
  stacks: StackTable,
  values: Column[],
  more: StackDetails,
): { nodes: NodeTable; samples: SampleTable } {
  const { start, frame, length } = stacks;
  const tree = new CallTree(Math.min(frame.length, MAX_RESERVE));
  const leaf = new Int32Array(length);
  let path = new Int32Array(256);
  let before = 0;
  let depthBefore = 0;
  for (let i = 0; i < length; i++) {
    const from = start[i]!;
    const depth = start[i + 1]! - from;
    if (depth > path.length) path = grown(path, depth);
    let d = 0;
    const common = Math.min(depth, depthBefore);
    while (d < common && frame[from + d] === frame[before + d]) d++;
    let node = d === 0 ? -1 : path[d - 1]!;
    for (; d < depth; d++) {
      node = tree.child(node, frame[from + d]!);
      path[d] = node;
    }
    leaf[i] = node;
    before = from;
    depthBefore = depth;
  }
  const self = values.map((column) => zeros(column, tree.length));
  for (const [m, column] of values.entries()) {
    const target = self[m]!;
    for (let i = 0; i < length; i++) {
      const at = leaf[i]!;
      if (at >= 0) target[at] = (target[at] as never) + (column[i] as never);
    }
  }
  const parent = tree.parent.subarray(0, tree.length);
  return {
    nodes: treeTable(tree.frame.subarray(0, tree.length), parent, self),
    samples: { length, node: leaf, values, ...more },
  };
}
