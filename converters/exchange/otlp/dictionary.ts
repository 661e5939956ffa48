/** The tables that all profiles of a message share, as frames and labels. */
import {
  type Float64List,
  Int32List,
  type Label,
  type ProfileBuilder,
  type ProtobufReader,
  type Source,
} from '../../../src/plugin.ts';
import { NamelessFunctions } from '../pprof/nameless.ts';
import { COMMENT, hex, keyOf, labelKey, labelValue, SPAN_ID, TRACE_ID } from './attributes.ts';
import { eachNumber, type Message, type Unknown } from './message.ts';

const MAX_LINE = 2 ** 31 - 1;
/** Where a sample without a stack is put. */
const EMPTY_STACK = '(empty stack)';
const BUILD_ID = /^process\.executable\.build_id\./;
/** Attributes of locations and mappings that say what is known otherwise, or matters to symbolizers only. */
const MIN_KNOWN = /^(?:process\.executable\.build_id|pprof\.)/;

/** A file of small size must not become frames without end. */
const MAX_FRAMES = 2 ** 24;

export class Dictionary {
  /** Frames of stack *i*, root first: `frames[starts[i] … starts[i + 1]]`. */
  readonly #frames = new Int32List();
  readonly #starts = new Int32List();
  readonly #source: Source;
  readonly #builder: ProfileBuilder;
  readonly #strings: string[];
  readonly #attributes: readonly Message[];
  readonly #links: readonly Message[];
  readonly #labels: (Label | undefined)[] = [];
  readonly #locations: number[][];
  #emptyFrame = -1;

  constructor(source: Source, builder: ProfileBuilder, tables: Message, strings: string[]) {
    this.#source = source;
    this.#builder = builder;
    this.#strings = strings;
    this.#attributes = tables.messages('attributeTable');
    this.#links = tables.messages('linkTable');
    const mappings = tables.messages('mappingTable').map((mapping, i) => this.#mapping(mapping, i));
    const nameless = new NamelessFunctions(builder);
    const functions = tables.messages('functionTable');
    const locations = tables.messages('locationTable').map((location, i) => {
      // The first one stands for none.
      if (i === 0 && !location.has('lines') && !location.has('address')) return [];
      const mapping = this.#at(mappings, location.number('mappingIndex'), 'mapping', -1);
      return this.#location(location, mapping, functions, nameless);
    });
    this.#locations = locations;
    this.#starts.push(0);
  }

  /** How many stacks there are. */
  get length(): number {
    return this.#starts.length - 1;
  }

  /** Reads the stacks, whose fields stand at these offsets. */
  readStacks(reader: ProtobufReader, offsets: Float64List, unknown: Unknown): void {
    const rows = new Int32List();
    for (let i = 0; i < offsets.length; i++) {
      reader.at = offsets.array[i]!;
      reader.limit = reader.bytes.length;
      reader.next();
      reader.enter();
      rows.length = 0;
      while (reader.next()) {
        if (reader.field === 1) eachNumber(reader, () => rows.push(reader.bare()));
        else {
          unknown('Stack', reader.field, reader.tagAt);
          reader.skip();
        }
      }
      this.#pushStack(rows, reader.bytes.length);
    }
  }

  /** Adds a stack of locations, leaf first; `size` is that of the message. */
  #pushStack(rows: Int32List, size: number): void {
    const frames = this.#frames;
    for (let k = rows.length - 1; k >= 0; k--) {
      const location = this.#at(this.#locations, rows.array[k]!, 'location');
      for (let f = 0; f < location.length; f++) frames.push(location[f]!);
      if (frames.length > Math.max(MAX_FRAMES, size * 64))
        this.#source.fail('too-deep', `the stacks have more than ${frames.length} frames, in ${size} bytes`);
    }
    this.#starts.push(frames.length);
  }

