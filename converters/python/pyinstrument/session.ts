/**
 * Recordings (`.pyisession`): stacks in order of time, and the seconds that each took.
 *
 * The surprise: a stack begins with its thread, and ends in `[await]` while the coroutine it belongs to waits.
 */
import {
  Float64List,
  Int32List,
  Interner,
  type JsonReader,
  type Profile,
  type ProfileBuilder,
  type Source,
} from '../../../src/plugin.ts';
import { EMPTY_STACK } from '../sampled-tree.ts';
import { threadLabels } from '../thread-labels.ts';
import { CodeFrames, type FrameText, frameText, isThread, lineNumber } from './code-frames.ts';

export class Session {
  readonly #json: JsonReader;
  readonly #source: Source;
  readonly #frames = new CodeFrames();
  readonly #texts = new Interner();
  /** By interned text: a frame, or -1 - the number of a thread. */
  readonly #meanings = new Int32List();
  readonly #threads: FrameText[] = [];
  #emptyStack = -1;
  readonly #start = new Int32List();
  readonly #frame = new Int32List();
  readonly #seconds = new Float64List();
  /** By record: number of its thread, or -1. */
  readonly #thread = new Int32List();
  #stem: number[] = [];

  constructor(json: JsonReader, source: Source) {
    this.#json = json;
    this.#source = source;
  }

  get recordCount(): number {
    return this.#seconds.length;
  }

  /** Reads `start_call_stack`: where the profiler was switched on. */
  readStem(): void {
    const json = this.#json;
    this.#stem = [];
    for (let more = json.enterArray(); more; more = json.nextItem()) {
      const meaning = this.#meaning();
      if (meaning >= 0) this.#stem.push(meaning);
    }
  }

  /** Reads `frame_records`. */
  readRecords(): void {
    const json = this.#json;
    for (const list of [this.#start, this.#frame, this.#seconds, this.#thread]) list.length = 0;
    for (let more = json.enterArray(); more; more = json.nextItem()) this.#record();
  }

  #record(): void {
    const json = this.#json;
    if (!json.enterArray()) this.#wrongRecord();
    const { length } = this.#frame;
    let thread = -1;
    for (let more = json.enterArray(); more; more = json.nextItem()) {
      const meaning = this.#meaning();
      if (meaning >= 0) this.#frame.push(meaning);
      else thread = -1 - meaning;
    }
    if (this.#frame.length === length) this.#frame.push(this.#empty());
    if (!json.nextItem()) this.#wrongRecord();
    const seconds = json.number();
    if (!Number.isFinite(seconds)) this.#source.fail('bad-value', 'seconds beyond all numbers', json.place());
    if (seconds < 0) {
      const message = `a record took ${seconds} seconds: the clock was set back`;
      this.#source.warn('negative-time', message, json.place());
    }
    if (json.nextItem()) this.#wrongRecord();
    this.#start.push(length);
    this.#seconds.push(seconds);
    this.#thread.push(thread);
  }

  #wrongRecord(): never {
    this.#source.fail('bad-record', 'a record is a stack and its seconds', this.#json.place());
  }

  /** What the text that comes next means. */
  #meaning(): number {
    const json = this.#json;
    // Fails, and tells what is there.
    if (!json.isString()) json.string();
    json.raw();
    const id = this.#texts.intern(json.bytes, json.view, json.start, json.end);
    if (id === this.#meanings.length)
      this.#meanings.push(this.#add(JSON.parse(this.#texts.text(id)) as string));
    return this.#meanings.array[id]!;
  }

  #add(text: string): number {
    const frame = frameText(text);
    if (isThread(frame)) return -this.#threads.push(frame);
    return this.#frames.add(
      frame.name,
      frame.file,
      lineNumber(Number(frame.line)),
      frame.className,
      frame.at,
    );
  }

  #empty(): number {
    if (this.#emptyStack < 0) this.#emptyStack = this.#frames.add(EMPTY_STACK, '', 0, '', 0);
    return this.#emptyStack;
  }

  profile(builder: ProfileBuilder, stem: 'keep' | 'drop'): Profile {
    const drop = stem === 'drop' ? this.#stemLength() : 0;
    const numbers = this.#frames.build(builder);
    const { length } = this.#seconds;
    const order = this.#order();
    const start = new Uint32Array(length + 1);
    const frame = new Int32Array(this.#frame.length - drop * length);
    const value = new Float64Array(length);
    const time = new Float64Array(length);
    const labels = new Int32Array(length).fill(-1);
    const sets = this.#threads.map((thread) => builder.labels(threadLabels(thread.name, thread.line)));
    let at = 0;
    for (const [row, record] of order.record.entries()) {
      start[row] = at;
      for (let i = this.#start.array[record]! + drop; i < this.#end(record); i++) {
        frame[at++] = numbers[this.#frame.array[i]!]!;
      }
      value[row] = this.#seconds.array[record]!;
      time[row] = order.time[record]!;
      const thread = this.#thread.array[record]!;
      if (thread >= 0) labels[row] = sets[thread]!;
    }
    start[length] = at;
    const more = sets.length > 0 ? { time, labels } : { time };
    return builder.stacks({ length, start, frame }, [value], more);
  }

  #end(record: number): number {
    return record + 1 < this.#start.length ? this.#start.array[record + 1]! : this.#frame.length;
  }

  /** When each record began, in nanoseconds, on the clock of its thread; and the records in that order. */
  #order(): { record: Uint32Array; time: Float64Array } {
    const { length } = this.#seconds;
    const time = new Float64Array(length);
    const clocks = new Float64Array(this.#threads.length + 1);
    for (let i = 0; i < length; i++) {
      const thread = this.#thread.array[i]! + 1;
      time[i] = clocks[thread]! * 1e9;
      clocks[thread]! += Math.max(0, this.#seconds.array[i]!);
    }
    const record = Uint32Array.from(time.keys());
    if (this.#threads.length > 0) record.sort((a, b) => time[a]! - time[b]! || a - b);
    return { record, time };
  }

  /** How many functions all stacks have in common with the one in which the profiler was started; one is left. */
  #stemLength(): number {
    let length = this.#stem.length;
    for (let record = 0; record < this.#start.length && length > 0; record++) {
      const from = this.#start.array[record]!;
      length = Math.min(length, this.#end(record) - from);
      for (let d = 0; d < length; d++) {
        const same =
          this.#frames.codeOf(this.#frame.array[from + d]!) === this.#frames.codeOf(this.#stem[d]!);
        if (!same) length = d;
      }
    }
    return Math.max(0, length - 1);
  }
}
