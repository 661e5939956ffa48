/**
 * Nodes as V8 writes nearly all of them: these keys in this order, short whole numbers, no blanks.
 *
 * `{"id":2,"callFrame":{…},"hitCount":1,"children":[3,20],"positionTicks":[{"line":7,"ticks":1}]}`
 * Such a node is looked through ahead of the reader. Any other is left to that, from its beginning on.
 */
import { Interner, type JsonReader, type RepeatedObjects } from '../../../src/plugin.ts';
import type { NodeFields } from './recording.ts';

const COMMA = 44;
const ZERO = 48;
const CLOSE_BRACKET = 93;
const CLOSE_BRACE = 125;
/** Numbers of more digits are not short. */
const DIGITS = 9;

const texts = new Interner();
const ID = number('{"id":');
const CALL_FRAME = number(',"callFrame":');
const HIT_COUNT = number(',"hitCount":');
const CHILDREN = number(',"children":[');
const POSITION_TICKS = number(',"positionTicks":[');
const LINE = number('{"line":');
const TICKS = number(',"ticks":');

function number(text: string): number {
  const bytes = new TextEncoder().encode(text);
  return texts.intern(bytes, new DataView(bytes.buffer), 0, bytes.length);
}

export class PlainNodes {
  readonly #json: JsonReader;
  readonly #callFrames: RepeatedObjects;
  /** By number of the call frame: what stands for the node's function. */
  readonly #frames: readonly number[];
  /** Where looking through goes on, a position in the reader's bytes; -1 = the node is no plain one. */
  #at = 0;

  constructor(json: JsonReader, callFrames: RepeatedObjects, frames: readonly number[]) {
    this.#json = json;
    this.#callFrames = callFrames;
    this.#frames = frames;
  }

  /** Whether the next node is a plain one, of a call frame that was met before: then the reader goes behind it. */
  read(node: NodeFields): boolean {
    const json = this.#json;
    this.#at = json.at;
    node.clear();
    this.#pass(ID);
    node.id = this.#integer();
    this.#pass(CALL_FRAME);
    node.frame = this.#frame();
    this.#pass(HIT_COUNT);
    node.hitCount = this.#integer();
    if (this.#has(CHILDREN)) {
      do node.addChild(this.#integer());
      while (this.#more());
    }
    if (this.#has(POSITION_TICKS)) {
      do {
        this.#pass(LINE);
        const line = this.#integer();
        this.#pass(TICKS);
        node.addTicks(line, this.#integer());
        this.#end(CLOSE_BRACE);
      } while (this.#more());
    }
    this.#end(CLOSE_BRACE);
    if (this.#at < 0) return false;
    json.at = this.#at;
    return true;
  }

  /** Passes by a text; false if another is there. */
  #has(text: number): boolean {
    const at = this.#at;
    if (at < 0 || !texts.isAt(text, this.#json.view, at)) return false;
    this.#at = at + texts.size(text);
    return true;
  }

  #pass(text: number): void {
    if (!this.#has(text)) this.#at = -1;
  }

  #end(bracket: number): void {
    const at = this.#at;
    this.#at = at >= 0 && this.#json.bytes[at] === bracket ? at + 1 : -1;
  }

  /** Whether another item of a list follows; else goes behind the list. */
  #more(): boolean {
    const at = this.#at;
    if (at < 0 || this.#json.bytes[at] !== COMMA) {
      this.#end(CLOSE_BRACKET);
      return false;
    }
    this.#at = at + 1;
    return true;
  }

  #integer(): number {
    const start = this.#at;
    if (start < 0) return -1;
    const { bytes } = this.#json;
    let at = start;
    let value = 0;
    for (let digit = bytes[at]! - ZERO; digit >>> 0 <= 9; digit = bytes[++at]! - ZERO)
      value = value * 10 + digit;
    const isShort = at > start && at - start <= DIGITS && (bytes[start] !== ZERO || at === start + 1);
    this.#at = isShort ? at : -1;
    return value;
  }

  #frame(): number {
    const at = this.#at;
    const callFrame = at < 0 ? -1 : this.#callFrames.find(this.#json, at);
    const isKnown = callFrame >= 0 && callFrame < this.#frames.length;
    this.#at = isKnown ? this.#callFrames.end : -1;
    return isKnown ? this.#frames[callFrame]! : -1;
  }
}
