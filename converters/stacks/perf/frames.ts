/**
 * What frame lines say: `address symbol+offset (object)`. Each distinct line is read once.
 *
 * Where an inlined function belongs is seen from the frame around it; so lines become entries, of which some
 * are frames by themselves, and the others are made frames when their stack is known.
 */
import { Int32List, type LineReader, type ProfileBuilder, trimmedEnd } from '../../../src/plugin.ts';
import { addressEnd, skipBlanks } from './header.ts';
import type { NewLines, Records } from './records.ts';
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
  addressText: string;
  inlined: boolean;
  /** Functions inlined into `name` by a compiler that writes them in one symbol, outermost first. */
  chain: string[];
  file: string;
  line: number;
}

const OPEN = 40;
const CLOSE = 41;
const PLUS = 43;
const ZERO = 48;
const LOWER_A = 97;
const X = 120;
const ADDRESS = /^\s*([0-9a-fA-F]+)/;
const LAST_PAREN = /^(.*)\s\((.*)\)$/s;
const OFFSET = /\+0x[0-9a-f]+$/;
const UNKNOWN = '[unknown]';
const INLINED = 'inlined';
const DELETED = ' (deleted)';
const KERNEL = /^\[(?!unknown\]|vdso\]|vsyscall\]|heap\]|stack)|(?:^|\/)vmlinux[^/]*$|\.ko(?:\.[a-z0-9]+)?$/;
const JIT_MAP = /\/perf-\d+\.map$/;
const JIT = /\/perf-\d+\.map$|\/jitted-\d+-\d+\.so$/;
/** More entries than this are told apart by no double. */
const ENTRIES = 2 ** 26;

export class Frames {
  readonly #builder: ProfileBuilder;
  readonly #options: FrameOptions;
  readonly #texts: Records;
  /** The entries of lines without their indent, by text. */
  readonly #entryOf = new Map<number, number>();
  /** The frame of an entry; -1 = there are several, or it depends on the frame around it. */
  readonly #frame = new Int32List();
  /** The line of an entry, where that says all; its details otherwise. */
  readonly #line = new Int32List();
  readonly #details = new Map<number, Entry>();
  /** The functions that symbols and objects make; -1 = one that its line alone tells. */
  readonly #functions = new Map<number, number>();
  /** Frames of entries that have no one frame, by the frame around them. */
  readonly #inner = new Map<number, number[]>();
  /** Entries by an entry and what the line below it said. */
  readonly #placed = new Map<string, number>();
  /** By function. */
  readonly #mappings: number[] = [];
  /** By frame. */
  readonly #owners: number[] = [];
  readonly #inlineDepth = new Map<number, number>();

  constructor(builder: ProfileBuilder, options: FrameOptions, texts: Records) {
    this.#builder = builder;
    this.#options = options;
    this.#texts = texts;
  }

  /** The entry of a part of the current line that begins with an address, and stands in `start … end`. */
  entry(lines: LineReader, start: number, end: number): number {
    const { bytes } = lines;
    const text = this.#texts.intern(lines, start, end);
    const known = this.#entryOf.get(text);
    if (known !== undefined) return known;
    const textEnd = trimmedEnd(bytes, start, end);
    const behind = addressEnd(bytes, start, textEnd);
    const func = this.#plainFunction(lines, skipBlanks(bytes, behind, textEnd), textEnd);
    return this.#entryAt(text, func, addressOf(bytes, start, behind));
  }

  /** The entry of a new line. */
  newEntry({ text, symbol, object, address }: NewLines, i: number): number {
    const known = this.#entryOf.get(text[i]!);
    if (known !== undefined) return known;
    return this.#entryAt(text[i]!, this.#functionOf(symbol[i]!, object[i]!), address[i]!);
  }

