/** From what was read to the profile: metrics, the call tree of Xdebug, or functions, calls and totals. */
import {
  type ArcTable,
  type Column,
  components,
  type Interner,
  type Metric,
  type Profile,
  type ProfileBuilder,
  type Source,
  scatterAdd,
  zeros,
} from '../../../src/plugin.ts';
import type { Activations } from './activations.ts';
import type { CallCosts } from './call-costs.ts';
import type { EventInfo, Formula } from './events.ts';
import type { Functions } from './functions.ts';
import type { Header } from './header.ts';
import type { LineCosts } from './line-costs.ts';
import { IdTable } from './names.ts';
import { totalsOf } from './totals.ts';

export interface Collected {
  source: Source;
  builder: ProfileBuilder;
  header: Header;
  names: Interner;
  functions: Functions;
  rows: LineCosts;
  calls: CallCosts;
  activations: Activations | undefined;
  /** Functions are told apart by file and object, not by name alone. */
  full: boolean;
}

const EXACT = Number.MAX_SAFE_INTEGER;
const MAX_SUM = 2n ** 63n - 1n;

export function finish(collected: Collected): Profile {
  const { builder, header } = collected;
  header.finish();
  const columns = new MetricColumns(header.events(), header.formulas());
  for (const metric of columns.metrics) builder.metrics.push(metric);
  return treeOf(collected, columns) ?? graphOf(collected, columns);
}

/** Columns of the file's events made columns of metrics: scaled, and derived ones added. */
class MetricColumns {
  readonly metrics: Metric[];
  readonly #events: EventInfo[];
  readonly #formulas: Formula[];
  /** The most by which a formula multiplies. */
  readonly #margin: number;

  constructor(events: EventInfo[], formulas: Formula[]) {
    this.#events = events;
    this.#formulas = formulas;
    this.metrics = events.map(({ metric }) => metric);
    for (const { name, title, terms } of formulas) {
      const units = new Set(terms.map(({ metric }) => this.metrics[metric]!.unit));
      const unit = units.size === 1 ? [...units][0]! : 'count';
      this.metrics.push({ name, unit, ...(title !== '' && { title }) });
    }
    this.#margin = formulas.reduce((most, { terms }) => most * Math.max(1, sumOfFactors(terms)), 1);
  }

  /** Whether the columns of each event need 64 bits: `bound` is the most that its costs add up to. */
  wide(bound: (event: number) => number): boolean[] {
    return this.#events.map(({ scale }, e) => bound(e) * scale * this.#margin > EXACT);
  }

