/**
 * Down the ladder: from stacks to a call graph, or from a fine call graph to a coarse one. Exact on stacks.
 *
 * A function counts only at its outermost occurrence on a stack, so recursion never exceeds 100 %. In a tree
 * numbered in preorder, "is it on the stack already?" is one comparison with the end of the subtree in which
 * it was last met; on a list of stacks it is a stamp.
 */
import { ProfileBuilder } from '../builder.ts';
import { grown, Int32List, scatterAdd, zeros } from '../columns.ts';
import type { ArcTable, ArcTotals, Column, LineTable, Profile, StackTable } from '../profile.ts';

/** What a node of the result stands for. */
export type Granularity = 'function' | 'name' | 'file' | 'mapping' | 'line' | 'address';

export interface CoarsenOptions {
  by?: Granularity;
  /** What arc totals count; see `ArcTotals`. Default `once`. */
  arcTotals?: ArcTotals;
  /** Keep the arcs of different call sites apart, and costs by line. */
  lines?: boolean;
}

/**
 * The call graph of a profile: `callers` becomes `direct` (a flat profile stays `none`), one node for each
 * function, file, … that occurs. Labels and times are gone.
 */
export function coarsen(profile: Profile, options: CoarsenOptions = {}): Profile {
  const { by = 'function', arcTotals = 'once', lines = false } = options;
  const groups = groupFrames(profile, by);
  if (profile.callers === 'all') {
    const graph = new GraphAccumulator(profile, groups, arcTotals, lines);
    const values = profile.stackValues?.filter((column) => column instanceof Float64Array);
    if (profile.stacks && values?.length === profile.metrics.length) graph.addStacks(profile.stacks, values);
    else graph.addTree(profile.nodes.parent);
    return graph.finish();
  }
  return coarsenArcs(profile, groups, lines);
}

/** The group of each frame; groups are frames of a new builder. */
interface Groups {
  builder: ProfileBuilder;
  /** Function of the builder by frame of the profile. */
  of: Int32Array;
}

function groupFrames(profile: Profile, by: Granularity): Groups {
  const { functions, frames, mappings } = profile;
  const builder = new ProfileBuilder(profile.metrics);
  builder.meta = profile.meta;
  for (const m of mappings) builder.mapping(m.name, m);
  for (const file of profile.files) builder.fileIndex(file);
  const of = new Int32Array(frames.length);
  const byFunction = new Int32Array(functions.length).fill(-1);

  const copied = (func: number, line?: number): number => {
    const index = builder.addFunction(functions.name[func]!, {
      systemName: functions.systemName[func]!,
      file: functions.file[func]!,
      line: line ?? functions.line[func]!,
      column: functions.column[func]!,
      mapping: functions.mapping[func]!,
      ...(functions.id && { id: functions.id[func]! }),
      ...(functions.process && { process: functions.process[func]! }),
    });
    return index;
  };
  const keyed = new Map<string, number>();
  const intern = (key: string, make: () => number): number => {
    let index = keyed.get(key);
    if (index === undefined) keyed.set(key, (index = make()));
    return index;
  };

  for (let frame = 0; frame < frames.length; frame++) {
    const func = frames.func[frame]!;
    if (by === 'function') {
      if (byFunction[func] === -1) byFunction[func] = copied(func);
      of[frame] = byFunction[func]!;
    } else if (by === 'name') {
      const name = functions.name[func]!;
      of[frame] = intern(name, () => builder.addFunction(name, { mapping: functions.mapping[func]! }));
    } else if (by === 'file') {
      const file = functions.file[func]!;
      of[frame] = intern(file, () => builder.addFunction(file || '(no file)', { file }));
    } else if (by === 'mapping') {
      const mapping = frames.mapping[frame]! >= 0 ? frames.mapping[frame]! : functions.mapping[func]!;
      of[frame] = intern(`${mapping}`, () =>
        builder.addFunction(mappings[mapping]?.name ?? '(no mapping)', { mapping }),
      );
    } else {
      const at = by === 'line' ? frames.line[frame]! : (frames.address?.[frame] ?? 0n);
      const where = by === 'line' ? `:${at}` : ` 0x${at.toString(16)}`;
      of[frame] = intern(`${func}${where}`, () => {
        const index = copied(func, by === 'line' ? Number(at) : frames.line[frame]!);
        return index;
      });
    }
  }
  if (functions.calls && (by === 'function' || by === 'name')) addCalls(profile, builder, of);
  return { builder, of };
}

