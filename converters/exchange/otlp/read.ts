/** Reads messages: their dictionary first, wherever it stands, then the profiles of all resources. */
import {
  Float64List,
  type Label,
  type Metric,
  type Profile,
  ProfileBuilder,
  ProtobufReader,
  type Source,
} from '../../../src/plugin.ts';
import { markEstimate } from '../estimate-mark.ts';
import { markDifference } from '../mark-difference.ts';
import { attributeKey, COMMAND_LINE, CONVERTER } from './attributes.ts';
import { Dictionary } from './dictionary.ts';
import { decode, Message, type Unknown } from './message.ts';
import { Rows } from './rows.ts';
import { emptySample, isComplete, readSample } from './sample.ts';
import type { MessageName } from './schema.ts';

export class OtlpReader {
  readonly #source: Source;
  /** Whether offsets are those of the input. */
  readonly #isBinary: boolean;
  readonly #builder = new ProfileBuilder([]);
  readonly #rows: Rows;
  #start: bigint | undefined;
  #duration = 0;

  constructor(source: Source, isBinary: boolean) {
    this.#source = source;
    this.#isBinary = isBinary;
    this.#rows = new Rows(source, this.#builder);
  }

  readonly #unknown: Unknown = (message, field, offset) => {
    const text = `field ${field} of ${message} is unknown and left out`;
    this.#source.warn('unknown-field', text, this.#isBinary ? { offset } : undefined);
  };

  /** Reads one message in protobuf. */
  add(bytes: Uint8Array): void {
    this.#rows.size += bytes.length;
    const reader = new ProtobufReader(bytes, (code, message, offset) =>
      this.#source.fail(code, message, this.#isBinary ? { offset } : undefined),
    );
    const resources: number[] = [];
    const tables = new Message();
    const strings: string[] = [];
    const stacks = new Float64List();
    while (reader.next()) {
      if (reader.field === 1) {
        resources.push(reader.tagAt);
        reader.skip();
      } else if (reader.field === 2) this.#readDictionary(reader, tables, strings, stacks);
      else {
        this.#unknown('Data', reader.field, reader.tagAt);
        reader.skip();
      }
    }
    const dictionary = new Dictionary(this.#source, this.#builder, tables, strings);
    dictionary.readStacks(reader, stacks, this.#unknown);
    for (const at of resources) {
      reader.at = at;
      reader.limit = bytes.length;
      reader.next();
      reader.enter();
      this.#resource(reader, dictionary, resources.length > 1);
    }
    this.#rows.stacksBefore += Math.max(1, dictionary.length);
  }

  #readDictionary(reader: ProtobufReader, tables: Message, strings: string[], stacks: Float64List): void {
    const outer = reader.enter();
    const names: Record<number, [string, MessageName]> = {
      1: ['mappingTable', 'Mapping'],
      2: ['locationTable', 'Location'],
      3: ['functionTable', 'Function'],
      4: ['linkTable', 'Link'],
      6: ['attributeTable', 'Attribute'],
    };
    while (reader.next()) {
      const table = names[reader.field];
      if (reader.field === 5) strings.push(reader.text());
      else if (reader.field === 7) {
        stacks.push(reader.tagAt);
        reader.skip();
      } else if (table) {
        const behind = reader.enter();
        tables.addMessage(table[0], decode(reader, table[1], this.#unknown));
        reader.limit = behind;
      } else {
        this.#unknown('Dictionary', reader.field, reader.tagAt);
        reader.skip();
      }
    }
    reader.limit = outer;
  }

  #resource(reader: ProtobufReader, dictionary: Dictionary, isOneOfMany: boolean): void {
    let attributes: Label[] = [];
    const scopes: number[] = [];
    const { limit } = reader;
    while (reader.next()) {
      if (reader.field === 1) {
        const outer = reader.enter();
        attributes = dictionary.pairs(decode(reader, 'Resource', this.#unknown).messages('attributes'));
        reader.limit = outer;
      } else if (reader.field === 2) {
        scopes.push(reader.tagAt);
        reader.skip();
      } else reader.skip();
    }
    if (!isOneOfMany) this.#describe(attributes);
    for (const at of scopes) {
      reader.at = at;
      reader.limit = limit;
      reader.next();
      reader.enter();
      this.#scope(reader, dictionary, isOneOfMany ? attributes : []);
    }
  }

  /** What is said of the only resource is said of the whole. */
  #describe(attributes: Label[]): void {
    const { meta } = this.#builder;
    for (const { key, value } of attributes) {
      if (key === 'service.name') meta.title = `${value}`;
      else if (key === COMMAND_LINE) meta.command = `${value}`;
      else this.#comment([`${attributeKey(key)}: ${value}`]);
    }
  }

  #comment(comments: string[]): void {
    const { meta } = this.#builder;
    const known = meta.comments ?? [];
    const added = comments.filter((comment) => !known.includes(comment));
    if (added.length > 0) meta.comments = [...known, ...added];
  }

  #scope(reader: ProtobufReader, dictionary: Dictionary, labels: Label[]): void {
    // Profiles of one scope are the metrics of the same samples, as long as each metric is there once.
    let first = this.#rows.length;
    const seen = new Set<number>();
    const { limit } = reader;
    const profiles: number[] = [];
    while (reader.next()) {
      if (reader.field === 2) profiles.push(reader.tagAt);
      if (reader.field !== 1) reader.skip();
      else {
        const outer = reader.enter();
        const scope = decode(reader, 'Scope', this.#unknown);
        reader.limit = outer;
        const producer = [scope.text('name'), scope.text('version')].filter((text) => text !== '').join(' ');
        // We are no producer, only a converter.
        if (producer !== '' && scope.text('name') !== CONVERTER) this.#builder.meta.producer = producer;
      }
    }
    for (const at of profiles) {
      reader.at = at;
      reader.limit = limit;
      reader.next();
      reader.enter();
      const samples: number[] = [];
      const header = this.#header(reader, samples);
      const metric = this.#rows.metric(this.#valueType(header.message('sampleType'), dictionary));
      if (seen.has(metric)) {
        first = this.#rows.length;
        seen.clear();
      }
      seen.add(metric);
      const own = dictionary.profileAttributes(header.numbers('attributeIndices'));
      this.#comment(own.comments);
      this.#samples(reader, samples, metric, first, dictionary, [...labels, ...own.labels]);
      this.#describeProfile(header, dictionary);
    }
  }

  /** All of a profile but its samples, whose places are noted. */
  #header(reader: ProtobufReader, samples: number[]): Message {
    const start = reader.at;
    const { bytes, limit } = reader;
    const rest: [from: number, to: number][] = [];
    while (reader.next()) {
      const { field, tagAt } = reader;
      reader.skip();
      if (field === 2) samples.push(tagAt);
      else rest.push([tagAt, reader.at]);
    }
    const joined = new Uint8Array(rest.reduce((sum, [from, to]) => sum + to - from, 0));
    let length = 0;
    for (const [from, to] of rest) {
      joined.set(bytes.subarray(from, to), length);
      length += to - from;
    }
    reader.limit = limit;
    const inner = new ProtobufReader(joined, (code, message) =>
      this.#source.fail(code, message, this.#isBinary ? { offset: start } : undefined),
    );
    return decode(inner, 'Profile', (message, field) => this.#unknown(message, field, start));
  }

  #valueType(type: Message | undefined, dictionary: Dictionary): Metric {
    const name = dictionary.string(type?.number('typeStrindex') ?? 0);
    return { name, unit: dictionary.string(type?.number('unitStrindex') ?? 0) };
  }

  #describeProfile(header: Message, dictionary: Dictionary): void {
    const { meta } = this.#builder;
    const start = header.big('timeUnixNano');
    if (start !== 0n && (this.#start === undefined || start < this.#start)) this.#start = start;
    this.#duration = Math.max(this.#duration, header.number('durationNano'));
    const metric = this.#valueType(header.message('periodType'), dictionary);
    const value = header.number('period');
    if (!meta.period && (value !== 0 || metric.name !== '')) meta.period = { metric, value };
    if (header.bytes('originalPayload').length > 0) {
      const format = header.text('originalPayloadFormat');
      this.#source.note('original', `the original profile inside is left out (${format || 'of no format'})`);
    }
    const dropped = header.number('droppedAttributesCount');
    if (dropped > 0)
      this.#source.warn('dropped-attributes', `its producer has dropped ${dropped} attributes`);
  }

  /** Reads samples; those that are the same as the rows from `first` on are further values of these. */
  #samples(
    reader: ProtobufReader,
    places: number[],
    metric: number,
    first: number,
    dictionary: Dictionary,
    labels: Label[],
  ): void {
    const sets = new Map<string, number>();
    const sample = emptySample();
    let row = first;
    for (const at of places) {
      readSample(reader, at, this.#unknown, sample);
      if (!isComplete(sample)) {
        const message = `a sample has ${sample.values.length} values for ${sample.times.length} times`;
        this.#source.fail('value-count', message, this.#isBinary ? { offset: at } : undefined);
      }
      const key = `${sample.link} ${sample.attributes.join(' ')}`;
      let set = sets.get(key);
      if (set === undefined) {
        const own = sample.attributes.flatMap((index) => dictionary.label(index) ?? []);
        set = this.#builder.labels([...labels, ...own, ...dictionary.link(sample.link)]);
        sets.set(key, set);
      }
      const { stack, times } = sample;
      for (let i = 0; i < Math.max(1, times.length); i++) {
        const key = { stack, labels: set, time: times[i] };
        row = 1 + this.#rows.set(row, metric, key, sample.values[i] ?? 1, dictionary);
      }
    }
  }

  finish(): Profile {
    const { metrics, meta } = this.#builder;
    if (metrics.length === 0) this.#source.fail('no-profiles', 'there are no profiles in it');
    if (this.#rows.length === 0) this.#source.warn('no-samples', 'the profiles hold no samples');
    if (this.#duration > 0) meta.duration = this.#duration;
    meta.defaultMetric = metrics.length - 1;
    const profile = this.#rows.finish(this.#start);
    markDifference(profile);
    markEstimate(profile);
    return profile;
  }
}
