/** Call frames from the bytes of a large file: each is read only the first time it comes. */
import { END, Interner, JsonKeys, type JsonReader, RepeatedObjects, stringText } from '../../src/plugin.ts';
import { type CallFrames, position } from './call-frame.ts';

const KEYS = new JsonKeys(['functionName', 'scriptId', 'url', 'lineNumber', 'columnNumber']);
const FUNCTION_NAME = 0;
const URL = 2;
const LINE_NUMBER = 3;
const COLUMN_NUMBER = 4;

export class CallFrameReader {
  readonly #frames: CallFrames;
  readonly #objects = new RepeatedObjects((json) => this.#read(json));
  /** Names and URLs by their bytes, and the numbers that the frames have for them. */
  readonly #names = new Interner();
  readonly #nameNumbers: number[] = [];
  readonly #urls = new Interner();
  readonly #pathNumbers: number[] = [];

  constructor(frames: CallFrames) {
    this.#frames = frames;
  }

  /** The frame of the call frame that comes next; its lines and columns count from 0. */
  next(json: JsonReader): number {
    return this.#objects.next(json);
  }

  #read(json: JsonReader): number {
    let name = -1;
    let path = -1;
    let line = 0;
    let column = 0;
    for (let key = json.enterObject(KEYS); key !== END; key = json.nextKey(KEYS)) {
      if (key === FUNCTION_NAME) name = this.#name(json);
      else if (key === URL) path = this.#path(json);
      else if (key === LINE_NUMBER) line = lineOf(json);
      else if (key === COLUMN_NUMBER) column = lineOf(json);
      else json.skip();
    }
    if (name < 0) name = this.#frames.name('');
    if (path < 0) path = this.#frames.path('');
    return this.#frames.frame(name, path, line, column);
  }

  /** -1 = no string. */
  #name(json: JsonReader): number {
    if (!json.isString()) return skipped(json, -1);
    const id = json.internString(this.#names);
    if (id === this.#nameNumbers.length) {
      this.#nameNumbers.push(this.#frames.name(stringText(this.#names.bytes(id))));
    }
    return this.#nameNumbers[id]!;
  }

  #path(json: JsonReader): number {
    if (!json.isString()) return skipped(json, -1);
    const id = json.internString(this.#urls);
    if (id === this.#pathNumbers.length) {
      this.#pathNumbers.push(this.#frames.path(stringText(this.#urls.bytes(id))));
    }
    return this.#pathNumbers[id]!;
  }
}

function lineOf(json: JsonReader): number {
  return json.isNumber() ? position(json.number(), 0) : skipped(json, 0);
}

function skipped(json: JsonReader, value: number): number {
  json.skip();
  return value;
}
