/** Recordings of large files: read as bytes, without an object for each node. */

import {
  type ByteInput,
  END,
  JsonKeys,
  JsonReader,
  type NumberList,
  RepeatedObjects,
  type Source,
} from '../../../src/plugin.ts';
import { eachProfile, WRAPPERS } from '../wrappers.ts';
import { readLegacyTree } from './legacy.ts';
import { PlainNodes, WINDOW } from './plain-nodes.ts';
import type { Recording } from './recording.ts';
import type { Recordings } from './recordings.ts';

const PROFILE = new JsonKeys([
  'nodes',
  'startTime',
  'endTime',
  'samples',
  'timeDeltas',
  'timestamps',
  'lines',
  'title',
  'head',
  '_callFrames',
  ...WRAPPERS,
]);

const NODE = new JsonKeys([
  'id',
  'callFrame',
  'hitCount',
  'children',
  'positionTicks',
  'parent',
  'functionName',
  'url',
  'lineNumber',
  'columnNumber',
]);
const ID = 0;
const CALL_FRAME = 1;
const HIT_COUNT = 2;
const CHILDREN = 3;
const POSITION_TICKS = 4;
const PARENT = 5;
const FUNCTION_NAME = 6;
const COLUMN_NUMBER = 9;

const TICK = new JsonKeys(['line', 'ticks']);
const LINE = 0;
const TICKS = 1;

/** Adds all profiles of the input. */
export function readBytes(input: ByteInput, recordings: Recordings): void {
  const reader = new ByteReader(new JsonReader(input, recordings.source, WINDOW), recordings);
  reader.read();
}

class ByteReader {
  readonly #json: JsonReader;
  readonly #recordings: Recordings;
  readonly #source: Source;
  readonly #callFrames = new RepeatedObjects();
  /** By number of the call frame: what `Recording.frameOf` says. */
  readonly #frames: number[] = [];
  readonly #plain: PlainNodes | undefined;

  constructor(json: JsonReader, recordings: Recordings) {
    this.#json = json;
    this.#plain = PlainNodes.open(json);
    this.#recordings = recordings;
    this.#source = recordings.source;
  }

  read(): void {
    this.#container(0);
    this.#json.finish();
  }

  #container(depth: number): void {
    eachProfile(this.#json, depth, (inner) => this.#profile(inner));
  }

  #profile(depth: number): void {
    const json = this.#json;
    const recording = this.#recordings.start(json.path());
    recording.place = () => json.place();
    let nodes = false;
    for (let key = json.enterObject(PROFILE); key !== END; key = json.nextKey(PROFILE)) {
      const name = PROFILE.names[key];
      if (name === 'nodes') {
        nodes = !json.isNull();
        if (nodes) this.#nodes(recording);
      } else if (name === 'startTime' || name === 'endTime') recording[name] = this.#number();
      else if (name === 'samples' || name === 'timeDeltas' || name === 'timestamps' || name === 'lines') {
        recording[name] = json.isNull() ? undefined : recording.sampleList();
        if (recording[name]) this.#numbers(recording[name]);
      } else if (name === 'title' && json.isString()) recording.title = json.string();
      else if (name === '_callFrames' && json.isArray()) recording.callFrames = json.value() as unknown[];
      else if (name === 'head' && !nodes && !json.isNull())
        readLegacyTree(json.value(), recording, this.#source);
      else if (name !== undefined && WRAPPERS.includes(name)) this.#container(depth + 1);
      else json.skip();
    }
    if (nodes || recording.legacy) this.#recordings.add(recording);
  }

  #numbers(into: NumberList): void {
    const json = this.#json;
    for (let more = json.enterArray(); more; more = json.nextItem()) {
      this.#plain?.takeNumbers(into);
      into.push(json.number());
    }
  }

  #nodes(recording: Recording): void {
    const json = this.#json;
    recording.clearNodes();
    recording.legacy = false;
    recording.place = () => json.place();
    for (let more = json.enterArray(); more; more = json.nextItem()) {
      if (this.#plain?.take(recording)) continue;
      this.#node(recording);
      recording.addNode();
    }
  }

  #node(recording: Recording): void {
    const json = this.#json;
    const { node } = recording;
    node.clear();
    for (let key = json.enterObject(NODE); key !== END; key = json.nextKey(NODE)) {
      if (key === ID) node.id = this.#number();
      else if (key === CALL_FRAME) node.frame = this.#frame(recording);
      else if (key === HIT_COUNT) node.hitCount = this.#number();
      else if (key === CHILDREN) {
        node.childCount = 0;
        if (json.isNull()) continue;
        for (let more = json.enterArray(); more; more = json.nextItem()) node.addChild(json.number());
      } else if (key === POSITION_TICKS) {
        node.tickCount = 0;
        if (json.isNull()) continue;
        for (let more = json.enterArray(); more; more = json.nextItem()) this.#tick(recording);
      } else if (key === PARENT) node.parent = this.#number();
      else if (key >= FUNCTION_NAME && key <= COLUMN_NUMBER) {
        node.inline = { ...node.inline, [NODE.names[key]!]: json.value() };
      } else json.skip();
    }
    if (node.inline && !Object.hasOwn(node.inline, 'functionName')) node.inline = undefined;
  }

  #tick({ node }: Recording): void {
    const json = this.#json;
    let line = Number.NaN;
    let ticks = Number.NaN;
    for (let key = json.enterObject(TICK); key !== END; key = json.nextKey(TICK)) {
      if (key === LINE) line = this.#number();
      else if (key === TICKS) ticks = this.#number();
      else json.skip();
    }
    node.addTicks(line, ticks);
  }

  #frame(recording: Recording): number {
    if (this.#json.isNull()) return -1;
    const number = this.#callFrames.read(this.#json);
    if (number === this.#frames.length) this.#frames.push(recording.frameOf(this.#callFrames.value));
    return this.#frames[number]!;
  }

  /** NaN = null. */
  #number(): number {
    return this.#json.isNull() ? Number.NaN : this.#json.number();
  }
}
