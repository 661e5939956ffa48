/** Reads the rows, each of which called the last one that is less indented. */
import {
  CallTree,
  ExactSums,
  grown,
  Interner,
  type LineReader,
  type Profile,
  ProfileBuilder,
  type Source,
  trimmedEnd,
} from '../../../src/plugin.ts';
import { EVENT } from './lines.ts';

const SPACE = 32;
const HASH = 35;
const PERCENT = 37;
const DOT = 46;
const SLASH = 47;
const ZERO = 48;
const AT = 64;
const OPEN = 91;
const CLOSE = 93;
/** pmcstat counts in 32 bits. */
const MAX_DIGITS = 10;
/** Numbers below it make one number of two. */
const RADIX = 2 ** 26;

interface Event {
  name: string;
  sums: ExactSums;
  /** What its line says; NaN = there is none. */
  samples: number;
  /** What its rows have. */
  found: number;
}

export class Reader {
  readonly #source: Source;
  readonly #lines: LineReader;
  readonly #builder = new ProfileBuilder([]);
  readonly #names = new Interner();
  readonly #frames = new Map<number, number>();
  /** Of mappings, by number of the name. */
  readonly #images = new Map<number, number>();
  readonly #tree = new CallTree();
  readonly #events: Event[] = [];
  #event: Event | undefined;
  /** The rows that the next may have called, the sampled function first. */
  #depth = 0;
  #indent = new Int32Array(64);
  #frame = new Int32Array(64);
  #image = new Int32Array(64);
  #count = new Float64Array(64);
  /** What those that called a row have of its samples. */
  #below = new Float64Array(64);
  /** Of the current row. */
  #samples = 0;
  #beyond = 0;

  constructor(source: Source) {
    this.#source = source;
    this.#lines = source.lines();
  }

  read(): Profile {
    const lines = this.#lines;
    while (lines.next()) {
      const { bytes } = lines;
      const start = passBlanks(bytes, lines.start, lines.end);
      // Blank lines stand between the trees.
      if (start === lines.end) this.#goTo(0);
      else if (isComment(bytes, start)) continue;
      else if (bytes[start] === AT && this.#readEvent()) continue;
      else if (!this.#readRow(start))
        this.#source.warn('bad-line', 'a line is no row, and left out', lines.place());
    }
    this.#goTo(0);
    if (this.#tree.length === 0) this.#source.fail('no-rows', 'there is no row with samples');
    this.#tellOdds();
    return this.#profile();
  }

  #readEvent(): boolean {
    const [, name, samples] = EVENT.exec(this.#lines.text()) ?? [];
    if (name === undefined) return false;
    this.#goTo(0);
    this.#event = this.#eventOf(name);
    const known = this.#event.samples;
    this.#event.samples = (Number.isNaN(known) ? 0 : known) + Number(samples);
    return true;
  }

  #eventOf(name: string): Event {
    const known = this.#events.find((event) => event.name === name);
    if (known) return known;
    const event = { name, sums: new ExactSums(), samples: Number.NaN, found: 0 };
    this.#events.push(event);
    return event;
  }

  /** Reads the row whose percentage begins at `start`; false if it is none. */
  #readRow(start: number): boolean {
    const { bytes, end } = this.#lines;
    const name = this.#readCount(start);
    if (name < 0) return false;
    const indent = start - this.#lines.start;
    let depth = this.#depth;
    while (depth > 0 && this.#indent[depth - 1]! >= indent) depth--;
    this.#goTo(depth);
    this.#event ??= this.#eventOf('samples');
    if (depth === this.#indent.length) this.#enlarge();
    // ` @ ` and the image.
    const to = trimmedEnd(bytes, name, end);
    const at = imageStart(bytes, name, to);
    const above = depth === 0 ? -1 : this.#image[depth - 1]!;
    const image = at < 0 ? above : this.#imageAt(at + 3, to);
    this.#indent[depth] = indent;
    this.#frame[depth] = this.#frameAt(name, trimmedEnd(bytes, name, at < 0 ? to : at), image);
    this.#image[depth] = image;
    this.#count[depth] = this.#samples;
    this.#below[depth] = 0;
    if (depth === 0) this.#event.found += this.#samples;
    else this.#below[depth - 1]! += this.#samples;
    this.#depth = depth + 1;
    return true;
  }

  /** `20.86%  [7447]     `: reads the number in brackets; returns where the name begins, or -1. */
  #readCount(start: number): number {
    const { bytes, end } = this.#lines;
    let at = start;
    while (at < end && (isDigit(bytes[at]!) || bytes[at] === DOT)) at++;
    if (at === start || bytes[at] !== PERCENT) return -1;
    at = passBlanks(bytes, at + 1, end);
    if (bytes[at] !== OPEN) return -1;
    const first = ++at;
    let count = 0;
    while (at < end && isDigit(bytes[at]!)) count = count * 10 + bytes[at++]! - ZERO;
    if (at === first || at - first > MAX_DIGITS || bytes[at] !== CLOSE) return -1;
    const name = passBlanks(bytes, at + 1, end);
    this.#samples = count;
    return name > at + 1 && name < end ? name : -1;
  }

  #imageAt(start: number, end: number): number {
    const name = this.#names.intern(this.#lines.bytes, this.#lines.view, start, end);
    let image = this.#images.get(name);
    if (image === undefined)
      this.#images.set(name, (image = this.#builder.mapping(this.#lines.text(start, end))));
    return image;
  }

  #frameAt(start: number, end: number, image: number): number {
    const { bytes, view } = this.#lines;
    const key = this.#names.intern(bytes, view, start, end) * RADIX + image + 1;
    let frame = this.#frames.get(key);
    if (frame === undefined) {
      const func = this.#builder.function(this.#lines.text(start, end), { mapping: image });
      this.#frames.set(key, (frame = this.#builder.frame(func, { mapping: image })));
    }
    return frame;
  }

