/** What a format is: a name, and a parser, an emitter or both. */
import type * as z from 'zod/mini';
import type { Head } from './input/head.ts';
import type { Source } from './input/source.ts';
import type { ArcTotals, Callers, Profile } from './profile.ts';
import type { Sink } from './sink.ts';

/** The options of a parser or emitter: one flat zod object; `option()` adds the help text. */
export type Options = z.ZodMiniObject;

export interface Parser<O extends Options = Options> {
  options: O;
  /**
   * 0 … 1: how surely the input is of this format. Looks at nothing but the content. 0 = surely not: what is then
   * clearly of another format is refused even if this one was asked for.
   */
  probe(head: Head): number;
  /** Where the input holds no stacks: what exact totals rest on, for the help. */
  totals?: string;
  /** Files that it is not yet, though many take them for it: how they begin, and what to do with them. */
  raw?: { begins: string; hint: string }[];
  /** Throws `ProfileError` (by `source.fail`) when the input is of this format but broken. */
  parse(source: Source, options: z.output<O>): Profile | Promise<Profile>;
}

export interface Emitter<O extends Options = Options> {
  options: O;
  /**
   * The rung it needs: the pipeline coarsens or estimates to meet it. `any` takes what there is. A function where
   * that depends on the options.
   */
  needs: Callers | 'any' | ((options: z.output<O>) => Callers | 'any');
  /** With `needs: 'direct'`: what arc totals must count; default `once`. */
  arcTotals?: ArcTotals;
  /**
   * With `needs: 'direct'`: true if it shows lines, so that call sites and line costs must be kept apart. Without it,
   * `Profile.lines` may be absent though the input has some.
   */
  lines?: true;
  /** With `needs: 'direct'`: true if it shows the self of callees by caller. */
  arcSelf?: true;
  /** With `needs: 'direct'`: what to leave out unless the user says otherwise, in percent of the sum. */
  thresholds?: { node: number; edge: number };
  /** True if it shows `compareWith`. */
  compares?: true;
  /**
   * How it shows what has changed against a base: `signed` = as values of either sign (`meta.isDifference`); `beside` =
   * it takes a metric, and the same of the base behind it (`meta.hasBase`). Absent = it holds no values below 0, and
   * takes each metric as two, what has grown and what has shrunk.
   */
  differences?: 'signed' | 'beside';
  /** True if the output is no text, and so is not for a terminal. */
  binary?: true;
  /** True if it computes in WebAssembly, for so short a time that compiling it well does not pay. */
  wasm?: true;
  /** Options that an extension of the output file sets: `{ 'otlp.json': { json: true } }`. */
  implied?: Record<string, Partial<z.output<O>>>;
  /** The option that a text behind the format's name sets, as in `--to peek:RE`. */
  argument?: string;
  /** Throws `ProfileError` for options that suit no profile: asked before one is read. */
  check?(options: z.output<O>): void | Promise<void>;
  emit(profile: Profile, options: z.output<O>, sink: Sink): void | Promise<void>;
}

/** What a format declares of itself, its option types left behind. */
export interface Format {
  /** One lower-case word with hyphens: the name on the command line, of the fixture folder, in codes. */
  name: string;
  /** Other names it goes by. */
  aliases?: string[];
  /** One line for the table of formats. */
  title: string;
  /** Without dots, the usual one first: `['pb.gz', 'pprof']`. They break ties, and choose the output format. */
  extensions: string[];
  /** The file in a directory by which a profile of several files is opened. */
  index?: string;
  /** Where the format is described. */
  spec: string;
  parser?: Parser;
  emitter?: Emitter;
}

/** Options, or what makes them when they are first asked for: there are many, and one run needs few. */
type Lazy<O extends Options> = O | (() => O);

/** What options come to: `OptionsOf<typeof options>`. */
export type OptionsOf<O extends Lazy<Options>> = z.output<O extends () => infer S ? S : O>;

interface TypedFormat<P extends Options, E extends Options> extends Omit<Format, 'parser' | 'emitter'> {
  parser?: Omit<Parser<P>, 'options'> & { options: Lazy<P> };
  emitter?: Omit<Emitter<E>, 'options'> & { options: Lazy<E> };
}

/** Declares a format; the types of its options are checked here. */
export function defineFormat<P extends Options, E extends Options>(format: TypedFormat<P, E>): Format {
  for (const half of [format.parser, format.emitter]) if (half) makeLazy(half);
  return format as unknown as Format;
}

function makeLazy(half: { options: Lazy<Options> }): void {
  const { options } = half;
  if (typeof options !== 'function') return;
  let made: Options | undefined;
  Object.defineProperty(half, 'options', { get: () => (made ??= options()), enumerable: true });
}

/** How an option looks on the command line, beside what its schema says. */
export interface OptionHelp {
  help: string;
  /** A flag name without the format's name in front: for options that several formats share. */
  flag?: string;
  /** A one-letter flag. */
  short?: string;
  /** The word for its value in the help, as in `--title TEXT`. */
  value?: string;
  /** Other spellings of the flag. */
  aliases?: string[];
}

const helps = new WeakMap<object, OptionHelp>();

/** Attaches help to an option's schema: `colour: option(z._default(z.boolean(), true), { help: '…' })`. */
export function option<T extends z.ZodMiniType>(schema: T, help: OptionHelp | string): T {
  helps.set(schema, typeof help === 'string' ? { help } : help);
  return schema;
}

/** The help of an option's schema. */
export function optionHelp(schema: object): OptionHelp {
  return helps.get(schema) ?? { help: '' };
}

/** The long flag of an option, without its hyphens: the one it shares, else `<format>.<key>`. */
export function flagName(options: Options, key: string, format?: string): string {
  const kebab = key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
  const schema = options._zod.def.shape[key];
  return (schema && optionHelp(schema).flag) ?? (format === undefined ? kebab : `${format}.${kebab}`);
}
