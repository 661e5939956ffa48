/** Reads the rows, each of which is a node below the last one that is less indented. */
import {
  CallTree,
  Float64List,
  findByte,
  Int32List,
  Interner,
  type LineReader,
  type Metric,
  type Profile,
  ProfileBuilder,
  type Source,
  trimmedEnd,
} from '../../../src/plugin.ts';
import { type Columns, columnsOf, type ValueColumn } from './columns.ts';
import { Figure, type Kind, UNIT_OF } from './figure.ts';

const TAB = 9;
const SPACE = 32;
/** Numbers below it make one number of two. */
const RADIX = 2 ** 26;
const NAMES: Record<string, string> = { Count: 'allocations', '# Allocations': 'allocations' };
const NAME_OF_KIND: Record<Kind, string> = { time: 'time', bytes: 'bytes', cycles: 'cycles', count: 'count' };

/** One of what the rows say, by node. */
class Values {
  readonly total = new Float64List();
  readonly self = new Float64List();
  /** What the rows below say. */
  readonly below = new Float64List();
  /** By how much rounding may have changed the difference of all these. */
  readonly slack = new Float64List();
  /** undefined = nothing but zeros yet. */
  kind: Kind | undefined;
}

export class Reader {
  readonly #source: Source;
  readonly #lines: LineReader;
  readonly #builder = new ProfileBuilder([]);
  readonly #texts = new Interner();
  /** Frames by the texts of symbol, file and library. */
  readonly #frames = new Map<number, Map<number, number>>();
  readonly #tree = new CallTree();
  readonly #figure = new Figure();
  readonly #columns: Columns;
  readonly #values: Values[];
  /** Nodes of the rows that the next may be below, and the blanks in front of their symbols. */
  readonly #path = new Int32List();
  readonly #indents = new Int32List();
  /** Where the cells of the row end. */
  readonly #ends = new Int32List();

  constructor(source: Source) {
    this.#source = source;
    this.#lines = source.lines();
    this.#columns = this.#readTitles();
    this.#values = this.#columns.values.map(() => new Values());
  }

