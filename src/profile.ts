/**
 * The one graph: what every parser makes and every emitter reads.
 *
 * Profiles record whole stacks, caller-callee arcs, or flat functions. These are rungs of one ladder
 * (calling-context tree, call graph, flat list): going down is arithmetic, going up is a guess.
 * A profile says on which rung it stands (`callers`) and whether a guess was made (`estimated`).
 *
 * Glossary (one word, one meaning):
 * - *metric*: what is measured, with a unit. *value*: one number of a metric.
 * - *self*: value of a node alone. *total*: self and everything it called, recursion counted once.
 *   *sum*: the whole profile.
 * - *function*: named code with file and first line. *frame*: a place in a function.
 *   *mapping*: a loaded image. *node*: a frame reached along known callers.
 * - *arc*: caller to callee. *call site*: the caller's line of an arc. *stack*: root first, always.
 * - *sample*: one weighted observation. *label*: key and value on a sample; thread and process are labels.
 *
 * Lines and columns are 1-based; 0 = unknown. Indices are 0-based; -1 = none.
 */

/** How far back the source knew the callers of a node. Each step down is exact, each step up is a guess. */
export type Callers = 'all' | 'direct' | 'none';

/** Values of one metric, by row. `BigInt64Array` where a value or a sum of the column passes 2^53. */
export type Column = Float64Array | BigInt64Array;

/** What is measured. `unit` is a name of `metrics.ts` where that fits (`nanoseconds`, `bytes`, `count`, …). */
export interface Metric {
  name: string;
  unit: string;
  /** A longer name for people. */
  title?: string;
  /** True if values are to be shown in this very unit, however long they are. */
  fixed?: boolean;
}

/** Named code. Two rows never agree in all of name, file, line, column, mapping and id. */
export interface FunctionTable {
  length: number;
  name: string[];
  /** The linker's or compiler's name; '' = the same as `name`. */
  systemName: string[];
  /** Source file, as the source wrote it; '' = unknown. */
  file: string[];
  /** First line of the function. */
  line: Int32Array;
  column: Int32Array;
  /** True if the line is no part of a function's identity: another recording may know another one, or none. */
  linesMayDiffer?: boolean;
  /** Index of the mapping that is part of the function's identity, or -1. */
  mapping: Int32Array;
  /** A name for the function that is unique in this profile, where the source has one. */
  id?: string[];
  /** The process it ran in, where that is part of its identity; '' = unknown. */
  process?: string[];
  /** How often it was called, recursive calls included; NaN = not counted. */
  calls?: Float64Array;
  /** How often it was called while it was not yet on the stack; NaN = not counted. */
  primitiveCalls?: Float64Array;
}

/** A loaded image. Addresses are 64-bit. */
export interface Mapping {
  name: string;
  buildId: string;
  start: bigint;
  limit: bigint;
  offset: bigint;
}

/** A place in a function. */
export interface FrameTable {
  length: number;
  func: Int32Array;
  /** The line that was executing, or that called the next frame of the stack. */
  line: Int32Array;
  column: Int32Array;
  mapping: Int32Array;
  /** Absent when no frame has an address. */
  address?: BigUint64Array;
  /** 0 = a physical call; k = the k-th function inlined into it. Absent when nothing is inlined. */
  inline?: Int32Array;
}

/**
 * Frames reached along known callers.
 * `callers: 'all'`: a calling-context tree; parents stand before their children.
 * Otherwise one node for each function, and `parent` is -1 throughout.
 */
export interface NodeTable {
  length: number;
  frame: Int32Array;
  parent: Int32Array;
  /** By metric, then by node. */
  self: Column[];
  /** In a tree, added up when they are first asked for. */
  readonly total: Column[];
  /**
   * In a tree: how many calls made the node. Of the nodes of one function that differ in their lines only, one
   * has the calls of all. NaN = not counted; absent when none are.
   */
  calls?: Float64Array;
}

/**
 * What the total of an arc counts, when a stack holds the arc or its callee more than once:
 * - `once`: each stack once (pprof). The default.
 * - `outermost`: only arcs that enter a callee which is not yet on the stack; the incoming arcs of a
 *   function then add up to its total (what KCachegrind takes for granted).
 * - `every`: each occurrence (gprof2dot); inside recursion this passes the function's total.
 */
export type ArcTotals = 'once' | 'outermost' | 'every';

/** Caller to callee. Several rows may join the same two nodes from different call sites. */
export interface ArcTable {
  length: number;
  caller: Int32Array;
  callee: Int32Array;
  /** The caller's line. */
  line: Int32Array;
  /** Index into `Profile.files` of the call site's file; 0 = the caller's own. Absent when all are. */
  file?: Int32Array;
  /** NaN = not counted. */
  calls: Float64Array;
  /** Calls while the callee was not yet on the stack; NaN = not counted. Absent when none are. */
  primitiveCalls?: Float64Array;
  /** NaN = unknown. */
  total: Column[];
  /** The callee's self while it was called over this arc; NaN = unknown. Absent when none is known. */
  self?: Column[];
  /** 1 = it leads over nodes that were left out. Absent when none does. */
  residual?: Uint8Array;
  /** What `total` counts; undefined = as the source states it. */
  counts?: ArcTotals;
}

