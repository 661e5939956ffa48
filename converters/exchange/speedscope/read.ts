/** What stands in a file: frames by number, and profiles whose stacks are nodes of one tree of frame numbers. */
import {
  CallTree,
  END,
  Float64List,
  Int32List,
  JsonKeys,
  JsonReader,
  type Place,
  type Source,
} from '../../../src/plugin.ts';

const FILE = new JsonKeys(['shared', 'profiles', 'name', 'activeProfileIndex', 'exporter']);
const SHARED = new JsonKeys(['frames']);
const FRAMES = 0;
const FRAME = new JsonKeys(['name', 'file', 'line', 'col']);
const PROFILE = new JsonKeys([
  'type',
  'name',
  'unit',
  'startValue',
  'endValue',
  'events',
  'samples',
  'weights',
]);
const EVENT = new JsonKeys(['type', 'frame', 'at']);
const TYPE = 0;
const FRAME_NUMBER = 1;
const AT = 2;

/** A frame as it is written; line and column 0 = unknown. */
interface Frame {
  name: string;
  file: string;
  line: number;
  column: number;
}

/** One profile of the file. */
export interface Part {
  /** Where it stands, as in `profiles[3]`. */
  path: string;
  type: string;
  name: string;
  unit: string;
  /** NaN = not said. */
  startValue: number;
  endValue: number;
  /** By sample: a node of the file's tree, -1 = a stack without frames. */
  node: Int32List;
  weight: Float64List;
  weighted: boolean;
  /** By event: the frame that opens, or `~frame` of the one that closes; and when. */
  event: Int32List;
  at: Float64List;
}

export interface SpeedscopeFile {
  frames: Frame[];
  parts: Part[];
  /** Frames in it are numbers of the file's. */
  tree: CallTree;
  name: string;
  exporter: string;
  /** Index of a profile, or -1. */
  active: number;
}

export function readFile(source: Source): SpeedscopeFile {
  return new FileReader(source).read();
}

class FileReader {
  readonly #source: Source;
  readonly #json: JsonReader;
  readonly #file: SpeedscopeFile = {
    frames: [],
    parts: [],
    tree: new CallTree(),
    name: '',
    exporter: '',
    active: -1,
  };

  constructor(source: Source) {
    this.#source = source;
    this.#json = new JsonReader(source.utf8(), source);
  }

  read(): SpeedscopeFile {
    const json = this.#json;
    const file = this.#file;
    for (let key = json.enterObject(FILE); key !== END; key = json.nextKey(FILE)) {
      const name = FILE.names[key];
      if (name === 'shared') this.#shared();
      else if (name === 'profiles') {
        for (let more = json.enterArray(); more; more = json.nextItem()) file.parts.push(this.#part());
      } else if ((name === 'name' || name === 'exporter') && json.isString()) file[name] = json.string();
      else if (name === 'activeProfileIndex' && json.isNumber()) file.active = json.number();
      else json.skip();
    }
    json.finish();
    return file;
  }

  #shared(): void {
    const json = this.#json;
    for (let key = json.enterObject(SHARED); key !== END; key = json.nextKey(SHARED)) {
      if (key !== FRAMES) json.skip();
      else for (let more = json.enterArray(); more; more = json.nextItem()) this.#frame();
    }
  }

  #frame(): void {
    const json = this.#json;
    const frame: Frame = { name: '', file: '', line: 0, column: 0 };
    let named = false;
    for (let key = json.enterObject(FRAME); key !== END; key = json.nextKey(FRAME)) {
      const name = FRAME.names[key];
      if (name === 'name') {
        frame.name = json.string();
        named = true;
      } else if (name === undefined) json.skip();
      else if (json.isNull()) continue;
      else if (name === 'file') frame.file = json.string();
      else frame[name === 'line' ? 'line' : 'column'] = position(json.number());
    }
    if (!named) this.#source.fail('no-name', 'a frame without a name', json.place());
    this.#file.frames.push(frame);
  }

  #part(): Part {
    const json = this.#json;
    const part: Part = {
      path: json.path(),
      type: '',
      name: '',
      unit: 'none',
      startValue: Number.NaN,
      endValue: Number.NaN,
      node: new Int32List(),
      weight: new Float64List(),
      weighted: false,
      event: new Int32List(),
      at: new Float64List(),
    };
    for (let key = json.enterObject(PROFILE); key !== END; key = json.nextKey(PROFILE)) {
      const name = PROFILE.names[key];
      if (name === undefined) json.skip();
      else if (json.isNull()) continue;
      else if (name === 'type' || name === 'name' || name === 'unit') part[name] = json.string();
      else if (name === 'startValue' || name === 'endValue') part[name] = this.#number();
      else if (name === 'events') {
        for (let more = json.enterArray(); more; more = json.nextItem()) this.#event(part);
      } else if (name === 'samples') {
        for (let more = json.enterArray(); more; more = json.nextItem()) part.node.push(this.#stack());
      } else {
        part.weighted = true;
        for (let more = json.enterArray(); more; more = json.nextItem()) part.weight.push(this.#number());
      }
    }
    return part;
  }

  #stack(): number {
    const json = this.#json;
    let node = -1;
    for (let more = json.enterArray(); more; more = json.nextItem())
      node = this.#file.tree.child(node, this.#frameNumber());
    return node;
  }

  #event(part: Part): void {
    const json = this.#json;
    let type = '';
    let frame = -1;
    let at = Number.NaN;
    for (let key = json.enterObject(EVENT); key !== END; key = json.nextKey(EVENT)) {
      if (key === TYPE) type = this.#eventType();
      else if (key === FRAME_NUMBER) frame = this.#frameNumber();
      else if (key === AT) at = this.#number();
      else json.skip();
    }
    if (type === '' || frame < 0 || Number.isNaN(at))
      this.#source.fail('bad-event', 'an event without a type, a frame or a time', json.place());
    part.event.push(type === 'O' ? frame : ~frame);
    part.at.push(at);
  }

  #eventType(): string {
    const place = this.#json.place;
    const type = this.#json.string();
    if (type === 'O' || type === 'C') return type;
    const message = `expected an event of type O or C, got ${JSON.stringify(type.slice(0, 60))}`;
    return this.#source.fail('bad-event', message, place.call(this.#json));
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

  #number(): number {
    const number = this.#json.number();
    if (Number.isFinite(number)) return number;
    return this.#source.fail('bad-value', 'a number beyond all bounds', this.#json.place());
  }
}

function position(number: number): number {
  return number >= 1 && number < 2 ** 31 ? Math.trunc(number) : 0;
}

/** A place inside of a profile. */
export function placeIn({ path }: Part, inside: string): Place {
  return { path: `${path}.${inside}` };
}
