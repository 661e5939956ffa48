/** Reads the lines of a log: where code is, and ticks, whose addresses are looked up as they come. */
import { type LineReader, type Profile, ProfileBuilder, type Source } from '../../../src/plugin.ts';
import type { V8LogOptions } from '../v8-log.ts';
import { Code } from './code.ts';
import { CodeMap, MAX_SIZE } from './code-map.ts';
import { Ticks } from './ticks.ts';

const COMMA = 44;
const ZERO = 48;
const LOWER_A = 97;
const LOWER_X = 120;
const PLUS = 43;
const MINUS = 45;

const ADDRESS = '(0x[0-9a-f]{1,16})';
const CREATION = new RegExp(
  String.raw`^code-creation,([^,]+),\d+,(?:\d+,)?${ADDRESS},(0x[0-9a-f]+|\d+),(.*?)(?:,${ADDRESS},([~^+*o']*))?$`,
  's',
);
const MOVE = new RegExp(`^code-move,${ADDRESS},${ADDRESS}`);
const DELETE = new RegExp(`^code-delete,${ADDRESS}`);
const LIBRARY = new RegExp(`^shared-library,(.*?),${ADDRESS},${ADDRESS}(?:,-?\\d+)?$`, 's');
const BEGIN = /^profiler,"?(?:begin|start)"?,(\d{1,9})/;
/** Kinds of code that are functions of JavaScript, also where no function is named behind them. */
const SCRIPTS = new Set(['JS', 'Eval', 'Script', 'Function', 'LazyCompile']);
const ESCAPE = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(.))/gis;

interface Library {
  start: number;
  end: number;
  code: number;
}

export class LogReader {
  readonly #source: Source;
  readonly #lines: LineReader;
  readonly #builder = new ProfileBuilder([]);
  readonly #code: Code;
  readonly #ticks: Ticks;
  readonly #map = new CodeMap();
  readonly #libraries: Library[] = [];
  /** Microseconds. */
  #interval = Number.NaN;
  /** Where the field of a tick ends that was read last, and whether it was well-formed. */
  #at = 0;
  #valid = true;

  constructor(source: Source, { tiers }: V8LogOptions) {
    this.#source = source;
    this.#lines = source.lines();
    this.#code = new Code(this.#builder, tiers);
    this.#ticks = new Ticks(this.#builder, this.#code);
  }

  read(): Profile {
    const lines = this.#lines;
    while (lines.next()) {
      if (lines.startsWith('tick,')) this.#tick();
      else if (lines.startsWith('code-')) this.#change();
      else if (lines.startsWith('shared-library,')) this.#library();
      else if (lines.startsWith('profiler,')) this.#begin();
      else if (lines.startsWith('v8-version,')) this.#builder.meta.producer = `V8 ${version(lines.text())}`;
    }
    return this.#ticks.profile(this.#source, this.#interval);
  }

