/** The profile that trees make, side by side. */
import type { Profile, SampleTable } from '../../../src/plugin.ts';
import type { Trees } from './read.ts';

/** Throws `ProfileError`. */
export function profileOf(trees: Trees): Profile {
  const { list, builder, source } = trees;
  if (list.length === 0) {
    const hint = 'a heap profile is an object with head, whose nodes have callFrame and selfSize';
    source.fail('no-head', 'there is no heap profile in it', undefined, hint);
  }
  checkSizes(trees);
  const kept = withoutRoots(trees);
  const columns = { ...kept, self: [kept.size] };
  return builder.tree(columns, list.length > 1 ? { samples: labelled(trees, kept) } : {});
}

/** Stops where nothing was sampled at all. */
function checkSizes({ list, size, source }: Trees): void {
  const sizes = (t: number) => size.array.subarray(list[t]!.root, list[t + 1]?.root ?? size.length);
  const empty = list.filter((_, t) => sizes(t).every((bytes) => bytes === 0));
  if (empty.length === list.length) {
    const hint = 'was the program too short? node --heap-prof --heap-prof-interval 1024 samples more';
    source.fail('no-samples', 'the profile holds no samples', undefined, hint);
  }
  for (const { path } of empty) source.warn('empty-profile', 'a profile without samples', { path });
}

interface Kept {
  frame: Int32Array;
  parent: Int32Array;
  size: Float64Array;
  /** By tree: number of its first node. */
  starts: number[];
}

/** The nodes without roots, which are no functions. A root with a size of its own stays, and calls nobody. */
function withoutRoots({ list, frames, ...trees }: Trees): Kept {
  const frame = trees.frame.trimmed();
  const parent = trees.parent.trimmed();
  const size = trees.size.trimmed();
  const numbers = new Int32Array(frame.length);
  const starts: number[] = [];
  let to = 0;
  for (let node = 0; node < frame.length; node++) {
    const isFirst = list[starts.length]?.root === node;
    if (isFirst) starts.push(to);
    const isRoot = isFirst && frames.synthetic.get(frame[node]!) === 'root';
    numbers[node] = isRoot ? -1 : to;
    if (isRoot && size[node] === 0) continue;
    // The columns move up where they are.
    frame[to] = frame[node]!;
    parent[to] = isFirst ? -1 : numbers[parent[node]!]!;
    size[to] = size[node]!;
    to++;
  }
  return {
    frame: frame.subarray(0, to),
    parent: parent.subarray(0, to),
    size: size.subarray(0, to),
    starts,
  };
}

/** What tells the profiles of one file apart: sizes of nodes, each with the label of its profile. */
function labelled({ builder }: Trees, { size, starts }: Kept): SampleTable {
  const nodes: number[] = [];
  const labels: number[] = [];
  for (const [t, start] of starts.entries()) {
    const label = builder.labels([{ key: 'profile', value: `${t + 1}` }]);
    for (let node = start; node < (starts[t + 1] ?? size.length); node++) {
      if (size[node] === 0) continue;
      nodes.push(node);
      labels.push(label);
    }
  }
  const node = Int32Array.from(nodes);
  const values = [Float64Array.from(node, (n) => size[n]!)];
  return { length: node.length, node, values, labels: Int32Array.from(labels) };
}
