/**
 * What all of V8's formats share: how they name functions, and how they say where these are.
 *
 * Spec: https://chromedevtools.github.io/devtools-protocol/tot/Runtime/#type-CallFrame
 * The surprise: lines and columns count from 0, -1 = unknown (in the old formats from 1, 0 = unknown).
 */
import { Interner, type ProfileBuilder } from '../../src/plugin.ts';

const ANONYMOUS = '(anonymous)';

/** A place as V8 writes it, not yet looked at. */
export interface CallFrame {
  functionName?: unknown;
  url?: unknown;
  lineNumber?: unknown;
  columnNumber?: unknown;
}

/** What V8 says instead of a function's name when no function ran. */
export type Synthetic = 'root' | 'program' | 'idle' | 'gc';

const SYNTHETIC = new Map<string, Synthetic>([
  ['(root)', 'root'],
  ['(program)', 'program'],
  ['(idle)', 'idle'],
  ['(garbage collector)', 'gc'],
]);

/** The frames of a profile, one for each function, and which of them stand for none. The builder gets no others. */
export class CallFrames {
  /** What frames stand for that are no functions. */
  readonly synthetic = new Map<number, Synthetic>();
  readonly #builder: ProfileBuilder;
  readonly #names: string[] = [];
  readonly #nameNumbers = new Map<string, number>();
  readonly #paths: string[] = [];
  readonly #pathNumbers = new Map<string, number>();
  /** Frames by their name, path, line and column. */
  readonly #frames = new Interner();
  readonly #key = new Int32Array(5);
  readonly #keyBytes = new Uint8Array(this.#key.buffer);
  readonly #keyView = new DataView(this.#key.buffer);

  constructor(builder: ProfileBuilder) {
    this.#builder = builder;
  }

  /** Number of frames so far. */
  get count(): number {
    return this.#frames.length;
  }

  /** The frame of a function; `firstLine` is what its format calls the first line of a file. */
  add({ functionName, url, lineNumber, columnNumber }: CallFrame, firstLine: 0 | 1): number {
    const name = this.name(typeof functionName === 'string' ? functionName : '');
    const path = this.path(typeof url === 'string' ? url : '');
    return this.frame(name, path, position(lineNumber, firstLine), position(columnNumber, firstLine));
  }

  /** A number for a function's name. */
  name(name: string): number {
    return numberOf(name === '' ? ANONYMOUS : name, this.#names, this.#nameNumbers);
  }

  /** A number for what a URL says: two URLs may be one path. */
  path(url: string): number {
    return numberOf(pathOfUrl(url), this.#paths, this.#pathNumbers);
  }

  /** The frame of a function. Line and column count from 1. */
  frame(name: number, path: number, line: number, column: number): number {
    this.#key[0] = name;
    this.#key[1] = path;
    this.#key[2] = line;
    this.#key[3] = column;
    const known = this.#frames.length;
    const frame = this.#frames.intern(this.#keyBytes, this.#keyView, 0, 16);
    if (frame === known) {
      const file = this.#paths[path]!;
      this.#builder.addFrame(this.#builder.addFunction(this.#names[name]!, { file, line, column }));
      const synthetic = SYNTHETIC.get(this.#names[name]!);
      if (synthetic && file === '') this.synthetic.set(frame, synthetic);
    }
    return frame;
  }
}

function numberOf(text: string, texts: string[], numbers: Map<string, number>): number {
  let number = numbers.get(text);
  if (number === undefined) {
    number = texts.push(text) - 1;
    numbers.set(text, number);
  }
  return number;
}

/** A line or column, from 1; 0 = unknown. `first` is what its format calls the first one. */
export function position(number: unknown, first: 0 | 1): number {
  if (typeof number !== 'number' || !(number >= first)) return 0;
  const fromOne = Math.trunc(number) + 1 - first;
  return fromOne < 2 ** 31 ? fromOne : 0;
}

/** Paths for URLs of files, so that viewers find the sources; other URLs and names stay as they are. */
function pathOfUrl(url: string): string {
  if (!url.startsWith('file://')) return url;
  let path = url.slice('file://'.length);
  try {
    path = decodeURIComponent(path);
  } catch {
    // A stray % is part of the name.
  }
  if (!path.startsWith('/')) return `//${path}`;
  return /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path;
}
