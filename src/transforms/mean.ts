/** Values for each event: those of the shown metric divided by the first, as pprof's `mean` does. */
import { doubles } from '../columns.ts';
import { defaultMetric, graphShares, sumOfMetric } from '../graph.ts';
import type { Column, Profile } from '../profile.ts';

/**
 * A call graph whose shown metric is a mean. Means do not add up: the laws of sums hold for it no longer, and
 * shares remain those of the values. What has no events keeps its value.
 */
export function mean(graph: Profile): Profile {
  const m = defaultMetric(graph);
  const { nodes, arcs } = graph;
  const divided = (columns: Column[]) =>
    columns.map((column, i) => {
      if (i !== m) return column;
      const events = doubles(columns[0]!);
      return doubles(column).map((value, row) => (events[row] === 0 ? value : value / events[row]!));
    });
  const sums = graph.metrics.map((_, i) => sumOfMetric(graph, i));
  const events = Number(sums[0]);
  const sum = sums.map((value, i) => (i === m && events !== 0 ? Number(value) / events : value));
  const self = divided(nodes.self);
  const { lines: _, samples: __, ...rest } = graph;
  const shares = graph.metrics.map((_, i) => graphShares(graph, i));
  return {
    ...rest,
    metrics: graph.metrics.map((metric, i) =>
      i === m ? { ...metric, name: `mean_${metric.name}` } : metric,
    ),
    nodes: { ...nodes, self, total: divided(nodes.total) },
    arcs: { ...arcs!, total: divided(arcs!.total), ...(arcs!.self && { self: divided(arcs!.self) }) },
    shares: {
      self: shares.map(({ self }) => self),
      total: shares.map(({ total }) => total),
      arcTotal: shares.map(({ arcTotal }) => arcTotal),
    },
    whole: { sum, maxSelf: self.map((column) => doubles(column).reduce((a, b) => Math.max(a, b), 0)) },
  };
}
