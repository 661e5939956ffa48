/** The frames of calls, by the names and places that stand in the lines; and texts of lines, each kept once. */
import { Interner, type LineReader, type ProfileBuilder } from '../../../src/plugin.ts';

export const NONE = -1;
/** There are fewer texts than this, so that two numbers of them make one key. */
const MANY = 2 ** 26;
const ZERO = 48;
const COLON = 58;

/** Two numbers from -1 on as one. */
export function pairOf(first: number, second: number): number {
  return (first + 1) * MANY + second + 1;
}

export class Frames {
  readonly #builder: ProfileBuilder;
  readonly #lines: LineReader;
  readonly #texts = new Interner();
  /** By name and place. */
  readonly #known = new Map<number, number>();

  constructor(builder: ProfileBuilder, lines: LineReader) {
    this.#builder = builder;
    this.#lines = lines;
  }

  /** The number of a text, whether it was met or not. */
  idOf(text: string): number {
    const bytes = new TextEncoder().encode(text);
    return this.#texts.intern(bytes, new DataView(bytes.buffer), 0, bytes.length);
  }

  /** The number of a part of the current line. */
  textId(start: number, end: number): number {
    return this.#texts.intern(this.#lines.bytes, this.#lines.view, start, end);
  }

  text(id: number): string {
    return this.#texts.text(id);
  }

  /** The place in the current line, `file:line`, or NONE. Behind it are offsets and addresses, without a colon. */
  placeId(): number {
    const { start, end, bytes } = this.#lines;
    let colon = end - 1;
    while (colon > start && bytes[colon] !== COLON) colon--;
    let to = colon + 1;
    while (to < end && bytes[to]! >= ZERO && bytes[to]! <= ZERO + 9) to++;
    return colon > start && to > colon + 1 ? this.textId(start + 1, to) : NONE;
  }

  /** The frame of a function at a place, or at none that is known. */
  at(name: number, place: number): number {
    const key = pairOf(name, place);
    let frame = this.#known.get(key);
    if (frame === undefined) {
      frame = this.#add(this.text(name), place === NONE ? '' : this.text(place));
      this.#known.set(key, frame);
    }
    return frame;
  }

  #add(name: string, place: string): number {
    const colon = Math.max(0, place.lastIndexOf(':'));
    const line = Number(place.slice(colon + 1));
    const func = this.#builder.function(name, { file: place.slice(0, colon) });
    return this.#builder.frame(func, { line: line < 2 ** 31 ? line : 0 });
  }

  /** The frame that stands for what is no function. */
  named(name: string): number {
    return this.#builder.frame(this.#builder.function(name));
  }
}