  #enlarge(): void {
    const size = this.#indent.length * 2;
    this.#indent = grown(this.#indent, size);
    this.#frame = grown(this.#frame, size);
    this.#image = grown(this.#image, size);
    this.#count = grown(this.#count, size);
    this.#below = grown(this.#below, size);
  }

  /** Leaves the rows from a depth on: what none of their callers has are stacks that begin with them. */
  #goTo(depth: number): void {
    while (this.#depth > depth) {
      const top = this.#depth - 1;
      const rest = this.#count[top]! - this.#below[top]!;
      if (rest < 0) this.#beyond++;
      if (rest > 0) {
        let node = -1;
        for (let d = top; d >= 0; d--) node = this.#tree.child(node, this.#frame[d]!);
        this.#event!.sums.add(node, rest);
      }
      this.#depth = top;
    }
  }

  #tellOdds(): void {
    if (this.#beyond > 0)
      this.#source.warn(
        'callers-beyond',
        `rows with less samples than their callers are raised: ${this.#beyond}`,
      );
    for (const { name, samples, found } of this.#events) {
      if (samples !== found && !Number.isNaN(samples))
        this.#source.warn('samples-differ', `there are ${found} of the ${samples} samples of ${name}`);
    }
  }

  #profile(): Profile {
    const { length, frame, parent } = this.#tree;
    const builder = this.#builder;
    builder.meta.producer = 'pmcstat';
    for (const { name } of this.#events) builder.metrics.push({ name, unit: 'samples' });
    const self = this.#events.map(({ sums }) => sums.column(length));
    return builder.tree({ frame: frame.subarray(0, length), parent: parent.subarray(0, length), self });
  }
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}

function passBlanks(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] === SPACE) at++;
  return at;
}

/** `# …` and `// …`, as people add them. */
function isComment(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === HASH || (bytes[at] === SLASH && bytes[at + 1] === SLASH);
}

/** Where the last ` @ ` of a row is, or -1. */
function imageStart(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 4; at > start; at--)
    if (bytes[at] === SPACE && bytes[at + 1] === AT && bytes[at + 2] === SPACE) return at;
  return -1;
}
