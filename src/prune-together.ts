/** Cuts two call graphs down to what matters in either, so that nothing is gone from one because it is small there. */
import { defaultMetric, graphShares } from './graph.ts';
import type { Profile } from './profile.ts';
import { cut, type PruneOptions, prune, wholeOf } from './transforms/prune.ts';

type Pair = [first: Profile, second: Profile];

/** Functions are the same if their names are. */
export function pruneTogether(graphs: Pair, options: PruneOptions): Pair {
  const names = namesOf(graphs.map((graph) => prune(graph, options)) as Pair);
  const heavy = heavyArcs(graphs, options.edgeShare);
  return graphs.map((graph) => {
    const nameOf = namesByNode(graph);
    const { arcs } = graph;
    const keepNode = Uint8Array.from(nameOf, (name) => (names.has(name) ? 1 : 0));
    const isHeavy = (a: number) => heavy.has(ends(nameOf, arcs!.caller[a]!, arcs!.callee[a]!));
    const pruned = cut(graph, keepNode, isHeavy);
    return { ...pruned, whole: wholeOf(graph, pruned) };
  }) as Pair;
}

/** The names of all functions of two graphs. */
export function namesOf(graphs: Pair): Set<string> {
  return new Set(graphs.flatMap(namesByNode));
}

function namesByNode({ nodes, frames, functions }: Profile): string[] {
  return Array.from(nodes.frame, (frame) => functions.name[frames.func[frame]!]!);
}

/** The arcs that have at least this share in one of the graphs, by the names that they join. */
function heavyArcs(graphs: Pair, edgeShare: number): Set<string> {
  const heavy = new Set<string>();
  for (const graph of graphs) {
    const nameOf = namesByNode(graph);
    const { total, arcTotal } = graphShares(graph, defaultMetric(graph));
    const { caller, callee } = graph.arcs!;
    for (const [a, share] of arcTotal.entries()) {
      const [from, to] = [caller[a]!, callee[a]!];
      const weight = Number.isNaN(share) ? Math.min(total[from]!, total[to]!) : Math.abs(share);
      if (!(weight < edgeShare)) heavy.add(ends(nameOf, from, to));
    }
  }
  return heavy;
}

function ends(nameOf: string[], caller: number, callee: number): string {
  return `${nameOf[caller]}\0${nameOf[callee]}`;
}
