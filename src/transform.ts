/** What happens to a profile between a parser and an emitter, in its order. What few ask for is loaded on demand. */
import type { Diagnostics } from './diagnostics.ts';
import { ProfileError } from './diagnostics.ts';
import type { Emitter } from './format.ts';
import { defaultMetric } from './graph.ts';
import { metricIndex } from './metric-choice.ts';
import type { Callers, Profile, Reduction } from './profile.ts';
import { reshapes } from './reshape-options.ts';
import type { TransformOptions } from './transform-options.ts';
import { type CoarsenOptions, coarsen } from './transforms/coarsen.ts';
import { type PruneOptions, prune } from './transforms/prune.ts';
import type { TrimOptions } from './transforms/trim.ts';

/** What an emitter says of the profile that it takes. */
export interface Needs extends Pick<Emitter, 'arcTotals' | 'lines' | 'arcSelf' | 'differences'> {
  needs: Callers | 'any';
  /** In percent of the sum. */
  thresholds: { node: number; edge: number };
}

export function needsOf(emitter: Emitter, options: Record<string, unknown>): Needs {
  const needs = typeof emitter.needs === 'function' ? emitter.needs(options) : emitter.needs;
  const none = { node: 0, edge: 0 };
  return { ...emitter, needs, thresholds: (needs === 'direct' && emitter.thresholds) || none };
}

/** Options by which costs by line are lost, which is told where there are some. */
const LOSE_LINES = ['tagroot', 'tagleaf', 'tagfocus', 'tagignore'] as const;

/** Whether it matters if there are `Profile.lines`: to an output that may show them, or to what is told of them. */
export function showsLineCosts({ needs, lines }: Needs, options: TransformOptions): boolean {
  const isTold = isByLine(options) || LOSE_LINES.some((key) => options[key] !== undefined);
  return needs !== 'direct' || lines === true || isTold;
}

function isByLine({ granularity }: TransformOptions): boolean {
  return granularity === 'line' || granularity === 'lines';
}

/** Throws `ProfileError` for options that no profile would make right with such an output. */
export async function checkTransform({ needs }: Needs, options: TransformOptions): Promise<void> {
  const { mean, total } = options;
  if (reshapes(options)) {
    const { checkReshape } = await import('./reshape.ts');
    checkReshape(options);
  }
  await patterns(options);
  if (mean && needs !== 'direct') {
    throw new ProfileError({
      code: 'usage/mean-of-stacks',
      message: '--mean is for call graphs: values of stacks are added up, and means cannot be',
      hint: 'dot, svg, png and callgrind show call graphs',
    });
  }
  if (needs === 'direct' && isTrimmed(options) && total !== 'exact') {
    throw new ProfileError({
      code: 'usage/trim-estimates',
      message: `--node-count and --residual-edges need exact totals, not --total ${total}`,
    });
  }
}

/** All that happens to one profile between a parser and an emitter. Throws `ProfileError`. */
export async function transform(
  profile: Profile,
  emitter: Needs,
  options: TransformOptions,
  diagnostics: Diagnostics,
  mayBeEmpty = false,
): Promise<Profile> {
  const shaped = await shape(profile, emitter, options, diagnostics, mayBeEmpty);
  const { met } = shaped;
  if (met.callers !== 'direct') {
    tellUncut(options, diagnostics);
    return met;
  }
  const graph = await reduced(shaped, emitter, options, diagnostics);
  const pruned = prune(graph, {
    ...(await pruning(emitter, options)),
    zeros: !graph.meta.isDifference,
    mayBeEmpty,
  });
  const shown = options.mean ? await meanOf(pruned) : pruned;
  return { ...shown, reduction: reductionOf(met, emitter, options) };
}

/** How the graph is cut down. */
function reductionOf({ nodes, arcs }: Profile, emitter: Needs, options: TransformOptions): Reduction {
  const { total } = options;
  return { total, nodes: nodes.length, edges: arcs!.length, ...sharesOf(emitter, options) };
}

/** A profile under the names and with the stacks that were asked for, and the same on the rung that is needed. */
interface Shaped {
  stacks: Profile;
  met: Profile;
}

async function shape(
  profile: Profile,
  emitter: Needs,
  options: TransformOptions,
  diagnostics: Diagnostics,
  mayBeEmpty: boolean,
): Promise<Shaped> {
  if (options.metric !== undefined) profile.meta.defaultMetric = metricIndex(profile, options.metric);
  const shaped = await inUnit(await reshaped(profile, options, diagnostics, mayBeEmpty), options.unit);
  const { isDifference, hasBase } = shaped.meta;
  const isUnsigned = isDifference && !hasBase && emitter.differences !== 'signed';
  const stacks = isUnsigned ? await split(shaped, emitter, options, diagnostics) : shaped;
  return { stacks, met: await meetNeeds(stacks, emitter, options, diagnostics) };
}

