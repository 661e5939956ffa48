/** The events of a trace that have durations, as columns; and what processes and threads are called. */
import {
  END,
  Float64List,
  Int32List,
  Interner,
  JsonKeys,
  JsonReader,
  ProfileBuilder,
  type Source,
} from '../../../src/plugin.ts';

const FILE = new JsonKeys(['traceEvents', 'samples']);
const TRACE_EVENTS = 0;
const SAMPLES = 1;
const EVENT = new JsonKeys(['name', 'cat', 'ph', 'ts', 'pid', 'tid', 'dur', 'tdur', 'args']);
const NAME = 0;
const CATEGORY = 1;
const PHASE = 2;
const TIME = 3;
const PROCESS = 4;
const THREAD = 5;
const DURATION = 6;
const THREAD_DURATION = 7;
const ARGS = 8;
const ARGUMENTS = new JsonKeys(['filename', 'line', 'name']);
const FILENAME = 0;
const LINE = 1;

/** Kinds of events. */
const BEGIN = 0;
export const END_OF = 1;
export const COMPLETE = 2;

/** Sampled stacks made events: these begin and end with no call. */
const SAMPLER = '"py-spy"';

/** A thread, by what its events say. */
export interface Thread {
  process: string;
  thread: string;
}

export interface Trace {
  builder: ProfileBuilder;
  threads: Thread[];
  /** By process. */
  processNames: Map<string, string>;
  /** By process and thread, with a NUL between. */
  threadNames: Map<string, string>;
  /** By event. */
  kind: Int32List;
  thread: Int32List;
  /** Number of its name. */
  name: Int32List;
  /** -1 for events that end others. */
  frame: Int32List;
  /** Microseconds. */
  time: Float64List;
  duration: Float64List;
  /** Number of events of other phases. */
  others: Map<string, number>;
  /** Whether all of them were made of samples. */
  sampled: boolean;
}

export function readTrace(source: Source): Trace {
  return new TraceReader(source).read();
}

class TraceReader {
  readonly #source: Source;
  readonly #json: JsonReader;
  readonly #texts = new Interner();
  readonly #trace: Trace;
  readonly #threadIds = new Map<string, number>();
  /** Texts of the thread met last, and its number. */
  #last = { process: -2, thread: -2, number: -1 };
  readonly #frames = new Map<number, number>();
  /** The current event: numbers of texts, -1 = not said. */
  #fields = { name: -1, category: -1, phase: -1, process: -1, thread: -1, file: -1, line: 0, called: -1 };
  #time = Number.NaN;
  #duration = Number.NaN;
  #threadDuration = Number.NaN;

