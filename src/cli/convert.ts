/** The main command: profiles in, one view out. */
import { type Diagnostic, Diagnostics, formatDiagnostic, ProfileError } from '../diagnostics.ts';
import type { Base } from '../difference.ts';
import type { Emitter, Format } from '../format.ts';
import { changeGraph, checkWrite, type FormatOptions, type ReadSettings, read, write } from '../pipeline.ts';
import { presetNamed } from '../presets.ts';
import type { Profile } from '../profile.ts';
import type { Registry } from '../registry.ts';
import { showsLineCosts } from '../transform.ts';
import type { TransformOptions } from '../transform-options.ts';
import {
  checkOutput,
  isEmpty,
  modifiedOf,
  nothingPipedIn,
  openInput,
  openOutput,
  STDIO,
  siblingsOf,
} from './files.ts';
import { type Flag, setting } from './flags.ts';
import { type InputFile, inputGroups, namedFile } from './inputs.ts';
import type { Arguments } from './read-arguments.ts';
import { paint, ReadProgress, say } from './terminal.ts';
import { compileWasmFast, optimise } from './v8-flags.ts';

/** The exit status when more was spent than may be. */
const GROWN = 3;

/** What a file of a directory or a pattern may be without being a fault. */
const NO_PROFILE = new Set(['input/unknown-format', 'input/empty']);

/** Writing a graph of so many nodes and arcs is over before what writes it is optimised. */
const SMALL_GRAPH = 8000;

const SIZES: Record<string, number> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** What a command does unless it is told otherwise. */
export interface Defaults {
  /** The format of output whose name tells none. */
  to: string;
  /** Whether samples of several inputs are labelled with the names of these. */
  tellsSources: boolean;
}

export async function convert(
  registry: Registry,
  files: string[],
  args: Arguments,
  flags: Flag[],
  defaults: Defaults = { to: 'dot', tellsSources: true },
): Promise<number> {
  const baseFiles = baseInputs(registry, args);
  const isSum = args['compare'] !== true && baseFiles.length === 0;
  const groups = inputs(registry, files, args, defaults.tellsSources && isSum);
  const limit = growthLimit(args, baseFiles.length > 0);
  const outputPath = (args['output'] as string | undefined) ?? STDIO;
  const pattern = args['list-functions'] as string | undefined;
  const { transforms, formats } = settings(flags, args);
  const [to, argument] = nameAndArgument(args['to'] as string | undefined);
  let target = outputFormat(registry, to, outputPath, defaults.to);
  if (target.emitter?.wasm) compileWasmFast();
  if (argument !== undefined) (formats[target.name] ??= {})[argumentOption(target)] = argument;
  formats[target.name] = { ...impliedBy(outputPath, target), ...formats[target.name] };
  if (pattern !== undefined) {
    // The list is there to choose a leaf from, so it stands before leaves are chosen.
    target = await listing(target, pattern, transforms.regex === true);
    delete transforms.leaf;
  }
  // Before the input is waited for.
  const checked = await checkWrite(target, {
    options: formats,
    transforms,
    compares: args['compare'] === true,
  });
  checkOutput(outputPath);
  const from = args['format'] as string | undefined;
  if (from !== undefined) registry.get(from, 'parser');
  const diagnostics = new Diagnostics();
  // Warnings speak of figures; a list of names has none. They are told when the graph is written.
  const quiet = args['quiet'] === true || (pattern !== undefined && args['strict'] !== true);
  const print = (diagnostic: Diagnostic) => {
    if (!quiet) say(formatDiagnostic(diagnostic, paint()));
  };
  diagnostics.onUrgent = print;
  const report = () => {
    const list = diagnostics.list();
    for (const diagnostic of list) print(diagnostic);
    diagnostics.clear();
    return list;
  };
  const tell = () => {
    const warned = report().some(({ severity }) => severity === 'warning');
    if (warned && args['strict'] === true)
      throw new ProfileError({ code: 'strict/warnings', message: 'stopped because of warnings (--strict)' });
  };

  const count = groups.flat().length + baseFiles.length;
  const reading = {
    registry,
    diagnostics,
    format: from,
    options: formats,
    maxInput: sizeOf(args['max-input'] as string | undefined),
    wantsLineCosts: showsLineCosts(checked.needs, checked.transforms),
    onOpen: (isShort: boolean) => optimise(count > 1 || !isShort),
  };
  const progress = new ReadProgress(count);
  const profiles = [];
  let base: Base | undefined;
  try {
    for (const group of groups) profiles.push(await readGroup(group, reading, progress));
    if (baseFiles.length > 0) base = baseOf(await readGroup(baseFiles, reading, progress), args);
  } catch (error) {
    progress.done();
    report();
    throw error;
  }
  optimise(true);
  progress.done();
  tell();

  const output = openOutput(outputPath);
  try {
    const [profile, compareWith] = profiles;
    await write(
      profile!,
      target,
      {
        diagnostics,
        options: formats,
        transforms,
        compareWith,
        base,
        checked,
        onGraph: (rows) => optimise(rows > SMALL_GRAPH),
      },
      output.write,
    );
    tell();
  } catch (error) {
    output.discard();
    throw error;
  }
  output.commit();
  if (base === undefined || limit === undefined) return 0;
  optimise(true);
  const change = await changeGraph(profiles[0]!, base, target, { options: formats, transforms });
  const { growthText } = await import('../growth.ts');
  const grown = growthText(change, limit);
  if (grown === '') return 0;
  say(grown);
  return GROWN;
}

