/** Reads the events of a coldshot profile: records of twelve bytes. */
import { ByteReader, type Metric, type Profile, ProfileBuilder, type Source } from '../../../src/plugin.ts';
import { CallTrace, TracedStack } from '../call-trace.ts';
import { isDataFile } from './data-file.ts';
import { type ColdshotIndex, readIndex } from './index-file.ts';

const RECORD = 12;
const LINE = 0;
const CALL = 1;
const RETURN = 2;
const ANNOTATION = 3;
/** The clock starts again from 0 behind these many ticks. */
const CLOCK = 2 ** 32;
/** More annotations than these are not kept. */
const MANY_ANNOTATIONS = 1000;

const UNITS: Record<number, string> = {
  1: 'seconds',
  [1e-3]: 'milliseconds',
  [1e-6]: 'microseconds',
  [1e-9]: 'nanoseconds',
};

export async function readProfile(source: Source): Promise<Profile> {
  if (isDataFile(source.head)) {
    const hint = 'open index.coldshot, which lies beside it, or their directory';
    source.fail('no-index', 'these are the events of a coldshot profile, without the names', {}, hint);
  }
  const index = readIndex(source);
  const events = new EventReader(source, index);
  for (const name of index.data) events.read(await source.sibling(name));
  return events.profile();
}

interface Thread {
  stack: TracedStack;
  /** Ticks at its last event. */
  time: number;
}

class EventReader {
  readonly #source: Source;
  readonly #index: ColdshotIndex;
  readonly #trace = new CallTrace();
  readonly #threads: (Thread | undefined)[] = [];
  /** Functions of the profile by their numbers in the data; those that agree in all that is known are one. */
  readonly #functionOf = new Map<number, number>();
  readonly #functionByFacts = new Map<string, number>();
  /** The number in the data of each, or of the first of those that are one. */
  readonly #functions: number[] = [];
  readonly #annotations: string[] = [];
  /** The clock as it was last read, and the ticks of its rounds. */
  #clock = 0;
  #rounds = 0;
  #lines = false;
  #lostReturns = 0;
  #strayReturns = 0;
  #linesOutside = 0;

  constructor(source: Source, index: ColdshotIndex) {
    this.#source = source;
    this.#index = index;
  }

  read(data: Source): void {
    const reader = new ByteReader(data.stream());
    const little = !this.#index.bigEndian;
    while (reader.has(RECORD)) {
      const { view } = reader;
      for (let { at } = reader; at + RECORD <= reader.end; reader.at = at += RECORD) {
        const number = view.getUint32(at + 4, little);
        const thread = this.#thread(view.getUint16(at, little), view.getUint32(at + 8, little), data, reader);
        const func = number % 2 ** 24;
        const line = view.getUint16(at + 2, little);
        const kind = number >>> 24;
        if (kind === CALL) this.#call(thread.stack, func);
        else if (kind === RETURN) this.#return(thread.stack, func);
        else if (kind === LINE) this.#line(thread.stack, func, line);
        else if (kind === ANNOTATION) this.#annotate(func, thread.time);
        else data.fail('bad-record', `there is no event of type ${kind}`, { offset: reader.offset });
      }
    }
    if (reader.at < reader.end) {
      data.warn('cut-off', `the file ends within an event of ${RECORD} bytes`, { offset: reader.offset });
    }
  }

