/**
 * The only way to make a Profile: tables that grow, and three finishers, one for each rung of the ladder.
 *
 * A parser adds functions and frames, then hands over its columns. The builder widens columns that pass
 * 2^53, adds up totals of trees, and folds stacks into a tree when somebody needs the tree.
 */
import { fitted, withCalls, withCounts, withCountsOf } from './call-counts.ts';
import { alike, doubles, holdsIntegers, Int32List, widen, widenIfNeeded } from './columns.ts';
import { stackProfile, treeTable } from './fold-stacks.ts';
import { type FrameInfo, FrameRows } from './frame-rows.ts';
import type {
  ArcTable,
  Column,
  FunctionTable,
  Label,
  LineTable,
  Mapping,
  Meta,
  Metric,
  NodeTable,
  Profile,
  SampleTable,
  StackDetails,
  StackTable,
} from './profile.ts';

/** What is known of a function besides its name. */
export interface FunctionInfo {
  systemName?: string;
  file?: string;
  line?: number;
  column?: number;
  mapping?: number;
  id?: string;
  process?: string;
}

/** Functions by columns: see `FunctionTable`. */
export interface PlainFunctions
  extends Required<Pick<FunctionTable, 'name' | 'file' | 'line' | 'calls' | 'primitiveCalls'>> {}

export type { FrameInfo } from './frame-rows.ts';

export interface TreeColumns {
  frame: Int32Array;
  /** Parents stand before their children. */
  parent: Int32Array;
  self: Column[];
  calls?: Float64Array;
}

export interface GraphColumns {
  frame: Int32Array;
  self: Column[];
  total: Column[];
}

/** What may be known beside the selves of nodes. A function is called when somebody asks, and once at most. */
export interface Details {
  samples?: SampleTable | (() => SampleTable);
  lines?: LineTable | (() => LineTable);
}

export class ProfileBuilder {
  readonly metrics: Metric[];
  readonly mappings: Mapping[] = [];
  /** Files of lines outside their function's own file; see `Profile.files`. */
  readonly files: string[] = [''];
  readonly labelSets: Label[][] = [];
  meta: Meta = {};
  /** See `FunctionTable.linesMayDiffer`. */
  linesMayDiffer = false;
  /** The first function of each name that has no id of its own. */
  readonly #firstOf = new Map<string, number>();
  readonly #functionIds = new Map<string, number>();
  readonly #mappingIds = new Map<string, number>();
  readonly #labelIds = new Map<string, number>();
  readonly #fileIds = new Map<string, number>([['', 0]]);
  #name: string[] = [];
  #systemName: string[] = [];
  #file: string[] = [];
  readonly #line = new Int32List();
  readonly #column = new Int32List();
  readonly #mapping = new Int32List();
  #id: string[] | undefined;
  #process: string[] | undefined;
  #calls: Float64Array | undefined;
  #primitiveCalls: Float64Array | undefined;
  readonly #frames = new FrameRows();

  constructor(metrics: Metric[]) {
    this.metrics = metrics;
  }

  /** Number of functions so far. */
  get functionCount(): number {
    return this.#name.length;
  }

  /** Number of frames so far. */
  get frameCount(): number {
    return this.#frames.length;
  }

  /** The function with exactly this name and these facts, added if it is new. */
  function(name: string, info: FunctionInfo = {}): number {
    const { id } = info;
    if (id !== undefined) return this.#known(`\0${id}`, name, info);
    const first = this.#firstOf.get(name);
    if (first === undefined) {
      this.#firstOf.set(name, this.functionCount);
      return this.addFunction(name, info);
    }
    if (this.#isFunction(first, info)) return first;
    const { systemName = '', file = '', line = 0, column = 0, mapping = -1, process = '' } = info;
    const linked = systemName === name ? '' : systemName;
    return this.#known(`${name}\0${file}\0${line}\0${column}\0${mapping}\0${process}\0${linked}`, name, info);
  }

  #known(key: string, name: string, info: FunctionInfo): number {
    let index = this.#functionIds.get(key);
    if (index === undefined) {
      index = this.addFunction(name, info);
      this.#functionIds.set(key, index);
    }
    return index;
  }

  /** Whether a function of the right name has exactly these facts. */
  #isFunction(index: number, info: FunctionInfo): boolean {
    const { systemName = '', file = '', line = 0, column = 0, mapping = -1, process = '' } = info;
    const linked = systemName === this.#name[index] ? '' : systemName;
    return (
      this.#line.array[index] === line &&
      this.#file[index] === file &&
      this.#column.array[index] === column &&
      this.#mapping.array[index] === mapping &&
      this.#systemName[index] === linked &&
      (this.#process?.[index] ?? '') === process
    );
  }

