/**
 * Up the ladder: stacks from who called whom. A guess, and marked as one where there was a choice.
 *
 * The rule is gprof's (1982): what a function took is shared among its callers as the totals of the arcs say,
 * and what it called is shared in the same way below each of them. On an acyclic graph `coarsen` undoes this.
 * In a cycle a function that is on the stack already is not entered again; its part goes to the functions that
 * the caller called besides, or stays with the caller. Selves of functions are exact in any case: what the
 * stacks of a function have of it is scaled to that in the end. Call sites, calls and costs by line are gone.
 *
 * Where no callers are known at all, each function is a stack of its own, and nothing but its total is lost.
 */
import { absoluteSum, addToParents, grown, Int32List, sumOf, type Value, zeros } from '../columns.ts';
import type { Diagnostics } from '../diagnostics.ts';
import { treeTable } from '../fold-stacks.ts';
import { sumOfMetric } from '../graph.ts';
import { MergedGraph } from '../merged-graph.ts';
import type { Column, Profile } from '../profile.ts';

/** A tree of more values is made with a floor: what is less than that part of the sum is not followed further. */
const MAX_VALUES = 8_000_000;
/** Fewer metrics make no more nodes. */
const MIN_METRICS = 4;
/** Arcs looked at for each node that is allowed. */
const STEPS_PER_NODE = 25;
/** The least floor is ten to the power of minus this. */
const FLOORS = 9;
/** Totals of stacks differ from those that are stated by less of the sum, for reasons of rounding. */
const SLACK = 1e-9;
/** What is smaller has no 53 bits. */
const MIN_EXPONENT = -1022;

export interface EstimateOptions {
  /** Is told of the guess, and of what was not followed. */
  diagnostics?: Diagnostics | undefined;
  /** Default 2,000,000, beside one for each function; fewer where there are more than four metrics. */
  maxNodes?: number;
}

/** A profile of stacks with the same functions. One that has stacks is returned as it is. */
export function estimateStacks(profile: Profile, options: EstimateOptions = {}): Profile {
  if (profile.callers === 'all') return profile;
  const { diagnostics, maxNodes = Math.ceil(MAX_VALUES / Math.max(MIN_METRICS, profile.metrics.length)) } =
    options;
  if (profile.callers === 'none') return asRoots(profile, diagnostics);
  const graph = new MergedGraph(profile);
  const { tree, floor } = allOf(graph, maxNodes);
  const self = profile.nodes.self.map((column, m) => scaled(tree, m, column));
  const { length } = tree;
  const parent = tree.parent.trimmed();
  const frame = tree.node.trimmed().map((n) => profile.nodes.frame[n]!);
  const total = self.map((column) => column.slice());
  for (const column of total) addToParents(column, parent);
  const result = stackProfile(profile, { length, frame, parent, self, total });
  const guessed = tree.guessed || !givesTotals(tree, total, profile);
  result.estimated ||= guessed;
  if (guessed) {
    diagnostics?.add({
      severity: 'warning',
      code: 'estimate/stacks',
      message: 'the input holds no stacks; those written are a guess from who called whom',
      hint: 'selves are right, outside of recursion totals and arcs too, as far as selves make them up; longer paths may never have happened',
    });
  }
  if (profile.whole && !profile.meta.isDifference && isIncomplete(profile)) {
    diagnostics?.add({
      severity: 'note',
      code: 'estimate/missing-selves',
      message: 'the selves come to less than the sum that the input states: what is missing is on no stack',
    });
  }
  if (profile.samples?.labels) {
    diagnostics?.add({
      severity: 'note',
      code: 'estimate/labels',
      message: 'labels are left out: the input does not say which calls they belong to',
    });
  }
  if (floor > 0) {
    diagnostics?.add({
      severity: 'warning',
      code: 'estimate/small-stacks',
      message: `stacks of less than ${Number((floor * 100).toPrecision(1))} % are not followed further, since there are millions`,
      hint: 'what they took is shown above them, and in other stacks of the same functions',
    });
  }
  return result;
}

function stackProfile(profile: Profile, nodes: Profile['nodes']): Profile {
  const { estimated, metrics, mappings, functions, frames, files, labelSets, meta, whole } = profile;
  const rest = { estimated, metrics, mappings, functions, frames, files, labelSets, meta };
  return { callers: 'all', nodes, ...rest, ...(whole && { whole }) };
}

