/** Mappings, locations and functions: as they lay in the file that was read, with what came since behind them. */
import { grown, type Profile } from '../../../src/plugin.ts';
import { LocationTable, mappingOf } from '../locations.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import { sampleCount } from '../sample-rows.ts';
import type { StringTable } from '../strings.ts';
import { FUNCTION, LOCATION, MAPPING } from './fields.ts';
import { RowIds, usable } from './given-rows.ts';
import { NAMES, type Tables } from './raw.ts';

export class TableWriter {
  readonly locations: LocationTable;
  readonly locationIds: RowIds;
  /** The layout that was read, where it fits the profile. */
  readonly tables: Tables | undefined;
  /** Whether all that was read is there still, so that what nothing refers to is written too. */
  readonly isWhole: boolean;
  readonly #profile: Profile;
  readonly #strings: StringTable;
  readonly #functionIds: RowIds;
  /** Row + 1 by function; 0 = none yet. */
  readonly #functionRow: Int32Array;
  /** Rows that were added, by what they say. */
  readonly #alike = new Map<string, number>();
  /** Function by row. */
  readonly #functions: number[] = [];
  #usedFunctions = new Uint8Array(1024);
  readonly #packed: Set<number>;
  readonly #mappingIds: (number | bigint)[] = [];
  readonly #message = new ProtobufWriter();
  readonly #line = new ProtobufWriter();

  constructor(profile: Profile, tables: Tables | undefined, strings: StringTable) {
    this.#profile = profile;
    this.#strings = strings;
    this.tables = usable(tables, profile);
    this.isWhole = this.tables?.samples === sampleCount(profile);
    this.locations = new LocationTable(profile.frames);
    this.locationIds = new RowIds(this.tables?.locationIds);
    this.#functionIds = new RowIds(this.tables?.functionIds);
    this.#functionRow = new Int32Array(profile.functions.length);
    this.#packed = new Set(this.tables?.packed);
    if (this.tables) this.#giveRows(this.tables);
  }