  /** An entry of a table, by an index; of a table that is not there, the index 0 is the entry given. */
  #at<T>(table: readonly T[], index: number, what: string, none?: T): T {
    if (index === 0 && table.length === 0 && none !== undefined) return none;
    const entry = table[index];
    if (entry === undefined) {
      this.#source.fail('bad-index', `there is no ${what} ${index}: the dictionary has ${table.length}`);
    }
    return entry;
  }

  string(index: number): string {
    return this.#at(this.#strings, index, 'string', '');
  }

  /** Index of the mapping; -1 for the first, which stands for none. */
  #mapping(mapping: Message, index: number): number {
    const name = this.string(mapping.number('filenameStrindex'));
    let buildId = '';
    for (const attribute of mapping.numbers('attributeIndices')) {
      const label = this.label(attribute);
      if (!label) continue;
      if (BUILD_ID.test(label.key) && buildId === '') buildId = `${label.value}`;
      else this.#leftOut(label, 'mapping');
    }
    const [start, limit, offset] = [
      mapping.big('memoryStart'),
      mapping.big('memoryLimit'),
      mapping.big('fileOffset'),
    ];
    if (index === 0 && name === '' && buildId === '' && limit === 0n) return -1;
    return this.#builder.mapping(name, { buildId, start, limit, offset });
  }

  #leftOut({ key }: Label, what: string): void {
    if (!MIN_KNOWN.test(key)) this.#source.note('attribute', `attributes of a ${what} are left out: ${key}`);
  }

  #location(
    location: Message,
    mapping: number,
    functions: readonly Message[],
    nameless: NamelessFunctions,
  ): number[] {
    const lines = location.messages('lines');
    const address = location.big('address');
    for (const attribute of location.numbers('attributeIndices')) {
      const label = this.label(attribute);
      if (label) this.#leftOut(label, 'location');
    }
    if (lines.length === 0) return [this.#builder.frame(nameless.of(mapping), { mapping, address })];
    return Array.from(lines, (_, inline) => {
      const line = lines[lines.length - 1 - inline]!;
      const func = this.#at(functions, line.number('functionIndex'), 'function');
      const systemName = this.string(func.number('systemNameStrindex'));
      const name = this.string(func.number('nameStrindex')) || systemName;
      const info = {
        systemName,
        file: this.string(func.number('filenameStrindex')),
        line: this.#place(func.number('startLine')),
      };
      return this.#builder.frame(
        name === '' ? nameless.of(mapping, info) : this.#builder.function(name, info),
        {
          line: this.#place(line.number('line')),
          column: this.#place(line.number('column')),
          mapping,
          address,
          inline,
        },
      );
    });
  }

  #place(value: number): number {
    if (value >= 0 && value <= MAX_LINE) return value;
    this.#source.warn('bad-line', 'a line or column that is no such number is left out');
    return 0;
  }

  /** The label of an attribute; undefined for the first, which stands for none. */
  label(index: number): Label | undefined {
    if (index in this.#labels) return this.#labels[index];
    const attribute = this.#at(this.#attributes, index, 'attribute');
    const key = this.string(attribute.number('keyStrindex'));
    const unit = this.string(attribute.number('unitStrindex'));
    const value = labelValue(attribute.message('value'), (at) => this.string(at));
    const isNone = index === 0 && key === '';
    const label = isNone ? undefined : { key: labelKey(key), value, ...(unit !== '' && { unit }) };
    this.#labels[index] = label;
    return label;
  }

  /** Comments of a profile among its attributes, and its other attributes as labels. */
  profileAttributes(indices: number[]): { comments: string[]; labels: Label[] } {
    const comments: string[] = [];
    const labels: Label[] = [];
    for (const index of indices) {
      const label = this.label(index);
      if (label?.key === COMMENT) {
        const list = this.#attributes[index]!.message('value')?.message('arrayValue');
        for (const item of list?.messages('values') ?? [])
          comments.push(`${labelValue(item, (at) => this.string(at))}`);
      } else if (label) labels.push(label);
    }
    return { comments, labels };
  }

  /** The labels of a link; the first one stands for none. */
  link(index: number): Label[] {
    const link = index === 0 ? undefined : this.#at(this.#links, index, 'link');
    if (!link) return [];
    const ids: [key: string, id: string][] = [
      [TRACE_ID, hex(link.bytes('traceId'))],
      [SPAN_ID, hex(link.bytes('spanId'))],
    ];
    return ids.filter(([, id]) => id !== '').map(([key, value]) => ({ key, value }));
  }

  /** Labels of attributes that are given with their keys, as those of a resource. */
  pairs(pairs: readonly Message[]): Label[] {
    const string = (index: number) => this.string(index);
    return pairs.map((pair) => ({
      key: labelKey(keyOf(pair, string)),
      value: labelValue(pair.message('value'), string),
    }));
  }

  /** Adds the frames of a stack behind others. */
  addStack(index: number, to: Int32List): void {
    const { length } = this;
    if (index !== 0 && (index < 0 || index >= length))
      this.#source.fail('bad-index', `there is no stack ${index}: the dictionary has ${length}`);
    const from = this.#starts.array[index]!;
    const end = index < length ? this.#starts.array[index + 1]! : from;
    if (from === end) {
      if (this.#emptyFrame < 0) this.#emptyFrame = this.#builder.frame(this.#builder.function(EMPTY_STACK));
      to.push(this.#emptyFrame);
    }
    for (let i = from; i < end; i++) to.push(this.#frames.array[i]!);
  }
}
