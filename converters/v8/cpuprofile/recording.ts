/**
 * One profile as it stands in the file: its nodes and samples in columns, filled by either of the two readers.
 *
 * Parents know their children's ids, or children their parents' (`parent`, in profiles taken from traces);
 * either may come first in the file.
 */
import { grown, Int32List, NumberList, type Place, type Source } from '../../../src/plugin.ts';
import type { CallFrame, CallFrames } from '../call-frame.ts';
import { NodeIds } from './node-ids.ts';

/** Rough bytes of a node, and of a sample with its time: for reserving memory, which costs nothing until it is used. */
const BYTES_PER_NODE = 150;
const BYTES_PER_SAMPLE = 24;
/** No node takes fewer bytes: ids below size / this are dense enough for an array. */
const LEAST_BYTES_PER_NODE = 32;
const MAX_RESERVE = 1 << 24;

/** The node that is being read. */
export class NodeFields {
  id = Number.NaN;
  /** A frame, or -2 - an index into `_callFrames`, or -1 for none. */
  frame = -1;
  /** In place of a frame: the fields of a call frame as old formats have them, in the node itself. */
  inline: CallFrame | undefined;
  hitCount = Number.NaN;
  /** Id of the parent. */
  parent = Number.NaN;
  readonly children: number[] = [];
  childCount = 0;
  /** Line and ticks in turn. */
  readonly ticks: number[] = [];
  tickCount = 0;

  clear(): void {
    this.id = Number.NaN;
    this.frame = -1;
    this.inline = undefined;
    this.hitCount = Number.NaN;
    this.parent = Number.NaN;
    this.childCount = 0;
    this.tickCount = 0;
  }

  addChild(id: number): void {
    this.children[this.childCount++] = id;
  }

  addTicks(line: number, ticks: number): void {
    this.ticks[this.tickCount++] = line;
    this.ticks[this.tickCount++] = ticks;
  }
}

export class Recording {
  readonly node: NodeFields = new NodeFields();
  /** Where reading stands, for messages. */
  place: () => Place | undefined = () => this.placeOf();
  /** The path of this profile in the file, for messages. */
  path = '';
  title: string | undefined;
  /** Microseconds; in `legacy` profiles seconds, until `finish`. */
  startTime = Number.NaN;
  endTime = Number.NaN;
  legacy = false;
  /** Ids of nodes. */
  samples: NumberList | undefined;
  /** Microseconds since the sample before. */
  timeDeltas: NumberList | undefined;
  /** Microseconds, in legacy profiles. */
  timestamps: NumberList | undefined;
  /** Lines of samples, 1-based. */
  lines: NumberList | undefined;
  /** Call frames that nodes refer to by index. */
  callFrames: unknown[] | undefined;

  /** Columns of the nodes. */
  length = 0;
  frame!: Int32Array;
  /** -1 = none. */
  parent!: Int32Array;
  hits!: Float64Array;
  tickNode!: Int32List;
  tickLine!: Int32List;
  ticks!: NumberList;
  readonly #source: Source;
  readonly #frames: CallFrames;
  readonly #reserve: number;
  readonly #idLimit: number;
  /** By id: number of the node + 1; or -1 - number of the parent, of a node that is yet to come. */
  #ids!: NodeIds;
  /** How many nodes that parents spoke of are yet to come. */
  #expected = 0;
  /** Nodes whose parent had not come yet, and its id. */
  #orphans: number[] = [];
  #hasIndices = false;

  /** `reserve` is the size of the profile in the file, as far as that is known. */
  constructor(source: Source, frames: CallFrames, reserve: number) {
    this.#source = source;
    this.#frames = frames;
    this.#reserve = reserve;
    this.#idLimit =
      source.size === undefined ? 1 << 24 : Math.ceil(source.size / LEAST_BYTES_PER_NODE) + 1024;
    this.clearNodes();
  }

