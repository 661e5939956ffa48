/** Random stacks for property tests, the profiles made of them, and the plain way to count them. */
import fc from 'fast-check';
import { ProfileBuilder } from '../src/builder.ts';
import { CallTree } from '../src/call-tree.ts';
import type { Granularity } from '../src/group-frames.ts';
import type { ArcTotals, Column, Metric, Profile } from '../src/profile.ts';

/** A place in one of a few functions, which are few so that stacks meet again and recur. */
export interface Place {
  func: number;
  line: number;
}

export interface Stack {
  places: Place[];
  /** One for each metric. */
  values: bigint[];
}

const place = fc.record({ func: fc.integer({ min: 0, max: 5 }), line: fc.integer({ min: 0, max: 2 }) });

/** Stacks whose values lie in `values`. */
export function stacks(values: fc.Arbitrary<bigint>[]): fc.Arbitrary<Stack[]> {
  const stack = fc.record({
    places: fc.array(place, { minLength: 1, maxLength: 8 }),
    values: fc.tuple(...values),
  });
  return fc.array(stack, { minLength: 1, maxLength: 25 });
}

/** Values as a profiler counts them, and values that a double cannot hold. */
export const SMALL: fc.Arbitrary<bigint> = fc.bigInt({ min: 0n, max: 1000n });
export const HUGE: fc.Arbitrary<bigint> = fc.bigInt({ min: 2n ** 53n, max: 2n ** 57n });

/** Functions come in pairs of one name, in two files and three mappings. */
function builderOf(metrics: number): { builder: ProfileBuilder; frame: (at: Place) => number } {
  const names = Array.from({ length: metrics }, (_, m): Metric => ({ name: `metric${m}`, unit: 'count' }));
  const builder = new ProfileBuilder(names);
  const frame = ({ func, line }: Place): number => {
    const mapping = builder.mapping(`lib${func % 3}`);
    const index = builder.function(`f${func >> 1}`, { file: `file${func & 1}`, line: 10, mapping });
    return builder.frame(index, { line, mapping });
  };
  return { builder, frame };
}

/** Doubles where they hold the values, else 64-bit integers. */
function column(values: bigint[]): Column {
  const exact = values.every((value) => value <= BigInt(Number.MAX_SAFE_INTEGER));
  return exact ? Float64Array.from(values, Number) : BigInt64Array.from(values);
}

function columns(list: Stack[]): Column[] {
  return list[0]!.values.map((_, m) => column(list.map(({ values }) => values[m]!)));
}

/** As a list of stacks. */
export function asStacks(list: Stack[]): Profile {
  const { builder, frame } = builderOf(list[0]!.values.length);
  const frames = list.flatMap(({ places }) => places.map(frame));
  const start = new Uint32Array(list.length + 1);
  for (const [i, { places }] of list.entries()) start[i + 1] = start[i]! + places.length;
  return builder.stacks({ length: list.length, start, frame: Int32Array.from(frames) }, columns(list));
}

/** As a tree. */
export function asTree(list: Stack[]): Profile {
  const { builder, frame } = builderOf(list[0]!.values.length);
  const tree = new CallTree();
  const leaf = list.map(({ places }) => places.reduce((node, at) => tree.child(node, frame(at)), -1));
  const self = list[0]!.values.map((_, m) => {
    const sums = new Array<bigint>(tree.length).fill(0n);
    for (const [i, { values }] of list.entries()) sums[leaf[i]!]! += values[m]!;
    return column(sums);
  });
  const { length } = tree;
  return builder.tree({ frame: tree.frame.slice(0, length), parent: tree.parent.slice(0, length), self });
}

/** Sums by what they belong to: `self f`, `total f`, `arc f -> g`, `line f:1`, each as text of all metrics. */
export type Figures = Record<string, string>;

class Sums {
  readonly #sums = new Map<string, bigint[]>();

  add(key: string, values: bigint[]): void {
    const known = this.#sums.get(key) ?? values.map(() => 0n);
    this.#sums.set(
      key,
      known.map((sum, m) => sum + values[m]!),
    );
  }

  figures(): Figures {
    return Object.fromEntries([...this.#sums].map(([key, sums]) => [key, sums.join(' ')]));
  }
}

/** What a function, file, … is called in figures. */
export function label(by: Granularity, { func, line }: Place): string {
  const name = `f${func >> 1}`;
  const file = `file${func & 1}`;
  if (by === 'name') return name;
  if (by === 'file') return file;
  if (by === 'mapping') return `lib${func % 3}`;
  return by === 'line' ? `${name} ${file}:${line}` : `${name} ${file}`;
}

/** The figures of a call graph, counted stack by stack. */
export function count(list: Stack[], by: Granularity, mode: ArcTotals, lines: boolean): Figures {
  const sums = new Sums();
  for (const { places, values } of list) {
    const labels = places.map((at) => label(by, at));
    const leaf = labels.length - 1;
    sums.add(`self ${labels[leaf]}`, values);
    for (const each of new Set(labels)) {
      sums.add(`total ${each}`, values);
      sums.add(
        `self ${each}`,
        values.map(() => 0n),
      );
    }
    if (lines && values.some((value) => value !== 0n))
      sums.add(`line ${labels[leaf]}:${places[leaf]!.line}`, values);
    const arcs = labels.slice(1).map((callee, i) => ({
      key: `arc ${labels[i]} -> ${callee}${lines ? ` at ${places[i]!.line}` : ''}`,
      entered: labels.indexOf(callee) === i + 1,
    }));
    for (const { key } of arcs)
      sums.add(
        key,
        values.map(() => 0n),
      );
    const counted = mode === 'outermost' ? arcs.filter(({ entered }) => entered) : arcs;
    const keys = counted.map(({ key }) => key);
    for (const key of mode === 'once' ? new Set(keys) : keys) sums.add(key, values);
  }
  return sums.figures();
}

/** The figures a profile of arcs holds. `labelOf` names a function as `label` does. */
export function figures(
  graph: Profile,
  labelOf: (graph: Profile, func: number) => string,
  lines: boolean,
): Figures {
  const { nodes, frames, arcs } = graph;
  const sums = new Sums();
  const row = (list: Column[], i: number) => list.map((values) => BigInt(values[i]!));
  const of = (node: number) => labelOf(graph, frames.func[nodes.frame[node]!]!);
  for (let n = 0; n < nodes.length; n++) {
    sums.add(`self ${of(n)}`, row(nodes.self, n));
    sums.add(`total ${of(n)}`, row(nodes.total, n));
  }
  for (let a = 0; a < (arcs?.length ?? 0); a++) {
    const site = lines ? ` at ${arcs!.line[a]}` : '';
    sums.add(`arc ${of(arcs!.caller[a]!)} -> ${of(arcs!.callee[a]!)}${site}`, row(arcs!.total, a));
  }
  const table = lines ? graph.lines : undefined;
  for (let i = 0; i < (table?.length ?? 0); i++) {
    sums.add(`line ${of(table!.node[i]!)}:${table!.line[i]}`, row(table!.values, i));
  }
  return sums.figures();
}
