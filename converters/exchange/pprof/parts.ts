/**
 * Where the parts of a profile lie. Its tables may stand in any order and even be interleaved, so they are
 * first found, and then read in the order in which they refer to each other.
 */
import { Float64List, ProtobufReader, type Source } from '../../../src/plugin.ts';
import { SAMPLE, STRING_TABLE, TIME_NANOS, WIRE } from './fields.ts';

const NOT_WHOLE = 'the file may be cut off or damaged';

export class Parts {
  readonly source: Source;
  readonly reader: ProtobufReader;
  readonly strings: string[] = [];
  sampleCount = 0;
  /** Offsets of the tags, by field; strings are read at once, samples only counted. */
  readonly #offsets: Float64List[] = WIRE.map(() => new Float64List(8));

  constructor(source: Source) {
    this.source = source;
    this.reader = new ProtobufReader(source.bytes(), (code, message, offset) =>
      source.fail(code, message, { offset }, NOT_WHOLE),
    );
    if (this.reader.limit === 0) source.fail('empty', 'the input is empty');
    this.#find();
    if (this.strings.length === 0) {
      source.fail('no-strings', 'there is no string table', { offset: this.reader.at }, NOT_WHOLE);
    }
  }

  #find(): void {
    const { reader, strings } = this;
    let time = 0;
    while (reader.next()) {
      const { field } = reader;
      const wire = WIRE[field];
      if (wire === undefined) {
        this.unknown('Profile');
        continue;
      }
      if (wire >= 0) reader.expect(wire);
      if (field === SAMPLE) {
        this.sampleCount++;
        reader.skip();
      } else if (field === STRING_TABLE) {
        const text = reader.text();
        if (strings.length === 0 && text !== '') {
          this.fail('first-string', `the first string is ${JSON.stringify(text.slice(0, 40))}, not empty`);
        }
        strings.push(text);
      } else {
        this.#offsets[field]!.push(reader.tagAt);
        if (field === TIME_NANOS) {
          if (time !== 0) this.fail('concatenated', 'two profiles stand one behind the other');
          time = reader.int();
        } else reader.skip();
      }
    }
  }

  /** How many fields of this number there are. */
  count(field: number): number {
    return this.#offsets[field]!.length;
  }

  /** Goes to each field of this number in turn. */
  *each(field: number): Generator<ProtobufReader> {
    const offsets = this.#offsets[field]!;
    for (let i = 0; i < offsets.length; i++) {
      this.#goto(offsets.array[i]!);
      yield this.reader;
    }
  }

  #goto(offset: number): void {
    const { reader } = this;
    reader.at = offset;
    reader.limit = reader.bytes.length;
    reader.next();
  }

  /** The number in a field of the profile: the last one, 0 if there is none. `reader` holds it exactly. */
  number(field: number): number {
    const offsets = this.#offsets[field]!;
    if (offsets.length === 0) {
      this.reader.low = this.reader.high = 0;
      return 0;
    }
    this.#goto(offsets.array[offsets.length - 1]!);
    return this.reader.int();
  }

  /** The string with this index. */
  string(index: number): string {
    const text = this.strings[index];
    if (text === undefined) {
      this.fail('string-index', `there is no string ${index}: the string table has ${this.strings.length}`);
    }
    return text;
  }

  /** The string whose index is the number in a field of the profile. */
  text(field: number): string {
    return this.string(this.number(field));
  }

  /** Stops; the place is the current field unless another is given. */
  fail(code: string, message: string, offset: number = this.reader.tagAt): never {
    this.source.fail(code, message, { offset });
  }

  /** Steps over a field that is not known. */
  unknown(message: string): void {
    const { reader, source } = this;
    const { field, tagAt } = reader;
    source.warn('unknown-field', `field ${field} of ${message} is unknown and left out`, { offset: tagAt });
    reader.skip();
  }
}
