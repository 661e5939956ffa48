/** Mappings, functions and locations of a profile, made frames of ours. */
import {
  type FrameInfo,
  type FunctionInfo,
  Int32List,
  type ProfileBuilder,
  type ProtobufReader,
} from '../../../src/plugin.ts';
import { CUT, GOES, STAYS } from './drop-frames.ts';
import { FUNCTION, LOCATION, MAPPING } from './fields.ts';
import { IdTable } from './ids.ts';
import { Layout } from './layout.ts';
import { NamelessFunctions, UNKNOWN } from './nameless.ts';
import type { Parts } from './parts.ts';
import { NAMES } from './raw.ts';

/** The greatest line or column number. */
const MAX_LINE = 2 ** 31 - 1;

/** Locations by row, in the order of the file. */
export interface Locations {
  ids: IdTable;
  /** Frames of location *i*, root first: `frame[start[i] … end[i]]`. Behind them are those that were cut off. */
  start: Int32Array;
  end: Int32Array;
  frame: Int32Array;
  /** What is to be dropped of each (see `drop-frames.ts`); absent when nothing is. */
  fate?: Uint8Array;
}

interface FunctionRow {
  row: number;
  name: string;
  info: FunctionInfo;
  /** Index in the builder; -1 = it has no name, and the image may lend it one. */
  index: number;
}

interface Line {
  func: FunctionRow;
  line: number;
  column: number;
  /** Whether the column came in the upper half of the line. */
  packed: boolean;
}

export class TableReader {
  /** How the tables are laid out: for the writer of pprof only. */
  readonly layout = new Layout();
  readonly #parts: Parts;
  readonly #builder: ProfileBuilder;
  readonly #dropped: ((name: string) => boolean) | undefined;
  readonly #mappingIds: IdTable;
  readonly #functionIds: IdTable;
  readonly #functions: FunctionRow[] = [];
  #nameless: NamelessFunctions | undefined;

  /** `dropped` tells by name which functions are to be left out. */
  constructor(parts: Parts, builder: ProfileBuilder, dropped: ((name: string) => boolean) | undefined) {
    this.#parts = parts;
    this.#builder = builder;
    this.#dropped = dropped;
    this.#mappingIds = new IdTable(parts.count(MAPPING));
    this.#functionIds = new IdTable(parts.count(FUNCTION));
  }

  read(): Locations {
    for (const reader of this.#parts.each(MAPPING)) this.#readMapping(reader);
    this.#nameless = new NamelessFunctions(this.#builder);
    for (const reader of this.#parts.each(FUNCTION)) this.#readFunction(reader);
    const count = this.#parts.count(LOCATION);
    const locations: Locations = {
      ids: new IdTable(count),
      start: new Int32Array(count + 1),
      end: new Int32Array(count),
      frame: new Int32Array(),
    };
    if (this.#dropped) locations.fate = new Uint8Array(count);
    const frames = new Int32List();
    let row = 0;
    for (const reader of this.#parts.each(LOCATION)) {
      this.#readLocation(reader, row, locations, frames);
      locations.start[++row] = frames.length;
    }
    locations.frame = frames.trimmed();
    for (const func of this.#functions) {
      if (func.index < 0) func.index = this.#builder.function(UNKNOWN, func.info);
      this.layout.functions.push(func.index);
    }
    this.layout.locations(locations);
    return locations;
  }

  #readMapping(reader: ProtobufReader): void {
    const at = reader.tagAt;
    const words = [0n, 0n, 0n, 0n, 0n];
    let name = '';
    let buildId = '';
    let low = 0;
    let high = 0;
    let flags = 0;
    reader.enter();
    while (reader.next()) {
      const { field } = reader;
      if (field > 10) {
        this.#parts.unknown('Mapping');
        continue;
      }
      const value = reader.int();
      if (field === 1) ({ low, high } = reader);
      else if (field <= 4) words[field] = reader.exactUnsigned();
      else if (field === 5) name = this.#parts.string(value);
      else if (field === 6) buildId = this.#parts.string(value);
      else if (value !== 0) flags |= 1 << (field - 7);
    }
    const { mappings } = this.#builder;
    const index = mappings.length;
    this.#addId('mapping', this.#mappingIds, low, high, index, at);
    this.layout.mappingIds.add(low, high);
    this.layout.mappingFlags.push(flags);
    const [, , start, limit, offset] = words as [bigint, bigint, bigint, bigint, bigint];
    mappings.push({ name, buildId, start, limit, offset });
  }

  #readFunction(reader: ProtobufReader): void {
    const at = reader.tagAt;
    let name = '';
    let systemName = '';
    let file = '';
    let line = 0;
    let low = 0;
    let high = 0;
    reader.enter();
    while (reader.next()) {
      const { field } = reader;
      if (field > 5) {
        this.#parts.unknown('Function');
        continue;
      }
      const value = reader.int();
      if (field === 1) ({ low, high } = reader);
      else if (field === 2) name = this.#parts.string(value);
      else if (field === 3) systemName = this.#parts.string(value);
      else if (field === 4) file = this.#parts.string(value);
      else line = this.#place(value);
    }
    const row = this.#functions.length;
    this.#addId('function', this.#functionIds, low, high, row, at);
    this.layout.functionIds.add(low, high);
    const names = (name === '' ? NAMES.system : NAMES.both) + (systemName === '' ? NAMES.name : NAMES.both);
    this.layout.functionNames.push(names);
    const known = name || systemName;
    const info = { systemName, file, line };
    const index = known === '' ? -1 : this.#builder.function(known, info);
    this.#functions.push({ row, name: known, info, index });
  }

  #addId(what: string, ids: IdTable, low: number, high: number, row: number, offset: number): void {
    if (low === 0 && high === 0)
      this.#parts.fail('zero-id', `a ${what} has the reserved id 0, or none`, offset);
    if (ids.add(low, high, row)) return;
    const id = (BigInt(high) << 32n) | BigInt(low);
    this.#parts.fail('duplicate-id', `there is another ${what} with the id ${id}`, offset);
  }

