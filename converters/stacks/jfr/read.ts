/** Reads a recording chunk by chunk. */
import { ByteReader, type Profile, type Source } from '../../../src/plugin.ts';
import { Constants } from './constants.ts';
import { Cursor } from './cursor.ts';
import { EventReader, measureOf } from './events.ts';
import { Facts } from './facts.ts';
import { type ChunkHeader, HEADER_SIZE, isChunk, readHeader } from './header.ts';
import { readTypes, type Types } from './metadata.ts';
import { Recording } from './recording.ts';

/** Types of events that every chunk has. */
const METADATA = 0;
const CONSTANTS = 1;

export function readRecording(source: Source, options: { signatures: boolean }): Profile {
  return new RecordingReader(source, options).read();
}

class RecordingReader {
  readonly #source: Source;
  readonly #reader: ByteReader;
  readonly #recording: Recording;
  readonly #facts: Facts;
  /** Nanoseconds since 1970 at which the first chunk starts. */
  #start: bigint | undefined;

  constructor(source: Source, options: { signatures: boolean }) {
    this.#source = source;
    this.#reader = new ByteReader(source.stream());
    this.#recording = new Recording(source, options);
    this.#facts = new Facts(this.#recording.meta);
  }

  read(): Profile {
    const reader = this.#reader;
    let chunks = 0;
    do {
      const place = { offset: reader.offset };
      const hasHeader = reader.has(HEADER_SIZE);
      if (!isChunk(reader.bytes.subarray(reader.at, reader.end))) {
        if (chunks === 0) this.#source.fail('bad-header', 'it does not begin as a recording does', place);
        this.#source.warn('bytes-behind', 'what follows is no chunk of a recording', place);
        break;
      }
      const header = hasHeader ? readHeader(reader.view, reader.at, this.#source, place) : undefined;
      if (hasHeader && !header && chunks === 0)
        this.#source.fail('bad-header', 'a chunk whose header makes no sense', place);
      const isWhole = header && reader.has(header.size);
      if (header && this.#chunk(header)) chunks++;
      else if (isWhole) this.#source.fail('bad-chunk', 'what it begins goes on behind its end', place);
      else this.#lost(chunks, place);
      if (!isWhole) {
        this.#source.warn('cut-off', 'the recording ends within a chunk', place);
        break;
      }
      reader.at += header.size;
    } while (reader.has(1));
    return this.#recording.profile();
  }

  /** Says that the stacks of a chunk are behind the end of the input. */
  #lost(chunks: number, place: { offset: number }): void {
    const message = 'the names of what the chunk holds stand behind the end of the input';
    const hint = 'was the recording copied while it was written? jcmd PID JFR.dump writes a whole one';
    if (chunks === 0) this.#source.fail('no-chunk', message, place, hint);
    this.#source.warn('lost-chunk', message, place, hint);
  }

  /** Reads the chunk that is in the buffer, as far as it goes. False = that is not far enough. */
  #chunk(header: ChunkHeader): boolean {
    const reader = this.#reader;
    const base = reader.offset - reader.at;
    const end = Math.min(reader.at + header.size, reader.end);
    const fail = (message: string, at: number) =>
      this.#source.fail('bad-chunk', message, { offset: base + at });
    const cursor = new Cursor(reader.bytes, reader.at + header.metadata, end, fail);
    cursor.end = this.#endOf(cursor);
    if (cursor.end === 0) return false;
    const types = readTypes(cursor);
    cursor.end = end;
    const constants = new Constants(types);
    if (!this.#readConstants(cursor, reader.at + header.constants, constants)) return false;
    this.#start ??= header.start;
    const { start, ticks, ticksPerSecond } = header;
    const tick = 1e9 / ticksPerSecond;
    const offset = Number(start - this.#start);
    this.#recording.beginChunk(constants, offset, (at) => offset + (at - ticks) * tick);
    this.#facts.addChunk(header, types);
    const isCut = reader.at + header.size > end;
    this.#events(cursor, types, constants, { tick, isCut });
    return true;
  }

  /** Where the event ends that the cursor is at; 0 = it is not there to its end. */
  #endOf(cursor: Cursor): number {
    const { at, end, bytes } = cursor;
    let last = at;
    while (last < end && bytes[last]! > 127) last++;
    if (last >= end) return 0;
    const size = cursor.unsigned();
    cursor.at = at;
    return size <= end - at ? at + size : 0;
  }

  /** Reads the events of constants, last first. */
  #readConstants(cursor: Cursor, at: number, constants: Constants): boolean {
    const { end } = cursor;
    for (let place = at; ; ) {
      cursor.at = place;
      // Each ends where the one that was read before it begins, or earlier.
      cursor.end = this.#endOf(cursor);
      if (cursor.end === 0) return false;
      const before = constants.read(cursor);
      cursor.end = before === 0 ? end : place;
      if (before === 0) return true;
      if (!(before < 0 && place + before >= this.#reader.at)) cursor.fail('constants that refer to none');
      place += before;
    }
  }

  #events(
    cursor: Cursor,
    types: Types,
    constants: Constants,
    { tick, isCut }: { tick: number; isCut: boolean },
  ): void {
    const kinds = new Map<number, { reader: EventReader; measure: number } | undefined>();
    const { end } = cursor;
    let at = this.#reader.at + HEADER_SIZE;
    while (at < end) {
      cursor.at = at;
      cursor.end = end;
      const size = cursor.unsigned();
      if (size > end - at && isCut) return;
      if (size > end - at) cursor.fail('an event that goes on behind its chunk');
      if (size === 0) cursor.fail('an event of no bytes');
      cursor.end = at + size;
      at += size;
      const number = cursor.unsigned();
      if (number === METADATA || number === CONSTANTS) continue;
      if (this.#facts.read(number, cursor, constants)) continue;
      if (!kinds.has(number)) {
        const type = types.get(number);
        const measure = type && measureOf(type);
        kinds.set(
          number,
          measure && {
            reader: new EventReader(type, measure.field, tick),
            measure: this.#recording.measure(measure),
          },
        );
      }
      const kind = kinds.get(number);
      if (!kind) continue;
      kind.reader.read(cursor);
      this.#recording.add(kind.measure, kind.reader);
    }
  }
}
