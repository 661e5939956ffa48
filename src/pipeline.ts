/** read → transform → write: the only place that knows the order. */
import { checkOptions } from './check-options.ts';
import { absoluteSum, holdsInfinity } from './columns.ts';
import { Diagnostics, ProfileError } from './diagnostics.ts';
import type { Base } from './difference.ts';
import { filters } from './filter-options.ts';
import type { Format } from './format.ts';
import type { ByteInput } from './input/byte-input.ts';
import { type OpenSibling, Source } from './input/source.ts';
import { comparedMetrics, metricIndex } from './metric-choice.ts';
import { MAX_INPUT, type OpenSettings, open } from './open.ts';
import type { Profile } from './profile.ts';
import { Sink, type Write } from './sink.ts';
import { checkTransform, type Needs, needsOf, transform, transformPair } from './transform.ts';
import { checkTransforms, type TransformOptions } from './transform-options.ts';

/** Options of formats by format name, as the user gave them; each format's schema checks its own. */
export type FormatOptions = Record<string, Record<string, unknown>>;

export interface ReadSettings extends OpenSettings {
  options?: FormatOptions | undefined;
  /** When the input was modified, in milliseconds since 1970; absent = unknown. */
  modified?: number | undefined;
  /** False = nobody will ask for costs by line, and a parser may leave them out. Default true. */
  wantsLineCosts?: boolean | undefined;
  /** Opens a file beside the input, for profiles that are kept in several. Absent = nothing stands beside it. */
  sibling?: OpenSibling | undefined;
  /** Is told, before it is parsed, whether the input is short: at most 1 MiB. */
  onOpen?: ((isShort: boolean) => void) | undefined;
}

const SHORT = 2 ** 20;

