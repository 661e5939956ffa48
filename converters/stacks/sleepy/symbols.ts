/** The functions of a capture by symbol id or address. */
import { type LineReader, type ProfileBuilder, type Source, trimmedEnd } from '../../../src/plugin.ts';

/** `sym0 "app" "main" "c:\app.c" 10`; the name of a function may be without quotes. */
const SYMBOL = /^(\S+)\s+"([^"]*)"\s+(?:"([^"]*)"|(.*?))\s+"([^"]*)"\s+(\d+)$/;
const ADDRESS = /^0x[0-9a-f]{1,16}$/i;
/** What it writes where it knows no file. */
const UNKNOWN = '[unknown]';

interface Symbol {
  func: number;
  frame: number;
}

export class Symbols {
  readonly #builder: ProfileBuilder;
  /** Whether module and name alone make a function. */
  readonly #byName: boolean;
  readonly #byId = new Map<string, Symbol>();
  readonly #used = new Set<number>();

  constructor(builder: ProfileBuilder, byName: boolean) {
    this.#builder = builder;
    this.#byName = byName;
  }

  /** `name` is that of the lines' file, for messages. */
  read(lines: LineReader, source: Source, name: string): void {
    while (lines.next()) {
      const text = lines.text(lines.start, trimmedEnd(lines.bytes, lines.start, lines.end));
      const match = SYMBOL.exec(text);
      if (match) this.#add(match as unknown as string[]);
      else if (text !== '')
        source.warn('bad-symbol', 'a line is no symbol, and left out', { ...lines.place(), path: name });
    }
  }

  #add([, id, module, quoted, bare, file, line]: string[]): void {
    const builder = this.#builder;
    const name = quoted ?? bare!;
    const known = file !== '' && file !== UNKNOWN;
    const mapping = builder.mapping(module!);
    const identified = this.#byName ? { id: `${module}:${name}` } : known ? { file: file! } : {};
    const func = builder.function(name, { mapping, ...identified });
    // With an address goes the line that was executed.
    const place = ADDRESS.test(id!) && !this.#byName ? { line: Number(line), address: BigInt(id!) } : {};
    this.#byId.set(id!, { func, frame: builder.frame(func, place) });
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
