/** The functions of a capture by symbol id or address. */
import { type LineReader, type ProfileBuilder, type Source, trimmedEnd } from '../../../src/plugin.ts';

const ADDRESS = /^0x[0-9a-f]{1,16}$/i;
/** What it writes where it knows no file. */
const UNKNOWN = '[unknown]';

interface SymbolLine {
  id: string;
  module: string;
  name: string;
  file: string;
  line: number;
}

/** `sym0 "app" "main" "c:\app.c" 10`; the name of the function may be without quotes. Undefined if it is none. */
function symbolOf(text: string): SymbolLine | undefined {
  const blank = text.search(/\s/);
  const fileEnd = text.lastIndexOf('"');
  const fileStart = text.lastIndexOf('"', fileEnd - 1);
  const names = text.slice(blank, fileStart).trim();
  const moduleEnd = names.indexOf('"', 1);
  const line = text.slice(fileEnd + 1).trim();
  if (blank <= 0 || fileStart < blank || names[0] !== '"' || moduleEnd < 0 || !/^\d{1,9}$/.test(line))
    return undefined;
  const name = names.slice(moduleEnd + 1).trim();
  const quoted = name.length > 1 && name.startsWith('"') && name.endsWith('"');
  return {
    id: text.slice(0, blank),
    module: names.slice(1, moduleEnd),
    name: quoted ? name.slice(1, -1) : name,
    file: text.slice(fileStart + 1, fileEnd),
    line: Number(line),
  };
}

interface Listed {
  func: number;
  frame: number;
}

export class Symbols {
  readonly #builder: ProfileBuilder;
  /** Whether module and name alone make a function. */
  readonly #byName: boolean;
  readonly #byId = new Map<string, Listed>();
  readonly #used = new Set<number>();

  constructor(builder: ProfileBuilder, byName: boolean) {
    this.#builder = builder;
    this.#byName = byName;
  }

  /** `name` is that of the lines' file, for messages. */
  read(lines: LineReader, source: Source, name: string): void {
    while (lines.next()) {
      const text = lines.text(lines.start, trimmedEnd(lines.bytes, lines.start, lines.end));
      const symbol = symbolOf(text);
      if (symbol) this.#add(symbol);
      else if (text !== '')
        source.warn('bad-symbol', 'a line is no symbol, and left out', { ...lines.place(), path: name });
    }
  }

  #add({ id, module, name, file, line }: SymbolLine): void {
    const builder = this.#builder;
    const known = file !== '' && file !== UNKNOWN;
    const mapping = builder.mapping(module);
    const identified = this.#byName ? { id: `${module}:${name}` } : known ? { file } : {};
    const func = builder.function(name, { mapping, ...identified });
    // With an address goes the line that was executed.
    const place = ADDRESS.test(id) && !this.#byName ? { line, address: BigInt(id) } : {};
    this.#byId.set(id, { func, frame: builder.frame(func, place) });
  }

  /** The frame of an id that a stack has; one that is not listed is a function of its own. */
  frame(id: string, source: Source): number {
    let symbol = this.#byId.get(id);
    if (!symbol) {
      source.warn('unknown-symbol', `stacks have symbols that are not listed, as ${id}`);
      const func = this.#builder.function(id);
      this.#byId.set(id, (symbol = { func, frame: this.#builder.frame(func) }));
    }
    this.#used.add(symbol.func);
    return symbol.frame;
  }

  /** Frames of the functions that no stack has, one each. */
  unused(): number[] {
    const frames = new Map<number, number>();
    for (const { func, frame } of this.#byId.values())
      if (!this.#used.has(func) && !frames.has(func)) frames.set(func, frame);
    return [...frames.values()];
  }
}
