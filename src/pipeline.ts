/** read → transform → write: the only place that knows the order. */
import { checkOptions } from './check-options.ts';
import { absoluteSum, holdsInfinity } from './columns.ts';
import { type Diagnostics, ProfileError } from './diagnostics.ts';
import { type Base, changed } from './difference.ts';
import { expression } from './expression.ts';
import type { Emitter, Format } from './format.ts';
import { defaultMetric } from './graph.ts';
import type { ByteInput, PeekedInput } from './input/byte-input.ts';
import { decompress } from './input/decompress.ts';
import { type Head, headOf } from './input/head.ts';
import { type OpenSibling, Source } from './input/source.ts';
import type { Callers, Profile } from './profile.ts';
import { type Guess, type Registry, SURE } from './registry.ts';
import { reshape } from './reshape.ts';
import { Sink, type Write } from './sink.ts';
import { checkTransforms, type TransformOptions } from './transform-options.ts';
import { callRatios, callStackTotals } from './transforms/call-ratios.ts';
import { type CoarsenOptions, coarsen } from './transforms/coarsen.ts';
import { estimateStacks } from './transforms/estimate-stacks.ts';
import { joinResidual } from './transforms/join-residual.ts';
import { mean } from './transforms/mean.ts';
import { type PruneOptions, prune } from './transforms/prune.ts';
import { scaleUnit, unitFactor } from './transforms/scale-unit.ts';
import { trim } from './transforms/trim.ts';

/** Options of formats by format name, as the user gave them; each format's schema checks its own. */
export type FormatOptions = Record<string, Record<string, unknown>>;

export interface ReadSettings {
  registry: Registry;
  diagnostics: Diagnostics;
  /** Name of the input: for messages, and to break near-ties between formats. */
  name: string;
  /** Name of the format; absent = recognised by content. */
  format?: string | undefined;
  options?: FormatOptions | undefined;
  /** The most bytes that compressed input may hold. Default 16 GiB. */
  maxInput?: number | undefined;
  /** When the input was modified, in milliseconds since 1970; absent = unknown. */
  modified?: number | undefined;
  /** Opens a file beside the input, for profiles that are kept in several. Absent = nothing stands beside it. */
  sibling?: OpenSibling | undefined;
}

const MAX_INPUT = 16 * 2 ** 30;

/** An input opened as far as its head, and the format it is of. */
export interface Opened extends Guess {
  input: PeekedInput;
  head: Head;
}

/** All formats that an input may be of, the surest first. */
export async function guess(
  input: ByteInput,
  { registry, name, maxInput = MAX_INPUT }: Pick<ReadSettings, 'registry' | 'name' | 'maxInput'>,
): Promise<Guess[]> {
  return registry.detect(headOf(await decompress(input, { name, limit: maxInput })), name);
}

/** Opens an input: takes off its compression, looks at its beginning, recognises it. Throws `ProfileError`. */
export async function open(input: ByteInput, settings: ReadSettings): Promise<Opened> {
  const { registry, diagnostics, name } = settings;
  const opened = await decompress(input, { name, limit: settings.maxInput ?? MAX_INPUT });
  const head = headOf(opened);
  if (settings.format !== undefined) {
    return { input: opened, head, format: registry.get(settings.format, 'parser'), score: 1 };
  }
  const { format, score } = registry.recognise(head, name);
  if (score < SURE) {
    diagnostics.add({
      severity: 'warning',
      code: 'input/weak-guess',
      file: name,
      message: `taken for ${format.name}, but not surely`,
      hint: `say -f ${format.name}, or the right format`,
    });
  }
  return { input: opened, head, format, score };
}

/** Reads one profile. Throws `ProfileError`. */
export async function read(input: ByteInput, settings: ReadSettings): Promise<Profile> {
  const { input: opened, head, format } = await open(input, settings);
  const { maxInput = MAX_INPUT } = settings;
  const source = new Source(opened, { ...settings, format: format.name, head, maxInput });
  const parser = format.parser!;
  const profile = await parser.parse(source, checkOptions(format.name, parser.options, settings.options));
  refuseInfinity(profile, source);
  if (profile.functions.name.some((text) => text.includes('\uFFFD'))) {
    source.warn('not-utf-8', 'some names are not UTF-8; what cannot be read is shown as \uFFFD');
  }
  return profile;
}

