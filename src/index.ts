/**
 * Door 1, `prof2dot`: read a profile, look at it or change it, write it as something else.
 *
 *     import { convert } from 'prof2dot';
 *     const dot = await convert(await readFile('app.cpuprofile'), { to: 'dot' });
 */
import { builtin } from './builtin.ts';
import { Combination } from './combine.ts';
import { type Diagnostic, Diagnostics } from './diagnostics.ts';
import type { Base } from './difference.ts';
import { bytesInput } from './input/byte-input.ts';
import { guess } from './open.ts';
import type { FormatOptions } from './pipeline.ts';
import * as pipeline from './pipeline.ts';
import type { Label, Profile } from './profile.ts';
import type { Guess, Registry } from './registry.ts';
import { showsLineCosts } from './transform.ts';
import type { TransformOptions } from './transform-options.ts';

export { builtin } from './builtin.ts';
export { checkProfile } from './check.ts';
export { type Diagnostic, formatDiagnostic, type Place, ProfileError } from './diagnostics.ts';
export type { Base } from './difference.ts';
export type { Emitter, Format, Parser } from './format.ts';
export type { FormatOptions } from './pipeline.ts';
export { type Preset, presets } from './presets.ts';
export type * from './profile.ts';
export { type Guess, Registry } from './registry.ts';
export type { TransformOptions } from './transform-options.ts';
export { type CoarsenOptions, coarsen } from './transforms/coarsen.ts';
export { type EstimateOptions, estimateStacks } from './transforms/estimate-stacks.ts';
export { type PruneOptions, prune } from './transforms/prune.ts';
export { VERSION } from './version.ts';

/** Bytes in one piece or in many. */
export type Input = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export interface ReadOptions {
  /** Name of the format; absent = recognised by content. */
  format?: string;
  /** Name of the input, for messages. Default `<input>`. */
  name?: string;
  /** Options by format name. */
  options?: FormatOptions;
  /** The formats to choose from. Default: all that come with prof2dot. */
  registry?: Registry;
  /** Is told of what was repaired, left out or guessed. */
  onWarning?: (warning: Diagnostic) => void;
  /** The most bytes that compressed input may hold. Default 16 GiB. */
  maxInput?: number;
  /** Gives the bytes of a file beside the input, by its name, for profiles that are kept in several (coldshot). */
  sibling?: (name: string) => Uint8Array;
  /** When the input was modified, in milliseconds since 1970: tables of Python's pstats begin with it. */
  modified?: number;
  /** False = costs by line (`Profile.lines`) are not needed: some formats are read faster without. Default true. */
  wantsLineCosts?: boolean;
}

export interface MergeOptions {
  /** Labels that the samples of each profile get, by profile. */
  labels?: Label[][];
  /** Is told of what not all profiles have, and the sum has not. */
  onWarning?: (warning: Diagnostic) => void;
}

export interface WriteOptions {
  /** Name of the format. */
  to: string;
  options?: FormatOptions;
  /** How the profile is cut down and counted on its way; what the flags of the command line set. */
  transforms?: Partial<TransformOptions>;
  /** A second profile to show beside the first: dot, svg and png compare two. */
  compareWith?: Profile;
  /** What the profile is to be shown as a change of. */
  base?: Base;
  registry?: Registry;
  onWarning?: (warning: Diagnostic) => void;
}

/** Reads a profile. Throws `ProfileError` when the input is of no known format, or broken. */
export async function read(input: Input, options: ReadOptions = {}): Promise<Profile> {
  const diagnostics = new Diagnostics();
  const { registry = builtin, name = '<input>', format, options: formats, maxInput } = options;
  const open = options.sibling;
  const sibling = open && ((file: string) => bytesInput(open(file)));
  const { modified, wantsLineCosts } = options;
  const settings = {
    registry,
    diagnostics,
    name,
    format,
    options: formats,
    maxInput,
    sibling,
    modified,
    wantsLineCosts,
  };
  const profile = await pipeline.read(bytesInput(await collected(input)), settings);
  if (options.onWarning) diagnostics.list().forEach(options.onWarning);
  return profile;
}

/**
 * The sum of profiles, of whatever formats, on the lowest rung among them. Throws `ProfileError` when they have
 * no metric in common.
 */
export function merge(profiles: readonly [Profile, ...Profile[]], options: MergeOptions = {}): Profile {
  const diagnostics = new Diagnostics();
  const sum = new Combination(diagnostics);
  for (const [i, profile] of profiles.entries()) sum.add(profile, options.labels?.[i]);
  const merged = sum.finish();
  if (options.onWarning) diagnostics.list().forEach(options.onWarning);
  return merged;
}

/** All formats that the input may be of, the surest first. */
export async function detect(
  input: Input,
  options: Pick<ReadOptions, 'name' | 'registry'> = {},
): Promise<Guess[]> {
  const { registry = builtin, name = '<input>' } = options;
  return guess(bytesInput(await collected(input)), { registry, name });
}

/** Writes a profile. Throws `ProfileError` when the format cannot carry it. */
export async function write(profile: Profile, options: WriteOptions): Promise<Uint8Array<ArrayBuffer>> {
  const diagnostics = new Diagnostics();
  const { registry = builtin, to, options: formats, transforms, compareWith, base } = options;
  const pieces: Uint8Array[] = [];
  const format = registry.get(to, 'emitter');
  await pipeline.write(
    profile,
    format,
    { diagnostics, options: formats, transforms, compareWith, base },
    (bytes) => {
      pieces.push(bytes.slice());
    },
  );
  if (options.onWarning) diagnostics.list().forEach(options.onWarning);
  return joined(pieces);
}

/** Reads and writes in one go: the text of the output, or its bytes if the format is no text. */
export async function convert(
  input: Input,
  options: ReadOptions & WriteOptions,
): Promise<string | Uint8Array> {
  const { registry = builtin, to, compareWith } = options;
  const format = registry.get(to, 'emitter');
  const checked = await pipeline.checkWrite(format, { ...options, compares: compareWith !== undefined });
  const wantsLineCosts = showsLineCosts(checked.needs, checked.transforms);
  const profile = await read(input, { ...options, wantsLineCosts });
  const bytes = await write(profile, options);
  return format.emitter?.binary ? bytes : new TextDecoder().decode(bytes);
}

async function collected(input: Input): Promise<Uint8Array> {
  if (input instanceof Uint8Array) return input;
  const pieces: Uint8Array[] = [];
  for await (const piece of input) pieces.push(piece);
  return joined(pieces);
}

function joined(pieces: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