/** The format, but writing the functions of the graph instead. */
async function listing(format: Format, pattern: string, isRegex: boolean): Promise<Format> {
  if (isRegex) {
    const { expression } = await import('../expression.ts');
    expression('list-functions', pattern);
  }
  const emit: Emitter['emit'] = async (profile, _options, sink) => {
    const { listFunctions } = await import('../list-functions.ts');
    sink.write(listFunctions(profile, pattern, isRegex));
  };
  return { ...format, emitter: { ...format.emitter!, needs: 'direct', emit } };
}

/** The sum of the profiles that one word of the command line stands for, or that all do. */
async function readGroup(
  files: InputFile[],
  settings: Omit<ReadSettings, 'name'>,
  progress: ReadProgress,
): Promise<Profile> {
  const { diagnostics } = settings;
  const [first] = files;
  if (files.length === 1 && first!.foundBy === undefined && first!.labels.length === 0)
    return readFile(first!.path, settings, progress);
  const { Combination } = await import('../combine.ts');
  const sum = new Combination(diagnostics);
  let count = 0;
  for (const { path, labels, foundBy } of files) {
    try {
      sum.add(await readFile(path, settings, progress), labels);
      count++;
    } catch (error) {
      if (foundBy === undefined || !(error instanceof ProfileError)) throw error;
      // A format that was asked for has words of its own for an empty file.
      if (!NO_PROFILE.has(error.diagnostic.code) && !isEmpty(path)) throw error;
      diagnostics.add({ severity: 'warning', code: 'input/passed-over', file: path, message: error.message });
    }
  }
  if (count > 0) return sum.finish();
  throw new ProfileError({
    code: 'input/no-profiles',
    file: files[0]!.foundBy!,
    message: 'none of its files is a profile',
  });
}

function readFile(
  path: string,
  settings: Omit<ReadSettings, 'name'>,
  progress: ReadProgress,
): Promise<Profile> {
  const name = path === STDIO ? '<stdin>' : path;
  const input = openInput(path, progress.start(name));
  return read(input, { ...settings, name, sibling: siblingsOf(path), modified: modifiedOf(path) });
}

/** The inputs: one group of files that are added up, or the two that are compared. */
function inputs(registry: Registry, words: string[], args: Arguments, tellsSources: boolean): InputFile[][] {
  const named = ((args['label'] as string[] | undefined) ?? []).map(namedFile);
  if (words.length === 0 && named.length === 0 && nothingPipedIn()) {
    throw new ProfileError({
      code: 'usage/no-input',
      message: 'no input: name a file, or pipe one in',
      hint: 'prof2dot app.cpuprofile -o graph.svg; prof2dot --help shows more',
    });
  }
  const groups = inputGroups(
    registry,
    words.length + named.length === 0 ? [STDIO] : words,
    named,
    tellsSources,
  );
  if (args['compare'] !== true) return [groups.flat()];
  if (groups.length === 2) return groups;
  throw new ProfileError({
    code: 'usage/not-two-inputs',
    message: `--compare takes two inputs, not ${groups.length}`,
  });
}