  constructor(source: Source) {
    this.#source = source;
    this.#json = new JsonReader(source.utf8(), source);
    this.#trace = {
      builder: new ProfileBuilder([{ name: 'time', unit: 'microseconds' }]),
      threads: [],
      processNames: new Map(),
      threadNames: new Map(),
      kind: new Int32List(),
      thread: new Int32List(),
      name: new Int32List(),
      frame: new Int32List(),
      time: new Float64List(),
      duration: new Float64List(),
      others: new Map(),
      sampled: true,
    };
  }

  read(): Trace {
    const json = this.#json;
    let ended = true;
    if (json.isArray()) ended = this.#events();
    else {
      for (let key = json.enterObject(FILE); key !== END; key = json.nextKey(FILE)) {
        if (key === SAMPLES && json.isArray()) this.#samples();
        else if (key !== TRACE_EVENTS) json.skip();
        else if (!this.#events()) {
          ended = false;
          break;
        }
      }
    }
    if (ended) json.finish();
    return this.#trace;
  }

  #samples(): void {
    const json = this.#json;
    let count = 0;
    for (let more = json.enterArray(); more; more = json.nextItem(), count++) json.skip();
    if (count > 0)
      this.#source.warn('samples', `sampled stacks beside the events are left out: ${count}`, {
        path: 'samples',
      });
  }

  /** False if the file ends before the array does, between two events: that is how programs leave it that were ended. */
  #events(): boolean {
    const json = this.#json;
    for (let more = json.enterArray(); more; more = json.nextItem()) {
      if (json.peek() === 0) return false;
      this.#event();
      if (json.peek() === 0) return false;
    }
    return true;
  }

  #event(): void {
    const json = this.#json;
    const fields = this.#fields;
    fields.name =
      fields.category =
      fields.phase =
      fields.process =
      fields.thread =
      fields.file =
      fields.called =
        -1;
    fields.line = 0;
    this.#time = this.#duration = this.#threadDuration = Number.NaN;
    for (let key = json.enterObject(EVENT); key !== END; key = json.nextKey(EVENT)) {
      if (key === NAME) fields.name = this.#text();
      else if (key === CATEGORY) fields.category = this.#text();
      else if (key === PHASE) fields.phase = this.#text();
      else if (key === TIME) this.#time = this.#number();
      else if (key === PROCESS) fields.process = this.#text();
      else if (key === THREAD) fields.thread = this.#text();
      else if (key === DURATION) this.#duration = this.#number();
      else if (key === THREAD_DURATION) this.#threadDuration = this.#number();
      else if (key === ARGS && json.isObject()) this.#arguments();
      else json.skip();
    }
    const phase = this.#string(fields.phase);
    if (phase === 'B') this.#add(BEGIN);
    else if (phase === 'E') this.#add(END_OF);
    else if (phase === 'X') this.#add(COMPLETE);
    else if (phase === 'M' || phase === 'm') this.#metadata();
    else {
      const { others } = this.#trace;
      const what = phase === '' ? 'without ph' : phase;
      others.set(what, (others.get(what) ?? 0) + 1);
    }
  }

  #arguments(): void {
    const json = this.#json;
    const fields = this.#fields;
    for (let key = json.enterObject(ARGUMENTS); key !== END; key = json.nextKey(ARGUMENTS)) {
      if (key === LINE && json.isNumber()) fields.line = json.number();
      else if (key < 0 || !json.isString()) json.skip();
      else if (key === FILENAME) fields.file = this.#text();
      else fields.called = this.#text();
    }
  }

  #add(kind: number): void {
    const trace = this.#trace;
    if (Number.isNaN(this.#time))
      this.#source.fail('no-time', 'an event without a time (ts)', this.#json.place());
    trace.kind.push(kind);
    trace.thread.push(this.#thread());
    trace.name.push(this.#fields.name);
    trace.frame.push(kind === END_OF ? -1 : this.#frame());
    trace.time.push(this.#time);
    const duration = Number.isNaN(this.#duration) ? this.#threadDuration : this.#duration;
    if (duration < 0) this.#source.fail('bad-duration', `a duration of ${duration}`, this.#json.place());
    trace.duration.push(kind === COMPLETE ? duration || 0 : 0);
    if (this.#fields.category < 0 || this.#texts.text(this.#fields.category) !== SAMPLER)
      trace.sampled = false;
  }

  #thread(): number {
    const { process, thread } = this.#fields;
    const last = this.#last;
    if (process !== last.process || thread !== last.thread) {
      const said: Thread = { process: this.#string(process), thread: this.#string(thread) };
      const key = `${said.process}\0${said.thread}`;
      let number = this.#threadIds.get(key);
      if (number === undefined) {
        number = this.#trace.threads.push(said) - 1;
        this.#threadIds.set(key, number);
      }
      this.#last = { process, thread, number };
    }
    return this.#last.number;
  }

  #frame(): number {
    const { name, file, line } = this.#fields;
    const { builder } = this.#trace;
    const known = file < 0 && line === 0;
    if (known) {
      const frame = this.#frames.get(name);
      if (frame !== undefined) return frame;
    }
    const func = builder.function(this.#string(name) || '(anonymous)', { file: this.#string(file) });
    const frame = builder.frame(func, { line: line >= 1 && line < 2 ** 31 ? Math.trunc(line) : 0 });
    if (known) this.#frames.set(name, frame);
    return frame;
  }

  #metadata(): void {
    const { name, process, thread, called } = this.#fields;
    if (called < 0) return;
    const what = this.#string(name);
    const key = this.#string(process);
    if (what === 'process_name') this.#trace.processNames.set(key, this.#string(called));
    else if (what === 'thread_name')
      this.#trace.threadNames.set(`${key}\0${this.#string(thread)}`, this.#string(called));
  }

  /** Number of the text or number that comes next, as it is written. */
  #text(): number {
    const json = this.#json;
    if (json.isObject() || json.isArray())
      this.#source.fail('bad-value', 'expected a text or a number', json.place());
    json.raw();
    return this.#texts.intern(json.bytes, json.view, json.start, json.end);
  }

  /** What a number of `#text` stands for. */
  #string(text: number): string {
    const written = text < 0 ? '' : this.#texts.text(text);
    if (!written.startsWith('"')) return written === 'null' ? '' : written;
    return written.includes('\\') ? (JSON.parse(written) as string) : written.slice(1, -1);
  }

  /** Microseconds; some write them as text. */
  #number(): number {
    const json = this.#json;
    if (json.isNull()) return Number.NaN;
    const number = json.isString() ? Number(json.string()) : json.number();
    if (Number.isFinite(number)) return number;
    return this.#source.fail('bad-value', 'expected a time in microseconds', json.place());
  }
}
