/** Names as a file writes them: in full, or behind a number that stands for them afterwards, `(7) main`. */
import { Interner, type LineReader } from '../../../src/plugin.ts';
import type { Identity } from './functions.ts';
import { IdTable } from './names.ts';

const TAB = 9;
const SPACE = 32;
const OPEN = 40;
const CLOSE = 41;
const ZERO = 48;
/** An id of more digits than this is part of a name. */
const ID_DIGITS = 15;
const UNKNOWN = '(unknown)';

export type Fold = 'none' | 'recursion' | 'callers';

export class NameReader {
  /** All names; number 0 is the empty one, which stands for unknown files and objects. */
  readonly names = new Interner();
  /** The id of the name that was read last; -1 if it had none. */
  id = -1;
  /** That id stands for another name than before. */
  redefined = false;
  readonly #lines: LineReader;
  /** The file uses an id that it never defined. */
  readonly #undefined: (id: number, at: number) => void;
  readonly #objects = new IdTable();
  readonly #files = new IdTable();
  readonly #functions = new IdTable();
  readonly #identity: Identity;
  readonly #fold: Fold;
  /** Name without its suffix, by name. */
  readonly #folded = new IdTable();
  readonly #questionMarks: number;

  constructor(
    lines: LineReader,
    options: { identity: Identity; fold: Fold },
    whenUndefined: (id: number, at: number) => void,
  ) {
    this.#lines = lines;
    this.#identity = options.identity;
    this.#fold = options.fold;
    this.#undefined = whenUndefined;
    this.intern('');
    this.#questionMarks = this.intern('???');
  }

  /** Number of the function name at `at`. */
  functionName(at: number, end: number): number {
    let name = this.#read(this.#functions, at, end);
    if (name < 0) {
      name = this.intern(`(unknown function ${this.id})`);
      this.#functions.set(this.id, name);
    }
    if (name === 0 && this.#identity === 'full') return this.unknown();
    return this.#fold === 'none' ? name : this.#bare(name);
  }

  /** Number of the file name at `at`; unknown ones are 0. */
  file(at: number, end: number): number {
    return this.#place(this.#files, at, end);
  }

  /** Number of the object name at `at`; unknown ones are 0. */
  object(at: number, end: number): number {
    return this.#place(this.#objects, at, end);
  }

  /** The name of functions that have none. */
  unknown(): number {
    return this.intern(UNKNOWN);
  }

  intern(text: string): number {
    // The interner may look at bytes behind the name.
    const bytes = new TextEncoder().encode(`${text}    `);
    return this.names.intern(bytes, new DataView(bytes.buffer), 0, bytes.length - 4);
  }

  #place(ids: IdTable, at: number, end: number): number {
    const name = this.#read(ids, at, end);
    const none = name < 0 || (name === this.#questionMarks && this.#identity === 'full');
    return none ? 0 : name;
  }

  /** Number of the name at `at`: `(id) name`, `(id)` or `name`; -1 for an id that was never defined. */
  #read(ids: IdTable, at: number, end: number): number {
    const { bytes, view } = this.#lines;
    this.id = -1;
    this.redefined = false;
    let from = at;
    while (bytes[from] === SPACE || bytes[from] === TAB) from++;
    if (bytes[from] !== OPEN) return this.names.intern(bytes, view, Math.min(from, end), end);
    let next = from + 1;
    let id = 0;
    for (let digit = bytes[next]! - ZERO; digit >>> 0 <= 9; digit = bytes[++next]! - ZERO)
      id = id * 10 + digit;
    const digits = next - from - 1;
    if (digits === 0 || digits > ID_DIGITS || bytes[next] !== CLOSE) {
      return this.names.intern(bytes, view, from, end);
    }
    next++;
    while (bytes[next] === SPACE || bytes[next] === TAB) next++;
    this.id = id;
    const known = ids.get(id);
    if (next >= end) {
      if (known < 0) this.#undefined(id, from);
      return known;
    }
    let name = this.names.intern(bytes, view, next, end);
    if (bytes[next] === OPEN) name = this.#expanded(ids, name);
    this.redefined = known >= 0 && known !== name;
    ids.set(id, name);
    return name;
  }

  /** `(7)'2'(3)`, as callgrind writes it with `--compress-mangled=yes`, with the names that the ids stand for. */
  #expanded(ids: IdTable, name: number): number {
    const text = this.names.text(name);
    if (!/^\(\d+\)('(\d+|\(\d+\)))+$/.test(text)) return name;
    const whole = text.replace(/\((\d+)\)/g, (word, id) => {
      const part = ids.get(Number(id));
      return part < 0 ? word : this.names.text(part);
    });
    return this.intern(whole);
  }

  /** The name without the recursion level (`f'2`) or callers (`f'main`) that callgrind put behind it. */
  #bare(name: number): number {
    let bare = this.#folded.get(name);
    if (bare < 0) {
      const text = this.names.text(name);
      // The level stands in front of the callers: `f'2'main`.
      const suffix = this.#fold === 'recursion' ? /(.)'\d+(?='|$)/s : /(.)'.*$/s;
      bare = this.intern(text.replace(suffix, '$1'));
      this.#folded.set(name, bare);
    }
    return bare;
  }
}
