/** Cuts a call graph down to what matters, in the order of gprof2dot. Nothing is re-normalised. */
import { greatest, Int32List } from '../columns.ts';
import { ProfileError } from '../diagnostics.ts';
import { arcsAt, cutLines, markedRows, rowsAt } from '../fewer-rows.ts';
import type { Finder } from '../finder.ts';
import { glob } from '../glob.ts';
import {
  type Adjacency,
  arcShares,
  arcsIn,
  arcsOut,
  defaultMetric,
  graphShares,
  sumOfMetric,
  totalShares,
} from '../graph.ts';
import type { LineTable, NodeTable, Profile, Shares, Whole } from '../profile.ts';

export interface PruneOptions {
  /** Drop nodes whose total is below this share of the sum. */
  nodeShare: number;
  /** Drop arcs whose total is below this share of the sum. */
  edgeShare: number;
  /** Whether nodes of which nothing is left stay. Default true. */
  zeros?: boolean;
  /**
   * Keep functions whose file begins with one of these texts, or whose mapping's name contains one; or in whose file
   * (without one, mapping's name) one of the expressions is found. Empty = all.
   */
  paths: (string | Finder)[];
  /** Keep what these functions reach: a glob for the whole name, or an expression that is found in it. */
  root?: string | Finder | undefined;
  /** Keep what reaches these functions. */
  leaf?: string | Finder | undefined;
  /** What a pattern stands for: all functions of a name, or the last of those that are left. */
  sameName?: 'all' | 'last';
  /** How many arcs to go from roots and leaves; negative = all. */
  depth: number;
  /** Keep nothing when no function fits `root` or `leaf`, instead of throwing. */
  mayBeEmpty?: boolean;
}

/**
 * A call graph without the nodes and arcs that the options leave out; `whole` keeps the figures of all.
 * Throws `ProfileError` when no function fits `root` or `leaf`.
 */
export function prune(profile: Profile, options: PruneOptions): Profile {
  const { nodes, arcs } = profile;
  if (!arcs) return profile;
  const metric = defaultMetric(profile);
  const weight = totalShares(profile, metric).map(Math.abs);
  const isNothing = options.zeros === false ? nothingTest(profile, metric) : () => false;
  const onPath = pathTest(profile, options.paths);
  const keepNode = new Uint8Array(nodes.length);
  for (let n = 0; n < nodes.length; n++)
    keepNode[n] = !(weight[n]! < options.nodeShare) && onPath(n) && !isNothing(n) ? 1 : 0;
  const shareOfArc = arcShares(profile, metric);
  const isHeavy = (a: number) => {
    const share = Math.abs(shareOfArc(a));
    const arcWeight = Number.isNaN(share)
      ? Math.min(weight[arcs.caller[a]!]!, weight[arcs.callee[a]!]!)
      : share;
    return !(arcWeight < options.edgeShare);
  };
  let pruned = cut(profile, keepNode, isHeavy);
  // Colours by self are relative to what is left at this point.
  const whole = wholeOf(profile, pruned);
  if (options.root !== undefined) pruned = reachable(pruned, options, 'root');
  if (options.leaf !== undefined) pruned = reachable(pruned, options, 'leaf');
  return pruned === profile ? profile : { ...pruned, whole };
}

/** What the whole was, and the greatest self of what is left of it. */
export function wholeOf(profile: Profile, pruned: Profile): Whole {
  return {
    sum: profile.metrics.map((_, m) => sumOfMetric(profile, m)),
    maxSelf: pruned.nodes.self.map(greatest),
  };
}

/** Whether there is nothing of a node: no self, no total, and no call. */
function nothingTest(profile: Profile, metric: number): (node: number) => boolean {
  const { self, total, arcTotal } = graphShares(profile, metric);
  const { length, caller, callee } = profile.arcs!;
  const hasCalls = new Uint8Array(profile.nodes.length);
  for (let a = 0; a < length; a++) if (arcTotal[a] !== 0) hasCalls[caller[a]!] = hasCalls[callee[a]!] = 1;
  return (node) => total[node] === 0 && self[node] === 0 && hasCalls[node] === 0;
}

/** Whether a node's file, or without one its module, is on one of the paths. */
function pathTest(
  { nodes, frames, functions, mappings }: Profile,
  paths: (string | Finder)[],
): (node: number) => boolean {
  if (paths.length === 0) return () => true;
  const passes = functions.name.map((_, f) => {
    const file = functions.file[f]!;
    if (file !== '')
      return paths.some((path) => (typeof path === 'string' ? file.startsWith(path) : path.test(file)));
    const module = mappings[functions.mapping[f]!]?.name;
    return (
      !module || paths.some((path) => (typeof path === 'string' ? module.includes(path) : path.test(module)))
    );
  });
  return (node) => passes[frames.func[nodes.frame[node]!]!]!;
}

