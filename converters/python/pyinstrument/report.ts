/**
 * Reports (`-r json`): a tree of frames with their totals, from which pyinstrument has removed what it thinks
 * irrelevant; removed time is in the frame above. Times are rounded to microseconds.
 *
 * The surprise: time of a frame itself may stand in a child called `[self]`.
 */
import {
  END,
  Float64List,
  Int32List,
  JsonKeys,
  type JsonReader,
  type Profile,
  type ProfileBuilder,
  type Source,
} from '../../../src/plugin.ts';
import { CodeFrames, lineNumber } from './code-frames.ts';

const FRAME = new JsonKeys(['function', 'file_path', 'line_no', 'time', 'class_name', 'children']);
const FUNCTION = 0;
const FILE_PATH = 1;
const LINE_NO = 2;
const TIME = 3;
const CLASS_NAME = 4;
const CHILDREN = 5;
const SELF = '[self]';
/** Seconds by which a written time may be off. */
const ROUNDING = 0.5e-6;
const NANO = 1e9;

/** What is known so far of a frame whose children are being read. */
interface Open {
  node: number;
  name: string | undefined;
  file: string;
  line: number;
  className: string;
  time: number;
}

export class Report {
  readonly #json: JsonReader;
  readonly #source: Source;
  readonly #frames = new CodeFrames();
  /** By node; -1 = a `[self]`, which is part of its parent. */
  readonly #frame = new Int32List();
  readonly #parent = new Int32List();
  readonly #time = new Float64List();

  constructor(json: JsonReader, source: Source) {
    this.#json = json;
    this.#source = source;
  }

  /** Reads `root_frame`. */
  read(): void {
    const json = this.#json;
    for (const list of [this.#frame, this.#parent, this.#time]) list.length = 0;
    const path = [this.#open(-1)];
    let key = json.enterObject(FRAME);
    while (path.length > 0) {
      const frame = path[path.length - 1]!;
      if (key === CHILDREN && json.isArray()) {
        if (json.enterArray()) {
          path.push(this.#open(frame.node));
          key = json.enterObject(FRAME);
          continue;
        }
      } else if (key !== END) {
        this.#field(frame, key);
      } else {
        this.#close(frame);
        path.pop();
        const parent = path[path.length - 1];
        if (parent && json.nextItem()) {
          path.push(this.#open(parent.node));
          key = json.enterObject(FRAME);
          continue;
        }
        if (!parent) break;
      }
      key = json.nextKey(FRAME);
    }
  }

  #open(parent: number): Open {
    const node = this.#parent.length;
    this.#parent.push(parent);
    this.#frame.push(-1);
    this.#time.push(0);
    return { node, name: undefined, file: '', line: 0, className: '', time: Number.NaN };
  }

  #field(frame: Open, key: number): void {
    const json = this.#json;
    if (key < 0 || json.isNull()) {
      if (key < 0) json.skip();
    } else if (key === FUNCTION) frame.name = json.string();
    else if (key === FILE_PATH) frame.file = json.string();
    else if (key === LINE_NO) frame.line = lineNumber(json.number());
    else if (key === TIME) frame.time = json.number();
    else if (key === CLASS_NAME) frame.className = json.string();
    else json.enterArray();
  }

  #close({ node, name, file, line, className, time }: Open): void {
    if (name === undefined)
      this.#source.fail('no-function', 'a frame without a function', this.#json.place());
    if (!Number.isFinite(time)) this.#source.fail('no-time', `${name} has no time`, this.#json.place());
    const isSelf = name === SELF && file === '' && this.#parent.array[node]! >= 0;
    if (!isSelf) this.#frame.array[node] = this.#frames.add(name, file, line, className, 0);
    this.#time.array[node] = time;
  }

  profile(builder: ProfileBuilder): Profile {
    const numbers = this.#frames.build(builder);
    const count = this.#parent.length;
    const self = this.#selves();
    const node = new Int32Array(count);
    const parents = new Int32Array(count);
    const frames = new Int32Array(count);
    const values = new Float64Array(count);
    let length = 0;
    for (let n = 0; n < count; n++) {
      const frame = this.#frame.array[n]!;
      const parent = this.#parent.array[n]!;
      if (frame < 0) {
        values[node[parent]!]! += self[n]!;
        node[n] = node[parent]!;
        continue;
      }
      node[n] = length;
      parents[length] = parent < 0 ? -1 : node[parent]!;
      frames[length] = numbers[frame]!;
      values[length++]! += self[n]!;
    }
    return builder.tree({
      frame: frames.subarray(0, length),
      parent: parents.subarray(0, length),
      self: [values.subarray(0, length)],
    });
  }

  /** What is left of each frame's time when its children's is taken off, to the nanosecond. */
  #selves(): Float64Array {
    const self = this.#time.trimmed().slice();
    const children = new Int32Array(self.length);
    for (let n = self.length - 1; n >= 0; n--) {
      const parent = this.#parent.array[n]!;
      if (parent < 0) continue;
      self[parent]! -= this.#time.array[n]!;
      children[parent]!++;
    }
    for (let n = 0; n < self.length; n++) {
      if (children[n] === 0) continue;
      const excess = -self[n]!;
      self[n] = Math.max(0, Math.round(self[n]! * NANO) / NANO);
      if (excess <= (children[n]! + 1) * ROUNDING + 1e-9) continue;
      const name = this.#frame.array[n]! < 0 ? SELF : this.#frames.nameOf(this.#frame.array[n]!);
      const message = `what ${name} called took ${excess.toPrecision(3)} seconds more than it`;
      this.#source.warn('children-exceed', message);
    }
    return self;
  }
}
