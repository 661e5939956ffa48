/** The box that tells how to read a graph: what is shown, what was left out, what figures and colours mean. */
import {
  defaultMetric,
  fixed2,
  type Profile,
  secondsPerUnit,
  shareOf,
  sumOfMetric,
} from '../../../src/plugin.ts';
import { headline } from '../report/heading.ts';
import type { GraphOptions } from './options.ts';

/** How much of a graph is drawn. */
export interface Drawn {
  nodes: number;
  edges: number;
}

const SCALES: Record<GraphOptions['colormap'], string> = {
  color: 'from blue to red',
  pink: 'from pale to red',
  gray: 'from light to dark',
  bw: 'from small to large',
  print: 'from small to large',
};
const CHANGES: Record<GraphOptions['differenceColors'], string> = {
  'red-green': 'red: more, green: less',
  'blue-orange': 'orange: more, blue: less',
};
const NODE_FIGURES: Record<GraphOptions['nodeLabel'][number], string> = {
  'total-time-percentage': 'total',
  'self-time-percentage': '(self)',
  'total-time': 'total in s',
  'self-time': '(self in s)',
};
const EDGE_FIGURES: Record<GraphOptions['edgeLabel'][number], string> = {
  'total-time-percentage': 'total',
  'caller-percentage': 'part of the caller’s total',
  'callee-percentage': 'part of the callee’s total',
  'total-time': 'total in s',
  calls: 'calls ×',
};
const METHODS = {
  exact: [],
  callratios: ['totals are computed from call ratios, as by gprof2dot'],
  callstacks: ['totals of edges are computed from call ratios, as by gprof2dot'],
};

/** The lines of the box. */
export function legend(profile: Profile, options: GraphOptions, drawn: Drawn): string[] {
  const { arcs, reduction, compareWith } = profile;
  return [
    ...subjects(profile),
    ...(reduction === undefined ? [] : METHODS[reduction.total]),
    extent(profile, drawn),
    ...coverage(profile),
    `on a node: ${nodeFigures(profile, options).join(', ')}`,
    `on an edge: ${edgeFigures(profile, options).join(', ')}`,
    ...colors(profile, options),
    ...(compareWith === undefined ? [] : [shapes(compareWith.functions)]),
    ...(arcs?.residual?.some(Boolean) ? ['dotted edges lead over nodes that are left out'] : []),
  ];
}

function subjects(profile: Profile): string[] {
  const about = (each: Profile) => {
    const metric = defaultMetric(each);
    return headline({ profile: each, metric, sum: sumOfMetric(each, metric) });
  };
  if (profile.compareWith)
    return [`before: ${about(profile)}`, `after: ${about(profile.compareWith.profile)}`];
  // A difference says so itself.
  return [profile.meta.isDifference ? about(profile) : `${about(profile)}, percentages are parts of that`];
}

function extent({ reduction, compareWith }: Profile, { nodes, edges }: Drawn): string {
  if (reduction === undefined || compareWith) return `${nodes} nodes, ${edges} edges`;
  const least = (share: number) =>
    share > 0 ? ` (of at least ${Number((100 * share).toPrecision(4))}%)` : '';
  const of = (shown: number, all: number, share: number, what: string) =>
    shown === all ? `all ${all} ${what}` : `${shown} of ${all} ${what}${least(share)}`;
  const { nodeShare, edgeShare } = reduction;
  return `${of(nodes, reduction.nodes, nodeShare, 'nodes')}, ${of(edges, reduction.edges, edgeShare, 'edges')}`;
}

/** How much of the whole is on the nodes that are drawn. */
function coverage(profile: Profile): string[] {
  if (profile.compareWith || profile.meta.isDifference) return [];
  const metric = defaultMetric(profile);
  const self = profile.nodes.self[metric]!;
  let drawn = 0;
  for (const value of self) drawn += Number(value);
  return [
    `functions that are drawn took ${fixed2(100 * shareOf(drawn, sumOfMetric(profile, metric)))}% themselves`,
  ];
}

function nodeFigures(profile: Profile, { nodeLabel, showSamples }: GraphOptions): string[] {
  return [
    ...known(profile, nodeLabel).map((measure) => NODE_FIGURES[measure]),
    ...(showSamples ? ['samples ×'] : []),
    ...(profile.functions.calls ? ['calls ×'] : []),
  ];
}

function edgeFigures(profile: Profile, { edgeLabel }: GraphOptions): string[] {
  const counted = profile.arcs?.calls.some((calls) => !Number.isNaN(calls)) === true;
  return known(profile, edgeLabel)
    .filter((measure) => measure !== 'calls' || counted)
    .map((measure) => EDGE_FIGURES[measure]);
}

/** The measures that are drawn: times only where the metric is one. */
function known<T extends string>(profile: Profile, measures: T[]): T[] {
  const isTime = secondsPerUnit(profile.metrics[defaultMetric(profile)]!) !== undefined;
  return measures.filter((measure) => isTime || !measure.endsWith('-time'));
}

function colors(profile: Profile, options: GraphOptions): string[] {
  const { colormap, differenceColors, colorNodesBySelftime, compareColorByDifference } = options;
  if (profile.meta.isDifference || profile.compareWith?.functions === 'both')
    return [CHANGES[differenceColors]];
  if (profile.compareWith && compareColorByDifference) return [`${SCALES[colormap]}: by the change of total`];
  const nodes = colorNodesBySelftime ? 'nodes by self, edges by total' : 'by total';
  return [`${SCALES[colormap]}: ${nodes}`];
}

function shapes(functions: 'first' | 'both'): string {
  return functions === 'both'
    ? 'double border: added, dashed: removed'
    : 'like an arrow: total has grown, turned: it has shrunk';
}