  /** Forgets all nodes: should the key come twice, the last one counts. */
  clearNodes(): void {
    const reserve = Math.min(MAX_RESERVE, Math.ceil(this.#reserve / BYTES_PER_NODE) + 64);
    this.length = 0;
    this.frame = new Int32Array(reserve);
    this.parent = new Int32Array(reserve);
    this.hits = new Float64Array(reserve);
    this.tickNode = new Int32List(reserve);
    this.tickLine = new Int32List(reserve);
    this.ticks = new NumberList(reserve);
    this.#ids = new NodeIds(this.#idLimit, reserve);
    this.#expected = 0;
    this.#orphans = [];
  }

  /** An empty list for one value of each sample. */
  sampleList(): NumberList {
    return new NumberList(Math.min(MAX_RESERVE, Math.ceil(this.#reserve / BYTES_PER_SAMPLE) + 64));
  }

  /** What stands for a node's function: a frame, or -2 - an index into `_callFrames`. */
  frameOf(callFrame: unknown): number {
    if (typeof callFrame === 'number' && callFrame >= 0 && callFrame < 2 ** 31 - 2) return -2 - callFrame;
    if (typeof callFrame !== 'object' || callFrame === null || Array.isArray(callFrame))
      this.#fail('bad-value', 'expected an object with functionName and url');
    return this.#frames.add(callFrame, 0);
  }

  /** The number of the node with an id, or -1. */
  nodeOf(id: number): number {
    const state = this.#ids.get(id);
    return state > 0 ? state - 1 : -1;
  }

  /** Adds a node of a known function that has an id and no parent so far; its children are claimed then. */
  addPlain(id: number, frame: number, hitCount: number): number {
    const index = this.#newNode(frame);
    this.hits[index] = hitCount;
    this.parent[index] = this.#parentById(index, id, Number.NaN);
    return index;
  }

  /** Takes over the fields of `node`. A node of a legacy profile has a parent, but maybe no id. */
  addNode(parentNode?: number): number {
    const { node } = this;
    if (node.frame === -1 && node.inline) node.frame = this.#frames.add(node.inline, 1);
    if (node.frame === -1) this.#fail('bad-node', 'a node has no callFrame');
    const index = this.#newNode(node.frame);
    this.#addHits(index);
    for (let i = 0; i < node.tickCount; i += 2) this.addTick(index, node.ticks[i]!, node.ticks[i + 1]!);
    this.parent[index] = this.#parentOf(index, parentNode);
    for (let i = 0; i < node.childCount; i++) this.claim(node.children[i]!, index);
    return index;
  }

  #newNode(frame: number): number {
    const index = this.length++;
    if (index === this.frame.length) {
      this.frame = grown(this.frame, index + 1);
      this.parent = grown(this.parent, index + 1);
      this.hits = grown(this.hits, index + 1);
    }
    if (frame < -1) this.#hasIndices = true;
    this.frame[index] = frame;
    return index;
  }

  #addHits(index: number): void {
    const { hitCount } = this.node;
    if (Number.isNaN(hitCount)) return;
    if (!(hitCount >= 0 && hitCount <= Number.MAX_SAFE_INTEGER))
      this.#fail('bad-value', `a hitCount of ${hitCount}`);
    this.hits[index] = hitCount;
  }

  /** Adds ticks in a line of a node. */
  addTick(index: number, line: number, ticks: number): void {
    if (!(line >= 1 && line < 2 ** 31 && ticks > 0 && ticks <= Number.MAX_SAFE_INTEGER)) {
      const message = `positionTicks that say ${ticks} ticks in line ${line} are left out`;
      if (ticks !== 0) this.#source.warn('bad-ticks', message, this.place());
      return;
    }
    if (!this.#source.wantsLineCosts) return;
    this.tickNode.push(index);
    this.tickLine.push(line);
    this.ticks.push(ticks);
  }

  #parentOf(index: number, parentNode: number | undefined): number {
    const { id, parent } = this.node;
    if (!Number.isNaN(id)) return this.#parentById(index, id, parent, parentNode);
    if (parentNode === undefined) this.#fail('bad-node', 'a node has no id');
    return parentNode;
  }

  #parentById(index: number, id: number, parent: number, parentNode?: number): number {
    const state = this.#ids.get(id);
    if (state > 0) this.#fail('duplicate-id', `two nodes have the id ${id}`);
    this.#ids.set(id, index + 1);
    if (parentNode !== undefined) return parentNode;
    if (state < 0) {
      this.#expected--;
      return -1 - state;
    }
    if (Number.isNaN(parent)) return -1;
    const parentState = this.#ids.get(parent);
    if (parentState > 0) return parentState - 1;
    this.#orphans.push(index, parent);
    return -1;
  }

  /** Makes a node, by its id, the child of another. */
  claim(child: number, parent: number): void {
    const state = this.#ids.get(child);
    if (state === 0) {
      this.#ids.set(child, -1 - parent);
      this.#expected++;
      return;
    }
    const known = state < 0 ? -1 - state : this.parent[state - 1]!;
    if (known === parent) return;
    if (known === -1) this.parent[state - 1] = parent;
    // pyflame's converter lists the children of (root) also as those of the next node.
    else
      this.#source.warn(
        'two-parents',
        `node ${child} is a child of two nodes; the first one counts`,
        this.place(),
      );
  }

  /** Forgets the ids, once no sample needs them any more. */
  forgetIds(): void {
    this.#ids = new NodeIds(0, 0);
  }

  /** Looks up what could not be known before the last node was read. */
  finish(): void {
    this.place = () => this.placeOf();
    if (this.legacy) {
      this.startTime *= 1e6;
      this.endTime *= 1e6;
    }
    for (const time of [this.startTime, this.endTime]) {
      if (Math.abs(time) > Number.MAX_SAFE_INTEGER) this.#fail('bad-value', `a time of ${time} µs`);
    }
    for (let i = 0; i < this.#orphans.length; i += 2) {
      const node = this.#orphans[i]!;
      if (this.parent[node] !== -1) continue;
      const id = this.#orphans[i + 1]!;
      const parent = this.nodeOf(id);
      if (parent < 0) this.#failAt(node, 'dangling-id', `its parent is node ${id}, which is not in the file`);
      this.parent[node] = parent;
    }
    if (this.#expected > 0) {
      const id = this.#ids.negative()!;
      const message = `its child is node ${id}, which is not in the file`;
      this.#failAt(-1 - this.#ids.get(id), 'dangling-id', message);
    }
    if (this.#hasIndices) this.#resolveIndices();
  }

  #resolveIndices(): void {
    const frames: number[] = [];
    for (let node = 0; node < this.length; node++) {
      if (this.frame[node]! >= 0) continue;
      const index = -2 - this.frame[node]!;
      const callFrame = this.callFrames?.[index];
      if (typeof callFrame !== 'object' || callFrame === null)
        this.#failAt(node, 'bad-node', `there is no call frame ${index}`);
      frames[index] ??= this.#frames.add(callFrame, 0);
      this.frame[node] = frames[index]!;
    }
  }

  /** The place of a part of this profile, or of all of it. */
  placeOf(part = ''): Place | undefined {
    const path = this.path && part ? `${this.path}.${part}` : this.path + part;
    return path === '' ? undefined : { path };
  }

  /** Fails at a node that was read before. */
  #failAt(node: number, code: string, message: string): never {
    this.place = () => this.placeOf(`nodes[${node}]`);
    this.#fail(code, message);
  }

  #fail(code: string, message: string): never {
    this.#source.fail(code, message, this.place());
  }
}
