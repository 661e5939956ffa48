/** From the file to the profile: its trees, read as bytes and without recursion, node by node. */
import {
  END,
  Float64List,
  Int32List,
  JsonKeys,
  JsonReader,
  type Profile,
  ProfileBuilder,
  RepeatedObjects,
  type Source,
} from '../../../src/plugin.ts';
import { type CallFrame, CallFrames } from '../call-frame.ts';
import { eachProfile, WRAPPERS } from '../wrappers.ts';
import { profileOf } from './profile.ts';

const PROFILE = new JsonKeys(['head', ...WRAPPERS]);
const HEAD = 0;

const NODE = new JsonKeys(['callFrame', 'selfSize', 'children']);
const CALL_FRAME = 0;
const SELF_SIZE = 1;
const CHILDREN = 2;

/** A profile of the file, by its root. */
interface Tree {
  /** Number of the root: the first node of the tree. */
  root: number;
  path: string;
}

/** All trees of the file, and their nodes: parents stand before their children. */
export class Trees {
  readonly source: Source;
  readonly builder = new ProfileBuilder([{ name: 'size', unit: 'bytes', title: 'memory' }]);
  readonly frames = new CallFrames(this.builder);
  readonly list: Tree[] = [];
  /** By node: -1 and NaN until they are read. */
  readonly frame = new Int32List();
  readonly size = new Float64List();
  /** -1 = a root. */
  readonly parent = new Int32List();

  constructor(source: Source) {
    this.source = source;
  }

  add(parent: number): number {
    this.frame.push(-1);
    this.size.push(Number.NaN);
    this.parent.push(parent);
    return this.frame.length - 1;
  }
}

/** Throws `ProfileError`. */
export function parse(source: Source): Profile {
  const trees = new Trees(source);
  new TreeReader(trees).read();
  return profileOf(trees);
}

class TreeReader {
  readonly #trees: Trees;
  readonly #source: Source;
  readonly #json: JsonReader;
  readonly #callFrames = new RepeatedObjects();
  /** By number of the call frame. */
  readonly #frames: number[] = [];

  constructor(trees: Trees) {
    this.#trees = trees;
    this.#source = trees.source;
    this.#json = new JsonReader(trees.source.utf8(), trees.source);
  }

  read(): void {
    this.#container(0);
    this.#json.finish();
  }

  /** A profile, an array of them, or a reply of the DevTools protocol. */
  #container(depth: number): void {
    eachProfile(this.#json, depth, (inner) => this.#profile(inner));
  }

  #profile(depth: number): void {
    const json = this.#json;
    const path = json.path();
    let hasTree = false;
    for (let key = json.enterObject(PROFILE); key !== END; key = json.nextKey(PROFILE)) {
      if (key > HEAD) this.#container(depth + 1);
      else if (key < HEAD) json.skip();
      else if (!json.isNull()) {
        if (hasTree) this.#source.fail('two-heads', 'the profile has a second head', json.place());
        hasTree = true;
        this.#tree(path);
      }
    }
  }

  #tree(path: string): void {
    const json = this.#json;
    const trees = this.#trees;
    let node = trees.add(-1);
    trees.list.push({ root: node, path });
    let key = json.enterObject(NODE);
    for (;;) {
      if (key === END) {
        this.#check(node);
        node = trees.parent.array[node]!;
        if (node < 0) return;
        if (!json.nextItem()) {
          key = json.nextKey(NODE);
          continue;
        }
      } else if (key !== CHILDREN || json.isNull() || !json.enterArray()) {
        if (key === CALL_FRAME) trees.frame.array[node] = this.#frame();
        else if (key === SELF_SIZE) trees.size.array[node] = this.#size();
        else if (key < 0) json.skip();
        key = json.nextKey(NODE);
        continue;
      }
      node = trees.add(node);
      key = json.enterObject(NODE);
    }
  }

  #frame(): number {
    const json = this.#json;
    // Says what it found instead.
    if (!json.isObject()) json.enterObject(NODE);
    const number = this.#callFrames.read(json);
    if (number === this.#frames.length)
      this.#frames.push(this.#trees.frames.add(this.#callFrames.value as CallFrame, 0));
    return this.#frames[number]!;
  }

  #size(): number {
    const size = this.#json.number();
    if (size >= 0 && size <= Number.MAX_SAFE_INTEGER) return size;
    return this.#source.fail('bad-value', `a selfSize of ${size}`, this.#json.place());
  }

  #check(node: number): void {
    const { frame, size } = this.#trees;
    const lacks = frame.array[node]! < 0 ? 'callFrame' : Number.isNaN(size.array[node]) ? 'selfSize' : '';
    if (lacks !== '') this.#source.fail('bad-node', `a node has no ${lacks}`, this.#json.place());
  }
}
