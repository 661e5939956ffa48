/**
 * Reads MOJO, austin's binary form: events, of which some begin a sample and others add to it.
 *
 * Strings and frames are told once for each process, and then named by their numbers.
 */
import { CallTree, grown, Int32List, type Profile, type Source } from '../../../src/plugin.ts';
import { IntegerKeys } from '../integer-keys.ts';
import { StackNodes } from '../stack-nodes.ts';
import { MojoEvents } from './mojo-events.ts';
import { Samples } from './samples.ts';
import { MAGIC } from './signature.ts';
import { threadLabels } from './text-line.ts';

const LAST_VERSION = 4;
/** From these versions on there are … */
const WITH_COLUMNS = 2;
const WITH_INTERPRETERS = 3;

const METADATA = 1;
const STACK = 2;
const FRAME = 3;
const INVALID_FRAME = 4;
const FRAME_REF = 5;
const KERNEL_FRAME = 6;
const GC = 7;
const IDLE = 8;
const TIME = 9;
const MEMORY = 10;
const STRING = 11;
const STRING_REF = 12;
const STACK_REPEAT = 13;
const TASK_STACK = 14;
const TASK_WAITER = 15;

/** Strings that nobody tells, by number. */
const KNOWN_STRINGS = ['', '<unknown>'];

export function readMojo(source: Source, columns: boolean): Profile {
  return new MojoReader(source, columns).read();
}

class MojoReader {
  readonly #source: Source;
  readonly #events: MojoEvents;
  readonly #columns: boolean;
  readonly #samples = new Samples();
  readonly #tree = new CallTree();
  readonly #nodes = new StackNodes(this.#tree);
  readonly #version: number;
  /** Strings and frames by process and number. The process before the first stack is -1. */
  readonly #stringKeys = new IntegerKeys();
  readonly #strings: string[] = [];
  readonly #frameKeys = new IntegerKeys();
  readonly #frames = new Int32List();
  /** Whether a frame is of native code or the like, from which no stack goes on; by frame of the builder. */
  readonly #onTop: boolean[] = [];
  readonly #threadNames = new Map<string, number>();
  /** Threads by process, interpreter and name, and the node of the last sample of each. */
  readonly #threads = new IntegerKeys();
  readonly #last = new Int32List();

  /** The sample that is read; -1 = none is. */
  #thread = -1;
  #process = -1;
  #stack = new Int32Array(256);
  #depth = 0;
  /** The node that the stack stands on, where it goes on from the sample before. */
  #base = -1;
  #idle = false;
  #time = Number.NaN;
  #memory = Number.NaN;
  /** In the stack of a task that waits, which takes no time of the thread. */
  #inTask = false;

  constructor(source: Source, columns: boolean) {
    this.#source = source;
    this.#columns = columns;
    this.#events = new MojoEvents(source);
    this.#events.skip(MAGIC.length);
    this.#version = this.#events.number();
    if (this.#version < 1 || this.#version > LAST_VERSION) {
      const hint = 'a newer austin may have written it';
      const message = `version ${this.#version} of MOJO is not known, only 1 to ${LAST_VERSION} are`;
      this.#events.fail('unknown-version', message, hint);
    }
  }