async function reshaped(
  profile: Profile,
  options: TransformOptions,
  diagnostics: Diagnostics,
  mayBeEmpty: boolean,
): Promise<Profile> {
  if (!reshapes(options)) return profile;
  const { reshape } = await import('./reshape.ts');
  return reshape(profile, options, diagnostics, mayBeEmpty);
}

/** What has changed, for outputs that hold no values below 0. What has shrunk stands for the base. */
async function split(
  change: Profile,
  { differences }: Needs,
  { granularity }: TransformOptions,
  diagnostics: Diagnostics,
): Promise<Profile> {
  const isBeside = differences === 'beside';
  diagnostics.add({
    severity: 'note',
    code: 'difference/split',
    message: isBeside
      ? 'the input holds differences only: what has shrunk stands before what has grown'
      : 'the output holds no values below 0: what has grown and what has shrunk are metrics of their own',
  });
  const { splitGraph, splitTree } = await import('./transforms/split-changes.ts');
  const parts =
    change.callers === 'all'
      ? splitTree(change, granularity)
      : splitGraph(coarsen(change, { by: granularity }));
  return isBeside ? { ...parts, meta: { ...parts.meta, hasBase: true } } : parts;
}

async function meanOf(graph: Profile): Promise<Profile> {
  const { mean } = await import('./transforms/mean.ts');
  return mean(graph);
}

type Pair = [first: Profile, second: Profile];

/**
 * The same for two that are shown side by side: each is cut down or, if functions of both are shown, to what matters
 * in either.
 */
export async function transformPair(
  [first, second]: Pair,
  emitter: Needs,
  options: TransformOptions,
  diagnostics: Diagnostics,
): Promise<Pair> {
  const shaped = [
    await shape(first, emitter, options, diagnostics, true),
    await shape(second, emitter, options, diagnostics, true),
  ];
  const graphs = (alsoKeep?: Set<string>) =>
    Promise.all(
      shaped.map((each) => reduced(each, emitter, options, diagnostics, alsoKeep)),
    ) as Promise<Pair>;
  const settings = { ...(await pruning(emitter, options)), mayBeEmpty: true };
  let pair = await graphs();
  if (options.compareFunctions === 'first') pair = pair.map((graph) => prune(graph, settings)) as Pair;
  else {
    const { namesOf, pruneTogether } = await import('./prune-together.ts');
    if (isTrimmed(options)) pair = await graphs(namesOf(pair));
    pair = pruneTogether(pair, settings);
  }
  return options.mean ? [await meanOf(pair[0]), await meanOf(pair[1])] : pair;
}

/** Whether nodes are chosen as pprof does. */
function isTrimmed({ nodeCount, residualEdges }: TransformOptions): boolean {
  return nodeCount !== undefined || residualEdges;
}

function sharesOf(
  { thresholds }: Needs,
  { nodeThres = thresholds.node, edgeThres = thresholds.edge }: TransformOptions,
): { nodeShare: number; edgeShare: number } {
  return { nodeShare: nodeThres / 100, edgeShare: edgeThres / 100 };
}

/** What is left out at last. */
async function pruning(emitter: Needs, options: TransformOptions): Promise<PruneOptions> {
  const { sameName, depth } = options;
  const shares = isTrimmed(options) ? { nodeShare: 0, edgeShare: 0 } : sharesOf(emitter, options);
  return { ...shares, ...(await patterns(options)), sameName, depth };
}

/** The call graph with fewer nodes if so many were asked for; else with totals by the method that was. */
async function reduced(
  { stacks, met }: Shaped,
  emitter: Needs,
  options: TransformOptions,
  diagnostics: Diagnostics,
  alsoKeep?: ReadonlySet<string>,
): Promise<Profile> {
  const shares = sharesOf(emitter, options);
  if (isTrimmed(options)) return trimmed(met, stacks, emitter, options, { ...shares, alsoKeep }, diagnostics);
  const byStacks = options.total === 'callstacks' && stacks.callers === 'all';
  // Totals that a parser made by a method are not made by another.
  if (!byStacks && (options.total === 'exact' || met.shares)) return met;
  const { callRatios, callStackTotals } = await import('./transforms/call-ratios.ts');
  if (byStacks) return callStackTotals(met);
  return callRatios(met, shares.nodeShare > 0 ? diagnostics : undefined);
}

/** What is to be kept, as globs and beginnings of paths or, if that is wanted, as regular expressions. */
async function patterns({
  path,
  root,
  leaf,
  regex,
}: TransformOptions): Promise<Pick<PruneOptions, 'paths' | 'root' | 'leaf'>> {
  if (!regex) return { paths: path, root, leaf };
  const { expression } = await import('./expression.ts');
  return {
    paths: path.map((text) => expression('path', text)),
    root: root === undefined ? undefined : expression('root', root),
    leaf: leaf === undefined ? undefined : expression('leaf', leaf),
  };
}