/** Sums and shares of values that add up to no number would mean nothing. Folds no stacks into a tree. */
function refuseInfinity(profile: Profile, source: Source): void {
  const selves = profile.stackValues ?? profile.nodes.self;
  for (const [m, { name }] of profile.metrics.entries()) {
    // Totals of stacks are sums of selves.
    const isTooLarge =
      absoluteSum(selves[m]!) === Number.POSITIVE_INFINITY ||
      (profile.callers !== 'all' && statesInfinity(profile, m));
    if (isTooLarge) source.fail('values-too-large', `${name}: more than the largest number, 1.8e308`);
  }
}

function statesInfinity({ nodes, arcs }: Profile, m: number): boolean {
  return [nodes.total[m], arcs?.total[m], arcs?.self?.[m]].some(holdsInfinity);
}

export interface WriteSettings {
  diagnostics: Diagnostics;
  /** Options of the output format. */
  options?: FormatOptions | undefined;
  transforms?: Partial<TransformOptions> | undefined;
  /** A second profile to show beside the first. */
  compareWith?: Profile | undefined;
  /** What the profile is a change of; percentages refer to that. */
  base?: Base | undefined;
}

/** Brings a profile to the rung an emitter needs, cuts it down as asked, and writes it. Throws `ProfileError`. */
export async function write(
  profile: Profile,
  format: Format,
  settings: WriteSettings,
  out: Write,
): Promise<void> {
  const emitter = format.emitter!;
  const options = checkOptions(format.name, emitter.options, settings.options);
  const needs = needsOf(emitter, options);
  const transforms = checkTransforms(settings.transforms);
  const { diagnostics, compareWith, base } = settings;
  const sink = new Sink(out, format.name, diagnostics);
  if (compareWith && !emitter.compares) {
    throw new ProfileError({
      code: 'usage/cannot-compare',
      message: `${format.name} shows one profile, and cannot compare two`,
    });
  }
  let shown = profile;
  if (base) {
    if (transforms.metric !== undefined) profile.meta.defaultMetric = metricIndex(profile, transforms.metric);
    delete transforms.metric;
    shown = changed(profile, base, format, diagnostics);
    // Between two versions of a program, functions move.
    if (settings.transforms?.granularity === undefined) transforms.granularity = 'functions';
  }
  const mayBeEmpty = compareWith !== undefined || base !== undefined;
  const cut = (each: Profile) => transform(each, needs, transforms, diagnostics, mayBeEmpty);
  const ready = await cut(shown);
  if (compareWith && ready.nodes.length === 0) {
    diagnostics.add({
      severity: 'warning',
      code: 'prune/nothing-left',
      message: 'nothing is left to be shown of the first profile',
    });
  }
  await emitter.emit(compareWith ? { ...ready, compareWith: await cut(compareWith) } : ready, options, sink);
  sink.flush();
}

/** What an emitter says of the profile that it takes. */
interface Needs extends Pick<Emitter, 'arcTotals' | 'lines' | 'arcSelf'> {
  needs: Callers | 'any';
  /** In percent of the sum. */
  thresholds: { node: number; edge: number };
}

function needsOf(emitter: Emitter, options: Record<string, unknown>): Needs {
  const needs = typeof emitter.needs === 'function' ? emitter.needs(options) : emitter.needs;
  const none = { node: 0, edge: 0 };
  return { ...emitter, needs, thresholds: (needs === 'direct' && emitter.thresholds) || none };
}