  #readTitles(): Columns {
    const lines = this.#lines;
    let more = lines.next();
    while (more && lines.text().trim() === '') more = lines.next();
    const columns = more ? columnsOf(lines.text()) : undefined;
    if (columns) return columns;
    const hint = 'select the root of the call tree, and choose Edit > Deep Copy';
    return this.#source.fail('no-titles', 'there is no line with the titles of columns', undefined, hint);
  }

  read(): Profile {
    const lines = this.#lines;
    while (lines.next()) {
      if (lines.end === lines.start) continue;
      this.#splitRow();
      const { start, end } = this.#cell(this.#columns.symbol);
      if (start === end) this.#skipRow();
      else this.#readRow(start, end);
    }
    if (this.#tree.length === 0) this.#source.fail('no-rows', 'there is no row of a call tree');
    return this.#profile();
  }

  #splitRow(): void {
    const { bytes, view, end } = this.#lines;
    this.#ends.length = 0;
    for (let at = this.#lines.start; at <= end; at++) {
      at = findByte(bytes, view, at, end, TAB);
      this.#ends.push(at);
    }
  }

  /** Where a cell stands; it is empty if the row has none. */
  #cell(index: number): { start: number; end: number } {
    const { array, length } = this.#ends;
    const { start } = this.#lines;
    if (index < 0 || index >= length) return { start, end: start };
    return { start: index === 0 ? start : array[index - 1]! + 1, end: array[index]! };
  }

  #skipRow(): void {
    this.#source.warn('bad-row', 'a line is no row of the call tree, and left out', this.#lines.place());
  }

  #readRow(start: number, end: number): void {
    const { bytes } = this.#lines;
    let at = start;
    while (at < end && bytes[at] === SPACE) at++;
    if (at === end) {
      this.#skipRow();
      return;
    }
    const parent = this.#parent(at - start);
    const node = this.#tree.child(parent, this.#frame(at, trimmedEnd(bytes, at, end)));
    this.#path.push(node);
    this.#indents.push(at - start);
    for (const [v, values] of this.#values.entries()) this.#readValues(values, v, node, parent);
  }

  /** The node of the last row that is less indented, or -1; those that are not are behind us. */
  #parent(indent: number): number {
    const path = this.#path;
    while (path.length > 0 && this.#indents.array[path.length - 1]! >= indent) path.length--;
    this.#indents.length = path.length;
    return path.length === 0 ? -1 : path.array[path.length - 1]!;
  }

  #readValues(values: Values, index: number, node: number, parent: number): void {
    const { total, self } = this.#columns.values[index]!;
    const figure = this.#figure;
    if (node === values.total.length)
      for (const list of [values.total, values.self, values.below, values.slack]) list.push(0);
    this.#readFigure(total, values);
    values.total.array[node]! += figure.value;
    values.slack.array[node]! += figure.slack;
    if (parent >= 0) {
      values.below.array[parent]! += figure.value;
      values.slack.array[parent]! += figure.slack;
    }
    if (!self) return;
    this.#readFigure(self, values);
    values.self.array[node]! += figure.value;
    values.slack.array[node]! += figure.slack;
  }

  #readFigure({ cell, unit }: ValueColumn, values: Values): void {
    const lines = this.#lines;
    const { start, end } = this.#cell(cell);
    const figure = this.#figure;
    if (!figure.read(lines.bytes, start, end, unit)) {
      const text = JSON.stringify(lines.text(start, Math.min(end, start + 60)));
      this.#source.fail('bad-figure', `expected a figure with a unit, got ${text}`, lines.place(start));
    }
    if (figure.value === 0) return;
    values.kind ??= figure.kind;
    if (values.kind === figure.kind) return;
    const message = `a figure of ${NAME_OF_KIND[figure.kind]} in a column of ${NAME_OF_KIND[values.kind]}`;
    this.#source.fail('mixed-units', message, lines.place(start));
  }

  #frame(start: number, end: number): number {
    const { bytes, view } = this.#lines;
    const { file, library } = this.#columns;
    const symbol = this.#texts.intern(bytes, view, start, end);
    const more = this.#text(file) * RADIX + this.#text(library);
    let frames = this.#frames.get(symbol);
    if (!frames) this.#frames.set(symbol, (frames = new Map()));
    let frame = frames.get(more);
    if (frame === undefined) frames.set(more, (frame = this.#addFrame(start, end)));
    return frame;
  }

  /** The text in a cell, by number. */
  #text(cell: number): number {
    const { start, end } = this.#cell(cell);
    return this.#texts.intern(this.#lines.bytes, this.#lines.view, start, end);
  }

  #addFrame(start: number, end: number): number {
    const builder = this.#builder;
    const lines = this.#lines;
    const textOf = (cell: number) => {
      const { start, end } = this.#cell(cell);
      return lines.text(start, end).trim();
    };
    const library = textOf(this.#columns.library);
    const mapping = library === '' ? -1 : builder.mapping(library);
    const func = builder.function(lines.text(start, end), { file: textOf(this.#columns.file), mapping });
    return builder.frame(func, { mapping });
  }

  #profile(): Profile {
    const { length, frame, parent } = this.#tree;
    for (const metric of this.#metrics()) this.#builder.metrics.push(metric);
    return this.#builder.tree({
      frame: frame.subarray(0, length),
      parent: parent.subarray(0, length),
      self: this.#values.map((values, v) => this.#selves(values, v)),
    });
  }

  #metrics(): Metric[] {
    const names = new Set<string>();
    return this.#columns.values.map(({ title }, v) => {
      const kind =
        this.#values[v]!.kind ?? (title === 'Bytes Used' ? 'bytes' : title in NAMES ? 'count' : 'time');
      const name = NAMES[title] ?? NAME_OF_KIND[kind];
      const metric = { name: names.has(name) ? title : name, unit: UNIT_OF[kind] };
      names.add(name);
      return metric;
    });
  }

  /** What the rows say, or their totals less those of the rows below; and what is left of the totals beyond all that. */
  #selves({ total, self, below, slack }: Values, index: number): Float64Array {
    const told = this.#columns.values[index]!.self !== undefined;
    let rounded = false;
    let hidden = 0;
    let beyond = 0;
    const selves = Float64Array.from({ length: total.length }, (_, node) => {
      const rest = total.array[node]! - below.array[node]!;
      const own = self.array[node]!;
      const margin = slack.array[node]! * (1 + 1e-9);
      if (told ? rest + margin < own : rest + margin < 0) beyond++;
      if (told && rest - margin <= own) return own;
      if (told) hidden++;
      else if (slack.array[node]! > 0) rounded = true;
      return Math.max(rest, 0);
    });
    this.#tellOdds(this.#columns.values[index]!.title, rounded, hidden, beyond);
    return selves;
  }

  #tellOdds(title: string, rounded: boolean, hidden: number, beyond: number): void {
    if (rounded)
      this.#source.note('rounded', `${title}: selves are differences of totals that Instruments has rounded`);
    if (hidden > 0) {
      const message = `${title}: rows with more than their self and the rows below: ${hidden}; the rest counts as self`;
      this.#source.warn('hidden-rows', message, undefined, 'Deep Copy copies closed rows, too');
    }
    if (beyond > 0) {
      const message = `${title}: rows with less than the rows below are raised: ${beyond}`;
      this.#source.warn('children-beyond-total', message);
    }
  }
}
