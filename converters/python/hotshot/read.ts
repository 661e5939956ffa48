/** Reads the records of a hotshot log. */
import { type Meta, type Profile, ProfileBuilder, type Source } from '../../../src/plugin.ts';
import { CallTrace, TracedStack } from '../call-trace.ts';
import { IntegerKeys } from '../integer-keys.ts';
import { RecordReader } from './records.ts';

/** The low two bits of a record's first byte; with OTHER, the whole byte. */
const ENTER = 0;
const EXIT = 1;
const LINE = 2;
const ADD_INFO = 0x13;
const DEFINE_FILE = 0x23;
const LINE_TIMES = 0x33;
const DEFINE_FUNC = 0x43;
const FRAME_TIMES = 0x53;

export function readLog(source: Source): Profile {
  return new LogReader(source).read();
}

class LogReader {
  readonly #source: Source;
  readonly #records: RecordReader;
  readonly #trace = new CallTrace();
  readonly #stack = new TracedStack(this.#trace);
  /** Functions by file number and first line. */
  readonly #functions = new IntegerKeys();
  readonly #functionFile: number[] = [];
  readonly #functionLine: number[] = [];
  readonly #fileNames = new Map<number, string>();
  readonly #functionNames = new Map<number, string>();
  readonly #infos: [string, string][] = [];
  #frameTimes = true;
  #lineTimes = false;
  /** Whether the log tells lines. */
  #lines = false;
  #linesOutside = 0;
  /** Whether there were times with any call. */
  #timed = false;

  constructor(source: Source) {
    this.#source = source;
    this.#records = new RecordReader(source);
  }

  read(): Profile {
    const records = this.#records;
    let going = records.next();
    if (going && records.byte !== ADD_INFO) {
      this.#source.fail('no-facts', 'it does not begin with what was profiled, and how', { offset: 0 });
    }
    while (going) going = this.#readRecord(records.byte) && records.next();
    if (this.#trace.length === 0) {
      this.#source.fail('no-calls', 'there is no call in the log', { offset: records.start });
    }
    if (this.#linesOutside > 0) {
      const message = `lines run outside of all calls in the log are left out: ${this.#linesOutside}`;
      this.#source.warn('lines-outside', message);
    }
    if (!this.#timed) this.#source.warn('no-times', 'the log has no times: calls are all that is counted');
    const { depth } = this.#stack;
    if (depth > 0) {
      const message = `calls that have not returned at the end of the log count up to there: ${depth}`;
      this.#source.warn('unfinished', message, { offset: records.start });
    }
    return this.#profile();
  }

  /** Reads a record behind its first byte. False = what follows is of no use. */
  #readRecord(byte: number): boolean {
    const records = this.#records;
    const kind = byte & 3;
    if (kind === ENTER) {
      const file = records.packed(2);
      const line = records.number();
      const time = this.#frameTimes ? records.number() : 0;
      if (!records.isWhole()) return false;
      this.#timed ||= this.#frameTimes;
      this.#spend(time, this.#lineTimes);
      this.#stack.enter(this.#function(file, line), this.#lines ? line : 0);
      return true;
    }
    if (kind === EXIT) {
      const time = this.#frameTimes ? records.packed(2) : 0;
      return records.isWhole() && this.#exit(time);
    }
    if (kind === LINE) {
      const line = records.packed(2);
      const time = this.#lineTimes ? records.number() : 0;
      if (!records.isWhole()) return false;
      this.#lines = true;
      this.#spend(time, this.#lineTimes);
      if (this.#stack.depth > 0) this.#stack.goTo(line);
      else this.#linesOutside++;
      return true;
    }
    return this.#readOther(byte);
  }

  #spend(time: number, inLine: boolean): void {
    if (this.#stack.depth > 0) this.#stack.spend(time, inLine);
  }

  #exit(time: number): boolean {
    if (this.#stack.depth > 0) {
      this.#stack.spend(time, this.#lineTimes);
      this.#stack.exit();
      return true;
    }
    // What called the profiler returns.
    const records = this.#records;
    const place = { offset: records.start };
    if (records.next()) {
      this.#source.warn('returned-too-far', 'what follows a return that no call precedes is left out', place);
    }
    return false;
  }

  #readOther(byte: number): boolean {
    const records = this.#records;
    if (byte === ADD_INFO) {
      const key = records.text();
      const value = records.text();
      if (!records.isWhole()) return false;
      this.#infos.push([key, value]);
      if (key === 'requested-line-events') this.#lines = value === 'yes';
    } else if (byte === DEFINE_FILE) {
      const file = records.number();
      const name = records.text();
      if (!records.isWhole()) return false;
      this.#fileNames.set(file, name);
    } else if (byte === DEFINE_FUNC) {
      const file = records.number();
      const line = records.number();
      const name = records.text();
      if (!records.isWhole()) return false;
      this.#functionNames.set(this.#function(file, line), name);
    } else if (byte === LINE_TIMES || byte === FRAME_TIMES) {
      const on = records.number() !== 0;
      if (!records.isWhole()) return false;
      if (byte === LINE_TIMES) this.#lineTimes = on;
      else this.#frameTimes = on;
    } else {
      this.#source.fail('bad-record', `there is no record of type 0x${byte.toString(16)}`, {
        offset: records.start,
      });
    }
    return true;
  }

  #function(file: number, line: number): number {
    const func = this.#functions.add(file, line, 0);
    if (func === this.#functionFile.length) {
      this.#functionFile.push(file);
      this.#functionLine.push(line);
    }
    return func;
  }

  #profile(): Profile {
    const builder = new ProfileBuilder([{ name: 'time', unit: 'microseconds' }]);
    builder.meta = this.#meta();
    let nameless = 0;
    const functions = Int32Array.from(this.#functionFile, (file, func) => {
      const line = this.#functionLine[func]!;
      const name = this.#functionNames.get(func);
      if (name === undefined) nameless++;
      return builder.function(name ?? '(unknown)', {
        file: this.#fileNames.get(file) ?? `(file ${file})`,
        line,
      });
    });
    if (nameless > 0) this.#source.warn('nameless', `the log does not name ${nameless} of its functions`);
    return this.#trace.profile(this.#source, builder, functions);
  }

  #meta(): Meta {
    const meta: Meta = { producer: 'hotshot' };
    const known = this.#infos.filter(([, value]) => value !== '');
    for (const [key, value] of known) if (key === 'hotshot-version') meta.producer = `hotshot ${value}`;
    const comments = known.filter(([key]) => key !== 'hotshot-version');
    if (comments.length > 0) meta.comments = comments.map(([key, value]) => `${key}: ${value}`);
    return meta;
  }
}
