/** Reads the rows, each of which is a node below the last one that is less indented. */
import {
  CallTree,
  Float64List,
  Int32List,
  Interner,
  type LineReader,
  type Profile,
  ProfileBuilder,
  type Source,
} from '../../../src/plugin.ts';

const SPACE = 32;
const PLUS = 43;
const ZERO = 48;
const BAR = 124;
const HASH = 35;
/** So many digits make an exact number. */
const EXACT_DIGITS = 15;
const TITLE = 'SharkProfileViewer';

export class Reader {
  readonly #source: Source;
  readonly #lines: LineReader;
  readonly #builder = new ProfileBuilder([{ name: 'samples', unit: 'samples' }]);
  readonly #texts = new Interner();
  /** Frames by text behind the samples. */
  readonly #frames = new Int32List();
  readonly #tree = new CallTree();
  /** By node: what the rows say, and what those below them say. */
  readonly #total = new Float64List();
  readonly #below = new Float64List();
  /** Nodes and frames of the rows that the next may be below, by depth. */
  readonly #path = new Int32List();
  readonly #pathFrame = new Int32List();
  #samples = 0;

  constructor(source: Source) {
    this.#source = source;
    this.#lines = source.lines();
  }

  read(): Profile {
    const lines = this.#lines;
    while (lines.next()) {
      const { bytes, start, end } = lines;
      if (start === end || bytes[start] === HASH || lines.startsWith(TITLE)) continue;
      const depth = this.#readRow();
      if (depth < 0)
        this.#source.warn('bad-row', 'a line is no row of the tree, and left out', lines.place());
      else this.#add(depth);
    }
    if (this.#frames.length === 0) this.#source.fail('no-rows', 'there is no row of a tree');
    return this.#profile();
  }

  /** `| | + 190, -[TorrentCell drawBar:], Transmission`: reads the samples and pushes the frame; returns the depth. */
  #readRow(): number {
    const { bytes, view, start, end } = this.#lines;
    let at = start;
    while (at < end && (bytes[at] === SPACE || bytes[at] === PLUS || bytes[at] === BAR)) at++;
    const depth = (at - start) / 2 - 1;
    const first = at;
    let value = 0;
    while (at < end && bytes[at]! >= ZERO && bytes[at]! <= ZERO + 9) value = value * 10 + bytes[at++]! - ZERO;
    // `, ` and something behind it.
    const isNumber = at > first && at - first <= EXACT_DIGITS;
    if (!isNumber || !Number.isInteger(depth) || depth < 0 || bytes[at] !== 44 || at + 2 >= end) return -1;
    this.#samples = value;
    const text = this.#texts.intern(bytes, view, at + 2, end);
    if (text === this.#frames.length) this.#frames.push(this.#frame(this.#texts.text(text)));
    const deepest = Math.min(depth, this.#path.length);
    if (deepest < depth)
      this.#source.warn('bad-indent', 'a row is indented too far to be below another', this.#lines.place());
    this.#path.length = deepest;
    this.#pathFrame.length = deepest;
    this.#pathFrame.push(this.#frames.array[text]!);
    return deepest;
  }

  /** The image is what stands behind the last comma. */
  #frame(text: string): number {
    const builder = this.#builder;
    const at = text.lastIndexOf(', ');
    const [name, image] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 2)];
    const mapping = image === '' ? -1 : builder.mapping(image.slice(image.lastIndexOf('/') + 1));
    const func = builder.function(name, { id: `${name}:${image}`, mapping });
    return builder.frame(func);
  }

  #add(depth: number): void {
    const frame = this.#pathFrame.array[depth]!;
    const above = depth === 0 ? -1 : this.#pathFrame.array[depth - 1]!;
    const parent = depth === 0 ? -1 : this.#path.array[depth - 1]!;
    // The row of a function's own samples has its name.
    const isOwn = frame === above && !this.#isOpen();
    const node = isOwn ? parent : this.#tree.child(parent, frame);
    this.#path.push(node);
    if (isOwn) return;
    if (node === this.#total.length) {
      this.#total.push(0);
      this.#below.push(0);
    }
    this.#total.array[node]! += this.#samples;
    if (parent >= 0) this.#below.array[parent]! += this.#samples;
  }

  /** Whether there are rows below the current one. */
  #isOpen(): boolean {
    const { bytes, start } = this.#lines;
    let at = start;
    while (bytes[at] === SPACE || bytes[at] === BAR) at++;
    return bytes[at] === PLUS;
  }

  #profile(): Profile {
    const { length, frame, parent } = this.#tree;
    const total = this.#total.trimmed();
    const self = total.map((value, node) => value - this.#below.array[node]!);
    const more = self.findIndex((value) => value < 0);
    if (more >= 0) {
      this.#source.warn(
        'children-beyond-total',
        'rows add up to more than the row above them, which is raised',
      );
      for (let node = 0; node < length; node++) if (self[node]! < 0) self[node] = 0;
    }
    return this.#builder.tree({
      frame: frame.subarray(0, length),
      parent: parent.subarray(0, length),
      self: [self],
    });
  }
}