function addCalls(profile: Profile, builder: ProfileBuilder, of: Int32Array): void {
  const { functions, frames } = profile;
  const done = new Uint8Array(functions.length);
  for (let frame = 0; frame < frames.length; frame++) {
    const func = frames.func[frame]!;
    const calls = functions.calls![func]!;
    if (done[func] || Number.isNaN(calls)) continue;
    done[func] = 1;
    const primitive = functions.primitiveCalls?.[func] ?? Number.NaN;
    builder.addCalls(of[frame]!, calls, Number.isNaN(primitive) ? undefined : primitive);
  }
}

/** Arcs by their ends and call site, and line costs by their function and line: found by hash. */
class ArcIndex {
  readonly caller = new Int32List();
  readonly callee = new Int32List();
  readonly line = new Int32List();
  readonly file = new Int32List();
  #table = new Int32Array(4096);
  #mask = 4095;

  get length(): number {
    return this.caller.length;
  }

  find(caller: number, callee: number, line: number, file: number): number {
    let slot = this.#slot(caller, callee, line);
    for (;;) {
      const arc = this.#table[slot]! - 1;
      if (arc < 0) break;
      if (
        this.callee.array[arc] === callee &&
        this.caller.array[arc] === caller &&
        this.line.array[arc] === line &&
        this.file.array[arc] === file
      ) {
        return arc;
      }
      slot = (slot + 1) & this.#mask;
    }
    const arc = this.length;
    this.caller.push(caller);
    this.callee.push(callee);
    this.line.push(line);
    this.file.push(file);
    this.#table[slot] = arc + 1;
    if (this.length * 2 > this.#mask) this.#rehash();
    return arc;
  }

  #slot(caller: number, callee: number, line: number): number {
    let hash = Math.imul(caller, 0x9e3779b1) ^ Math.imul(callee, 0x85ebca6b) ^ Math.imul(line, 0x27d4eb2f);
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 0xc2b2ae35);
    return (hash ^ (hash >>> 13)) & this.#mask;
  }

  #rehash(): void {
    this.#mask = this.#mask * 2 + 1;
    this.#table = new Int32Array(this.#mask + 1);
    for (let arc = 0; arc < this.length; arc++) {
      let slot = this.#slot(this.caller.array[arc]!, this.callee.array[arc]!, this.line.array[arc]!);
      while (this.#table[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#table[slot] = arc + 1;
    }
  }
}

/** Sums of a stack profile, by group and by arc. */
class GraphAccumulator {
  readonly #profile: Profile;
  readonly #groups: Groups;
  readonly #mode: ArcTotals;
  readonly #lines: boolean;
  /** Node of the result by group, or -1 until it is met. */
  readonly #nodeOf: Int32Array;
  readonly #groupOfNode = new Int32List();
  readonly #arcs = new ArcIndex();
  #self: Column[] = [];
  #total: Column[] = [];
  #arcTotal: Column[] = [];

  constructor(profile: Profile, groups: Groups, mode: ArcTotals, lines: boolean) {
    this.#profile = profile;
    this.#groups = groups;
    this.#mode = mode;
    this.#lines = lines;
    this.#nodeOf = new Int32Array(groups.builder.functionCount).fill(-1);
  }

