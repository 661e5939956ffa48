/**
 * Reads the records: a header line, frame lines with the leaf first, a blank line.
 *
 * Most lines of stacks were met before. The stacks make a tree of lines; what they say is read once for each line, and
 * what nodes they stand for once for each node.
 */
import {
  type LineReader,
  type Profile,
  ProfileBuilder,
  type Source,
  trimmedEnd,
} from '../../../src/plugin.ts';
import { readComment } from './comments.ts';
import { FrameNodes } from './frame-nodes.ts';
import { type FrameOptions, Frames } from './frames.ts';
import { addressEnd, RecordHeader, skipBlanks } from './header.ts';
import { HeaderFrame } from './header-frame.ts';
import { Records } from './records.ts';
import { Samples, type Weight } from './samples.ts';
import { sourceLine } from './source-line.ts';
import { type Thread, Threads } from './threads.ts';

export interface ReadOptions extends FrameOptions {
  weight: Weight;
  events: 'apart' | 'together';
  empty: 'keep' | 'drop';
}

const TAB = 9;
const SPACE = 32;
const HASH = 35;
const PAREN = 41;
const UPPER_P = 80;
const MAX_RESERVE = 1 << 23;
const EMPTY_STACK = '(empty stack)';
const BRANCHES = /^\s*(?:0x[0-9a-f]+\/0x[0-9a-f]+\/\S*(?:\s+|$))+$/;
const FIELD = /^ (?:ABI:\d|ilen: \d|insn: [0-9a-f]{2})/;
const OTHER_RECORD = /^PERF_RECORD_([A-Z0-9_]+)/;

export class RecordReader {
  readonly #source: Source;
  readonly #lines: LineReader;
  readonly #options: ReadOptions;
  readonly #builder = new ProfileBuilder([]);
  readonly #frames: Frames;
  readonly #header = new RecordHeader();
  readonly #headerFrame = new HeaderFrame();
  readonly #threads = new Threads(this.#builder);
  readonly #records: Records;
  readonly #nodes: FrameNodes;
  /** Threads and events by text. */
  readonly #threadOf = new Map<number, Thread>();
  readonly #eventOf = new Map<number, number>();
  readonly #events: string[] = [];
  /** Whether there was a comment, and another line. */
  #commented = false;
  #started = false;

  constructor(source: Source, options: ReadOptions) {
    this.#source = source;
    this.#lines = source.lines();
    this.#options = options;
    // Grown tables are copied: a stack that is seen for the first time takes some 1000 bytes of the file.
    this.#records = new Records(Math.min(1024 + (source.size ?? 0) / 256, MAX_RESERVE));
    this.#frames = new Frames(this.#builder, options, this.#records);
    this.#nodes = new FrameNodes(this.#frames);
  }

  read(): Profile {
    this.#readLines();
    this.#close();
    const nodes = this.#nodes.finish(this.#records);
    const names = this.#eventNames();
    // Periods of several events do not add up.
    const isMixed = names.length < this.#events.length && this.#options.weight === 'auto';
    const weight = isMixed ? 'samples' : this.#options.weight;
    const { node, event, ...columns } = this.#records.columns();
    const ofLines = nodes.of;
    const isOne = names.length === 1;
    const samples = new Samples(
      {
        ...columns,
        node: ofLines ? node.map((each) => ofLines[each]!) : node,
        event: isOne ? new Int32Array(event.length) : event.map((text) => this.#eventOf.get(text)!),
      },
      (who) => this.#threadOf.get(who)!,
    );
    return samples.profile(this.#builder, nodes, names, weight, this.#source);
  }

  #eventNames(): string[] {
    const names = this.#events;
    if (names.length > 0) return this.#options.events === 'apart' || names.length === 1 ? names : [''];
    const hint = 'a sample begins with `comm pid/tid [cpu] time: period event:`; is it from perf script?';
    if (this.#started || (!this.#commented && this.#options.empty === 'keep'))
      this.#source.fail('no-samples', 'no line begins a sample', undefined, hint);
    this.#source.warn('empty', 'there is not one sample in it');
    return [''];
  }

  #readLines(): void {
    for (;;) {
      this.#records.take(this.#lines);
      this.#addNewLines();
      if (!this.#lines.next()) return;
      this.#readLine();
    }
  }

  /** What the records took as new, in this order: frames stand in it. */
  #addNewLines(): void {
    // Others than those of lines have to be made in time, too.
    if (!this.#nodes.isPlain) this.#records.stopLearning();
    const fresh = this.#records.newLines();
    if (!fresh) return;
    for (const [i, line] of fresh.line.entries()) this.#nodes.addEntry(line, this.#frames.newEntry(fresh, i));
  }

  /** Reads the current line. */
  #readLine(): void {
    const { bytes, start, end } = this.#lines;
    const first = skipBlanks(bytes, start, end);
    if (first === end) {
      if (this.#records.depth > 0) this.#close();
      return;
    }
    if (first === start && bytes[first] === HASH) {
      this.#commented = true;
      if (!this.#started) readComment(this.#lines.text(), this.#builder.meta);
      return;
    }
    this.#started = true;
    if (first === start + 1 && bytes[start] === SPACE && this.#isField()) return;
    // Names of programs may look like addresses; but only frames are indented with a tab.
    const isAddress = addressEnd(bytes, first, end) >= 0;
    const closed = isAddress && bytes[trimmedEnd(bytes, start, end) - 1] === PAREN;
    const isFrame = isAddress && bytes[start] === TAB;
    if (!isFrame && this.#header.read(bytes, start, end, closed)) this.#begin();
    else if (isAddress) this.#readFrame(first);
    else this.#readOther();
  }

  /** Registers and instructions stand below the stack, and look like headers without a time. */
  #isField(): boolean {
    const { start, end } = this.#lines;
    return FIELD.test(this.#lines.text(start, Math.min(end, start + 16)));
  }

  #begin(): void {
    const { bytes, start, end } = this.#lines;
    this.#close();
    const { whoEnd, eventStart, eventEnd, restStart, timed, seconds, nanoseconds, period } = this.#header;
    if (bytes[eventStart] === UPPER_P && this.#isOtherRecord(this.#lines.text(eventStart, end))) return;
    this.#records.begin({
      who: this.#internWho(start, whoEnd),
      event: this.#internEvent(eventStart, eventEnd),
      frame: this.#frameIn(restStart, end),
      period,
      seconds: timed ? seconds : Number.NaN,
      nanoseconds: timed ? nanoseconds : Number.NaN,
    });
  }

  #internWho(start: number, end: number): number {
    const text = this.#records.intern(this.#lines, start, end);
    if (!this.#threadOf.has(text)) {
      this.#threadOf.set(text, this.#threads.read(this.#lines.text(start, end)));
      this.#records.define(text, 'who');
    }
    return text;
  }

  #internEvent(start: number, end: number): number {
    const text = this.#records.intern(this.#lines, start, end);
    if (!this.#eventOf.has(text)) {
      this.#eventOf.set(text, this.#events.push(this.#lines.text(start, end)) - 1);
      this.#records.define(text, 'event');
    }
    return text;
  }

  /** Records that are no samples are shown on demand. */
  #isOtherRecord(text: string): boolean {
    const kind = OTHER_RECORD.exec(text)?.[1];
    if (kind === undefined) return false;
    if (kind.startsWith('LOST'))
      this.#source.warn('lost-events', 'perf lost events: the profile is not complete', this.#lines.place());
    else this.#source.note('other-records', `${kind} and other records that are no samples are left out`);
    return true;
  }