/** Keeps what is at most `depth` arcs away from the functions that fit the pattern. */
function reachable(
  profile: Profile,
  { depth, mayBeEmpty, ...ends }: PruneOptions,
  end: 'root' | 'leaf',
): Profile {
  const { nodes, frames, functions } = profile;
  const arcs = profile.arcs!;
  const pattern = ends[end]!;
  const isGlob = typeof pattern === 'string';
  const fits = isGlob ? glob(pattern) : (name: string) => pattern.test(name);
  const fitting = functions.name.map(fits);
  if (ends.sameName === 'last') onlyLast(profile, fitting);
  const keep = new Uint8Array(nodes.length);
  const queue = new Int32Array(nodes.length);
  let length = 0;
  for (let n = 0; n < nodes.length; n++) {
    if (!fitting[frames.func[nodes.frame[n]!]!]) continue;
    keep[n] = 1;
    queue[length++] = n;
  }
  if (length === 0 && !mayBeEmpty) {
    throw new ProfileError({
      code: `prune/no-${end}`,
      message: `no function fits --${end} ${pattern}`,
      hint: `${isGlob ? 'patterns match whole names: * stands for anything; ' : ''}--node-thres may have cut the function off`,
    });
  }
  const next: Adjacency = end === 'root' ? arcsOut(arcs, nodes.length) : arcsIn(arcs, nodes.length);
  const farEnd = end === 'root' ? arcs.callee : arcs.caller;
  let from = 0;
  for (let step = 0; from < length && (depth < 0 || step < depth); step++) {
    const to = length;
    for (; from < to; from++) {
      const node = queue[from]!;
      for (let k = next.start[node]!; k < next.start[node + 1]!; k++) {
        const other = farEnd[next.arc[k]!]!;
        if (keep[other]) continue;
        keep[other] = 1;
        queue[length++] = other;
      }
    }
  }
  return cut(profile, keep);
}

/** Leaves of the marks those of the last functions of their names. */
function onlyLast({ nodes, frames, functions }: Profile, marks: boolean[]): void {
  const last = new Map<string, number>();
  for (const frame of nodes.frame) {
    const func = frames.func[frame]!;
    const name = functions.name[func]!;
    last.set(name, Math.max(func, last.get(name) ?? func));
  }
  for (const [func, name] of functions.name.entries()) if (last.get(name) !== func) marks[func] = false;
}

/** The profile without the nodes that are marked 0, with those arcs between the others that are to stay. */
export function cut(
  profile: Profile,
  keepNode: Uint8Array,
  staysArc: (arc: number) => boolean = () => true,
): Profile {
  const arcs = profile.arcs!;
  const { caller, callee } = arcs;
  const left = new Int32List();
  for (let a = 0; a < arcs.length; a++)
    if (keepNode[caller[a]!] && keepNode[callee[a]!] && staysArc(a)) left.push(a);
  const arcRows = left.trimmed();
  const rows = markedRows(keepNode);
  if (rows.length === keepNode.length && arcRows.length === arcs.length) return profile;
  const newIndex = new Int32Array(keepNode.length).fill(-1);
  for (let n = 0; n < rows.length; n++) newIndex[rows[n]!] = n;
  return {
    ...profile,
    nodes: nodesAt(profile.nodes, rows),
    arcs: arcsAt(arcs, arcRows, newIndex),
    ...(profile.lines && { lines: movedLines(profile.lines, keepNode, newIndex) }),
    ...(profile.shares && { shares: sharesAt(profile.shares, rows, arcRows) }),
  };
}

function nodesAt(nodes: NodeTable, rows: Int32Array): NodeTable {
  return {
    length: rows.length,
    frame: rowsAt(nodes.frame, rows),
    parent: rowsAt(nodes.parent, rows),
    self: nodes.self.map((column) => rowsAt(column, rows)),
    total: nodes.total.map((column) => rowsAt(column, rows)),
  };
}

function sharesAt({ self, total, arcTotal }: Shares, rows: Int32Array, arcRows: Int32Array): Shares {
  return {
    self: self.map((column) => rowsAt(column, rows)),
    total: total.map((column) => rowsAt(column, rows)),
    arcTotal: arcTotal.map((column) => rowsAt(column, arcRows)),
  };
}

function movedLines(lines: LineTable, keepNode: Uint8Array, newIndex: Int32Array): LineTable {
  const kept = cutLines(lines, keepNode);
  return { ...kept, node: kept.node.map((n) => newIndex[n]!) };
}