/** Observations: their values add up to `self`. */
export interface SampleTable {
  length: number;
  node: Int32Array;
  values: Column[];
  /** Nanoseconds since the start of the profile, ascending. Absent when the source keeps no order. */
  time?: Float64Array;
  /** Index into `Profile.labelSets`. */
  labels?: Int32Array;
}

/** What samples may have besides their stacks and values. */
export type StackDetails = Pick<SampleTable, 'time' | 'labels'>;

/** Where inside its function a node's self was spent, when that is finer than the node's frame: adds up to `self`. */
export interface LineTable {
  length: number;
  node: Int32Array;
  line: Int32Array;
  /** Index into `Profile.files` of the line's file; 0 = the function's own. Absent when all are. */
  file?: Int32Array;
  values: Column[];
}

/** Stacks as lists of frames, root first: stack *i* is `frame[start[i] … start[i + 1]]` and belongs to sample *i*. */
export interface StackTable {
  length: number;
  start: Uint32Array;
  frame: Int32Array;
}

export interface Label {
  key: string;
  value: string | number | bigint;
  unit?: string;
}

/** What the whole was before nodes were cut: percentages still refer to it. One value for each metric. */
export interface Whole {
  sum: (number | bigint)[];
  /** The greatest self of a node whose total and path were not ruled out. */
  maxSelf: (number | bigint)[];
}

/** How a call graph was made and cut down, for those who have to read it. */
export interface Reduction {
  /** How totals were computed. */
  total: 'exact' | 'callratios' | 'callstacks';
  /** How many nodes and arcs there were. */
  nodes: number;
  edges: number;
  /** The least share of the sum that a node, or an arc, had to have. */
  nodeShare: number;
  edgeShare: number;
}

/** What parts of the sum the values are, where a method gives those and values follow from them. By metric. */
export interface Shares {
  self: Float64Array[];
  total: Float64Array[];
  /** NaN = unknown, as is the total of the arc. */
  arcTotal: Float64Array[];
}

/** A profile that stands beside another. */
export interface Compared {
  profile: Profile;
  /** Whose functions are shown. */
  functions: 'both' | 'first';
}

/** What is known of the recording as a whole. Absent = unknown. */
export interface Meta {
  /** The program that wrote the profile. */
  producer?: string;
  /** The command that was profiled. */
  command?: string;
  title?: string;
  /** Nanoseconds since 1970. */
  startTime?: bigint;
  /** Nanoseconds. */
  duration?: number;
  /** Events between two samples. */
  period?: { metric: Metric; value: number };
  comments?: string[];
  /** Index of the metric to show when none is asked for; absent = 0. */
  defaultMetric?: number;
  /** True if values are what has changed against another profile. */
  isDifference?: boolean;
  /** True if each metric has the same of a base behind it. */
  hasBase?: boolean;
  /**
   * Leftovers that only one format can express, by format; only that format's emitter reads them. A list has an
   * entry for each input that was added up, with figures which do not outlive a change of values.
   */
  raw?: Record<string, unknown>;
}

/**
 * A profile. Laws (`check.ts` holds them as code):
 * - every `self` is a finite number;
 * - the sum of `self` over all nodes is the sum of the profile, and no total exceeds it (values ≥ 0),
 *   unless nodes were cut (`whole`);
 * - where `samples` or `lines` exist, their values add up to `self`, node by node;
 * - `total` is stored, never re-derived from arcs.
 */
export interface Profile {
  callers: Callers;
  /** True once a transform has guessed. */
  estimated: boolean;
  metrics: Metric[];
  mappings: Mapping[];
  functions: FunctionTable;
  frames: FrameTable;
  /** In a profile made of `stacks` the tree is folded when it is first asked for. */
  readonly nodes: NodeTable;
  /** The unfolded form of `nodes`: present where the source lists stacks and nobody needed the tree yet. */
  readonly stacks?: StackTable;
  /** Values of the stacks, by metric: what `samples.values` will be. Present exactly when `stacks` is. */
  readonly stackValues?: Column[];
  /** Times and labels of the stacks: what `samples` will have. Present exactly when `stacks` is. */
  readonly stackDetails?: StackDetails;
  /** Present exactly when `callers` is `direct`; in a tree, arc *i* is node *i*. */
  arcs?: ArcTable;
  /** May be made when they are first asked for. */
  readonly samples?: SampleTable;
  /** May be made when it is first asked for; absent if nobody was to ask (`Source.wantsLineCosts`). */
  readonly lines?: LineTable;
  /** Present once nodes were cut. */
  whole?: Whole;
  /** Absent = it is no call graph that is about to be written. */
  reduction?: Reduction;
  /** Absent = value / sum. */
  shares?: Shares;
  /** Adds up profiles that all have this very function; absent = as those of other formats. */
  sum?: (profiles: readonly Profile[]) => Profile;
  /** A second profile to show beside it, for emitters that compare. */
  compareWith?: Compared;
  /** Files of lines outside their function's own file; entry 0 is ''. */
  files: string[];
  labelSets: Label[][];
  meta: Meta;
}