/** Warns of options that cut graphs, and were given for an output that is none. */
function tellUncut(options: TransformOptions, diagnostics: Diagnostics): void {
  const { path, root, leaf, nodeThres = 0, edgeThres = 0, nodeCount, residualEdges } = options;
  const given = {
    '--node-thres': nodeThres > 0,
    '--edge-thres': edgeThres > 0,
    '--node-count': nodeCount !== undefined,
    '--residual-edges': residualEdges,
    '--path': path.length > 0,
    '--root': root !== undefined,
    '--leaf': leaf !== undefined,
  };
  const flags = Object.entries(given).flatMap(([flag, isGiven]) => (isGiven ? [flag] : []));
  if (flags.length === 0) return;
  diagnostics.add({
    severity: 'warning',
    code: 'prune/no-graph',
    message: `nothing is cut by ${flags.join(', ')}: the output is no call graph`,
    hint: '--focus, --ignore, --hide and --show-from cut stacks; -t json:graph writes the graph as JSON',
  });
}

/** Values in the unit that was asked for; `auto` and `minimum` leave the choice to the output. */
async function inUnit(profile: Profile, unit: string | undefined): Promise<Profile> {
  if (unit === undefined || unit === 'auto' || unit === 'minimum') return profile;
  const { scaleUnit, unitFactor } = await import('./transforms/scale-unit.ts');
  const shown = profile.metrics[defaultMetric(profile)]!;
  if (unitFactor(shown, unit) !== undefined) return scaleUnit(profile, unit);
  throw new ProfileError({
    code: 'usage/bad-unit',
    message: `--unit: ${shown.name} is in ${shown.unit || 'no unit'}, which does not become ${unit}`,
    hint: 'times: ns, us, ms, s, min, h; memory: B, kB, MB, GB, TB, PB',
  });
}

/** The call graph with fewer nodes, and residual arcs over those that are left out. */
async function trimmed(
  graph: Profile,
  stacks: Profile,
  emitter: Needs,
  options: TransformOptions,
  shares: Pick<TrimOptions, 'nodeShare' | 'edgeShare' | 'alsoKeep'>,
  diagnostics: Diagnostics,
): Promise<Profile> {
  const { trim } = await import('./transforms/trim.ts');
  const { joinResidual } = await import('./transforms/join-residual.ts');
  const { estimateStacks } = await import('./transforms/estimate-stacks.ts');
  const settings = { ...coarseness(emitter, options), shown: defaultMetric(stacks) };
  const rebuild = (keep: Uint8Array) =>
    stacks.callers === 'all'
      ? coarsen(stacks, { ...settings, keep })
      : joinResidual(graph, keep, coarsen(estimateStacks(stacks), { ...settings, keep }));
  const left = trim(graph, { ...shares, nodeCount: options.nodeCount ?? 0 }, rebuild);
  if (left.arcs?.residual && stacks.callers !== 'all') {
    diagnostics.add({
      severity: 'warning',
      code: 'estimate/residual-edges',
      message: 'the input holds no stacks; edges over what is left out are a guess from who called whom',
    });
  }
  return left;
}

async function meetNeeds(
  profile: Profile,
  emitter: Needs,
  options: TransformOptions,
  diagnostics: Diagnostics,
): Promise<Profile> {
  if (emitter.needs === 'any' || emitter.needs === 'none') return profile;
  if (emitter.needs === 'direct') {
    warnOfLines(profile, options, diagnostics);
    return asGraph(coarsen(profile, coarseness(emitter, options)));
  }
  if (profile.callers === 'all') return profile;
  const { estimateStacks } = await import('./transforms/estimate-stacks.ts');
  return estimateStacks(profile, { diagnostics });
}

/** Costs by line that stand beside the functions are in no frame. */
function warnOfLines(profile: Profile, options: TransformOptions, diagnostics: Diagnostics): void {
  // Lines are made when they are asked for.
  if (!isByLine(options) || !profile.lines) return;
  diagnostics.add({
    severity: 'warning',
    code: 'granularity/lines',
    message: 'the input gives costs by line, but no frames: its functions are shown whole',
    hint: '-t lines shows their lines',
  });
}

function coarseness(emitter: Needs, { granularity, total }: TransformOptions): CoarsenOptions {
  const { arcTotals = 'once', lines = false, arcSelf = false } = emitter;
  return { by: granularity, arcTotals: total === 'exact' ? arcTotals : 'every', lines, arcSelf };
}

/** A flat profile is a graph without arcs. */
function asGraph(profile: Profile): Profile {
  if (profile.callers !== 'none') return profile;
  const none = new Int32Array();
  const arcs = {
    length: 0,
    caller: none,
    callee: none,
    line: none,
    calls: new Float64Array(),
    total: profile.metrics.map(() => new Float64Array()),
  };
  return { ...profile, callers: 'direct', arcs };
}
