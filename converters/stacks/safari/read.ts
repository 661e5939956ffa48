/** Reads the samples of a recording, and passes by its records. */
import {
  CallTree,
  END,
  Float64List,
  Int32List,
  JsonKeys,
  JsonReader,
  type Profile,
  ProfileBuilder,
  RepeatedObjects,
  type SampleTable,
  type Source,
  summed,
} from '../../../src/plugin.ts';
import { LeafFirst } from '../leaf-first.ts';
import { frameOf } from './frames.ts';

const FILE = new JsonKeys(['recording']);
const RECORDING = new JsonKeys([
  'displayName',
  'startTime',
  'endTime',
  'sampleStackTraces',
  'sampleDurations',
  'samples',
]);
const TARGET = new JsonKeys(['stackTraces', 'durations']);
const TRACES = 0;
const SAMPLE = new JsonKeys(['timestamp', 'stackFrames']);
const TIMESTAMP = 0;
const FRAMES = 1;
/** Seconds that the inspector gives to samples of which it does not know better. */
const USUAL = 0.001;
const NANOS = 1e9;

/** Samples of the page, or of one of its workers. */
interface Target {
  path: string;
  /** By sample: -1 = a stack without frames. */
  node: Int32List;
  /** Seconds; NaN = not said. */
  timestamp: Float64List;
  duration: Float64List;
}