/** All that happens between a parser and an emitter. */
async function transform(
  profile: Profile,
  emitter: Needs,
  options: TransformOptions,
  diagnostics: Diagnostics,
  mayBeEmpty = false,
): Promise<Profile> {
  if (options.metric !== undefined) profile.meta.defaultMetric = metricIndex(profile, options.metric);
  const shaped = inUnit(await reshape(profile, options, diagnostics, mayBeEmpty), options.unit);
  const met = meetNeeds(shaped, emitter, options, diagnostics);
  if (met.callers !== 'direct' || (options.mean && emitter.needs !== 'direct')) {
    tellUncut(options, diagnostics);
    return withoutMean(met, options);
  }
  const { nodeThres = emitter.thresholds.node, edgeThres = emitter.thresholds.edge } = options;
  const shares = { nodeShare: nodeThres / 100, edgeShare: edgeThres / 100 };
  let graph = met;
  if (options.nodeCount !== undefined || options.residualEdges) {
    graph = trimmed(met, shaped, emitter, options, shares, diagnostics);
    shares.nodeShare = shares.edgeShare = 0;
  } else if (options.total === 'callstacks' && profile.callers === 'all') graph = callStackTotals(graph);
  // Totals that a parser made by a method are not made by another.
  else if (options.total !== 'exact' && !graph.shares)
    graph = callRatios(graph, shares.nodeShare > 0 ? diagnostics : undefined);
  const pruned = prune(graph, {
    ...shares,
    zeros: !graph.meta.isDifference,
    ...patterns(options),
    sameName: options.sameName,
    depth: options.depth,
    mayBeEmpty,
  });
  return options.mean ? mean(pruned) : pruned;
}

/** What is to be kept, as globs and beginnings of paths or, if that is wanted, as regular expressions. */
function patterns({
  path,
  root,
  leaf,
  regex,
}: TransformOptions): Pick<PruneOptions, 'paths' | 'root' | 'leaf'> {
  if (!regex) return { paths: path, root, leaf };
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

/** Means of nodes do not add up, as the values of stacks must. */
function withoutMean(profile: Profile, options: TransformOptions): Profile {
  if (!options.mean) return profile;
  throw new ProfileError({
    code: 'usage/mean-of-stacks',
    message: '--mean is for call graphs: values of stacks are added up, and means cannot be',
    hint: 'dot, svg, png and callgrind show call graphs',
  });
}

/** Values in the unit that was asked for; `auto` and `minimum` leave the choice to the output. */
function inUnit(profile: Profile, unit: string | undefined): Profile {
  if (unit === undefined || unit === 'auto' || unit === 'minimum') return profile;
  const shown = profile.metrics[defaultMetric(profile)]!;
  if (unitFactor(shown, unit) !== undefined) return scaleUnit(profile, unit);
  throw new ProfileError({
    code: 'usage/bad-unit',
    message: `--unit: ${shown.name} is in ${shown.unit || 'no unit'}, which does not become ${unit}`,
    hint: 'times: ns, us, ms, s, min, h; memory: B, kB, MB, GB, TB, PB',
  });
}

/** The call graph with fewer nodes, and residual arcs over those that are left out. */
function trimmed(
  graph: Profile,
  stacks: Profile,
  emitter: Needs,
  options: TransformOptions,
  shares: { nodeShare: number; edgeShare: number },
  diagnostics: Diagnostics,
): Profile {
  if (options.total !== 'exact') {
    throw new ProfileError({
      code: 'usage/trim-estimates',
      message: `--node-count and --residual-edges need exact totals, not --total ${options.total}`,
    });
  }
  const settings = coarseness(emitter, options);
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

function meetNeeds(
  profile: Profile,
  emitter: Needs,
  options: TransformOptions,
  diagnostics: Diagnostics,
): Profile {
  if (emitter.needs === 'any' || emitter.needs === 'none') return profile;
  if (emitter.needs === 'direct') return asGraph(coarsen(profile, coarseness(emitter, options)));
  if (profile.callers === 'all') return profile;
  return estimateStacks(profile, { diagnostics });
}

function coarseness(emitter: Needs, { granularity, total }: TransformOptions): CoarsenOptions {
  const { arcTotals = 'once', lines = false, arcSelf = false } = emitter;
  return { by: granularity, arcTotals: total === 'exact' ? arcTotals : 'every', lines, arcSelf };
}

function metricIndex(profile: Profile, wanted: string): number {
  const byName = profile.metrics.findIndex((metric) => metric.name === wanted);
  const index = byName < 0 && /^\d+$/.test(wanted) ? Number(wanted) : byName;
  if (index >= 0 && index < profile.metrics.length) return index;
  throw new ProfileError({
    code: 'usage/unknown-metric',
    message: `the profile has no metric ${wanted}`,
    hint: `it has ${profile.metrics.map((metric, m) => `${m}: ${metric.name}`).join(', ')}`,
  });
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
