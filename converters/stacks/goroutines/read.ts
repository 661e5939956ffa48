/**
 * Reads the lines: a header, then calls, the leaf first, each of two lines, and what made the goroutine.
 *
 *     goroutine 18 [chan receive, 5 minutes]:
 *     main.(*kitchen).cook(0x0?, {0x0?, 0x0?})
 *     	/src/main.go:18 +0x3a
 *     created by main.each[...] in goroutine 1
 *     	/src/main.go:38 +0xcc
 */
import {
  CallTree,
  Int32List,
  type Label,
  type LineReader,
  type Place,
  type Profile,
  ProfileBuilder,
  type Source,
  summed,
} from '../../../src/plugin.ts';
import type { GoroutinesOptions } from '../goroutines.ts';
import { LeafFirst } from '../leaf-first.ts';
import { Frames, NONE, pairOf } from './frames.ts';
import { HEADER, stateLabels } from './header.ts';

const METRIC = { name: 'goroutine', unit: 'count' };
const TAB = 9;
const OPEN = 40;
const CLOSE = 41;
const OPEN_BRACKET = 91;

const CREATED_BY = 'created by ';
const IN_GOROUTINE = / in goroutine (\d{1,15})$/;
const ELIDED = /^\.\.\.(?:additional|\d+) frames elided\.\.\.$/;
/** What `go run` and `go test` print right below the last stack. */
const END_OF_RUN = /^exit status \d+$|^FAIL\b/;
const REASON = /^(?:panic|fatal error|SIG[A-Z]+): /;
/** Reasons beyond these are repetitions. */
const MAX_REASONS = 10;
/** As pprof does, the frame below all others is left out. */
const OUTERMOST = 'runtime.goexit';

export class GoroutineReader {
  readonly #source: Source;
  readonly #options: GoroutinesOptions;
  readonly #lines: LineReader;
  readonly #builder = new ProfileBuilder([METRIC]);
  readonly #frames: Frames;
  readonly #outermost: number;
  readonly #tree = new CallTree();
  readonly #stack = new LeafFirst((node, frame) => this.#tree.child(node, frame));
  readonly #node = new Int32List();
  readonly #labels = new Int32List();
  /** By state and creator: the labels. */
  readonly #labelSets = new Map<number, number>();
  readonly #reasons = new Set<string>();
  /** Where reading stands: between stacks, in one, or in one that counts for nothing. */
  #where: 'outside' | 'stack' | 'aside' = 'outside';
  /** A call whose place is still to come, by its name; whether it is one, but for its place. */
  #call = NONE;
  #isCall = false;
  /** Whether it is no call, but what made the goroutine. */
  #isCreator = false;
  /** The goroutine that is read: where it begins, its number, and the texts of its state and of what made it. */
  #begin: Place | undefined;
  #id = NONE;
  #state = NONE;
  #creator = NONE;
  #creatorPlace = NONE;
  #creatorId = NONE;
  /** Whether Go says that it cannot tell the stack. */
  #unavailable = false;
  #elided = 0;
  #ancestors = 0;
  #aside = 0;

  constructor(source: Source, options: GoroutinesOptions) {
    this.#source = source;
    this.#options = options;
    this.#lines = source.lines();
    this.#frames = new Frames(this.#builder, this.#lines);
    this.#outermost = this.#frames.idOf(OUTERMOST);
  }

  read(): Profile {
    const lines = this.#lines;
    while (lines.next()) {
      if (lines.start === lines.end) this.#finish();
      else if (lines.bytes[lines.start] === TAB) this.#readPlace();
      else this.#readLine();
    }
    this.#end();
    return this.#profile();
  }

  #readLine(): void {
    const lines = this.#lines;
    if (lines.startsWith('goroutine ')) this.#readHeader();
    else if (lines.startsWith('runtime stack:')) this.#setAside();
    else if (this.#where === 'outside') this.#readReason();
    else if (this.#where === 'stack') {
      this.#flush();
      if (lines.startsWith(CREATED_BY)) this.#readCreator();
      else if (lines.startsWith('[originating from ')) {
        this.#finish();
        this.#where = 'aside';
        this.#ancestors++;
      } else this.#readCall();
    }
  }

  #readHeader(): void {
    const { bytes, start, end } = this.#lines;
    const header = HEADER.exec(this.#lines.text());
    this.#finish();
    if (!header) {
      const message = 'a line that begins like a goroutine, but is none, is left out';
      this.#source.warn('bad-header', message, this.#lines.place());
      return;
    }
    const id = Number(header[1]);
    // What the scheduler does on a thread's own stack is no goroutine.
    if (id === 0) {
      this.#setAside();
      return;
    }
    this.#where = 'stack';
    this.#begin = { line: this.#lines.line };
    this.#id = id;
    this.#state = this.#frames.textId(bytes.indexOf(OPEN_BRACKET, start) + 1, end - 2);
  }