export class Reader {
  readonly #source: Source;
  readonly #json: JsonReader;
  readonly #builder = new ProfileBuilder([
    { name: 'time', unit: 'seconds' },
    { name: 'samples', unit: 'samples' },
  ]);
  readonly #objects = new RepeatedObjects();
  /** Frames of the builder by number of the object. */
  readonly #frames = new Int32List();
  readonly #tree = new CallTree();
  readonly #stack = new LeafFirst((node, frame) => this.#tree.child(node, frame));
  readonly #targets: Target[] = [];
  #start = Number.NaN;
  #end = Number.NaN;

  constructor(source: Source) {
    this.#source = source;
    this.#json = new JsonReader(source.utf8(), source);
  }

  read(): Profile {
    const json = this.#json;
    for (let key = json.enterObject(FILE); key !== END; key = json.nextKey(FILE)) {
      if (key < 0) json.skip();
      else this.#recording();
    }
    json.finish();
    if (this.#targets.every(({ node }) => node.length === 0)) {
      const hint = 'record with the timeline "JavaScript & Events"';
      this.#source.fail('no-samples', 'there are no samples of JavaScript', { path: 'recording' }, hint);
    }
    return this.#profile();
  }

  #recording(): void {
    const json = this.#json;
    const legacy = newTarget('recording');
    for (let key = json.enterObject(RECORDING); key !== END; key = json.nextKey(RECORDING)) {
      const name = RECORDING.names[key];
      if (name === 'sampleStackTraces') this.#traces(legacy);
      else if (name === 'sampleDurations') json.numbers(legacy.duration);
      else if (name === 'samples' && json.isArray()) this.#samplesOfTargets();
      else if (name === 'displayName' && json.isString()) this.#builder.meta.title = json.string();
      else if (name === 'startTime' && json.isNumber()) this.#start = json.number();
      else if (name === 'endTime' && json.isNumber()) this.#end = json.number();
      else json.skip();
    }
    if (legacy.node.length > 0) this.#targets.push(legacy);
  }

  #samplesOfTargets(): void {
    const json = this.#json;
    for (let more = json.enterArray(); more; more = json.nextItem()) {
      const target = newTarget(json.path());
      for (let key = json.enterObject(TARGET); key !== END; key = json.nextKey(TARGET)) {
        if (key < 0) json.skip();
        else if (key === TRACES) this.#traces(target);
        else json.numbers(target.duration);
      }
      this.#targets.push(target);
    }
  }

  #traces({ node, timestamp }: Target): void {
    const json = this.#json;
    for (let more = json.enterArray(); more; more = json.nextItem()) {
      let at = Number.NaN;
      for (let key = json.enterObject(SAMPLE); key !== END; key = json.nextKey(SAMPLE)) {
        if (key === TIMESTAMP && !json.isNull()) at = json.number();
        else if (key === FRAMES && !json.isNull()) this.#frameList();
        else if (key < 0) json.skip();
      }
      node.push(this.#stack.depth > 0 ? this.#stack.take() : -1);
      timestamp.push(at);
    }
  }

  /** The frames of a stack come leaf first. */
  #frameList(): void {
    const json = this.#json;
    const objects = this.#objects;
    this.#stack.clear();
    for (let more = json.enterArray(); more; more = json.nextItem()) {
      const known = objects.length;
      if (!json.isObject()) json.enterObject(SAMPLE);
      const object = objects.read(json);
      if (object === known) this.#frames.push(frameOf(objects.value, this.#builder));
      this.#stack.push(this.#frames.array[object]!);
    }
  }

  #profile(): Profile {
    const builder = this.#builder;
    builder.meta.producer = 'Web Inspector';
    if (this.#end > this.#start) builder.meta.duration = Math.round((this.#end - this.#start) * NANOS);
    const samples = this.#inOrder(this.#samples());
    const { length, frame, parent } = this.#tree;
    const columns = {
      frame: frame.subarray(0, length),
      parent: parent.subarray(0, length),
      self: samples.values.map((column) => summed([column], [samples.node], length)),
    };
    return builder.tree(columns, { samples });
  }

  /** The samples of all targets, with their timestamps for times. */
  #samples(): SampleTable & { time: Float64Array } {
    const node = new Int32List();
    const time = new Float64List();
    const seconds = new Float64List();
    const labels = new Int32List();
    const several = this.#targets.length > 1;
    let empty = 0;
    for (const [t, target] of this.#targets.entries()) {
      this.#tellDurations(target);
      const label = several ? this.#builder.labels([{ key: 'target', value: `${t + 1}` }]) : 0;
      for (let i = 0; i < target.node.length; i++) {
        if (target.node.array[i]! < 0) {
          empty++;
          continue;
        }
        node.push(target.node.array[i]!);
        time.push(target.timestamp.array[i]!);
        seconds.push(i < target.duration.length ? this.#duration(target, i) : USUAL);
        labels.push(label);
      }
    }
    if (empty > 0) this.#source.note('empty-stack', `samples without a stack are left out: ${empty}`);
    const counts = new Float64Array(node.length).fill(1);
    return {
      length: node.length,
      node: node.trimmed(),
      values: [seconds.trimmed(), counts],
      time: time.trimmed(),
      ...(several && { labels: labels.trimmed() }),
    };
  }

  #tellDurations({ path, node, duration }: Target): void {
    if (duration.length === node.length) return;
    const message = `${node.length} samples, but ${duration.length} durations: what has none gets a millisecond`;
    this.#source.warn('durations-differ', message, { path });
  }

  #duration({ path, duration }: Target, index: number): number {
    const seconds = duration.array[index]!;
    // A century is more than any page lives, and sums stay finite.
    if (seconds >= 0 && seconds < 2 ** 32) return seconds;
    return this.#source.fail('bad-duration', `sample ${index} took ${seconds} seconds`, { path });
  }

  /** The rows in order of time, and times since the start; without times if one has none. */
  #inOrder({ time, ...samples }: SampleTable & { time: Float64Array }): SampleTable {
    if (!time.every(Number.isFinite)) return samples;
    const order = Uint32Array.from(time.keys());
    if (time.some((at, i) => i > 0 && at < time[i - 1]!)) order.sort((a, b) => time[a]! - time[b]! || a - b);
    const first = order.length > 0 ? time[order[0]!]! : 0;
    const start = this.#start <= first ? this.#start : first;
    const { length, node, values, labels } = samples;
    return {
      length,
      node: Int32Array.from(order, (i) => node[i]!),
      values: values.map((column) => Float64Array.from(order, (i) => Number(column[i]))),
      time: Float64Array.from(order, (i) => Math.round((time[i]! - start) * NANOS)),
      ...(labels && { labels: Int32Array.from(order, (i) => labels[i]!) }),
    };
  }
}

function newTarget(path: string): Target {
  return { path, node: new Int32List(), timestamp: new Float64List(), duration: new Float64List() };
}
