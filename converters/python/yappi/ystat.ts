/** `.ystat` files: a pickle of rows, one for each function, that list whom it called. */
import type { Profile, Source, Value } from '../../../src/plugin.ts';
import { PickleObject, type PickleValue, readPickle } from '../pickle.ts';
import { type Figures, YappiGraph } from './graph.ts';

const MAX_LINE = 2 ** 31;
/** Where objects have their rows: yappi since 0.99, before. */
const LISTS = ['_as_list', '_stats'];

/** A row, and what to do when something in it is amiss. */
interface Row {
  object: PickleObject;
  missing: (key: string) => never;
}

export function readStats(source: Source): Profile {
  const { value, size } = readPickle(source);
  const [stats, clock] = Array.isArray(value) && value.length === 2 ? value : [];
  const rows = listOf(stats);
  if (rows === undefined)
    source.fail('no-stats', 'the pickle does not hold what yappi saves: (function stats, clock type)');
  const isNew = stats instanceof PickleObject && stats.get(LISTS[0]!) !== undefined;
  return new StatsReader(source, size, typeof clock === 'string' ? clock : '').read(rows, isNew);
}

class StatsReader {
  readonly #source: Source;
  readonly #size: number;
  readonly #graph: YappiGraph;
  readonly #contexts = new Set<PickleValue | undefined>();
  #count = 0;

  constructor(source: Source, size: number, clock: string) {
    this.#source = source;
    this.#size = size;
    this.#graph = new YappiGraph(source, clock);
  }

  /** Old yappis name a callee that has no row of its own after any row: only its number is right. */
  read(rows: PickleValue[], calleesHaveNames: boolean): Profile {
    const byIndex = new Map<PickleValue | undefined, number>();
    const functions = rows.map((value, i) => {
      const row = this.#row(value, `[${i}]`);
      const func = this.#function(row);
      byIndex.set(row.object.get('index'), func);
      this.#contexts.add(row.object.get('ctx_id'));
      this.#graph.addFunction(func, figuresOf(row));
      return func;
    });
    for (const [i, caller] of functions.entries()) {
      const path = `[${i}]`;
      const children = listOf((rows[i] as PickleObject).get('children'));
      if (children === undefined) this.#source.fail('bad-row', 'children is not what yappi saves', { path });
      for (const [k, value] of children.entries()) {
        const child = this.#row(value, `${path}.children[${k}]`);
        const callee = calleesHaveNames ? this.#function(child) : this.#numbered(child, byIndex);
        this.#graph.addArc(caller, callee, figuresOf(child));
      }
    }
    this.#tellContexts();
    return this.#graph.graph();
  }

  #row(value: PickleValue | undefined, path: string): Row {
    const source: Source = this.#source;
    // Lists may be shared by any number of rows, and then a small file would hold endless arcs.
    if (++this.#count > this.#size)
      source.fail('too-large', 'more rows than a file of this size can hold', { path });
    if (!(value instanceof PickleObject)) source.fail('bad-row', 'expected a row of figures', { path });
    return {
      object: value,
      missing: (key) => source.fail('bad-row', `${key} is not what yappi saves`, { path }),
    };
  }

  #function(row: Row): number {
    const { object } = row;
    const missing: Row['missing'] = row.missing;
    const name = object.get('name');
    const module = object.get('module');
    const line = object.get('lineno');
    if (typeof name !== 'string') missing('name');
    if (typeof module !== 'string') missing('module');
    if (typeof line !== 'number' || !Number.isInteger(line) || line < 0 || line >= MAX_LINE)
      missing('lineno');
    const { functions } = this.#graph;
    // Some that are built in are not marked as such, but none has a line.
    return line === 0 ? functions.ofModule(name, module) : functions.ofFile(name, module, line);
  }

  #numbered({ object, missing }: Row, byIndex: Map<PickleValue | undefined, number>): number {
    const index = object.get('index');
    if (typeof index !== 'number') missing('index');
    return byIndex.get(index) ?? this.#graph.functions.ofModule(`(unknown function ${index})`, '');
  }

  #tellContexts(): void {
    const { size } = this.#contexts;
    if (size <= 1) return;
    const message = `yappi adds up the ${size} threads or greenlets, and does not say what ran in which`;
    this.#source.note('contexts', message, undefined, 'get_func_stats(ctx_id=…) saves one of them');
  }
}

/** The rows of a list, or of an object that has one; undefined if it is neither. */
function listOf(value: PickleValue | undefined): PickleValue[] | undefined {
  if (Array.isArray(value)) return value;
  if (!(value instanceof PickleObject)) return undefined;
  const list = LISTS.map((name) => value.get(name)).find((one) => one !== undefined);
  return Array.isArray(list) ? list : undefined;
}

function figuresOf({ object, missing }: Row): Figures {
  const numberOf = (key: string): number => {
    const value = object.get(key);
    if (!isNumber(value)) missing(key);
    return Number(value);
  };
  return {
    calls: counted(numberOf('ncall')),
    primitiveCalls: counted(numberOf('nactualcall')),
    total: numberOf('ttot'),
    self: numberOf('tsub'),
  };
}

function isNumber(value: PickleValue | undefined): value is Value {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value));
}

function counted(count: number): number {
  return count < 0 ? Number.NaN : count;
}
