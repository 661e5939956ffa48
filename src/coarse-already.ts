/** Call graphs of which nothing is to be put together: one frame for each function, and one arc for each pair. */
import type { ArcTable, FrameTable, Profile } from './profile.ts';

/** The profile as a call graph by function, if it is one already: without costs by line, labels and times. */
export function coarseAlready(profile: Profile): Profile | undefined {
  if (profile.callers !== 'direct' || !profile.arcs) return undefined;
  const { callers, nodes, arcs, frames, functions } = profile;
  if (nodes.length !== functions.length || frames.length !== functions.length) return undefined;
  const inOrder = isOneToOne(nodes.frame) && isOneToOne(frames.func);
  if (!inOrder || !isPlain(frames) || !areDistinct(arcs, nodes.length)) return undefined;
  const { file: _, ...withoutSites } = arcs;
  return {
    callers,
    estimated: profile.estimated,
    metrics: profile.metrics,
    mappings: profile.mappings,
    functions,
    frames,
    nodes,
    arcs: { ...withoutSites, line: new Int32Array(arcs.length) },
    files: profile.files,
    labelSets: [],
    meta: profile.meta,
    ...(profile.shares && { shares: profile.shares }),
  };
}

function isOneToOne(column: Int32Array): boolean {
  for (let row = 0; row < column.length; row++) if (column[row] !== row) return false;
  return true;
}

/** Whether frames say nothing of places in their functions. */
function isPlain({ line, column, address, inline }: FrameTable): boolean {
  return !address && !inline && line.every((value) => value === 0) && column.every((value) => value === 0);
}

/** Whether no two arcs join the same two nodes; also false where those to a node do not stand together. */
function areDistinct({ length, caller, callee }: ArcTable, nodeCount: number): boolean {
  const wasMet = new Uint8Array(nodeCount);
  /** By caller: the callee + 1 that it was met with last. */
  const lastCallee = new Int32Array(nodeCount);
  for (let a = 0; a < length; a++) {
    const to = callee[a]!;
    if (a === 0 || to !== callee[a - 1]) {
      if (wasMet[to]) return false;
      wasMet[to] = 1;
    }
    if (lastCallee[caller[a]!] === to + 1) return false;
    lastCallee[caller[a]!] = to + 1;
  }
  return true;
}