  #bad(): void {
    this.#source.warn('bad-line', 'a line that is not as V8 writes it is left out', this.#lines.place());
  }

  #begin(): void {
    const begin = BEGIN.exec(this.#lines.text());
    if (begin) this.#interval = Number(begin[1]);
  }

  #library(): void {
    const found = LIBRARY.exec(this.#lines.text());
    if (!found) {
      this.#bad();
      return;
    }
    const [, path, start, end] = found as unknown as [string, string, string, string];
    // A library that is listed again has grown.
    this.#libraries.unshift({
      start: Number(start),
      end: Number(end),
      code: this.#code.add({ type: 'library', name: unescaped(path), kind: '', tier: '' }),
    });
  }

  #change(): void {
    const text = this.#lines.text();
    const created = CREATION.exec(text);
    const moved = created ? null : MOVE.exec(text);
    const deleted = created || moved ? null : DELETE.exec(text);
    if (created) this.#create(created as unknown as string[]);
    else if (moved) this.#map.move(Number(moved[1]), Number(moved[2]));
    else if (deleted) this.#map.delete(Number(deleted[1]));
    else if (/^code-(?:creation|move|delete),/.test(text)) this.#bad();
  }

  #create([, kind = '', start, size, name = '', func, tier = '']: string[]): void {
    if (!(Number(size) > 0 && Number(size) <= MAX_SIZE)) {
      this.#bad();
      return;
    }
    const isScript = func !== undefined || SCRIPTS.has(kind);
    const code = this.#code.add({ type: isScript ? 'script' : 'made', name: unescaped(name), kind, tier });
    this.#map.add(Number(start), Number(size), code);
  }

  /** `tick,pc,time,is external callback,top of stack or callback,state,frames…`, the leaf first. */
  #tick(): void {
    const lines = this.#lines;
    this.#at = lines.start + 'tick'.length;
    this.#valid = true;
    const pc = this.#address(0);
    const time = this.#number();
    const isCallback = this.#number() === 1;
    const top = this.#address(0);
    const state = this.#number();
    if (!this.#valid) {
      this.#bad();
      return;
    }
    // In a callback the address may be anywhere in it.
    const first = isCallback ? top : pc;
    this.#ticks.push(this.#find(first));
    if (!isCallback && top > 0) this.#pushFrameless(top);
    let address = first;
    while (this.#at < lines.end) {
      address = this.#address(address);
      if (this.#valid) this.#ticks.push(this.#find(address));
      else if (this.#isOverflow()) this.#source.warn('overflow', 'stacks that V8 cut off', lines.place());
      else this.#bad();
      this.#valid = true;
    }
    this.#ticks.end(state, time);
  }

  /** What called the code of a tick without a frame of its own stands on top of the stack, if it is a function. */
  #pushFrameless(top: number): void {
    const code = this.#map.find(top);
    if (this.#code.isScript(code)) this.#ticks.push(code);
  }

  /** The number of the code or library at an address, or -1. */
  #find(address: number): number {
    const code = this.#map.find(address);
    if (code >= 0) return code;
    return this.#libraries.find(({ start, end }) => address >= start && address < end)?.code ?? -1;
  }

  /** The next field, an address or the difference to the one before. */
  #address(before: number): number {
    const { bytes, end } = this.#lines;
    let at = this.#enter();
    const sign = bytes[at] === MINUS ? -1 : bytes[at] === PLUS ? 1 : 0;
    if (sign !== 0) at++;
    if (bytes[at] === ZERO && bytes[at + 1] === LOWER_X) at += 2;
    const from = at;
    let value = 0;
    for (; at < end && bytes[at] !== COMMA; at++) {
      const digit = digitOf(bytes[at]!);
      if (digit < 0) this.#valid = false;
      value = value * 16 + digit;
    }
    if (at === from || at - from > 16) this.#valid = false;
    this.#at = at;
    return sign === 0 ? value : before + sign * value;
  }

  /** The next field, a number. */
  #number(): number {
    const { bytes, end } = this.#lines;
    let at = this.#enter();
    const from = at;
    let value = 0;
    for (; at < end && bytes[at] !== COMMA; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) this.#valid = false;
      value = value * 10 + digit;
    }
    if (at === from || at - from > 15) this.#valid = false;
    this.#at = at;
    return value;
  }

  #enter(): number {
    if (this.#lines.bytes[this.#at] !== COMMA || this.#at >= this.#lines.end) this.#valid = false;
    return this.#at + 1;
  }

  #isOverflow(): boolean {
    const { end } = this.#lines;
    return (
      this.#lines.text(Math.max(0, this.#at - 'overflow'.length), Math.min(end, this.#at)) === 'overflow'
    );
  }
}

/** Of a hexadecimal digit; -1 = it is none. */
function digitOf(byte: number): number {
  if (byte >= ZERO && byte <= ZERO + 9) return byte - ZERO;
  const letter = (byte | 32) - LOWER_A;
  return letter >= 0 && letter < 6 ? letter + 10 : -1;
}

function version(line: string): string {
  return line.split(',').slice(1, 5).join('.');
}

/** Names may be quoted, and what would end a field or a line is escaped. */
function unescaped(text: string): string {
  const bare = /^"(.*)"$/s.exec(text)?.[1] ?? text;
  const character = (_: string, byte?: string, unit?: string, other?: string) =>
    byte || unit ? String.fromCharCode(Number.parseInt((byte ?? unit)!, 16)) : other === 'n' ? '\n' : other!;
  return bare.replace(ESCAPE, character);
}