  /** Whether the costs of an event, or a formula of it, add up to more than 64 bits hold. */
  overflows(event: number, costs: Column): boolean {
    if (costs instanceof Float64Array) return false;
    let bound = 0n;
    for (const cost of costs) bound += cost < 0n ? -cost : cost;
    return bound * BigInt(this.#events[event]!.scale) * BigInt(Math.min(this.#margin, 2 ** 64)) > MAX_SUM;
  }

  complete(columns: Column[]): Column[] {
    const all = columns.map((column, e) => combined([{ column, factor: this.#events[e]!.scale }]));
    for (const { terms } of this.#formulas) {
      all.push(combined(terms.map(({ metric, factor }) => ({ column: all[metric]!, factor }))));
    }
    return all;
  }
}

function sumOfFactors(terms: Formula['terms']): number {
  return terms.reduce((sum, { factor }) => sum + Math.abs(factor), 0);
}

/** The sum of the columns, each times its factor. */
function combined(terms: { column: Column; factor: number }[]): Column {
  const [first] = terms;
  if (terms.length === 1 && first!.factor === 1) return first!.column;
  const length = first!.column.length;
  if (terms.some(({ column }) => column instanceof BigInt64Array)) {
    const sum = new BigInt64Array(length);
    for (const { column, factor } of terms) {
      for (let i = 0; i < length; i++) sum[i]! += BigInt(column[i]!) * BigInt(factor);
    }
    return sum;
  }
  const sum = new Float64Array(length);
  for (const { column, factor } of terms) {
    for (let i = 0; i < length; i++) sum[i]! += (column[i] as number) * factor;
  }
  return sum;
}

/** The exact tree, if the file is a list of activations. */
function treeOf(
  { source, builder, functions, names, rows, calls, activations }: Collected,
  columns: MetricColumns,
): Profile | undefined {
  activations?.endBlock();
  if (activations === undefined || activations.length === 0) return undefined;
  if (!activations.fit) {
    source.warn(
      'no-call-tree',
      'the blocks are no list of activations, so only who called whom is read',
      undefined,
      'a cut file, or one of aggregated calls, holds no call tree',
    );
    return undefined;
  }
  const internal = (func: number) => names.text(functions.fileOf(func)) === 'php:internal';
  activations.placeLines(internal);
  rows.clear();
  calls.clear();
  functions.addTo(builder, names);
  return activations.profile(builder, (self) => columns.complete(self));
}

function graphOf(collected: Collected, columns: MetricColumns): Profile {
  const { source, builder, header, functions, names, rows, calls, full } = collected;
  const count = functions.length;
  rows.finish(count);
  calls.finish();
  const indexOf = fileIndices(collected);
  if (source.wantsLineCosts) rows.mapFiles(indexOf);
  const wide = columns.wide((event) => Math.max(rows.bound[event]!, calls.bound[event]!));
  functions.addTo(builder, names, header.yappi);
  const frame = Int32Array.from({ length: count }, (_, func) => builder.addFrame(func));
  const self = columns.complete(wide.some(Boolean) ? exactSelf(collected, wide, columns) : rows.self);
  const lines = () => {
    const table = rows.table(wide);
    return { ...table, values: columns.complete(table.values) };
  };
  const details = source.wantsLineCosts ? { lines } : {};

  // Tools that count no calls write 0 throughout; gprof2dot takes that for a count.
  const counted = !full || header.valgrind || calls.calls.some((n) => n > 0);
  if (counted) for (let func = 0; func < count; func++) builder.addCalls(func, 0);
  // What callgrind writes of a thread may hold no call; others know none.
  if (calls.length === 0 && !header.valgrind)
    return builder.flat({ frame, self, total: self.map((c) => c.slice()) }, details);

  const arcs: ArcTable = {
    length: calls.length,
    caller: calls.caller,
    callee: calls.callee,
    line: calls.line,
    ...callFiles(collected, indexOf),
    calls: counted ? calls.calls : new Float64Array(calls.length).fill(Number.NaN),
    total: columns.complete(wide.map((needed, event) => calls.total(event, needed))),
  };
  const cycle = cyclesOf(source, arcs, count);
  if (counted) addCalls(builder, arcs, cycle);
  const total = self.map((column, m) => totalsOf(column, arcs, arcs.total[m]!, cycle));
  return builder.graph({ frame, self, total }, arcs, details);
}

/** The selves of nodes, added up from the lines. */
function exactSelf(
  { source, functions, rows }: Collected,
  wide: boolean[],
  columns: MetricColumns,
): Column[] {
  const { node, values } = rows.table(wide);
  return values.map((column, event) => {
    if (columns.overflows(event, column)) {
      const { name } = columns.metrics[event]!;
      source.fail(
        'cost-too-large',
        `the costs of ${name}, or of a formula of it, add up to more than 2^63 - 1`,
      );
    }
    const sums = zeros(column, functions.length);
    scatterAdd(sums, node, column);
    return sums;
  });
}

/** Index into `Profile.files` of a file of the reader's, 0 = the function's own. */
function fileIndices({ builder, functions, names }: Collected): (func: number, file: number) => number {
  const indices = new IdTable();
  return (func, file) => {
    if (file === functions.fileOf(func)) return 0;
    let index = indices.get(file);
    if (index < 0) {
      index = builder.fileIndex(file === 0 ? '???' : names.text(file));
      indices.set(file, index);
    }
    return index;
  };
}

function callFiles(
  { calls }: Collected,
  indexOf: (func: number, file: number) => number,
): { file?: Int32Array } {
  const { caller, file } = calls;
  let foreign = 0;
  for (let a = 0; a < file.length; a++) {
    const index = indexOf(caller[a]!, file[a]!);
    file[a] = index;
    foreign |= index;
  }
  return foreign ? { file } : {};
}

/** Cycle of each function, -1 = none. */
function cyclesOf(source: Source, arcs: ArcTable, count: number): Int32Array {
  const { cycle, cycleCount } = components(arcs, count);
  if (cycleCount > 0) {
    const members = cycle.reduce((sum, c) => sum + (c >= 0 ? 1 : 0), 0);
    const where = cycleCount === 1 ? 'a recursion cycle' : `${cycleCount} recursion cycles`;
    source.warn('cycle-totals', `${members} functions are in ${where}: their totals are upper bounds`);
  }
  return cycle;
}

/** Calls of each function; outside cycles, those that it does not make itself find it not on the stack. */
function addCalls(
  builder: ProfileBuilder,
  { length, caller, callee, calls }: ArcTable,
  cycle: Int32Array,
): void {
  for (let func = 0; func < cycle.length; func++) if (cycle[func]! < 0) builder.addCalls(func, 0, 0);
  for (let a = 0; a < length; a++) {
    const func = callee[a]!;
    const primitive = caller[a] === func ? 0 : calls[a]!;
    builder.addCalls(func, calls[a]!, cycle[func]! < 0 ? primitive : undefined);
  }
}