/** Reads one profile. Throws `ProfileError`. */
export async function read(input: ByteInput, settings: ReadSettings): Promise<Profile> {
  const { input: opened, head, format } = await open(input, settings);
  const { maxInput = MAX_INPUT, onOpen } = settings;
  onOpen?.(opened.peek(SHORT + 1).length <= SHORT);
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
  const { functions, arcs } = profile;
  const counts = [functions.calls, functions.primitiveCalls, arcs?.calls, arcs?.primitiveCalls];
  if (counts.some(holdsInfinity)) {
    source.fail('values-too-large', 'numbers of calls: more than the largest number, 1.8e308');
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
  /** What `checkWrite` said of the same settings, if it was asked before. */
  checked?: Checked | undefined;
  /** Is told how many nodes and arcs a call graph has that is about to be written. */
  onGraph?: ((rows: number) => void) | undefined;
}

/** What an output is told, in full. */
export interface Checked {
  options: Record<string, unknown>;
  needs: Needs;
  transforms: TransformOptions;
}

/** Looks at all that can be wrong whatever the input is, so that none is read in vain. Throws `ProfileError`. */
export async function checkWrite(
  format: Format,
  settings: Pick<WriteSettings, 'options' | 'transforms'> & { compares?: boolean },
): Promise<Checked> {
  const emitter = format.emitter!;
  const options = checkOptions(format.name, emitter.options, settings.options);
  await emitter.check?.(options);
  const needs = needsOf(emitter, options);
  const transforms = checkTransforms(settings.transforms);
  await checkTransform(needs, transforms);
  if (settings.compares && !emitter.compares) {
    throw new ProfileError({
      code: 'usage/cannot-compare',
      message: `${format.name} shows one profile, and cannot compare two`,
    });
  }
  return { options, needs, transforms };
}

/** Brings a profile to the rung an emitter needs, cuts it down as asked, and writes it. Throws `ProfileError`. */
export async function write(
  profile: Profile,
  format: Format,
  settings: WriteSettings,
  out: Write,
): Promise<void> {
  const emitter = format.emitter!;
  const { diagnostics, compareWith, base } = settings;
  const { options, needs, transforms } =
    settings.checked ?? (await checkWrite(format, { ...settings, compares: compareWith !== undefined }));
  const sink = new Sink(out, format.name, diagnostics);
  let ready: Profile;
  if (compareWith) {
    ready = await compared(profile, compareWith, needs, transforms, settings);
  } else if (base) {
    const forChange = changeOptions(profile, needs, transforms, settings);
    const { changed } = await import('./difference.ts');
    const change = changed(
      ...(await onStacks(profile, base, needs, transforms, diagnostics)),
      emitter,
      diagnostics,
    );
    ready = await transform(change, needs, forChange, diagnostics, true);
  } else if (profile.meta.isDifference) {
    const forChange = changeOptions(profile, needs, transforms, settings);
    ready = await transform(profile, needs, forChange, diagnostics, true);
  } else ready = await transform(profile, needs, transforms, diagnostics);
  // Costs by line may be many, however few functions they are of.
  if (ready.callers !== 'all' && !('lines' in ready)) settings.onGraph?.(rowsOf(ready));
  await emitter.emit(ready, options, sink);
  sink.flush();
}

/** How many nodes and arcs there are, also of what the profile is compared with. */
function rowsOf({ nodes, arcs, compareWith }: Profile): number {
  return nodes.length + (arcs?.length ?? 0) + (compareWith ? rowsOf(compareWith.profile) : 0);
}

/**
 * The call graph of what has changed against the base: filtered as `write` shows it, with nothing left out because it
 * is small. Percentages refer to the base. Throws `ProfileError`.
 */
export async function changeGraph(
  profile: Profile,
  base: Base,
  format: Format,
  settings: Omit<WriteSettings, 'base' | 'diagnostics'>,
): Promise<Profile> {
  const needs = needsOf(
    format.emitter!,
    checkOptions(format.name, format.emitter!.options, settings.options),
  );
  const given = changeOptions(profile, needs, checkTransforms(settings.transforms), settings);
  // What there is to tell is told when the profile is written.
  const diagnostics = new Diagnostics();
  const { difference } = await import('./difference.ts');
  const [own, other] = await onStacks(profile, base, { ...needs, needs: 'direct' }, given, diagnostics);
  const change = difference(own, { ...other, shareOf: 'base' }, diagnostics);
  const { nodeCount: _, ...options } = { ...given, nodeThres: 0, edgeThres: 0, residualEdges: false };
  const exact: TransformOptions = { ...options, total: 'exact', mean: false };
  // Other outputs than graphs know nothing of these.
  const seen: TransformOptions =
    needs.needs === 'direct' ? exact : { ...exact, path: [], root: undefined, leaf: undefined };
  return transform(change, { ...needs, needs: 'direct', differences: 'signed' }, seen, diagnostics, true);
}

/** Both sides of a change with stacks if these are asked for: from the change itself they could not be guessed. */
async function onStacks(
  profile: Profile,
  base: Base,
  { needs }: Needs,
  transforms: TransformOptions,
  diagnostics: Diagnostics,
): Promise<[Profile, Base]> {
  const sides = [profile, base.profile];
  // Functions without callers are compared as they are.
  const isFlat = sides.some(({ callers }) => callers === 'none');
  const wantsStacks = !isFlat && (needs === 'all' || filters(transforms));
  if (!wantsStacks || sides.every(({ callers }) => callers === 'all')) return [profile, base];
  const { estimateStacks } = await import('./transforms/estimate-stacks.ts');
  const [own, other] = sides.map((side) => estimateStacks(side, { diagnostics }));
  return [own!, { ...base, profile: other! }];
}

/** The options by which a change is shown: of the metric that is chosen, by names that outlive it. */
function changeOptions(
  profile: Profile,
  { lines, differences }: Needs,
  transforms: TransformOptions,
  { transforms: given = {}, diagnostics }: Pick<WriteSettings, 'transforms'> & { diagnostics?: Diagnostics },
): TransformOptions {
  const { metric, ...options } = transforms;
  if (metric !== undefined) profile.meta.defaultMetric = metricIndex(profile, metric);
  if (given.granularity === undefined) options.granularity = unmoved(lines);
  if (differences !== 'signed' || options.total === 'exact') return options;
  diagnostics?.add({
    severity: 'warning',
    code: 'callratios/difference',
    message: `--total ${options.total} knows no values below 0: exact totals are shown`,
  });
  return { ...options, total: 'exact' };
}

/** Between two versions of a program, functions move; lines are looked up in files. */
function unmoved(lines: true | undefined): TransformOptions['granularity'] {
  return lines ? 'filefunctions' : 'functions';
}

/** Two profiles side by side, by the metrics that they have in common. */
async function compared(
  profile: Profile,
  other: Profile,
  needs: Needs,
  { metric, compareFunctions: functions, ...transforms }: TransformOptions,
  { diagnostics, transforms: given = {} }: WriteSettings,
): Promise<Profile> {
  const [own, others] = comparedMetrics(profile, other, metric, diagnostics);
  profile.meta.defaultMetric = own;
  other.meta.defaultMetric = others;
  const isByName = functions === 'both' && given.granularity === undefined;
  const options: TransformOptions = {
    ...transforms,
    compareFunctions: functions,
    ...(isByName && { granularity: unmoved(undefined) }),
  };
  const [first, second] = await transformPair([profile, other], needs, options, diagnostics);
  if (first.nodes.length === 0 && (functions === 'first' || second.nodes.length === 0)) {
    diagnostics.add({
      severity: 'warning',
      code: 'prune/nothing-left',
      message: `nothing is left to be shown of ${functions === 'first' ? 'the first profile' : 'either profile'}`,
    });
  }
  return { ...first, compareWith: { profile: second, functions } };
}
