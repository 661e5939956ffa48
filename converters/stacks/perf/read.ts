/**
 * Reads the records: a header line, frame lines with the leaf first, a blank line.
 *
 * Most lines were met before, and so was what follows them: neither is read again.
 */
import {
  CallTree,
  Int32List,
  Interner,
  type LineReader,
  type Profile,
  ProfileBuilder,
  type Source,
  trimmedEnd,
} from '../../../src/plugin.ts';
import { readComment } from './comments.ts';
import { type FrameOptions, Frames } from './frames.ts';
import { addressEnd, RecordHeader, skipBlanks } from './header.ts';
import { HeaderFrame } from './header-frame.ts';
import { KnownLines } from './known-lines.ts';
import { RecordStack } from './record-stack.ts';
import { Samples, type Weight } from './samples.ts';
import { type SourceLine, sourceLine } from './source-line.ts';
import { Threads } from './threads.ts';

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
  readonly #samples = new Samples();
  readonly #tree: CallTree;
  readonly #stack: RecordStack;
  readonly #known: KnownLines;
  /** The entry of such a line; -1 = the line is a place of the frame above it. */
  readonly #entries = new Int32List();
  readonly #places = new Map<number, SourceLine>();
  readonly #events = new Interner();
  #emptyFrame = -1;
  /** Whether there was a comment, and another line. */
  #commented = false;
  #started = false;
  /** The record: whether there is one, and what its header says. */
  #open = false;
  #event = 0;
  #thread = 0;
  #period = Number.NaN;
  #time = Number.NaN;
  /** The line of a frame that stands in the header, or -1. */
  #single = -1;

  constructor(source: Source, options: ReadOptions) {
    this.#source = source;
    this.#lines = source.lines();
    this.#options = options;
    // Grown tables are copied: a stack that is seen for the first time takes some 1000 bytes of the file.
    this.#tree = new CallTree(Math.min(1024 + (source.size ?? 0) / 256, MAX_RESERVE));
    this.#known = new KnownLines(this.#lines);
    this.#stack = new RecordStack(this.#lines, (node, entry) => this.#descend(node, entry));
    this.#frames = new Frames(this.#builder, options, this.#known.texts);
  }

  read(): Profile {
    this.#readLines();
    this.#close();
    const { length, frame, parent } = this.#tree;
    const nodes = { frame: frame.subarray(0, length), parent: parent.subarray(0, length) };
    const names = this.#eventNames();
    // Periods of several events do not add up.
    const isMixed = names.length < this.#events.length && this.#options.weight === 'auto';
    const weight = isMixed ? 'samples' : this.#options.weight;
    return this.#samples.profile(this.#builder, nodes, names, weight, this.#source);
  }

  #eventNames(): string[] {
    const names = this.#events.texts();
    if (names.length > 0) return this.#options.events === 'apart' || names.length === 1 ? names : [''];
    const hint = 'a sample begins with `comm pid/tid [cpu] time: period event:`; is it from perf script?';
    if (this.#started || (!this.#commented && this.#options.empty === 'keep'))
      this.#source.fail('no-samples', 'no line begins a sample', undefined, hint);
    this.#source.warn('empty', 'there is not one sample in it');
    return [''];
  }

  #readLines(): void {
    let before = -1;
    for (;;) {
      const { aheadStart } = this.#lines;
      let id = this.#known.follower(before);
      let isTaken = id >= 0 && this.#takeKnown(id, aheadStart);
      if (!isTaken && this.#open) {
        id = this.#known.sameAddress();
        isTaken = id >= 0 && this.#takeKnown(id, aheadStart);
      }
      if (!isTaken) {
        if (!this.#lines.next()) return;
        id = this.#readLine();
      }
      if (before >= 0 && id >= 0) this.#known.follow(before, id);
      before = this.#open ? id : -1;
    }
  }

  /** Takes the next line if it is this one; and all behind it to the record's end, if that is as it was before. */
  #takeKnown(id: number, start: number): boolean {
    if (this.#stack.repeats(id)) {
      this.#close();
      return true;
    }
    // A place is one of a frame above it.
    if (this.#entries.array[id]! < 0 && this.#stack.isEmpty) return false;
    if (!this.#known.goTo(id)) return false;
    this.#take(id, start);
    return true;
  }

  /** The id of a line that is a part of a stack, or -1. */
  #readLine(): number {
    const { bytes, start, end } = this.#lines;
    const first = skipBlanks(bytes, start, end);
    if (first === end) {
      if (!this.#stack.isEmpty) this.#close(start === end);
      return -1;
    }
    if (first === start && bytes[first] === HASH) {
      this.#commented = true;
      if (!this.#started) readComment(this.#lines.text(), this.#builder.meta);
      return -1;
    }
    this.#started = true;
    if (first === start + 1 && bytes[start] === SPACE && this.#isField()) return -1;
    if (addressEnd(bytes, first, end) < 0) {
      if (!this.#header.read(bytes, start, end, false)) return this.#readOther(first);
    } else {
      // Names of programs may look like addresses; but only frames are indented with a tab.
      const closed = bytes[trimmedEnd(bytes, start, end) - 1] === PAREN;
      if (bytes[start] === TAB || !this.#header.read(bytes, start, end, closed))
        return this.#readFrame(first);
    }
    this.#begin();
    return -1;
  }

  /** Registers and instructions stand below the stack, and look like headers without a time. */
  #isField(): boolean {
    const { start, end } = this.#lines;
    return FIELD.test(this.#lines.text(start, Math.min(end, start + 16)));
  }

  #begin(): void {
    const { bytes, view, start, end } = this.#lines;
    this.#close();
    const { whoEnd, eventStart, eventEnd, restStart } = this.#header;
    if (bytes[eventStart] === UPPER_P && this.#isOtherRecord(this.#lines.text(eventStart, end))) return;
    this.#open = true;
    this.#period = this.#header.period;
    this.#time = this.#header.timed ? this.#samples.time(this.#header) : Number.NaN;
    this.#thread = this.#threads.intern(bytes, view, start, whoEnd);
    this.#event = this.#events.intern(bytes, view, eventStart, eventEnd);
    this.#single = this.#singleFrame(restStart, end);
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

  /** The line of the frame that stands behind the event, or -1. */
  #singleFrame(start: number, end: number): number {
    const frame = this.#headerFrame;
    if (!frame.find(this.#lines.bytes, start, end)) return -1;
    if (frame.branches) this.#warnOfBranches();
    return this.#intern(frame.start, frame.end);
  }

  #warnOfBranches(): void {
    this.#source.warn('branches', 'branch stacks are left out', this.#lines.place());
  }

  #readFrame(start: number): number {
    if (!this.#open) {
      this.#source.warn('stray-frame', 'a frame outside of a sample is left out', this.#lines.place());
      return -1;
    }
    const id = this.#intern(start, this.#lines.end);
    this.#take(id, this.#lines.start);
    return id;
  }

  /** A line that is neither header nor frame: the place of the frame above it, or something to tell of. */
  #readOther(start: number): number {
    const text = this.#lines.text();
    const place = sourceLine(text);
    if (place) this.#takeSingle();
    if (place && !this.#stack.isEmpty) {
      const id = this.#intern(start, this.#lines.end, place);
      this.#take(id, this.#lines.start);
      return id;
    }
    if (BRANCHES.test(text)) this.#warnOfBranches();
    else if (!this.#isOtherRecord(text))
      this.#source.warn('unknown-line', 'a line that perf script does not write', this.#lines.place());
    return -1;
  }

  /** The id of a line of a stack. */
  #intern(start: number, end: number, place?: SourceLine): number {
    const { bytes, view } = this.#lines;
    const id = this.#known.intern(start, end);
    if (id === this.#entries.length) {
      this.#stack.addLine();
      this.#entries.push(place ? -1 : this.#frames.entry(id, bytes, view, start, end));
      if (place) this.#places.set(id, place);
    }
    return id;
  }

  /** Takes a line of a stack, which begins at `start`. */
  #take(id: number, start: number): void {
    const entry = this.#entries.array[id]!;
    const stack = this.#stack;
    if (entry >= 0) stack.push(entry, id, start);
    else stack.amend(this.#frames.placed(stack.top, this.#places.get(id)!), start);
  }

  /** Takes the frame of the header, unless there is a stack. */
  #takeSingle(): void {
    if (this.#stack.isEmpty && this.#single >= 0) this.#take(this.#single, Number.NaN);
    this.#single = -1;
  }

  /** Ends the record, if there is one; `ended`: the current line is empty and ends it. */
  #close(ended = false): void {
    if (!this.#open) return;
    this.#open = false;
    this.#takeSingle();
    if (this.#stack.isEmpty && this.#options.empty === 'drop') return;
    const event = this.#options.events === 'apart' ? this.#event : 0;
    const node = this.#stack.isEmpty ? this.#emptyNode() : this.#stack.take(ended);
    this.#samples.add(node, event, this.#threads.thread(this.#thread), this.#period, this.#time);
  }

  /** The node that an entry leads to from a node. */
  #descend(parent: number, entry: number): number {
    const tree = this.#tree;
    const frame = this.#frames.frame(entry);
    if (frame >= 0) return tree.child(parent, frame);
    let node = parent;
    const outer = parent < 0 ? -1 : tree.frame[parent]!;
    for (const inner of this.#frames.frames(entry, outer)) node = tree.child(node, inner);
    return node;
  }

  #emptyNode(): number {
    if (this.#emptyFrame < 0)
      this.#emptyFrame = this.#builder.addFrame(this.#builder.addFunction(EMPTY_STACK));
    return this.#tree.child(-1, this.#emptyFrame);
  }
}