/** Whether a sum is more than all selves. */
function isIncomplete(profile: Profile): boolean {
  return profile.nodes.self.some((column, m) => {
    const sum = Number(sumOfMetric(profile, m));
    return sum - Number(sumOf(column)) > sum * SLACK;
  });
}

/** Whether the totals of functions are those of the stacks. In these a function stands once at most. */
function givesTotals(tree: Tree, total: Column[], { nodes }: Profile): boolean {
  return nodes.total.every((stated, m) => {
    const made = new Float64Array(nodes.length);
    for (let row = 0; row < tree.length; row++) made[tree.node.array[row]!]! += Number(total[m]![row]);
    const slack = absoluteSum(nodes.self[m]!) * SLACK;
    return made.every((value, n) => Math.abs(value - Number(stated[n])) <= slack);
  });
}

/** The functions of a flat profile as stacks of one frame. */
function asRoots(profile: Profile, diagnostics: Diagnostics | undefined): Profile {
  const { frame, parent, self, total } = profile.nodes;
  const isKnown = total.every((column, m) =>
    column.every((value: Value, n: number) => value === self[m]![n]),
  );
  if (!isKnown) {
    diagnostics?.add({
      severity: 'warning',
      code: 'estimate/flat-totals',
      message: 'the input knows no callers; totals are left out, and stacks hold the selves alone',
    });
  }
  // A copy that makes no lines and samples.
  const roots = Object.defineProperties({} as Profile, Object.getOwnPropertyDescriptors(profile));
  const estimated = profile.estimated || !isKnown;
  return Object.assign(roots, { callers: 'all', estimated, nodes: treeTable(frame, parent, self) });
}

/** Stacks under construction. */
class Tree {
  /** Node of the graph. */
  readonly node = new Int32List();
  /** -1 for roots. Parents stand before their children. */
  readonly parent = new Int32List();
  /** By metric, then by row: what comes in, less what goes to children. */
  readonly kept: Float64Array[];
  /** Whether it could have been another tree. */
  guessed: boolean;

  constructor(metrics: number, guessed: boolean) {
    this.kept = Array.from({ length: metrics }, () => new Float64Array(1024));
    this.guessed = guessed;
  }

  get length(): number {
    return this.node.length;
  }

  add(node: number, parent: number): number {
    const row = this.node.length;
    this.node.push(node);
    this.parent.push(parent);
    for (let m = 0; m < this.kept.length; m++) this.kept[m] = grown(this.kept[m]!, row + 1);
    return row;
  }
}

/** The tree that follows what is small as far as there is room. */
function allOf(graph: MergedGraph, maxNodes: number): { tree: Tree; floor: number } {
  const whole = grow(graph, 0, maxNodes);
  if (whole) return { tree: whole, floor: 0 };
  // From above: trees that fit are made quickly, and of those that do not, only one more.
  let best = { tree: grow(graph, 1, maxNodes)!, floor: 1 };
  for (let power = 1; power <= FLOORS; power++) {
    const floor = Number(`1e-${power}`);
    const tree = grow(graph, floor, maxNodes);
    if (!tree) break;
    best = { tree, floor };
  }
  return best;
}

