/** Code that ticks fall into, by number: what it is called. It becomes a frame when a tick first needs it. */
import type { ProfileBuilder } from '../../../src/plugin.ts';
import { CallFrames } from '../call-frame.ts';

export interface CodeEntry {
  /** A function of JavaScript, other code that V8 made, a library, or a function in one. */
  type: 'script' | 'made' | 'library' | 'native';
  /** Of a function of JavaScript `name file:line:column`; of a library its path. */
  name: string;
  /** Of code that V8 made. */
  kind: string;
  /** Of a function of JavaScript: `~`, `^`, `+`, `*` or ''. */
  tier: string;
}

/** Code that is not shown: the function that it interprets is. */
const HANDLER = 'BytecodeHandler';
/** Function and place; columns were added to the places later. Names of files may hold blanks if they are paths. */
const PLACE = /^(.*?)(?:^| )((?:\/|file:|[A-Za-z]:[\\/]).*?|\S*?):(\d{1,9})(?::(\d{1,9}))?$/s;
/** What is longer is no name and place. */
const LONGEST = 1 << 12;
/** What marks code that was compiled once more, or while it was running. */
const VARIANT = /['o]/g;

export class Code {
  readonly #builder: ProfileBuilder;
  readonly #scripts: CallFrames;
  readonly #marks: boolean;
  readonly #entries: CodeEntry[] = [];
  readonly #frames: number[] = [];

  /** `marks`: names of functions begin with their tier. */
  constructor(builder: ProfileBuilder, marks: boolean) {
    this.#builder = builder;
    this.#scripts = new CallFrames(builder);
    this.#marks = marks;
  }

  /** The number of new code. */
  add(entry: CodeEntry): number {
    return this.#entries.push(entry) - 1;
  }

  has(code: number): boolean {
    return this.#entries[code] !== undefined;
  }

  isScript(code: number): boolean {
    return this.#entries[code]?.type === 'script';
  }

  isHidden(code: number): boolean {
    return this.#entries[code]?.kind === HANDLER;
  }

  frame(code: number): number {
    this.#frames[code] ??= this.#add(this.#entries[code]!);
    return this.#frames[code];
  }

  #add({ type, name, kind, tier }: CodeEntry): number {
    if (type === 'script') return this.#script(name, tier);
    if (type === 'library') return this.#library(name);
    return this.named(type === 'made' ? `${kind}: ${name}` : name || '(anonymous)');
  }

  #script(text: string, tier: string): number {
    const place = text.length > LONGEST ? null : PLACE.exec(text);
    const [, name = text, url = '', lineNumber = 0, columnNumber = 0] = place ?? [];
    const named = name.trim() || '(anonymous)';
    return this.#scripts.add(
      {
        functionName: this.#marks ? tier.replace(VARIANT, '') + named : named,
        url,
        lineNumber: Number(lineNumber),
        columnNumber: Number(columnNumber),
      },
      1,
    );
  }

  #library(path: string): number {
    const builder = this.#builder;
    const mapping = builder.mapping(path);
    const name = path.slice(path.lastIndexOf('/') + 1);
    const func = builder.function(name.startsWith('[') ? name : `[${name}]`, { mapping });
    return builder.frame(func, { mapping });
  }

  /** The frame of what has a name and nothing else. */
  named(name: string): number {
    return this.#builder.frame(this.#builder.function(name));
  }
}
