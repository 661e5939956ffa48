/**
 * Two profiles in one graph: the functions and arcs of both, with the figures of the first and of the second.
 * Functions are the same if all that is known of them is, else if name and file are, else if their names are; of several
 * that are left then the first ones are, the second ones, and so on.
 */
import type { FunctionTable } from '../../../src/plugin.ts';
import type { ArcLook, Drawing, Look, NodeLook } from './drawing.ts';
import { type GraphView, sortedNodes } from './graph-view.ts';
import { type Labels, labelOf, type Measure } from './labels.ts';
import type { GraphOptions } from './options.ts';
import { themes } from './themes.ts';

type Pair<T> = [first: T, second: T];

/** Nodes or arcs of the two graphs; -1 = the graph has none. */
type Rows = Pair<number>;

const NONE = -1;

const UNKNOWN = '?';

export class ChangesOfBoth implements Drawing {
  readonly nodeShape = 'shape=box, ';
  readonly sizeDigits = 2;
  readonly ids: string[];
  readonly order: Int32Array;
  readonly #graphs: Pair<GraphView>;
  readonly #labels: Pair<Labels>;
  readonly #options: GraphOptions;
  readonly #nodes: Rows[];
  readonly #arcs: Rows[];
  /** By arc. */
  readonly #callee: number[] = [];
  /** Arcs by caller, as they are to be written. */
  readonly #leaving: number[][];

  constructor(graphs: Pair<GraphView>, labels: Pair<Labels>, options: GraphOptions) {
    this.#graphs = graphs;
    this.#labels = labels;
    this.#options = options;
    this.#nodes = pairedNodes(graphs);
    this.ids = uniqueIds(this.#nodes, graphs);
    this.order = sortedNodes(this.ids);
    const [ends, arcs] = this.#pairedArcs();
    this.#arcs = arcs;
    this.#callee = ends.map(([, callee]) => callee);
    this.#leaving = this.#nodes.map(() => []);
    const rank = new Int32Array(this.order.length);
    for (const [position, node] of this.order.entries()) rank[node] = position;
    for (const [arc, [caller]] of ends.entries()) this.#leaving[caller]!.push(arc);
    for (const list of this.#leaving) list.sort((a, b) => rank[this.#callee[a]!]! - rank[this.#callee[b]!]!);
  }

  /** The arcs of both graphs, and which nodes they join. */
  #pairedArcs(): [ends: Pair<number>[], arcs: Rows[]] {
    const known = new Map<string, number>();
    const ends: Pair<number>[] = [];
    const arcs: Rows[] = [];
    for (const [g, { arcs: table, profile }] of this.#graphs.entries()) {
      const nodeOf = new Int32Array(profile.nodes.length);
      for (const [node, rows] of this.#nodes.entries()) if (rows[g]! >= 0) nodeOf[rows[g]!] = node;
      for (let a = 0; a < table.length; a++) {
        const [caller, callee] = [nodeOf[table.caller[a]!]!, nodeOf[table.callee[a]!]!];
        const key = `${caller} ${callee}`;
        let arc = known.get(key);
        if (arc === undefined) {
          arc = arcs.push([NONE, NONE]) - 1;
          ends.push([caller, callee]);
          known.set(key, arc);
        }
        arcs[arc]![g] = a;
      }
    }
    return [ends, arcs];
  }

  node(node: number): NodeLook {
    const rows = this.#nodes[node]!;
    const own = rows[0] >= 0 ? 0 : 1;
    const labels = this.#labels[own];
    const func = this.#graphs[own].func(rows[own]);
    const measures = this.#each(rows, (g, row) => this.#labels[g].measures(this.#graphs[g].figures(row)));
    const calls = this.#each(rows, (g, row) => this.#labels[g].calls(this.#graphs[g].func(row)));
    const label = labelOf([
      ...labels.head(func),
      ...statusOf(rows),
      ...this.#figures(measures),
      change(calls),
    ]);
    const shares = (which: 'self' | 'total') =>
      this.#each(rows, (g, row) => this.#graphs[g].shares[which][row]!).map(
        (share) => share ?? 0,
      ) as Pair<number>;
    const [first, second] = shares('total');
    const weight = this.#weight(shares(this.#options.colorNodesBySelftime ? 'self' : 'total'));
    return {
      label,
      weight,
      size: Math.max(first, second),
      attributes: this.#border(rows),
      func,
      labels,
    };
  }

  /** The measures that either profile knows, a line each. */
  #figures(measures: Pair<Measure[] | undefined>): string[] {
    const names = new Set(measures.flatMap((list = []) => list.map(({ name }) => name)));
    return Array.from(names, (name) => {
      const [a, b] = measures.map((list) => list?.find((measure) => measure.name === name));
      const isSmall = a && b && name.endsWith('percentage') && this.#isSmall(b.value - a.value);
      const texts = measures.map((list, g) => list && ([a, b][g]?.bare ?? '')) as Pair<string | undefined>;
      const text = isSmall ? a.bare : change(texts);
      return name.startsWith('self') ? `(${text})` : text;
    });
  }