  /** The thread of an event; the time since the one before is spent. */
  #thread(number: number, clock: number, data: Source, reader: ByteReader): Thread {
    if (clock < this.#clock - CLOCK / 2) this.#rounds += CLOCK;
    this.#clock = clock;
    const time = this.#rounds + clock;
    let thread = this.#threads[number];
    if (thread === undefined) {
      thread = { stack: new TracedStack(this.#trace, number), time };
      this.#threads[number] = thread;
    }
    if (time < thread.time) {
      data.warn('backward', 'the clock went back: no time is taken to have passed', {
        offset: reader.offset,
      });
    } else if (thread.stack.depth > 0) {
      thread.stack.spend(time - thread.time, this.#lines);
    }
    thread.time = time;
    return thread;
  }

  #call(stack: TracedStack, number: number): void {
    const line = this.#lines ? (this.#index.functions.get(number)?.line ?? 0) : 0;
    stack.enter(this.#function(number), line);
  }

  /** A return names the function; that of a built-in one, its caller. */
  #return(stack: TracedStack, number: number): void {
    if (stack.depth === 0) {
      this.#strayReturns++;
      return;
    }
    const func = this.#function(number);
    if (stack.function(0) !== func && !(this.#isBuiltin(stack) && stack.function(1) === func)) {
      this.#unwind(stack, func);
    }
    stack.exit();
  }

  #line(stack: TracedStack, number: number, line: number): void {
    this.#lines = true;
    const func = this.#function(number);
    if (stack.depth > 0 && stack.function(0) !== func) this.#unwind(stack, func);
    if (stack.function(0) === func) stack.goTo(this.#wholeLine(number, line));
    else this.#linesOutside++;
  }

  /** Lines have 16 bits in the data: the first line of the function tells the rest. */
  #wholeLine(number: number, line: number): number {
    const first = this.#index.functions.get(number)?.line ?? 0;
    const whole = first - (first % 2 ** 16) + line;
    return whole < first ? whole + 2 ** 16 : whole;
  }

  #isBuiltin(stack: TracedStack): boolean {
    return this.#index.functions.get(this.#functions[stack.function(0)]!)?.file === 0;
  }

  /** Ends the calls above one: those of built-in functions that raise an exception have no return. */
  #unwind(stack: TracedStack, func: number): void {
    if (!stack.holds(func)) return;
    for (; stack.function(0) !== func; this.#lostReturns++) stack.exit();
  }

  #annotate(number: number, time: number): void {
    if (this.#annotations.length === MANY_ANNOTATIONS) {
      this.#source.warn(
        'many-annotations',
        `more than ${MANY_ANNOTATIONS} annotations: the rest are left out`,
      );
      return;
    }
    const text = number === 0 ? '(end)' : (this.#index.annotations.get(number) ?? `annotation ${number}`);
    this.#annotations.push(`${text} (at ${time} of the clock)`);
  }

  #function(number: number): number {
    let func = this.#functionOf.get(number);
    if (func === undefined) {
      const known = this.#index.functions.get(number);
      const facts = known ? `${known.file} ${known.line} ${known.module} ${known.name}` : `${number}`;
      func = this.#functionByFacts.get(facts) ?? this.#functions.push(number) - 1;
      this.#functionByFacts.set(facts, func);
      this.#functionOf.set(number, func);
    }
    return func;
  }

  profile(): Profile {
    const source = this.#source;
    if (this.#trace.length === 0) source.fail('no-calls', 'there is no call in the data');
    this.#tell();
    const metric: Metric = { name: 'time', unit: UNITS[this.#index.timerUnit] ?? 'ticks' };
    if (metric.unit === 'ticks') {
      source.warn('no-unit', 'the index does not tell how long a tick of the clock is: times are in ticks');
    }
    const builder = new ProfileBuilder([metric]);
    builder.meta = { producer: 'coldshot' };
    if (metric.unit !== 'ticks') {
      builder.meta.duration = Math.round((this.#rounds + this.#clock) * this.#index.timerUnit * 1e9);
    }
    if (this.#annotations.length > 0) builder.meta.comments = this.#annotations;
    return this.#trace.profile(source, builder, this.#addFunctions(builder));
  }

  /** What is to be known of the events. */
  #tell(): void {
    const source = this.#source;
    if (this.#lostReturns > 0) {
      source.warn('lost-returns', `calls that have no return end with their caller: ${this.#lostReturns}`);
    }
    if (this.#strayReturns > 0) {
      source.warn('stray-returns', `returns that no call precedes are left out: ${this.#strayReturns}`);
    }
    if (this.#linesOutside > 0) {
      const message = `lines run outside of all calls in the data are left out: ${this.#linesOutside}`;
      source.warn('lines-outside', message);
    }
    let open = 0;
    for (const thread of this.#threads) open += thread?.stack.depth ?? 0;
    if (open > 0) {
      source.warn(
        'unfinished',
        `calls that have not returned at the end of the data count up to there: ${open}`,
      );
    }
  }

  #addFunctions(builder: ProfileBuilder): Int32Array {
    const { functions, files } = this.#index;
    let nameless = 0;
    const added = Int32Array.from(this.#functions, (number) => {
      const known = functions.get(number);
      if (!known) nameless++;
      const { name, module, file, line } = known ?? {
        name: `(function ${number})`,
        module: '',
        file: 0,
        line: 0,
      };
      return builder.addFunction(name, {
        file: file === 0 ? '' : (files.get(file) ?? `(file ${file})`),
        line,
        mapping: module === '' ? -1 : builder.mapping(module),
      });
    });
    if (nameless > 0) this.#source.warn('nameless', `the index does not name ${nameless} of the functions`);
    return added;
  }
}
