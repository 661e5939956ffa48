/**
 * JSON lines of Tachyon: strings, frames, and how many samples had a frame as their leaf and anywhere.
 *
 * The surprise: there are no stacks in it. A function has a frame for each place in it that was executing; a
 * sample counts once for each frame it holds, so that what a recursive function took cannot be told exactly.
 */
import { JsonReader, type Profile, type ProfileBuilder, type Source } from '../../../src/plugin.ts';
import { type JsonObject, JsonValues } from '../json-values.ts';

interface Row {
  func: number;
  line: number;
  self: number;
  total: number;
}

export function parseJsonl(source: Source, builder: ProfileBuilder): Profile {
  const reader = new RecordReader(source, builder);
  const json = new JsonReader(source.utf8(), source);
  while (json.peek() !== 0) reader.add(json.value());
  return reader.profile();
}

class RecordReader {
  readonly #source: Source;
  readonly #builder: ProfileBuilder;
  readonly #values: JsonValues;
  readonly #strings = new Map<number, string>();
  readonly #rows = new Map<number, Row>();
  #samples = Number.NaN;
  #record = 0;

  constructor(source: Source, builder: ProfileBuilder) {
    this.#source = source;
    this.#builder = builder;
    this.#values = new JsonValues(source);
  }

  add(value: unknown): void {
    const path = `[${this.#record++}]`;
    const record = this.#values.object(value, path);
    const { type } = record;
    if (type === 'meta') this.#meta(record);
    else if (type === 'str_def') this.#each(record, 'defs', path, (def, at) => this.#string(def, at));
    else if (type === 'frame_def') this.#each(record, 'defs', path, (def, at) => this.#frame(def, at));
    else if (type === 'agg') this.#aggregate(record, path);
    else if (type === 'end') this.#sampleCount(record, path);
    else this.#source.warn('unknown-record', `records of type ${String(type)} are left out`, { path });
  }

  #each(record: JsonObject, key: string, path: string, use: (item: JsonObject, path: string) => void): void {
    const items = this.#values.array(record[key], `${path}.${key}`);
    for (const [i, item] of items.entries()) {
      const at = `${path}.${key}[${i}]`;
      use(this.#values.object(item, at), at);
    }
  }

  #meta({ sample_interval_usec: interval, mode }: JsonObject): void {
    const { meta } = this.#builder;
    if (typeof interval === 'number' && interval > 0)
      meta.period = { metric: { name: 'time', unit: 'microseconds' }, value: interval };
    if (typeof mode === 'string') meta.comments = [`mode: ${mode}`];
  }

  #string({ str_id, value }: JsonObject, path: string): void {
    this.#strings.set(
      this.#values.number(str_id, `${path}.str_id`),
      this.#values.text(value, `${path}.value`),
    );
  }

  #frame(def: JsonObject, path: string): void {
    const id = this.#values.number(def['frame_id'], `${path}.frame_id`);
    const name = this.#text(def['func_str_id'], `${path}.func_str_id`);
    const file = this.#text(def['path_str_id'], `${path}.path_str_id`);
    const line = this.#values.amount(def['line'], `${path}.line`);
    const known = Number.isInteger(line) && line > 0 && line < 2 ** 31;
    this.#rows.set(id, {
      func: this.#builder.function(name, file === '~' ? {} : { file }),
      line: known ? line : 0,
      self: 0,
      total: 0,
    });
  }

  #text(id: unknown, path: string): string {
    return this.#strings.get(id as number) ?? this.#values.wrong(id, path, 'the id of a string');
  }

  #aggregate(record: JsonObject, path: string): void {
    if (record['kind'] !== 'frame' || record['scope'] !== 'final') {
      const what = `${String(record['kind'])} counts of scope ${String(record['scope'])}`;
      this.#source.warn('other-counts', `${what} are left out`, { path });
      return;
    }
    this.#sampleCount(record, path);
    this.#each(record, 'entries', path, (entry, at) => {
      const row =
        this.#rows.get(entry['frame_id'] as number) ??
        this.#values.wrong(entry['frame_id'], `${at}.frame_id`, 'the id of a frame');
      row.self += this.#values.number(entry['self'], `${at}.self`);
      row.total += this.#values.number(entry['cumulative'], `${at}.cumulative`);
    });
  }

  #sampleCount(record: JsonObject, path: string): void {
    this.#samples = this.#values.number(record['samples_total'], `${path}.samples_total`);
  }

  /** A node for each function; its lines apart. */
  profile(): Profile {
    const { functionCount } = this.#builder;
    if (functionCount === 0) this.#source.fail('no-samples', 'there are no samples in it');
    const self = new Float64Array(functionCount);
    const total = new Float64Array(functionCount);
    /** How many frames a function has that were met. */
    const frames = new Int32Array(functionCount);
    const lines = new Map<string, { node: number; line: number; value: number }>();
    let sum = 0;
    for (const row of this.#rows.values()) {
      const { func, line } = row;
      self[func]! += row.self;
      total[func]! += row.total;
      sum += row.self;
      if (row.total > 0) frames[func]!++;
      if (row.self === 0) continue;
      const known = lines.get(`${func} ${line}`);
      if (known) known.value += row.self;
      else lines.set(`${func} ${line}`, { node: func, line, value: row.self });
    }
    if (!Number.isNaN(this.#samples) && sum !== this.#samples)
      this.#source.warn('other-count', `it says that it holds ${this.#samples} samples, and has ${sum}`);
    this.#limitTotals(total, sum, frames);
    const frame = Int32Array.from(self.keys(), (func) => this.#builder.addFrame(func));
    const rows = [...lines.values()];
    const table = {
      length: rows.length,
      node: Int32Array.from(rows, (row) => row.node),
      line: Int32Array.from(rows, (row) => row.line),
      values: [Float64Array.from(rows, (row) => row.value)],
    };
    return this.#builder.flat({ frame, self: [self], total: [total] }, { lines: table });
  }

  /** No function is in more samples than there are; of those with one frame the total is exact. */
  #limitTotals(total: Float64Array, sum: number, frames: Int32Array): void {
    let doubtful = 0;
    for (let func = 0; func < total.length; func++) {
      total[func] = Math.min(total[func]!, sum);
      if (frames[func]! > 1) doubtful++;
    }
    if (doubtful === 0) return;
    const message = `the totals of ${doubtful} functions with more than one frame are too high if they are recursive`;
    this.#source.warn('recursive-totals', message);
  }
}