/** The files of the base; none = nothing is compared with one. */
function baseInputs(registry: Registry, args: Arguments): InputFile[] {
  const [plain, whole] = ['base', 'diff-base'].map((flag) => (args[flag] as string[] | undefined) ?? []);
  const words = [...plain!, ...whole!];
  if (plain!.length > 0 && whole!.length > 0)
    throw new ProfileError({ code: 'usage/two-bases', message: 'either --base or --diff-base' });
  if (words.length === 0 && args['normalize'] === true)
    throw new ProfileError({ code: 'usage/no-base', message: '--normalize needs a base: --base FILE' });
  if (words.length > 0 && args['compare'] === true)
    throw new ProfileError({ code: 'usage/two-bases', message: 'either --base or --compare' });
  return words.length === 0 ? [] : inputGroups(registry, words, [], false).flat();
}

/** The part of the base by which functions may grow; undefined = any. */
function growthLimit(args: Arguments, hasBase: boolean): number | undefined {
  const text = args['fail-above'] as string | undefined;
  if (text === undefined) return undefined;
  if (!hasBase)
    throw new ProfileError({ code: 'usage/no-base', message: '--fail-above needs a base: --base FILE' });
  const match = /^(\d+(?:\.\d+)?)\s*%?$/.exec(text);
  if (match) return Number(match[1]) / 100;
  throw new ProfileError({
    code: 'usage/bad-percentage',
    message: `--fail-above: ${text} is no percentage`,
    hint: 'as in 5%',
  });
}

function baseOf(profile: Profile, args: Arguments): Base {
  const shareOf = args['diff-base'] === undefined ? 'change' : 'base';
  return { profile, shareOf, normalize: args['normalize'] === true };
}

/** What `--to` says: a format, and what stands behind its name, as in `peek:RE`. */
function nameAndArgument(to: string | undefined): [name: string | undefined, argument: string | undefined] {
  const colon = to?.indexOf(':') ?? -1;
  return colon < 0 ? [to, undefined] : [to!.slice(0, colon), to!.slice(colon + 1)];
}

/** The options that the name of the output file sets. */
function impliedBy(path: string, { emitter }: Format): Record<string, unknown> {
  const found = Object.entries(emitter?.implied ?? {}).find(([extension]) =>
    path.toLowerCase().endsWith(`.${extension}`),
  );
  return found?.[1] ?? {};
}

function argumentOption({ name, emitter }: Format): string {
  if (emitter?.argument !== undefined) return emitter.argument;
  throw new ProfileError({
    code: 'usage/no-argument',
    message: `--to: nothing can stand behind ${name}`,
    hint: `prof2dot help ${name} lists its options`,
  });
}

/** By `--to`, else by the name of the output file, else the standard. */
function outputFormat(registry: Registry, to: string | undefined, path: string, standard: string): Format {
  const format = to === undefined ? registry.byExtension(path, 'emitter') : registry.get(to, 'emitter');
  const target = format ?? registry.get(standard, 'emitter');
  if (target.emitter?.binary && path === STDIO && process.stdout.isTTY) {
    throw new ProfileError({
      code: 'usage/binary-to-terminal',
      message: `${target.name} is not for a terminal`,
      hint: `write it to a file: -o graph.${target.extensions[0]}`,
    });
  }
  return target;
}

/** Options by format, and those of the transforms: the preset's first, then what the flags say. */
function settings(
  flags: Flag[],
  args: Arguments,
): { transforms: Partial<TransformOptions>; formats: FormatOptions } {
  const compat = args['compat'] as string | undefined;
  const preset = compat === undefined ? undefined : presetNamed(compat);
  const transforms: Record<string, unknown> = { ...preset?.transforms };
  const formats: FormatOptions = structuredClone(preset?.formats ?? {});
  for (const flag of flags) {
    if (args[flag.name] === undefined) continue;
    const value = setting(flag, args[flag.name]);
    for (const { format, key } of flag.targets) {
      if (format === undefined) transforms[key] = value;
      else (formats[format] ??= {})[key] = value;
    }
  }
  return { transforms: transforms as Partial<TransformOptions>, formats };
}

function sizeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?$/i.exec(text);
  if (match) return Number(match[1]) * SIZES[match[2]!.toUpperCase()]!;
  throw new ProfileError({
    code: 'usage/bad-size',
    message: `--max-input: ${text} is not a size`,
    hint: 'as in 500M or 64G',
  });
}