  #setAside(): void {
    this.#finish();
    this.#where = 'aside';
    this.#aside++;
  }

  #readReason(): void {
    const lines = this.#lines;
    if (this.#reasons.size >= MAX_REASONS) return;
    const text = lines.text(lines.start, Math.min(lines.end, lines.start + 1000));
    if (REASON.test(text)) this.#reasons.add(text);
  }

  /** A function and its arguments, which stand in the last parentheses. Functions of C have none. */
  #readCall(): void {
    const { bytes, start, end } = this.#lines;
    let open = end;
    this.#isCall = bytes[end - 1] === CLOSE;
    if (this.#isCall) while (open > start && bytes[open] !== OPEN) open--;
    if (open === start) this.#odd();
    else this.#call = this.#frames.textId(start, open);
    this.#isCreator = false;
  }

  #readCreator(): void {
    const { start, end } = this.#lines;
    const from = start + CREATED_BY.length;
    const within = IN_GOROUTINE.exec(this.#lines.text(from, end));
    if (within) this.#creatorId = Number(within[1]);
    this.#call = this.#frames.textId(from, end - (within?.[0].length ?? 0));
    this.#isCall = this.#isCreator = true;
  }

  #readPlace(): void {
    if (this.#where !== 'stack') return;
    if (this.#call !== NONE) this.#take(this.#frames.placeId());
    else if (this.#lines.startsWith('\tgoroutine running')) this.#unavailable = true;
    else this.#odd();
  }

  /** Adds the call. */
  #take(place: number): void {
    const name = this.#call;
    this.#call = NONE;
    if (this.#isCreator) {
      this.#creator = name;
      this.#creatorPlace = place;
    } else if (name !== this.#outermost) this.#stack.push(this.#frames.at(name, place));
  }

  /** Adds the call that was left without a place, if it is one. */
  #flush(): void {
    if (this.#call === NONE) return;
    if (this.#isCall) {
      this.#take(NONE);
      return;
    }
    const text = this.#frames.text(this.#call);
    this.#call = NONE;
    if (ELIDED.test(text)) {
      this.#elided++;
      this.#stack.push(this.#frames.named('(frames elided)'));
    } else if (!END_OF_RUN.test(text)) this.#odd();
  }

  /** The stack is complete. */
  #finish(): void {
    if (this.#where === 'stack') {
      this.#flush();
      if (this.#stack.depth === 0) this.#stack.push(this.#frames.named('(stack unavailable)'));
      if (this.#options.createdBy === 'root' && this.#creator !== NONE)
        this.#stack.push(this.#frames.at(this.#creator, this.#creatorPlace));
      this.#node.push(this.#stack.take());
      this.#labels.push(this.#labelSet());
    }
    this.#where = 'outside';
    this.#call = this.#creator = this.#creatorId = NONE;
    this.#unavailable = false;
  }

  #labelSet(): number {
    const { ids, createdBy } = this.#options;
    const creator = createdBy === 'label' ? this.#creator : NONE;
    const key = pairOf(this.#state, creator);
    const known = ids ? undefined : this.#labelSets.get(key);
    if (known !== undefined) return known;
    const labels: Label[] = stateLabels(this.#frames.text(this.#state));
    if (creator !== NONE) labels.push({ key: 'created by', value: this.#frames.text(creator) });
    if (ids) labels.push({ key: 'goroutine', value: this.#id });
    if (ids && this.#creatorId !== NONE) labels.push({ key: 'created in', value: this.#creatorId });
    const set = this.#builder.labels(labels);
    this.#labelSets.set(key, set);
    return set;
  }

  /** The end of the file, which pprof cuts off at 64 MB. */
  #end(): void {
    const text = this.#call === NONE || this.#isCall ? '' : this.#frames.text(this.#call);
    const isOpen = this.#call !== NONE && !ELIDED.test(text) && !END_OF_RUN.test(text);
    const isEmpty = this.#stack.depth === 0 && !this.#unavailable;
    if (this.#where === 'stack' && (isOpen || isEmpty)) {
      const message = 'the file ends within a stack: the last goroutine is left out';
      this.#source.warn('cut-off', message, this.#begin);
    } else this.#finish();
  }

  #odd(): void {
    this.#source.warn('bad-line', 'a line of a stack that is no call is left out', this.#lines.place());
  }

  #profile(): Profile {
    const source = this.#source;
    const node = this.#node.trimmed();
    if (node.length === 0) {
      const hint = 'a stack begins with goroutine 1 [running]: and main.main() below it';
      source.fail('no-goroutines', 'there is not one goroutine with a stack', undefined, hint);
    }
    if (this.#elided > 0) source.warn('elided', `stacks from which Go left out frames: ${this.#elided}`);
    if (this.#ancestors > 0)
      source.warn('ancestors', `stacks of those that made goroutines are left out: ${this.#ancestors}`);
    if (this.#aside > 0)
      source.note(
        'runtime-stacks',
        `stacks of the runtime that are no goroutines' are left out: ${this.#aside}`,
      );
    const { length, frame, parent } = this.#tree;
    const builder = this.#builder;
    builder.meta.period = { metric: METRIC, value: 1 };
    if (this.#reasons.size > 0) builder.meta.comments = [...this.#reasons];
    const values = [new Float64Array(node.length).fill(1)];
    return builder.tree(
      {
        frame: frame.subarray(0, length),
        parent: parent.subarray(0, length),
        self: [summed(values, [node], length)],
      },
      { samples: { length: node.length, node, values, labels: this.#labels.trimmed() } },
    );
  }
}
