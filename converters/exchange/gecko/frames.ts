/** The functions and frames that a thread's tables name: those that agree in all that is known of them are one. */
import type { ProfileBuilder, Source } from '../../../src/plugin.ts';
import type { GeckoOptions } from '../gecko.ts';
import { type Location, readLocation } from './location.ts';
import type { Lib, Part } from './read.ts';
import type { ColumnName, Table } from './tables.ts';

const ADDRESS = /^0x[0-9a-f]{1,16}$/i;
const UNKNOWN = '[unknown]';

/** A row of a table, as its columns say; NaN = unknown. */
export function valueAt(table: Table | undefined, column: ColumnName, row: number): number {
  return table?.columns[column]?.[row] ?? Number.NaN;
}

/** Says that the table in `path` names a row that is none. */
export function dangling(source: Source, path: string, index: number, what: string, length: number): never {
  const message = `it names number ${index} of the ${what}, but there are ${length}`;
  return source.fail('dangling', message, { path });
}

export class Frames {
  readonly #builder: ProfileBuilder;
  readonly #source: Source;
  readonly #options: GeckoOptions;
  readonly #own: Part;
  readonly #shared: Part;
  readonly #libs: Lib[];
  readonly #mappings: number[];
  readonly #frames: Int32Array;
  /** Functions by their row and the library of their frame. */
  readonly #functions = new Map<string, number>();
  readonly #locations = new Map<number, Location>();

  constructor(builder: ProfileBuilder, source: Source, options: GeckoOptions, own: Part, shared: Part) {
    this.#builder = builder;
    this.#source = source;
    this.#options = options;
    this.#own = own;
    this.#shared = shared;
    this.#libs = own.libs ?? shared.libs ?? [];
    this.#mappings = this.#libs.map(() => -1);
    this.#frames = new Int32Array(this.table('frameTable')?.length ?? 0).fill(-1);
  }

  table(name: keyof Part['tables']): Table | undefined {
    return this.#own.tables[name] ?? this.#shared.tables[name];
  }

  /** The frame of a row of the frame table; `where` names it. */
  frame(row: number, where: () => string): number {
    if (this.#frames[row] === undefined) dangling(this.#source, where(), row, 'frames', this.#frames.length);
    if (this.#frames[row]! < 0) this.#frames[row] = this.#read(row);
    return this.#frames[row]!;
  }

  #read(row: number): number {
    const table = this.table('frameTable')!;
    if (!table.columns.func && table.columns.location) return this.#located(table, row);
    const func = this.#index(table, 'func', row);
    const functions = this.table('funcTable');
    if (func < 0 || func >= (functions?.length ?? 0))
      dangling(this.#source, `${table.path}.func[${row}]`, func, 'functions', functions?.length ?? 0);
    const resource = this.#index(functions, 'resource', func);
    const resourceLib = this.#index(this.table('resourceTable'), 'lib', resource);
    const lib = this.#index(table, 'lib', row);
    const mapping = this.#mapping(lib < 0 ? resourceLib : lib);
    const address = this.#index(table, 'address', row);
    return this.#builder.frame(this.#function(func, mapping), {
      line: this.#position(table, 'line', row),
      column: this.#position(table, 'column', row),
      mapping,
      ...(address >= 0 && { address: BigInt(Math.trunc(address)) }),
      inline: this.#position(table, 'inlineDepth', row),
    });
  }

  #function(row: number, mapping: number): number {
    const key = `${row} ${mapping}`;
    let func = this.#functions.get(key);
    if (func === undefined) {
      const table = this.table('funcTable');
      // The oldest profiles have the file of a function in its name.
      const text = this.#string(table, 'name', row);
      const { fileName, source } = table?.columns ?? {};
      const written = fileName || source ? undefined : readLocation(text);
      func = this.#builder.function(this.#named(written?.name ?? text, mapping), {
        file: written?.file ?? this.#file(table, row),
        line: this.#position(table, 'lineNumber', row) || (written?.line ?? 0),
        column: this.#position(table, 'columnNumber', row) || (written?.column ?? 0),
        mapping,
      });
      this.#functions.set(key, func);
    }
    return func;
  }

  #file(table: Table | undefined, row: number): string {
    const name = this.#string(table, 'fileName', row);
    return name || this.#string(this.table('sources'), 'filename', this.#index(table, 'source', row));
  }

  /** The frame of a raw profile. */
  #located(table: Table, row: number): number {
    const text = this.#index(table, 'location', row);
    let location = this.#locations.get(text);
    if (!location) {
      location = readLocation(this.#string(table, 'location', row));
      this.#locations.set(text, location);
    }
    const { name, lib, file, line, column, executing, address } = location;
    const at = address > 0 ? this.#libAt(address) : -1;
    const mapping = lib === '' ? this.#mapping(at) : this.#builder.mapping(lib);
    const func = this.#builder.function(this.#named(name, mapping), { file, line, column, mapping });
    return this.#builder.frame(func, {
      line: this.#position(table, 'line', row) || executing,
      column: this.#position(table, 'column', row),
      mapping,
      ...(address > 0 && { address: BigInt(name) - BigInt(Math.trunc(this.#libs[at]?.start ?? 0)) }),
    });
  }

  /** A name for what has only an address: that of its library. */
  #named(name: string, mapping: number): string {
    if (this.#options.unknown === 'address' || !ADDRESS.test(name)) return name || UNKNOWN;
    const path = this.#builder.mappings[mapping]?.name ?? '';
    return path === '' ? UNKNOWN : `[${path.slice(path.lastIndexOf('/') + 1)}]`;
  }

  /**
   * The mapping of a library by its number, or -1. Where a process has it in memory is left out: a library is the
   * same one in all of them, and addresses count from its start.
   */
  #mapping(lib: number): number {
    if (lib < 0 || lib >= this.#libs.length) return -1;
    if (this.#mappings[lib]! < 0) {
      const { name, path, codeId, breakpadId } = this.#libs[lib]!;
      this.#mappings[lib] = this.#builder.mapping(path || name, { buildId: codeId || breakpadId });
    }
    return this.#mappings[lib]!;
  }

  /** The number of the library that has an address, or -1. It is looked for once for each frame. */
  #libAt(address: number): number {
    return this.#libs.findIndex(({ start, end }) => address >= start && address < end);
  }

  /** A number of a row, or -1 where there is none. */
  #index(table: Table | undefined, column: ColumnName, row: number): number {
    const value = valueAt(table, column, row);
    return value >= 0 ? value : -1;
  }

  /** A number of a row that counts from 1; 0 = there is none. */
  #position(table: Table | undefined, column: ColumnName, row: number): number {
    const value = valueAt(table, column, row);
    return value >= 1 && value < 2 ** 31 ? Math.trunc(value) : 0;
  }

  /** The string that a row names; '' = it names none. */
  #string(table: Table | undefined, column: ColumnName, row: number): string {
    const index = this.#index(table, column, row);
    if (index < 0) return '';
    const strings = this.#own.strings ?? this.#shared.strings ?? [];
    return (
      strings[index] ??
      dangling(this.#source, `${table!.path}.${column}[${row}]`, index, 'strings', strings.length)
    );
  }
}
