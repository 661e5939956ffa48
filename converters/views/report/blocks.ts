/** Functions with their callers above and their callees below, block by block. */
import { type Adjacency, arcsIn, arcsOut, type Profile, type Sink, type Value } from '../../../src/plugin.ts';
import { headFields, heading, type Subject, valueText } from './heading.ts';
import { type Json, jsonText } from './json-text.ts';
import { byMagnitude, knownShare, label, type Row, rowFields } from './rows.ts';
import { aligned, partOf, percent } from './table.ts';

/** A caller or callee of a function. */
interface Neighbour {
  row: Row;
  /** What the calls cost; NaN = unknown. */
  value: Value;
  /** A part of the function's total; NaN where that is 0. */
  share: number;
  /** NaN = not counted. */
  calls: number;
}

const HEADS = ['self', 'self%', 'total', 'total%', 'calls', 'function'];

/** Writes one block for each of `rows`; `all` holds every row of the graph. */
export function writeBlocks(about: Subject, rows: Row[], all: Row[], asJson: boolean, sink: Sink): void {
  const graph = new Neighbourhood(about, all);
  if (asJson) {
    const functions = rows.map((row) => ({
      ...rowFields(row),
      callers: graph.callers(row).map(neighbourFields),
      callees: graph.callees(row).map(neighbourFields),
    }));
    sink.write(`${jsonText({ ...headFields(about), functionCount: all.length, functions })}\n`);
    return;
  }
  const value = (each: Value) => known(each) && valueText(about, each);
  const line = ({ row, value: cost, share, calls }: Neighbour) => {
    const figures = [value(cost) || '?', percent(share), known(calls)];
    return ['', '', ...figures, `    ${label(row)}`];
  };
  const lines: string[][] = [HEADS];
  for (const row of rows) {
    const own = [value(row.self), percent(row.selfShare), value(row.total), percent(row.totalShare)];
    lines.push([]);
    for (const caller of graph.callers(row)) lines.push(line(caller));
    lines.push([...own, '', label(row)]);
    for (const callee of graph.callees(row)) lines.push(line(callee));
  }
  sink.write(`${heading(about)}${rows.length} of ${all.length} functions\n\n`);
  for (const text of aligned(lines)) sink.write(text);
}

/** The number as a text; '' for NaN. */
function known(value: Value): string {
  return Number.isNaN(Number(value)) ? '' : `${value}`;
}

function neighbourFields({ row, value, share, calls }: Neighbour): Json {
  const { name, place } = row;
  return {
    name,
    place: place || undefined,
    value,
    share: knownShare(share),
    calls: Number.isNaN(calls) ? undefined : calls,
  };
}

class Neighbourhood {
  readonly #profile: Profile;
  readonly #metric: number;
  /** By node. */
  readonly #rows: Row[] = [];
  readonly #in: Adjacency;
  readonly #out: Adjacency;

  constructor({ profile, metric }: Subject, all: Row[]) {
    this.#profile = profile;
    this.#metric = metric;
    for (const row of all) this.#rows[row.node] = row;
    this.#in = arcsIn(profile.arcs!, profile.nodes.length);
    this.#out = arcsOut(profile.arcs!, profile.nodes.length);
  }

  callers(row: Row): Neighbour[] {
    return this.#neighbours(row, this.#in, this.#profile.arcs!.caller);
  }

  callees(row: Row): Neighbour[] {
    return this.#neighbours(row, this.#out, this.#profile.arcs!.callee);
  }

  /** The costliest first. */
  #neighbours({ node, total }: Row, { start, arc }: Adjacency, ends: Int32Array): Neighbour[] {
    const { total: values, calls } = this.#profile.arcs!;
    const list = Array.from(arc.subarray(start[node], start[node + 1]), (a): Neighbour => {
      const value = values[this.#metric]![a]!;
      return { row: this.#rows[ends[a]!]!, value, share: partOf(value, total), calls: calls[a]! };
    });
    return list.sort((a, b) => byMagnitude(a.value, b.value));
  }
}