  #readLocation(reader: ProtobufReader, row: number, locations: Locations, frames: Int32List): void {
    const at = reader.tagAt;
    let low = 0;
    let high = 0;
    let mapping = -1;
    let address = 0n;
    let folded = false;
    const lines: Line[] = [];
    reader.enter();
    while (reader.next()) {
      const { field } = reader;
      if (field === 4) {
        lines.push(this.#readLine(reader));
      } else if (field > 5) {
        this.#parts.unknown('Location');
      } else {
        const value = reader.int();
        if (field === 1) ({ low, high } = reader);
        else if (field === 2) mapping = this.#mapping(reader);
        else if (field === 3) address = reader.exactUnsigned();
        else folded = value !== 0;
      }
    }
    this.#addId('location', locations.ids, low, high, row, at);
    this.layout.locationIds.add(low, high);
    this.layout.lines.push(lines.length);
    let cut = 0;
    if (this.#dropped && lines.length > 0) {
      const first = lines.findLastIndex(({ func }) => this.#dropped!(func.name));
      locations.fate![row] = first < 0 ? STAYS : first === lines.length - 1 ? GOES : CUT;
      if (locations.fate![row] === CUT) cut = first + 1;
    }
    // Folded locations are kept apart from others that are alike.
    const frame = (func: number, info: FrameInfo) =>
      folded ? this.#builder.addFrame(func, info) : this.#builder.frame(func, info);
    if (folded) this.layout.folded.push(row);
    if (lines.length === 0) frames.push(frame(this.#nameless!.of(mapping), { mapping, address }));
    // The last line is the function itself, each one before it was inlined into the one behind it.
    for (let inline = 0; inline < lines.length; inline++) {
      const { func, line, column, packed } = lines[lines.length - 1 - inline]!;
      const index = frame(this.#function(func, mapping), { line, column, mapping, address, inline });
      if (packed) this.layout.packed.push(index);
      frames.push(index);
    }
    locations.end[row] = frames.length - cut;
    if (cut > 0) this.layout.shortened.push(row, lines.length - cut);
  }

  #readLine(reader: ProtobufReader): Line {
    const at = reader.tagAt;
    const outer = reader.enter();
    let row = -1;
    let line = 0;
    let column = 0;
    let packed = 0;
    while (reader.next()) {
      const { field } = reader;
      if (field > 3) {
        this.#parts.unknown('Line');
        continue;
      }
      const value = reader.int();
      if (field === 1) row = this.#functionIds.find(reader.low, reader.high);
      else if (field === 3) column = value;
      else {
        // Datadog's profilers put the column into the upper half.
        line = reader.low;
        packed = reader.high;
      }
    }
    reader.limit = outer;
    const func = this.#functions[row];
    if (!func)
      this.#parts.fail('unknown-function', 'a line of a location names no function of the profile', at);
    const isPacked = column === 0 && packed !== 0;
    return {
      func,
      line: this.#place(line),
      column: this.#place(isPacked ? packed : column),
      packed: isPacked,
    };
  }

  /** A line or column as ours; 0 if it is none. */
  #place(value: number): number {
    if (value >= 0 && value <= MAX_LINE) return value;
    this.#parts.source.warn('bad-line', 'a line or column that is no such number is left out', {
      offset: this.#parts.reader.tagAt,
    });
    return 0;
  }

  /** The mapping whose id was just read, or -1. */
  #mapping({ low, high, tagAt }: ProtobufReader): number {
    if (low === 0 && high === 0) return -1;
    const row = this.#mappingIds.find(low, high);
    if (row >= 0) return row;
    this.#parts.source.warn('unknown-mapping', 'a location names no mapping of the profile', {
      offset: tagAt,
    });
    return -1;
  }

  #function(func: FunctionRow, mapping: number): number {
    if (func.name !== '') return func.index;
    const index = this.#nameless!.of(mapping, func.info);
    if (func.index < 0) func.index = index;
    else if (func.index !== index) this.layout.namedByImage.push(index, func.row);
    return index;
  }
}