  read(): Profile {
    const events = this.#events;
    let whole = true;
    while (whole) {
      const type = events.next();
      if (type < 0) break;
      whole = this.#readEvent(type);
      if (!whole) {
        const hint = 'was austin killed?';
        this.#source.warn('cut-off', 'it ends within an event', { offset: events.start }, hint);
      }
    }
    if (whole || this.#hasMetric()) this.#endSample();
    if (this.#samples.facts.get('mode') === 'memory') this.#samples.measures('memory');
    return this.#samples.profile(this.#source, this.#tree);
  }

  /** Reads an event behind its type. False = the input ends within it. */
  #readEvent(type: number): boolean {
    const events = this.#events;
    if (type === FRAME_REF) {
      events.number();
      if (!events.whole) return false;
      if (!this.#inTask) this.#push(this.#frame());
      return true;
    }
    if (type === TIME || type === MEMORY) {
      const value = events.number();
      if (!events.whole) return false;
      if (!this.#inTask) this.#setMetric(type, value);
      return true;
    }
    if (type === STACK) return this.#beginSample();
    return this.#rareEvent(type);
  }

  #rareEvent(type: number): boolean {
    const events = this.#events;
    switch (type) {
      case METADATA: {
        const key = events.text();
        const value = events.text();
        if (events.whole) this.#samples.facts.set(key, value);
        break;
      }
      case STRING: {
        const key = this.#key(this.#stringKeys);
        const text = events.text();
        if (events.whole) this.#strings[key] = text;
        break;
      }
      case FRAME:
        return this.#defineFrame();
      case INVALID_FRAME:
        this.#push(this.#special('INVALID', '', false));
        break;
      case GC:
        this.#push(this.#special('GC', '', true));
        break;
      case KERNEL_FRAME: {
        const name = events.text();
        if (events.whole) this.#push(this.#special(name, 'kernel', true));
        break;
      }
      case IDLE:
        this.#idle = true;
        break;
      case STRING_REF:
        events.number();
        break;
      case STACK_REPEAT:
        this.#repeat();
        break;
      case TASK_STACK:
      case TASK_WAITER:
        events.number();
        events.number();
        if (type === TASK_STACK) this.#waitTask();
        break;
      default:
        events.fail('bad-event', `there is no event of type ${type}`);
    }
    return events.whole;
  }

  /** The number that comes next, as a key of this process. */
  #key(keys: IntegerKeys): number {
    this.#events.number();
    return keys.add(this.#events.lowHalf, this.#events.highHalf, this.#process);
  }

  #beginSample(): boolean {
    const events = this.#events;
    const process = events.number();
    const interpreter = this.#version >= WITH_INTERPRETERS ? events.number() : 0;
    const thread = events.text();
    if (!events.whole) return false;
    this.#endSample();
    this.#process = process | 0;
    let name = this.#threadNames.get(thread);
    if (name === undefined) this.#threadNames.set(thread, (name = this.#threadNames.size));
    this.#thread = this.#threads.add(this.#process, interpreter | 0, name);
    if (this.#thread === this.#last.length) {
      this.#last.push(-1);
      this.#samples.addThread(threadLabels(process, interpreter, threadValue(thread)));
    }
    this.#depth = 0;
    this.#base = -1;
    this.#idle = false;
    this.#time = Number.NaN;
    this.#memory = Number.NaN;
    return true;
  }

  /** Adds the sample that was read; one without a metric is not whole. */
  #endSample(): void {
    this.#inTask = false;
    if (this.#thread < 0) return;
    const thread = this.#thread;
    this.#thread = -1;
    if (!this.#hasMetric()) {
      const place = { offset: this.#events.start };
      this.#source.warn('no-metric', 'samples without a metric are left out', place);
      return;
    }
    const hasTime = !Number.isNaN(this.#time);
    const hasMemory = !Number.isNaN(this.#memory);
    const node = this.#node();
    this.#last.array[thread] = node;
    if (hasTime) this.#samples.measures('time');
    if (hasMemory) this.#samples.measures('memory');
    if (hasTime && hasMemory) this.#samples.measures('cpu');
    const memory = hasMemory ? this.#memory : 0;
    const time = hasTime ? this.#time : 0;
    this.#samples.add(node, thread, this.#idle, time, Math.max(0, memory), Math.max(0, -memory));
  }

  #hasMetric(): boolean {
    return !Number.isNaN(this.#time) || !Number.isNaN(this.#memory);
  }

  #node(): number {
    if (this.#base < 0) {
      if (this.#depth === 0) this.#stack[this.#depth++] = this.#emptyFrame();
      return this.#nodes.node(this.#stack, this.#depth);
    }
    let node = this.#base;
    for (let d = 0; d < this.#depth; d++) node = this.#tree.child(node, this.#stack[d]!);
    return node;
  }

  #push(frame: number): void {
    if (this.#thread < 0) this.#events.fail('no-stack', 'a frame comes before the first stack');
    if (this.#depth === this.#stack.length) this.#stack = grown(this.#stack, this.#depth + 1);
    this.#stack[this.#depth++] = frame;
  }

  /** The frame whose number was read. */
  #frame(): number {
    const { lowHalf, highHalf } = this.#events;
    const key = this.#frameKeys.find(lowHalf, highHalf, this.#process);
    if (key < 0) this.#events.fail('unknown-frame', 'a stack has a frame that was not told before');
    return this.#frames.array[key]!;
  }

  #defineFrame(): boolean {
    const events = this.#events;
    const key = this.#key(this.#frameKeys);
    const file = this.#string();
    const name = this.#string();
    const line = events.number();
    let column = 0;
    if (this.#version >= WITH_COLUMNS) {
      events.number();
      column = events.number();
      events.number();
    }
    if (!events.whole) return false;
    if (file === undefined || name === undefined) {
      return events.fail('unknown-string', 'a frame has a name or file that was not told before');
    }
    const frame = this.#samples.frame(name, file, line, this.#columns ? column : 0);
    this.#onTop[frame] = !file.endsWith('.py') && !/^<.*>$/s.test(file);
    if (key === this.#frames.length) this.#frames.push(frame);
    else this.#frames.array[key] = frame;
    return true;
  }

  /** The string whose number comes next. */
  #string(): string | undefined {
    const events = this.#events;
    const number = events.number();
    if (number === 1) return KNOWN_STRINGS[number];
    const key = this.#stringKeys.find(events.lowHalf, events.highHalf, this.#process);
    return this.#strings[key] ?? KNOWN_STRINGS[number];
  }

  #emptyFrame(): number {
    const frame = this.#samples.emptyFrame();
    this.#onTop[frame] = true;
    return frame;
  }

  /** A frame that is no place in a program. `onTop`: of one sample only, so that no stack goes on from it. */
  #special(name: string, file: string, onTop: boolean): number {
    const frame = this.#samples.frame(name, file);
    this.#onTop[frame] = onTop;
    return frame;
  }

  #setMetric(type: number, value: number): void {
    if (this.#thread < 0) this.#events.fail('no-stack', 'a metric comes before the first stack');
    if (!Number.isSafeInteger(value) || (type === TIME && value < 0)) {
      this.#events.fail('bad-metric', `a sample that took ${value}`);
    }
    if (type === TIME) this.#time = value;
    else this.#memory = value;
  }

  /** The stack goes on from that of the thread's sample before, without the native frames on top of that. */
  #repeat(): void {
    if (this.#thread < 0) this.#events.fail('no-stack', 'a stack is repeated before the first one');
    const { frame, parent } = this.#tree;
    let base = this.#last.array[this.#thread]!;
    while (base >= 0 && this.#onTop[frame[base]!]) base = parent[base]!;
    this.#base = base;
  }

  #waitTask(): void {
    if (!this.#inTask) this.#source.note('tasks', 'stacks of tasks that wait are left out');
    this.#inTask = true;
  }
}

/** Threads are named by their number in hexadecimal digits, or lately by a name. */
function threadValue(text: string): number | string {
  const number = /^[0-9a-f]+$/.test(text) ? Number.parseInt(text, 16) : Number.NaN;
  return Number.isSafeInteger(number) ? number : text;
}
