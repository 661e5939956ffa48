/**
 * What all of V8's formats share: how they name functions, and how they say where these are.
 *
 * Spec: https://chromedevtools.github.io/devtools-protocol/tot/Runtime/#type-CallFrame
 * The surprise: lines and columns count from 0, -1 = unknown (in the old formats from 1, 0 = unknown).
 */
import type { ProfileBuilder } from '../../src/plugin.ts';

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

/** The frames of a profile, one for each function, and which of them stand for none. */
export class CallFrames {
  /** What frames stand for that are no functions. */
  readonly synthetic = new Map<number, Synthetic>();
  readonly #builder: ProfileBuilder;
  /** Path of each URL, and its number: two URLs may be one path. */
  readonly #files = new Map<string, { path: string; number: number }>();
  readonly #paths = new Map<string, number>();
  readonly #known = new Map<string, number>();

  constructor(builder: ProfileBuilder) {
    this.#builder = builder;
  }

  /** Number of frames so far. */
  get count(): number {
    return this.#builder.frameCount;
  }

  /** The frame of a function; `firstLine` is what its format calls the first line of a file. */
  add(callFrame: CallFrame, firstLine: 0 | 1): number {
    const { functionName, url } = callFrame;
    const name = typeof functionName === 'string' && functionName !== '' ? functionName : ANONYMOUS;
    const file = this.#file(typeof url === 'string' ? url : '');
    const line = position(callFrame.lineNumber, firstLine);
    const column = position(callFrame.columnNumber, firstLine);
    const key = `${file.number}:${line}:${column}:${name}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const func = this.#builder.addFunction(name, { file: file.path, line, column });
    const frame = this.#builder.addFrame(func);
    this.#known.set(key, frame);
    const synthetic = SYNTHETIC.get(name);
    if (synthetic && file.path === '') this.synthetic.set(frame, synthetic);
    return frame;
  }

  #file(url: string): { path: string; number: number } {
    const known = this.#files.get(url);
    if (known !== undefined) return known;
    const path = pathOfUrl(url);
    const number = this.#paths.get(path) ?? this.#paths.size;
    this.#paths.set(path, number);
    const file = { path, number };
    this.#files.set(url, file);
    return file;
  }
}

function position(number: unknown, first: 0 | 1): number {
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