  /** The frame that stands behind the event, or -1. */
  #frameIn(start: number, end: number): number {
    const frame = this.#headerFrame;
    if (!frame.find(this.#lines.bytes, start, end)) return -1;
    if (frame.branches) this.#warnOfBranches();
    return this.#internFrame(frame.start, frame.end, frame.start, frame.end);
  }

  #warnOfBranches(): void {
    this.#source.warn('branches', 'branch stacks are left out', this.#lines.place());
  }

  #readFrame(start: number): void {
    if (!this.#records.isOpen) {
      this.#source.warn('stray-frame', 'a frame outside of a sample is left out', this.#lines.place());
      return;
    }
    const lines = this.#lines;
    const text = this.#internFrame(lines.start, lines.aheadStart - 1, start, lines.end);
    this.#records.define(text, 'frame');
    this.#records.push(text);
  }

  /** A line that is neither header nor frame: the place of the frame above it, or something to tell of. */
  #readOther(): void {
    const lines = this.#lines;
    const text = lines.text();
    const place = sourceLine(text);
    if (place && this.#records.isOpen) this.#takeHeaderFrame();
    if (place && this.#records.depth > 0) {
      const line = this.#records.intern(lines, lines.start, lines.aheadStart - 1);
      this.#nodes.addPlace(line, place);
      this.#records.define(line, 'place');
      this.#records.push(line);
    } else if (BRANCHES.test(text)) this.#warnOfBranches();
    else if (!this.#isOtherRecord(text))
      this.#source.warn('unknown-line', 'a line that perf script does not write', lines.place());
  }

  /** The number of the text in `from … to`, in which a frame is in `start … end`. */
  #internFrame(from: number, to: number, start: number, end: number): number {
    const text = this.#records.intern(this.#lines, from, to);
    if (!this.#nodes.has(text)) {
      // Frames stand in the order in which records have them.
      this.#nodes.settle(this.#records);
      this.#nodes.addEntry(text, this.#frames.entry(this.#lines, start, end));
    }
    return text;
  }

  /** Takes the frame of the header, unless there is a stack. */
  #takeHeaderFrame(): void {
    if (this.#records.depth === 0) this.#records.pushFrame();
  }

  /** Ends the record, if there is one. */
  #close(): void {
    const records = this.#records;
    if (!records.isOpen) return;
    this.#takeHeaderFrame();
    if (records.depth === 0 && this.#options.empty === 'keep') records.push(this.#emptyText());
    if (records.depth === 0) records.drop();
    else records.end();
  }

  #emptyText(): number {
    const { start } = this.#lines;
    const text = this.#records.intern(this.#lines, start, start);
    if (!this.#nodes.has(text)) {
      this.#nodes.settle(this.#records);
      this.#nodes.addEntry(text, this.#frames.named(EMPTY_STACK));
    }
    return text;
  }
}