  /** `func`: -1 = it is in the text. */
  #entryAt(text: number, func: number, address: bigint): number {
    const entry = func < 0 ? this.#add(this.#read(this.#texts.text(text))) : this.#plain(text, func, address);
    this.#entryOf.set(text, entry);
    return entry;
  }

  #plain(text: number, func: number, address: bigint): number {
    const frame = this.#builder.addFrame(func, { mapping: this.#mappings[func]!, address });
    this.#owners[frame] = func;
    this.#line.push(text);
    this.#frame.push(frame);
    return this.#frame.length - 1;
  }

  /** The entry of a frame that is no more than a name; a new one each time. */
  named(name: string): number {
    this.#line.push(-1);
    this.#frame.push(this.#builder.addFrame(this.#builder.addFunction(name)));
    return this.#frame.length - 1;
  }

  /** The entry with what the line below it says. */
  placed(entry: number, { file, line, inlined }: SourceLine): number {
    const key = `${entry} ${line} ${inlined} ${file}`;
    let found = this.#placed.get(key);
    if (found === undefined) {
      const before = this.#entry(entry);
      found = this.#add({ ...before, file, line, inlined: before.inlined || inlined });
      this.#placed.set(key, found);
    }
    return found;
  }

  /** The frame of an entry on any stack, or -1. */
  frame(entry: number): number {
    return this.#frame.array[entry]!;
  }

  /** The frames of an entry, each inlined into the one before, where `outer` is the frame around them, or -1. */
  frames(entry: number, outer: number): readonly number[] {
    const key = (outer + 1) * ENTRIES + entry;
    let found = this.#inner.get(key);
    if (found === undefined) {
      const details = this.#entry(entry);
      found = [details.inlined ? this.#innerFrame(details, outer) : this.#ownFrame(details)];
      for (const name of details.chain)
        found.push(this.#innerFrame({ ...NOWHERE, name, address: 0n }, found.at(-1)!));
      this.#inner.set(key, found);
    }
    return found;
  }

  #entry(index: number): Entry {
    return this.#details.get(index) ?? this.#read(this.#texts.text(this.#line.array[index]!));
  }

  #add(entry: Entry): number {
    const index = this.#frame.length;
    this.#details.set(index, entry);
    this.#line.push(-1);
    this.#frame.push(entry.inlined || entry.chain.length > 0 ? -1 : this.#ownFrame(entry));
    return index;
  }

  /** The function of `symbol+offset (object)`, where that is all; -1 = read the line as a whole. */
  #plainFunction(lines: LineReader, start: number, end: number): number {
    const { bytes } = lines;
    if (bytes[end - 1] !== CLOSE) return -1;
    let open = end - 2;
    while (open > start && bytes[open] !== OPEN && bytes[open] !== CLOSE) open--;
    const symbolEnd = trimmedEnd(bytes, start, open);
    if (bytes[open] !== OPEN || symbolEnd === open || symbolEnd === start) return -1;
    const object = this.#texts.intern(lines, open + 1, end - 1);
    const symbol = this.#texts.intern(lines, start, withoutOffset(bytes, start, symbolEnd));
    return this.#functionOf(symbol, object);
  }

  /** The function of a symbol in an object, or -1 where these do not say all. */
  #functionOf(symbol: number, object: number): number {
    const key = object * ENTRIES + symbol;
    let func = this.#functions.get(key);
    if (func === undefined) {
      func = this.#named(this.#texts.text(symbol).trim(), this.#texts.text(object));
      this.#functions.set(key, func);
    }
    return func;
  }

  /** The function of a symbol, or -1 where the symbol does not say all. */
  #named(name: string, object: string): number {
    const isLast = this.#options.parens === 'last';
    const saysMore =
      name === '' || name === UNKNOWN || (!isLast && (object === INLINED || JIT_MAP.test(object)));
    if (saysMore) return -1;
    return this.#function({ name, object: isLast ? object : objectPath(object), file: '' });
  }

  #read(line: string): Entry {
    const [start, addressText] = ADDRESS.exec(line) as unknown as [string, string];
    const rest = line.slice(start.length);
    const { parens, unknown } = this.#options;
    const { symbol, object } = parens === 'last' ? lastParen(rest) : balancedParen(rest);
    const inlined = parens === 'known' && object === INLINED;
    const path = parens === 'known' ? objectPath(inlined ? '' : object) : object;
    const name = symbol.replace(OFFSET, '').trimEnd();
    const isKnown = name !== '' && name !== UNKNOWN;
    const names = isKnown && parens === 'known' && JIT_MAP.test(path) ? name.split('->') : [name];
    const [first, ...chain] = names.every((part) => part !== '') ? (names as [string]) : [name];
    const shown = isKnown ? first : unknown === 'address' ? addressText : inBrackets(path);
    const address = BigInt(`0x${addressText}`);
    return { ...NOWHERE, name: shown, object: path, address, addressText, inlined, chain };
  }

  #function({ name, object, file }: Pick<Entry, 'name' | 'object' | 'file'>): number {
    const builder = this.#builder;
    const isLast = this.#options.parens === 'last';
    // To gprof2dot `()` is a module, whose name is empty.
    const isNone = object === '' && !isLast;
    const mapping = isNone ? -1 : builder.mapping(isLast ? baseName(object) : object);
    const id = isLast ? { id: `${name}:${object}` } : {};
    const func = builder.function(name + this.#mark(object), { mapping, file, ...id });
    this.#mappings[func] = mapping;
    return func;
  }

  #ownFrame(entry: Entry): number {
    const func = this.#function(entry);
    const { address, line } = entry;
    const frame = this.#builder.frame(func, { mapping: this.#mappings[func]!, address, line });
    this.#owners[frame] = func;
    return frame;
  }

  #innerFrame({ name, address, file, line }: Omit<Entry, 'addressText'>, outer: number): number {
    const builder = this.#builder;
    const mapping = outer < 0 ? -1 : this.#mappings[this.#owners[outer]!]!;
    const inline = outer < 0 ? 1 : (this.#inlineDepth.get(outer) ?? 0) + 1;
    const func = builder.function(name + (this.#options.marks ? '_[i]' : ''), { mapping, file });
    const frame = builder.frame(func, { mapping, address, line, inline });
    this.#mappings[func] = mapping;
    this.#owners[frame] = func;
    this.#inlineDepth.set(frame, inline);
    return frame;
  }

  #mark(object: string): string {
    if (!this.#options.marks) return '';
    if (KERNEL.test(object)) return '_[k]';
    return JIT.test(object) ? '_[j]' : '';
  }
}

/** Where a symbol ends in front of its offset. */
function withoutOffset(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && isHexDigit(bytes[at - 1]!)) at--;
  const isOffset =
    at < end && at - 3 >= start && bytes[at - 1] === X && bytes[at - 2] === ZERO && bytes[at - 3] === PLUS;
  return isOffset ? at - 3 : end;
}

function isHexDigit(byte: number): boolean {
  return (byte >= ZERO && byte <= ZERO + 9) || (byte >= LOWER_A && byte <= LOWER_A + 5);
}

function addressOf(bytes: Uint8Array, start: number, end: number): bigint {
  let upper = 0;
  let lower = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    const digit = byte <= ZERO + 9 ? byte - ZERO : (byte | 32) - LOWER_A + 10;
    if (end - at > 8) upper = upper * 16 + digit;
    else lower = lower * 16 + digit;
  }
  return upper < 2 ** 20 ? BigInt(upper * 2 ** 32 + lower) : (BigInt(upper) << 32n) | BigInt(lower);
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
