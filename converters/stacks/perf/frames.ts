/**
 * What frame lines say: `address symbol+offset (object)`. Each distinct line is read once.
 *
 * Where an inlined function belongs is seen from the frame around it; so lines become entries, of which some
 * are frames by themselves, and the others are made frames when their stack is known.
 */
import { Int32List, type ProfileBuilder } from '../../../src/plugin.ts';
import type { SourceLine } from './source-line.ts';

export interface FrameOptions {
  parens: 'known' | 'last';
  unknown: 'object' | 'address';
  marks: boolean;
}

/** What is known of a line, and of the source line below it. */
interface Entry {
  name: string;
  /** '' = unknown. */
  object: string;
  address: bigint;
  inlined: boolean;
  /** Functions inlined into `name` by a compiler that writes them in one symbol, outermost first. */
  chain: string[];
  file: string;
  line: number;
}

const ADDRESS = /^\s*([0-9a-fA-F]+)/;
const LAST_PAREN = /^(.*)\s\((.*)\)$/s;
const OFFSET = /\+0x[0-9a-f]+$/;
const UNKNOWN = '[unknown]';
const DELETED = ' (deleted)';
const KERNEL = /^\[(?!unknown\]|vdso\]|vsyscall\]|heap\]|stack)|(?:^|\/)vmlinux[^/]*$|\.ko(?:\.[a-z0-9]+)?$/;
const JIT_MAP = /\/perf-\d+\.map$/;
const JIT = /\/perf-\d+\.map$|\/jitted-\d+-\d+\.so$/;
/** More entries than this are told apart by no double. */
const ENTRIES = 2 ** 26;

export class Frames {
  readonly #builder: ProfileBuilder;
  readonly #options: FrameOptions;
  readonly #entries: Entry[] = [];
  /** The frame of an entry; -1 = it depends on the frame around it. */
  readonly #frame = new Int32List();
  /** Frames by the frame around them and their entry. */
  readonly #inner = new Map<number, number>();
  /** Entries by an entry and the place that was given to it. */
  readonly #placed = new Map<string, number>();
  readonly #inlineDepth: number[] = [];
  readonly #mappings: number[] = [];

  constructor(builder: ProfileBuilder, options: FrameOptions) {
    this.#builder = builder;
    this.#options = options;
  }

  /** The entry of a line that begins with an address. */
  entry(text: string): number {
    const [start, address] = ADDRESS.exec(text)!;
    return this.#add(this.#read(address!, text.slice(start.length)));
  }

  /** The entry with what the line below it says. */
  placed(entry: number, { file, line, inlined }: SourceLine): number {
    const key = `${entry} ${line} ${inlined} ${file}`;
    let found = this.#placed.get(key);
    if (found === undefined) {
      const before = this.#entries[entry]!;
      found = this.#add({ ...before, file, line, inlined: before.inlined || inlined });
      this.#placed.set(key, found);
    }
    return found;
  }

  /** The frame of an entry on a stack, where `outer` is the frame around it, or -1. */
  frame(entry: number, outer: number): number {
    const frame = this.#frame.array[entry]!;
    if (frame >= 0) return frame;
    const key = (outer + 1) * ENTRIES + entry;
    let found = this.#inner.get(key);
    if (found === undefined) {
      found = this.#innerFrame(this.#entries[entry]!, outer);
      this.#inner.set(key, found);
    }
    return found;
  }

  /** Names inlined into an entry, each into the one before. */
  chain(entry: number): readonly string[] {
    return this.#entries[entry]!.chain;
  }

  /** The frame of a function that is inlined into another frame. */
  inlined(name: string, outer: number): number {
    return this.#innerFrame({ ...NOWHERE, name, address: 0n }, outer);
  }

  #add(entry: Entry): number {
    const index = this.#entries.push(entry) - 1;
    this.#frame.push(entry.inlined ? -1 : this.#ownFrame(entry));
    return index;
  }

  #read(address: string, rest: string): Entry {
    const { parens, unknown } = this.#options;
    const { symbol, object } = parens === 'last' ? lastParen(rest) : balancedParen(rest);
    const inlined = parens === 'known' && object === 'inlined';
    const path = parens === 'known' ? objectPath(inlined ? '' : object) : object;
    const name = symbol.replace(OFFSET, '').trimEnd();
    const isKnown = name !== '' && name !== UNKNOWN;
    const names = isKnown && parens === 'known' && JIT_MAP.test(path) ? name.split('->') : [name];
    const [first, ...chain] = names.every((part) => part !== '') ? (names as [string]) : [name];
    const shown = isKnown ? first : unknown === 'address' ? address : inBrackets(path);
    return { ...NOWHERE, name: shown, object: path, address: BigInt(`0x${address}`), inlined, chain };
  }

  #ownFrame({ name, object, address, file, line }: Entry): number {
    const builder = this.#builder;
    const isLast = this.#options.parens === 'last';
    const mapping = object === '' ? -1 : builder.mapping(isLast ? baseName(object) : object);
    const marked = name + this.#mark(object);
    const id = isLast ? { id: `${name}:${object}` } : {};
    const func = builder.function(marked, { mapping, file, ...id });
    return this.#remember(builder.frame(func, { mapping, address, line }), 0, mapping);
  }

  #innerFrame({ name, address, file, line }: Entry, outer: number): number {
    const builder = this.#builder;
    const mapping = outer < 0 ? -1 : this.#mappings[outer]!;
    const inline = outer < 0 ? 1 : this.#inlineDepth[outer]! + 1;
    const func = builder.function(name + (this.#options.marks ? '_[i]' : ''), { mapping, file });
    return this.#remember(builder.frame(func, { mapping, address, line, inline }), inline, mapping);
  }

  #remember(frame: number, inline: number, mapping: number): number {
    this.#inlineDepth[frame] = inline;
    this.#mappings[frame] = mapping;
    return frame;
  }

  #mark(object: string): string {
    if (!this.#options.marks) return '';
    if (KERNEL.test(object)) return '_[k]';
    return JIT.test(object) ? '_[j]' : '';
  }
}

const NOWHERE = { object: '', inlined: false, chain: [], file: '', line: 0 };

interface Parts {
  symbol: string;
  object: string;
}

/** Whatever the last parenthesis holds is the object. */
function lastParen(rest: string): Parts {
  const match = LAST_PAREN.exec(rest.trimEnd());
  if (!match) return { symbol: rest.trim(), object: '' };
  return { symbol: match[1]!.trim(), object: match[2]! };
}

/** The object stands in the parenthesis that closes at the end and opens behind a blank. */
function balancedParen(rest: string): Parts {
  const text = rest.trimEnd();
  if (!text.endsWith(')')) return { symbol: text.trim(), object: '' };
  let depth = 0;
  let at = text.length;
  do {
    at--;
    if (text[at] === ')') depth++;
    else if (text[at] === '(') depth--;
  } while (depth > 0 && at > 0);
  if (depth > 0) return lastParen(rest);
  if (at > 0 && !/\s/.test(text[at - 1]!)) {
    const last = lastParen(rest);
    return /^[/[]/.test(last.object) ? last : { symbol: text.trim(), object: '' };
  }
  return { symbol: text.slice(0, at).trim(), object: text.slice(at + 1, -1) };
}

function objectPath(object: string): string {
  const path = object.endsWith(DELETED) ? object.slice(0, -DELETED.length) : object;
  return path === UNKNOWN ? '' : path;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A name for what has none: that of its object. */
function inBrackets(path: string): string {
  const name = baseName(path);
  if (name === '') return UNKNOWN;
  return name.startsWith('[') ? name : `[${name}]`;
}