/** All stacks of more than `floor` of the sum; undefined if there are too many. */
function grow(graph: MergedGraph, floor: number, maxNodes: number): Tree | undefined {
  const { length, start, callee, value, total, self, root, unexplained } = graph;
  const width = total.length;
  const tree = new Tree(width, graph.guessed || floor > 0);
  const least = graph.sum.map((sum) => (floor < 1 ? sum * floor : Number.POSITIVE_INFINITY));
  const mostRows = maxNodes + length;
  const mostSteps = maxNodes * STEPS_PER_NODE + callee.length;
  let steps = 0;
  const onPath = new Uint8Array(length);
  const met = new Uint8Array(length);
  // By depth: the row, its next child, the end of its children, which stand side by side.
  const path = new Int32Array(length + 1);
  const next = new Int32Array(length + 1);
  const end = new Int32Array(length + 1);
  const open = new Float64Array(width);
  const rest = new Float64Array(width);
  const part = new Float64Array(width);

  /** Adds the children of a row. */
  const enter = (row: number): void => {
    const n = tree.node.array[row]!;
    if (met[n]) tree.guessed = true;
    met[n] = 1;
    onPath[n] = 1;
    for (let m = 0; m < width; m++) open[m] = unexplained[m]![n]!;
    for (let c = start[n]!; c < start[n + 1]!; c++) {
      if (onPath[callee[c]!]) tree.guessed = true;
      else for (let m = 0; m < width; m++) open[m]! += value[m]![c]!;
    }
    for (let m = 0; m < width; m++) {
      const amount = tree.kept[m]![row]!;
      const own = total[m]![n] === 0 ? 0 : self[m]![n]! / total[m]![n]!;
      rest[m] = amount - amount * own;
    }
    for (let c = start[n]!; c < start[n + 1]!; c++) {
      if (onPath[callee[c]!]) continue;
      let enough = false;
      for (let m = 0; m < width; m++) {
        part[m] = open[m] === 0 ? 0 : (rest[m]! * value[m]![c]!) / open[m]!;
        if (Math.abs(part[m]!) > least[m]!) enough = true;
      }
      if (!enough) continue;
      const child = tree.add(callee[c]!, row);
      for (let m = 0; m < width; m++) {
        tree.kept[m]![child] = part[m]!;
        tree.kept[m]![row]! -= part[m]!;
      }
    }
    steps += start[n + 1]! - start[n]!;
  };

  for (let n = 0; n < length; n++) {
    if (root.every((column) => column[n] === 0)) continue;
    let depth = 0;
    path[0] = tree.add(n, -1);
    for (let m = 0; m < width; m++) tree.kept[m]![path[0]!] = root[m]![n]!;
    next[0] = tree.length;
    enter(path[0]!);
    end[0] = tree.length;
    while (depth >= 0) {
      if (tree.length > mostRows || steps > mostSteps) return undefined;
      if (next[depth] === end[depth]) {
        onPath[tree.node.array[path[depth]!]!] = 0;
        depth--;
        continue;
      }
      const row = next[depth]!++;
      path[++depth] = row;
      next[depth] = tree.length;
      enter(row);
      end[depth] = tree.length;
    }
  }
  addMissing(graph, tree);
  return tree;
}

/** Functions of which no stack has anything get one of their own. */
function addMissing({ length, self }: MergedGraph, tree: Tree): void {
  const own = new Int32Array(length).fill(-1);
  for (const [m, column] of self.entries()) {
    const has = new Float64Array(length);
    for (let row = 0; row < tree.length; row++) has[tree.node.array[row]!]! += Math.abs(tree.kept[m]![row]!);
    for (let n = 0; n < length; n++) {
      if (column[n] === 0 || has[n] !== 0) continue;
      if (own[n] === -1) own[n] = tree.add(n, -1);
      tree.kept[m]![own[n]!] = column[n]!;
      tree.guessed = true;
    }
  }
}

/** Selves by row: what the stacks of a function kept, so that it adds up to the function's own self exactly. */
function scaled(tree: Tree, m: number, target: Column): Column {
  const kept = tree.kept[m]!;
  const node = tree.node.trimmed();
  const sum = new Float64Array(target.length);
  const greatest = new Int32Array(target.length).fill(-1);
  for (let row = 0; row < node.length; row++) {
    const n = node[row]!;
    sum[n]! += kept[row]!;
    if (greatest[n]! < 0 || Math.abs(kept[row]!) > Math.abs(kept[greatest[n]!]!)) greatest[n] = row;
  }
  const self = zeros(target, node.length);
  // Multiples of a power of two, of no more than 53 bits, add up exactly in any order.
  const grain = 2 ** Math.max(MIN_EXPONENT, Math.ceil(Math.log2(absoluteSum(target))) - 52);
  const left = target.slice();
  for (let row = 0; row < node.length; row++) {
    const n = node[row]!;
    // NaN where all is 0.
    const value = (kept[row]! / sum[n]!) * Number(target[n]) || 0;
    if (!Number.isFinite(value)) continue;
    if (self instanceof Float64Array) self[row] = Math.round(value / grain) * grain;
    else self[row] = BigInt(Math.round(value));
    left[n] = ((left[n] as number) - (self[row] as number)) as never;
  }
  // What rounding left over.
  for (let n = 0; n < target.length; n++) {
    const row = greatest[n]!;
    if (row >= 0) self[row] = ((self[row] as number) + (left[n] as number)) as never;
  }
  return self;
}
