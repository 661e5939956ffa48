/** From the file to the profile: program points with their stacks, leaf first, in numbers of frames that follow them. */
import {
  CallTree,
  END,
  Float64List,
  Int32List,
  JsonKeys,
  JsonReader,
  type Metric,
  type Profile,
  ProfileBuilder,
  type Source,
  summed,
} from '../../../src/plugin.ts';
import { valgrindFrame } from '../valgrind-frames.ts';

const VERSION = 2;
const FILE = new JsonKeys(['dhatFileVersion', 'mode', 'cmd', 'pps', 'ftbl', 'bu', 'bksu']);

/** What is known of a point, by its keys: bytes, or units of events; and how many blocks, or events. */
const VALUES = ['tb', 'tbk', 'gb', 'gbk', 'eb', 'ebk', 'rb', 'wb'];
const POINT = new JsonKeys([...VALUES, 'fs', 'mb']);
const FRAMES = VALUES.length;
const NAMES = [
  'total',
  'total-blocks',
  't-gmax',
  't-gmax-blocks',
  't-end',
  't-end-blocks',
  'reads',
  'writes',
];
const TITLES = [
  'allocated',
  'allocations',
  'alive when most was',
  'blocks alive when most was',
  'alive at the end',
  'blocks alive at the end',
  'bytes read',
  'bytes written',
];
const NO_STACK = '(empty stack)';

export class DhatReader {
  readonly #source: Source;
  readonly #json: JsonReader;
  readonly #builder = new ProfileBuilder([]);
  #version = Number.NaN;
  #mode = '';
  /** Whether the program counted in units of its own. */
  #ownUnit = false;
  /** What the second of two values counts: blocks, or events. */
  #blocks = 'blocks';
  /** Whether points have a greatest size. */
  #hasMaxima = false;
  /** By point: where its stack ends in `stacks`; and its values, NaN = not given. */
  readonly #ends = new Float64List();
  readonly #stacks = new Int32List();
  readonly #values = VALUES.map(() => new Float64List());
  /** Frames as they are written, and those that a stack has needed. */
  readonly #texts: string[] = [];
  readonly #frames: number[] = [];

  constructor(source: Source) {
    this.#source = source;
    this.#json = new JsonReader(source.utf8(), source);
  }

  /** Throws `ProfileError`. */
  read(): Profile {
    const json = this.#json;
    for (let key = json.enterObject(FILE); key !== END; key = json.nextKey(FILE)) {
      const name = FILE.names[key];
      if (name === 'dhatFileVersion' && json.isNumber()) this.#version = json.number();
      else if (name === 'mode' && json.isString()) this.#mode = json.string();
      else if (name === 'bksu' && json.isString()) this.#blocks = json.string();
      else if (name === 'cmd' && json.isString()) this.#builder.meta.command = json.string();
      else if (name === 'pps') for (let more = json.enterArray(); more; more = json.nextItem()) this.#point();
      else if (name === 'ftbl')
        for (let more = json.enterArray(); more; more = json.nextItem()) this.#texts.push(json.string());
      else {
        if (name === 'bu') this.#ownUnit = true;
        json.skip();
      }
    }
    json.finish();
    if (this.#version !== VERSION)
      this.#source.fail('version', `version ${this.#version} of the format is not known`, {
        path: 'dhatFileVersion',
      });
    return this.#profile();
  }

  #point(): void {
    const json = this.#json;
    const point = this.#ends.length;
    for (const list of this.#values) list.push(Number.NaN);
    for (let key = json.enterObject(POINT); key !== END; key = json.nextKey(POINT)) {
      if (key >= 0 && key < FRAMES) this.#values[key]!.array[point] = this.#value();
      else if (key === FRAMES)
        for (let more = json.enterArray(); more; more = json.nextItem())
          this.#stacks.push(this.#frameNumber());
      else {
        if (key > FRAMES) this.#hasMaxima = true;
        json.skip();
      }
    }
    this.#ends.push(this.#stacks.length);
  }

  #value(): number {
    const value = this.#json.number();
    if (!(Number.isInteger(value) && value >= 0)) {
      const message = `expected a whole number from 0 on, got ${value}`;
      this.#source.fail('bad-value', message, this.#json.place());
    }
    if (value > Number.MAX_SAFE_INTEGER)
      this.#source.warn('inexact-value', 'values beyond 2^53 are rounded', this.#json.place());
    return value;
  }

  #frameNumber(): number {
    const number = this.#json.number();
    if (number >= 0 && number < 2 ** 31 && (number | 0) === number) return number;
    return this.#source.fail(
      'bad-frame',
      `expected the number of a frame, got ${number}`,
      this.#json.place(),
    );
  }

  #profile(): Profile {
    const builder = this.#builder;
    const tree = new CallTree();
    const node = new Int32Array(this.#ends.length);
    let at = 0;
    for (let p = 0; p < node.length; p++) {
      const end = this.#ends.array[p]!;
      let current = -1;
      for (let i = end - 1; i >= at; i--) current = tree.child(current, this.#frameAt(i, p));
      node[p] = current < 0 ? tree.child(-1, builder.frame(builder.function(NO_STACK))) : current;
      at = end;
    }
    const known = this.#values.map((list) => list.trimmed().some((value) => !Number.isNaN(value)));
    // Without a single point there was nothing to allocate.
    if (node.length === 0) {
      known[0] = true;
      this.#source.warn('empty', 'there is not one program point in it');
    }
    const self = this.#values
      .filter((_, v) => known[v])
      .map((list) => summed([list.trimmed().map((value) => value || 0)], [node], tree.length));
    for (const [v, isKnown] of known.entries()) if (isKnown) builder.metrics.push(this.#metric(v));
    builder.meta.producer = 'DHAT';
    if (this.#hasMaxima) {
      const message = 'the greatest size that each point ever had is left out: those do not add up';
      this.#source.note('maxima', message);
    }
    const { length, frame, parent } = tree;
    return builder.tree({ frame: frame.subarray(0, length), parent: parent.subarray(0, length), self });
  }

  /** The frame of a place in the stacks, which belongs to a point. */
  #frameAt(index: number, point: number): number {
    const number = this.#stacks.array[index]!;
    const text = this.#texts[number];
    if (text === undefined) {
      const message = `a stack names frame ${number}, but there are ${this.#texts.length}`;
      this.#source.fail('no-frame', message, { path: `pps[${point}].fs` });
    }
    this.#frames[number] ??= valgrindFrame(this.#builder, text);
    return this.#frames[number];
  }

  #metric(value: number): Metric {
    const isBlocks = VALUES[value]!.endsWith('bk');
    const unit = isBlocks || this.#ownUnit ? 'count' : 'bytes';
    const name = NAMES[value]!.replace('blocks', this.#blocks);
    const isHeap = this.#mode === 'heap' || this.#mode === 'rust-heap';
    return isHeap ? { name, unit, title: TITLES[value]! } : { name, unit };
  }
}