  #giveRows(tables: Tables): void {
    for (let row = 0; row < tables.functionRows; row++) this.#addFunction(tables.functions?.[row] ?? row);
    const { namedByImage = [] } = tables;
    for (let i = 0; i < namedByImage.length; i += 2)
      this.#functionRow[namedByImage[i]!] ||= namedByImage[i + 1]! + 1;
    const frames = tables.frames ?? this.#profile.frames.func.map((_, frame) => frame);
    let at = 0;
    for (let row = 0; row < tables.locationRows; row++) {
      const end = at + Math.max(1, tables.lines?.[row] ?? 1);
      this.locations.add(frames, at, end);
      at = end;
    }
  }

  #addFunction(func: number): number {
    const row = this.#functions.push(func) - 1;
    this.#usedFunctions = grown(this.#usedFunctions, row + 1);
    this.#functionRow[func] ||= row + 1;
    return row;
  }

  /** The row of a function, which is thereby used. */
  #rowOf(func: number): number {
    const known = this.#functionRow[func]! - 1;
    const row = known < 0 ? this.#rowLike(func) : known;
    this.#usedFunctions[row] = 1;
    return row;
  }

  /** The row of functions that are written alike: pprof has no place for their columns, images and processes. */
  #rowLike(func: number): number {
    const { name, systemName, file, line } = this.#profile.functions;
    const facts = `${name[func]}\0${systemName[func] || name[func]}\0${file[func]}\0${line[func]}`;
    const known = this.#alike.get(facts);
    const row = known ?? this.#addFunction(func);
    this.#functionRow[func] = row + 1;
    this.#alike.set(facts, row);
    return row;
  }

  /** Lets locations of which inner lines were left out be found by the lines that stayed: row, lines, row, … */
  shorten(pairs: number[]): void {
    for (let i = 0; i < pairs.length; i += 2) {
      const frames = this.locations.framesOf(pairs[i]!).reverse();
      this.locations.name(this.locations.chain(frames, 0, pairs[i + 1]!), pairs[i]!);
    }
  }

  /** Writes the tables, once all samples are; `flush` is called behind each row. */
  write(out: ProtobufWriter, flush: () => void): void {
    this.#writeMappings(out);
    const folded = new Set(this.tables?.folded);
    for (let row = 0; row < this.locations.length; row++) {
      if (!this.isWhole && !this.locations.isUsed(row)) continue;
      this.#location(row, folded.has(row));
      out.message(LOCATION, this.#message.written());
      flush();
    }
    for (let row = 0; row < this.#functions.length; row++) {
      if (!this.isWhole && this.#usedFunctions[row] === 0) continue;
      this.#function(row);
      out.message(FUNCTION, this.#message.written());
      flush();
    }
  }

  #writeMappings(out: ProtobufWriter): void {
    const ids = new RowIds(this.tables?.mappingIds);
    const flags = this.tables?.mappingFlags ?? mappingFlags(this.#profile);
    const message = this.#message;
    for (const [i, { name, buildId, start, limit, offset }] of this.#profile.mappings.entries()) {
      this.#mappingIds.push(ids.of(i));
      message.length = 0;
      message.int(1, ids.of(i));
      message.some(2, start);
      message.some(3, limit);
      message.some(4, offset);
      message.some(5, this.#strings.of(name));
      message.some(6, this.#strings.of(buildId));
      for (let flag = 0; flag < 4; flag++) message.some(7 + flag, (flags[i]! >> flag) & 1);
      out.message(MAPPING, message.written());
    }
  }

  /** Puts a location into the message. */
  #location(row: number, isFolded: boolean): void {
    const { frames } = this.#profile;
    const message = this.#message;
    const inner = this.locations.framesOf(row);
    const outermost = inner[inner.length - 1]!;
    const mapping = mappingOf(this.#profile, outermost);
    message.length = 0;
    message.int(1, this.locationIds.of(row));
    if (mapping >= 0) message.int(2, this.#mappingIds[mapping]!);
    message.some(3, frames.address?.[outermost] ?? 0);
    const isBare = this.tables?.lines?.[row] === 0;
    if (!isBare) for (const frame of inner) message.message(4, this.#lineOf(frame));
    if (isFolded) message.int(5, 1);
  }

  #lineOf(frame: number): Uint8Array {
    const { frames } = this.#profile;
    const message = this.#line;
    const line = frames.line[frame]!;
    const column = frames.column[frame]!;
    const isPacked = this.#packed.has(frame);
    message.length = 0;
    message.int(1, this.#functionIds.of(this.#rowOf(frames.func[frame]!)));
    message.some(2, isPacked ? (BigInt(column) << 32n) | BigInt(line) : line);
    if (!isPacked) message.some(3, column);
    return message.written();
  }

  /** Puts a function into the message. */
  #function(row: number): void {
    const { functions } = this.#profile;
    const message = this.#message;
    const func = this.#functions[row]!;
    const name = functions.name[func]!;
    const names = this.tables?.functionNames?.[row] ?? NAMES.both;
    const hasName = names === NAMES.both || names === NAMES.name;
    const hasSystem = names === NAMES.both || names === NAMES.system;
    message.length = 0;
    message.int(1, this.#functionIds.of(row));
    message.some(2, hasName ? this.#strings.of(name) : 0);
    message.some(3, hasSystem ? this.#strings.of(functions.systemName[func] || name) : 0);
    message.some(4, this.#strings.of(functions.file[func]!));
    message.some(5, functions.line[func]!);
  }
}

/** What is known of the code in each mapping: bits as in `Tables.mappingFlags`. */
function mappingFlags(profile: Profile): number[] {
  const { mappings, frames, functions } = profile;
  const flags = mappings.map(() => 0);
  for (let f = 0; f < frames.length; f++) {
    const mapping = mappingOf(profile, f);
    if (mapping < 0) continue;
    const func = frames.func[f]!;
    const facts = [
      functions.name[func] !== '',
      functions.file[func] !== '',
      frames.line[f]! > 0,
      (frames.inline?.[f] ?? 0) > 0,
    ];
    for (const [bit, is] of facts.entries()) if (is) flags[mapping]! |= 1 << bit;
  }
  return flags;
}