  /** A new function, without a look at those there are: the caller keeps them apart. */
  addFunction(name: string, info: FunctionInfo = {}): number {
    const { systemName = '', file = '', line = 0, column = 0, mapping = -1, id, process } = info;
    const index = this.#name.length;
    this.#name.push(name);
    this.#systemName.push(systemName === name ? '' : systemName);
    this.#file.push(file);
    this.#line.push(line);
    this.#column.push(column);
    this.#mapping.push(mapping);
    if (id !== undefined) {
      this.#id ??= this.#name.slice(0, index);
      this.#id[index] = id;
    } else if (this.#id) {
      this.#id[index] = name;
    }
    if (process !== undefined) {
      this.#process ??= new Array(index).fill('');
      this.#process[index] = process;
    } else if (this.#process) {
      this.#process[index] = '';
    }
    return index;
  }

  /**
   * Adds functions of which no more is known than these columns, without a look at those there are. The lists are the
   * builder's from then on. Functions behind the end of counts are not counted. Returns the index of the first.
   */
  addPlainFunctions({ name, file, line, calls, primitiveCalls }: PlainFunctions): number {
    const before = this.functionCount;
    this.#name = joined(this.#name, name);
    this.#systemName = joined(this.#systemName, new Array<string>(name.length).fill(''));
    this.#file = joined(this.#file, file);
    // A list of its own: names are no ids.
    if (this.#id) this.#id = this.#id.concat(name);
    if (this.#process) this.#process = joined(this.#process, new Array<string>(name.length).fill(''));
    this.#line.append(line);
    this.#column.append(new Int32Array(name.length));
    this.#mapping.append(new Int32Array(name.length).fill(-1));
    this.#calls = withCounts(this.#calls, before, calls);
    this.#primitiveCalls = withCounts(this.#primitiveCalls, before, primitiveCalls);
    return before;
  }

  /** Adds functions of another profile and their calls, in this order, without a look at those there are. */
  addFunctions(functions: FunctionTable, order: Int32Array): void {
    const { name, systemName, file, line, column, mapping, id, process, calls, primitiveCalls } = functions;
    const before = this.functionCount;
    if (id) this.#id ??= this.#name.slice();
    if (process) this.#process ??= new Array(before).fill('');
    for (let i = 0; i < order.length; i++) {
      const f = order[i]!;
      this.#name.push(name[f]!);
      this.#systemName.push(systemName[f]!);
      this.#file.push(file[f]!);
      this.#line.push(line[f]!);
      this.#column.push(column[f]!);
      this.#mapping.push(mapping[f]!);
      this.#id?.push(id ? id[f]! : name[f]!);
      this.#process?.push(process?.[f] ?? '');
    }
    if (calls) this.#calls = withCountsOf(this.#calls, before, calls, order);
    if (primitiveCalls)
      this.#primitiveCalls = withCountsOf(this.#primitiveCalls, before, primitiveCalls, order);
  }

  /** Adds to the number of calls of a function; functions without any stay NaN (not counted). */
  addCalls(func: number, calls: number, primitiveCalls?: number): void {
    this.#calls = withCalls(this.#calls, func, calls);
    if (primitiveCalls !== undefined)
      this.#primitiveCalls = withCalls(this.#primitiveCalls, func, primitiveCalls);
  }

  /** The frame with exactly these facts, added if it is new. */
  frame(func: number, info: FrameInfo = {}): number {
    return this.#frames.find(func, info);
  }

  /** A new frame, without a look at those there are: the caller keeps them apart. */
  addFrame(func: number, info: FrameInfo = {}): number {
    return this.#frames.add(func, info);
  }

  /** New frames of which no more is known than their functions and mappings. Returns their indices. */
  addFrames(func: Int32Array, mapping: Int32Array): Int32Array {
    return this.#frames.addAll(func, mapping);
  }

  /** The mapping with this name and these facts, added if it is new. */
  mapping(name: string, info: Partial<Omit<Mapping, 'name'>> = {}): number {
    const { buildId = '', start = 0n, limit = 0n, offset = 0n } = info;
    const key = `${name}\0${buildId}\0${start}\0${limit}\0${offset}`;
    let index = this.#mappingIds.get(key);
    if (index === undefined) {
      index = this.mappings.push({ name, buildId, start, limit, offset }) - 1;
      this.#mappingIds.set(key, index);
    }
    return index;
  }

  /** Index into `files` of a file name. */
  fileIndex(name: string): number {
    let index = this.#fileIds.get(name);
    if (index === undefined) {
      index = this.files.push(name) - 1;
      this.#fileIds.set(name, index);
    }
    return index;
  }

  /** Index into `labelSets` of a set of labels, added if it is new. */
  labels(set: Label[]): number {
    const key = set
      .map(({ key, value, unit = '' }) => `${key}\0${typeof value}\0${value}\0${unit}`)
      .join('\x01');
    let index = this.#labelIds.get(key);
    if (index === undefined) {
      index = this.labelSets.push(set) - 1;
      this.#labelIds.set(key, index);
    }
    return index;
  }

  /** A profile of whole stacks, given as a tree, from which totals follow. */
  tree(nodes: TreeColumns, details: Details = {}): Profile {
    const [[self], rest] = aligned([nodes.self], details);
    const table = treeTable(nodes.frame, nodes.parent, self!);
    if (nodes.calls) table.calls = nodes.calls;
    return withLazyDetails({ callers: 'all', nodes: table, ...rest, ...this.#tables() }, details);
  }

  /**
   * A profile of whole stacks, given one by one; stack *i* has `values[metric][i]`. The tree is folded when
   * `nodes` or `samples` is first asked for.
   */
  stacks(stacks: StackTable, values: Column[], more: StackDetails = {}): Profile {
    return stackProfile(this.#tables(), stacks, values.map(widenIfNeeded), more);
  }

  /** A profile of arcs between functions. Node *i* stands for `frame[i]`; all totals are the source's. */
  graph(nodes: GraphColumns, arcs: ArcTable, details: Details = {}): Profile {
    const [[self, total, arcTotal, arcSelf], rest] = aligned(
      [nodes.self, nodes.total, arcs.total, arcs.self ?? []],
      details,
    );
    const table = graphTable(nodes.frame, self!, total!);
    const profile: Profile = {
      callers: 'direct',
      nodes: table,
      arcs: { ...arcs, total: arcTotal!, ...(arcs.self && { self: arcSelf! }) },
      ...rest,
      ...this.#tables(),
    };
    return withLazyDetails(profile, details);
  }

  /** A profile of functions alone. */
  flat(nodes: GraphColumns, details: Details = {}): Profile {
    const [[self, total], rest] = aligned([nodes.self, nodes.total], details);
    const table = graphTable(nodes.frame, self!, total!);
    return withLazyDetails({ callers: 'none', nodes: table, ...rest, ...this.#tables() }, details);
  }

  #tables(): Omit<Profile, 'callers' | 'nodes' | 'samples' | 'lines' | 'arcs'> {
    const length = this.#name.length;
    const functions: FunctionTable = {
      length,
      name: this.#name,
      systemName: this.#systemName,
      file: this.#file,
      line: this.#line.trimmed(),
      column: this.#column.trimmed(),
      mapping: this.#mapping.trimmed(),
    };
    if (this.linesMayDiffer) functions.linesMayDiffer = true;
    if (this.#id) functions.id = this.#id;
    if (this.#process) functions.process = this.#process;
    if (this.#calls) functions.calls = fitted(this.#calls, length);
    if (this.#primitiveCalls) functions.primitiveCalls = fitted(this.#primitiveCalls, length);
    return {
      estimated: false,
      metrics: this.metrics,
      mappings: this.mappings,
      functions,
      frames: this.#frames.table(),
      files: this.files,
      labelSets: this.labelSets,
      meta: this.meta,
    };
  }
}

/** Both lists; the second one itself if the first one is empty. */
function joined(first: string[], second: string[]): string[] {
  return first.length === 0 ? second : first.concat(second);
}

/** Tables of columns and the details that belong to them, with all values of a metric of one kind. */
function aligned(
  tables: Column[][],
  details: Details,
): [Column[][], { samples?: SampleTable; lines?: LineTable }] {
  const samples = typeof details.samples === 'function' ? undefined : details.samples;
  const lines = typeof details.lines === 'function' ? undefined : details.lines;
  const all = alike([...tables, samples?.values ?? [], lines?.values ?? []]);
  const [sampleValues, lineValues] = all.splice(tables.length);
  return [
    all,
    {
      ...(samples && { samples: { ...samples, values: sampleValues! } }),
      ...(lines && { lines: { ...lines, values: lineValues! } }),
    },
  ];
}

/** Adds the details that are made when they are asked for. */
function withLazyDetails(profile: Profile, { samples, lines }: Details): Profile {
  if (typeof samples === 'function') addLazy(profile, 'samples', samples);
  if (typeof lines === 'function') addLazy(profile, 'lines', lines);
  return profile;
}

/** The values of the table become what those of the nodes are; fractions remain doubles. */
function addLazy(profile: Profile, key: 'samples' | 'lines', make: () => { values: Column[] }): void {
  const { self } = profile.nodes;
  let table: { values: Column[] } | undefined;
  const get = () => {
    if (table === undefined) {
      const made = make();
      const wide = (column: Column, m: number) => self[m] instanceof BigInt64Array && holdsIntegers(column);
      table = { ...made, values: made.values.map((c, m) => (wide(c, m) ? widen(c) : doubles(c))) };
    }
    return table;
  };
  Object.defineProperty(profile, key, { get, enumerable: true, configurable: true });
}

function graphTable(frame: Int32Array, self: Column[], total: Column[]): NodeTable {
  return { length: frame.length, frame, parent: new Int32Array(frame.length).fill(-1), self, total };
}