  #node(group: number): number {
    let node = this.#nodeOf[group]!;
    if (node < 0) {
      node = this.#groupOfNode.length;
      this.#nodeOf[group] = node;
      this.#groupOfNode.push(group);
    }
    return node;
  }

  addTree(parent: Int32Array): void {
    const { nodes, frames } = this.#profile;
    const { of } = this.#groups;
    const { frame, length } = nodes;
    const { order, end } = preorder(parent, length);
    const nodeOf = new Int32Array(length);
    const totalTo = new Int32Array(length);
    const arcTo = new Int32Array(length);
    const nodeEnd = new Int32Array(this.#nodeOf.length);
    let arcEnd = new Int32Array(4096);
    for (let position = 0; position < length; position++) {
      const i = order[position]!;
      const node = this.#node(of[frame[i]!]!);
      nodeOf[i] = node;
      const outermost = position >= nodeEnd[node]!;
      if (outermost) nodeEnd[node] = end[i]!;
      totalTo[i] = outermost ? node : -1;
      const p = parent[i]!;
      if (p < 0) {
        arcTo[i] = -1;
        continue;
      }
      const line = this.#lines ? frames.line[frame[p]!]! : 0;
      const arc = this.#arcs.find(nodeOf[p]!, node, line, 0);
      let counts = true;
      if (this.#mode === 'outermost') counts = outermost;
      else if (this.#mode === 'once') {
        if (arc >= arcEnd.length) arcEnd = grown(arcEnd, arc + 1);
        counts = position >= arcEnd[arc]!;
        if (counts) arcEnd[arc] = end[i]!;
      }
      arcTo[i] = counts ? arc : -1;
    }
    this.#self = nodes.self.map((column) => gathered(column, nodeOf, this.#groupOfNode.length));
    this.#total = nodes.total.map((column) => gathered(column, totalTo, this.#groupOfNode.length));
    this.#arcTotal = nodes.total.map((column) => gathered(column, arcTo, this.#arcs.length));
  }

  addStacks(stacks: StackTable, values: Float64Array[]): void {
    const { frames } = this.#profile;
    const { of } = this.#groups;
    const { start, frame, length } = stacks;
    const width = values.length;
    const groupCount = this.#nodeOf.length;
    // All metrics of a node side by side.
    const make = (count: number) => new Float64Array(count * width);
    const self = make(groupCount);
    const total = make(groupCount);
    let arcTotal = make(4096);
    const nodeStamp = new Int32Array(groupCount);
    let arcStamp = new Int32Array(4096);
    const value = make(1);
    for (let i = 0; i < length; i++) {
      for (let m = 0; m < width; m++) value[m] = values[m]![i]!;
      const stamp = i + 1;
      const to = start[i + 1]!;
      let caller = -1;
      let line = 0;
      for (let k = start[i]!; k < to; k++) {
        const f = frame[k]!;
        const node = this.#node(of[f]!);
        const outermost = nodeStamp[node] !== stamp;
        if (outermost) {
          nodeStamp[node] = stamp;
          for (let m = 0, at = node * width; m < width; m++, at++) total[at]! += value[m]!;
        }
        if (caller >= 0) {
          const arc = this.#arcs.find(caller, node, line, 0);
          if (arc >= arcStamp.length) {
            arcStamp = grown(arcStamp, arc + 1);
            arcTotal = grown(arcTotal, arcStamp.length * width);
          }
          const counts =
            this.#mode === 'every' || (this.#mode === 'once' ? arcStamp[arc] !== stamp : outermost);
          if (counts) {
            arcStamp[arc] = stamp;
            for (let m = 0, at = arc * width; m < width; m++, at++) arcTotal[at]! += value[m]!;
          }
        }
        caller = node;
        if (this.#lines) line = frames.line[f]!;
      }
      if (caller >= 0) for (let m = 0, at = caller * width; m < width; m++, at++) self[at]! += value[m]!;
    }
    const split = (packed: Float64Array, count: number): Column[] =>
      values.map((_, m) => Float64Array.from({ length: count }, (_, row) => packed[row * width + m]!));
    this.#self = split(self, this.#groupOfNode.length);
    this.#total = split(total, this.#groupOfNode.length);
    this.#arcTotal = split(arcTotal, this.#arcs.length);
  }

  finish(): Profile {
    const { builder } = this.#groups;
    const frame = new Int32Array(this.#groupOfNode.length);
    for (let node = 0; node < frame.length; node++)
      frame[node] = builder.addFrame(this.#groupOfNode.array[node]!);
    const arcs: ArcTable = {
      length: this.#arcs.length,
      caller: this.#arcs.caller.trimmed(),
      callee: this.#arcs.callee.trimmed(),
      line: this.#arcs.line.trimmed(),
      calls: new Float64Array(this.#arcs.length).fill(Number.NaN),
      total: this.#arcTotal,
      counts: this.#mode,
    };
    const lines = this.#lines ? this.#lineCosts() : undefined;
    const nodes = { frame, self: this.#self, total: this.#total };
    const result = builder.graph(nodes, arcs, { ...(lines && { lines }) });
    result.estimated = this.#profile.estimated;
    return result;
  }

  /** Self values by function and line: of the profile's own line table, else by the lines of the frames. */
  #lineCosts(): LineTable {
    const { nodes, lines, frames } = this.#profile;
    const { of } = this.#groups;
    const index = new ArcIndex();
    const { length } = lines ?? nodes;
    const values = lines?.values ?? nodes.self;
    const row = new Int32Array(length);
    for (let i = 0; i < length; i++) {
      const f = nodes.frame[lines ? lines.node[i]! : i]!;
      const line = lines ? lines.line[i]! : frames.line[f]!;
      const none = values.every((column) => Number(column[i]) === 0);
      row[i] = none ? -1 : index.find(this.#nodeOf[of[f]!]!, 0, line, lines?.file?.[i] ?? 0);
    }
    return {
      length: index.length,
      node: index.caller.trimmed(),
      line: index.line.trimmed(),
      ...fileColumn(index),
      values: values.map((column) => gathered(column, row, index.length)),
    };
  }
}

/** The file column of a table, left out when every file is the function's own. */
function fileColumn(index: ArcIndex): { file?: Int32Array } {
  const file = index.file.trimmed();
  return file.some((f) => f !== 0) ? { file } : {};
}

function gathered(column: Column, index: Int32Array, length: number): Column {
  const sums = zeros(column, length);
  scatterAdd(sums, index, column);
  return sums;
}

/** Nodes in preorder, and for each node the preorder position behind its subtree. */
function preorder(parent: Int32Array, length: number): { order: Int32Array; end: Int32Array } {
  const size = new Int32Array(length).fill(1);
  for (let i = length - 1; i >= 0; i--) {
    const p = parent[i]!;
    if (p >= 0) size[p]! += size[i]!;
  }
  // `end` first holds where the next child of a node goes.
  const end = new Int32Array(length);
  const order = new Int32Array(length);
  let roots = 0;
  for (let i = 0; i < length; i++) {
    const p = parent[i]!;
    const position = p < 0 ? roots : end[p]!;
    if (p < 0) roots += size[i]!;
    else end[p] = position + size[i]!;
    order[position] = i;
    end[i] = position + 1;
  }
  return { order, end };
}

/**
 * Groups the nodes of an arc profile. Arcs and selves add up; the total of a group is the sum of its members'
 * totals without the arcs between them: a guess where members call each other, and then marked as one.
 */
function coarsenArcs(profile: Profile, groups: Groups, lines: boolean): Profile {
  const { nodes, arcs } = profile;
  const { builder, of } = groups;
  const nodeOfGroup = new Int32Array(builder.functionCount).fill(-1);
  const nodeOf = new Int32Array(nodes.length);
  const frame = new Int32List();
  for (let n = 0; n < nodes.length; n++) {
    const group = of[nodes.frame[n]!]!;
    if (nodeOfGroup[group] === -1) {
      nodeOfGroup[group] = frame.length;
      frame.push(builder.addFrame(group));
    }
    nodeOf[n] = nodeOfGroup[group]!;
  }
  const count = frame.length;
  const self = nodes.self.map((column) => gathered(column, nodeOf, count));
  const total = nodes.total.map((column) => gathered(column, nodeOf, count));
  const details = lines && profile.lines ? { lines: regroupLines(profile.lines, nodeOf) } : {};
  const columns = { frame: frame.trimmed(), self, total };
  if (!arcs) return Object.assign(builder.flat(columns, details), { estimated: profile.estimated });

  const index = new ArcIndex();
  const to = new Int32Array(arcs.length);
  let estimated = profile.estimated;
  for (let a = 0; a < arcs.length; a++) {
    const caller = nodeOf[arcs.caller[a]!]!;
    const callee = nodeOf[arcs.callee[a]!]!;
    to[a] = index.find(caller, callee, lines ? arcs.line[a]! : 0, lines ? (arcs.file?.[a] ?? 0) : 0);
    if (caller === callee && arcs.caller[a] !== arcs.callee[a]) {
      estimated = true;
      for (const [m, column] of total.entries()) {
        const rest = (column[caller] as number) - (arcs.total[m]![a] as number);
        // biome-ignore lint/complexity/useMathMinMax: columns of either kind
        column[caller] = (rest > (self[m]![caller] as number) ? rest : self[m]![caller]) as never;
      }
    }
  }
  const table: ArcTable = {
    length: index.length,
    caller: index.caller.trimmed(),
    callee: index.callee.trimmed(),
    line: index.line.trimmed(),
    ...fileColumn(index),
    calls: gathered(arcs.calls, to, index.length) as Float64Array,
    total: arcs.total.map((column) => gathered(column, to, index.length)),
  };
  if (arcs.counts) table.counts = arcs.counts;
  return Object.assign(builder.graph(columns, table, details), { estimated });
}

function regroupLines(lines: LineTable, nodeOf: Int32Array): LineTable {
  return { ...lines, node: lines.node.map((n) => nodeOf[n]!) };
}