  leaving(node: number): ArrayLike<number> {
    return this.#leaving[node]!;
  }

  arc(arc: number): ArcLook {
    const rows = this.#arcs[arc]!;
    const texts = this.#each(rows, (g, row) => this.#labels[g].edge(this.#graphs[g].arcFigures(row)));
    const weights = this.#each(rows, (g, row) => this.#graphs[g].arcWeight(row));
    const both = [weights[0] ?? 0, weights[1] ?? 0] as Pair<number>;
    const isSmall = this.#isSmall(both[1] - both[0]);
    const figures = this.#options.edgeLabel.map((measure, i) => {
      const pair = texts.map((text) => text?.[i]) as Pair<string | undefined>;
      const isSame = measure === 'total-time-percentage' && isSmall && pair[0] && pair[1];
      return isSame ? pair[0]! : change(pair);
    });
    const label = labelOf([...statusOf(rows), ...figures]);
    const isResidual = rows.some((row, g) => row >= 0 && this.#graphs[g]!.arcs.residual?.[row] === 1);
    const look: Look = { label, weight: this.#weight(both), size: Math.max(both[0], both[1]) };
    return {
      ...look,
      callee: this.#callee[arc]!,
      style: isResidual ? 'dotted' : rows[1] < 0 ? 'dashed' : '',
    };
  }

  /** The border of a node: double = added, dashed = removed. */
  #border([first, second]: Rows): string {
    if (first < 0) return ', peripheries=2';
    return second < 0 ? `, style="${themes[this.#options.colormap].nodeStyle},dashed"` : '';
  }

  /** What is made of the row of each graph that has one. */
  #each<T>(rows: Rows, make: (graph: 0 | 1, row: number) => T): Pair<T | undefined> {
    return [rows[0] < 0 ? undefined : make(0, rows[0]), rows[1] < 0 ? undefined : make(1, rows[1])];
  }

  /** How much has changed, if that is to be marked. */
  #weight([first, second]: Pair<number>): number {
    const { compareOnlyFaster, compareOnlySlower } = this.#options;
    const grown = second - first;
    const unwanted = grown > 0 ? compareOnlyFaster : compareOnlySlower;
    return unwanted || this.#isSmall(grown) ? 0 : grown;
  }

  #isSmall(difference: number): boolean {
    return Math.abs(difference) * 100 < this.#options.compareTolerance;
  }
}

/** What nodes go together by, the surest first. */
const KEYS: ((functions: FunctionTable, f: number) => string)[] = [
  ({ name, file, line }, f) => `${name[f]}\0${file[f]}\0${line[f]}`,
  ({ name, file }, f) => `${name[f]}\0${file[f]}`,
  ({ name }, f) => name[f]!,
];

/** The nodes of the first graph, with those of the second that are the same; then what only the second has. */
function pairedNodes([first, second]: Pair<GraphView>): Rows[] {
  const rows = Array.from(first.order, (node): Rows => [node, NONE]);
  let left = Array.from(second.order);
  for (const key of KEYS) {
    const waiting = new Map<string, Rows[]>();
    for (const pair of rows.toReversed()) {
      if (pair[1] !== NONE) continue;
      const text = key(first.profile.functions, first.func(pair[0]));
      const list = waiting.get(text);
      if (list) list.push(pair);
      else waiting.set(text, [pair]);
    }
    left = left.filter((node) => {
      const pair = waiting.get(key(second.profile.functions, second.func(node)))?.pop();
      if (pair) pair[1] = node;
      return !pair;
    });
  }
  return [...rows, ...left.map((node): Rows => [NONE, node])];
}

/** By node: its id in the first graph, else in the second, with a number behind if that is taken. */
function uniqueIds(nodes: Rows[], [first, second]: Pair<GraphView>): string[] {
  const taken = new Set(first.ids);
  return nodes.map(([own, other]) => {
    if (own >= 0) return first.ids[own]!;
    const id = second.ids[other]!;
    let unique = id;
    for (let n = 2; taken.has(unique); n++) unique = `${id}#${n}`;
    taken.add(unique);
    return unique;
  });
}

function statusOf([first, second]: Rows): string[] {
  if (first < 0) return ['added'];
  return second < 0 ? ['removed'] : [];
}

/** As in `40.00% → 60.00%`; undefined = there is no such thing in that graph, '' = it is not known. */
function change([first, second]: Pair<string | undefined>): string {
  if (!first && !second) return '';
  if (first === undefined || second === undefined || first === second) return first ?? second ?? '';
  return `${first || UNKNOWN} → ${second || UNKNOWN}`;
}
