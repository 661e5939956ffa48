/** The reading half: every value is checked, and what is wrong is told by its path. */
import {
  type ArcTable,
  type Callers,
  type Column,
  checkProfile,
  type Details,
  type Label,
  type LineTable,
  type Meta,
  type Metric,
  type Profile,
  ProfileBuilder,
  type SampleTable,
  type Source,
  type Value,
  type Whole,
} from '../../../src/plugin.ts';
import { Checked, type JsonObject } from './checked.ts';
import { FORMAT, VERSION } from './shape.ts';

const CALLERS = ['all', 'direct', 'none'] as const;
const COUNTS = ['once', 'outermost', 'every'] as const;
const TOP = [
  'format',
  'version',
  'callers',
  'estimated',
  'metrics',
  'meta',
  'whole',
  'mappings',
  'functions',
];
const TABLES = ['frames', 'files', 'labelSets', 'nodes', 'arcs', 'samples', 'lines'];
const METRIC = ['name', 'unit', 'title', 'int64', 'sum'];
const META = [
  'producer',
  'command',
  'title',
  'startTime',
  'duration',
  'period',
  'comments',
  'defaultMetric',
  'raw',
];
const MAPPING = ['name', 'buildId', 'start', 'limit', 'offset'];
const FUNCTION = ['name', 'systemName', 'file', 'line', 'column', 'mapping', 'id', 'process'];
const FUNCTION_FIGURES = ['calls', 'primitiveCalls', 'self', 'total'];
const FRAME = ['function', 'line', 'column', 'mapping', 'address', 'inline'];

/** Relative slack for sums of fractions. */
const SLACK = 1e-9;

/** The profile that a parsed document describes. Throws `ProfileError`. */
export function read(source: Source, document: unknown): Profile {
  const checked = new Checked(source);
  const { format, version } = checked.object(document, '$');
  if (format !== FORMAT) {
    const hint = `it begins with {"format":"${FORMAT}","version":${VERSION}`;
    source.fail('not-a-profile', `"format" is not "${FORMAT}"`, { path: 'format' }, hint);
  }
  if (version !== VERSION) {
    const given = JSON.stringify(version) ?? 'nothing';
    const message = `expected version ${VERSION}, got ${given}`;
    source.fail('bad-version', message, { path: 'version' }, 'a newer prof2dot may read it');
  }
  const top = checked.object(document, '$', [...TOP, ...TABLES]);
  return new Reader(source, top).read();
}

class Reader {
  readonly #source: Source;
  readonly #checked: Checked;
  readonly #json: JsonObject;
  readonly #builder: ProfileBuilder;
  readonly #callers: Callers;
  /** Whether the values of a metric are 64-bit integers. */
  readonly #wide: boolean[];
  #nodeCount = 0;

  constructor(source: Source, json: JsonObject) {
    const checked = new Checked(source);
    this.#source = source;
    this.#checked = checked;
    this.#json = json;
    this.#callers = checked.oneOf(json['callers'], 'callers', CALLERS);
    const rows = checked
      .array(json['metrics'], 'metrics')
      .map((row, m) => checked.object(row, `metrics[${m}]`, METRIC));
    if (rows.length === 0) checked.wrong('metrics', 'at least one metric', rows);
    this.#builder = new ProfileBuilder(rows.map((row, m) => this.#metric(row, `metrics[${m}]`)));
    this.#wide = rows.map(
      (row, m) => row['int64'] !== undefined && checked.boolean(row['int64'], `metrics[${m}].int64`),
    );
  }

  read(): Profile {
    const builder = this.#builder;
    builder.meta = this.#meta();
    this.#readMappings();
    this.#readFunctions();
    this.#readFrames();
    this.#readFiles();
    this.#readLabelSets();
    const profile = this.#profile();
    const { estimated, whole } = this.#json;
    if (estimated !== undefined) profile.estimated = this.#checked.boolean(estimated, 'estimated');
    if (whole !== undefined) profile.whole = this.#whole(whole);
    else for (const fault of checkProfile(profile)) this.#source.warn('broken-law', fault);
    return profile;
  }

  #metric({ name, unit, title }: JsonObject, path: string): Metric {
    return {
      name: this.#checked.text(name, `${path}.name`),
      unit: this.#checked.text(unit, `${path}.unit`),
      ...(title !== undefined && { title: this.#checked.text(title, `${path}.title`) }),
    };
  }

  #meta(): Meta {
    const checked = this.#checked;
    const { producer, command, title, startTime, duration, period, comments, defaultMetric, raw } =
      checked.object(this.#json['meta'] ?? {}, 'meta', META);
    const meta: Meta = {};
    if (producer !== undefined) meta.producer = checked.text(producer, 'meta.producer');
    if (command !== undefined) meta.command = checked.text(command, 'meta.command');
    if (title !== undefined) meta.title = checked.text(title, 'meta.title');
    if (startTime !== undefined) meta.startTime = checked.int64(startTime, 'meta.startTime');
    if (duration !== undefined) meta.duration = checked.number(duration, 'meta.duration');
    if (period !== undefined) {
      const row = checked.object(period, 'meta.period', ['name', 'unit', 'title', 'value']);
      meta.period = {
        metric: this.#metric(row, 'meta.period'),
        value: checked.number(row['value'], 'meta.period.value'),
      };
    }
    if (comments !== undefined)
      meta.comments = checked
        .array(comments, 'meta.comments')
        .map((c, i) => checked.text(c, `meta.comments[${i}]`));
    if (defaultMetric !== undefined) {
      const count = this.#builder.metrics.length;
      meta.defaultMetric = checked.integer(defaultMetric, 'meta.defaultMetric', 0, count);
    }
    if (raw !== undefined) meta.raw = checked.object(raw, 'meta.raw');
    return meta;
  }

  /** The objects of an optional list. */
  #rows(name: string): unknown[] {
    const rows = this.#json[name];
    return rows === undefined ? [] : this.#checked.array(rows, name);
  }

  #readMappings(): void {
    const checked = this.#checked;
    for (const [i, value] of this.#rows('mappings').entries()) {
      const path = `mappings[${i}]`;
      const row = checked.object(value, path, MAPPING);
      this.#builder.mappings.push({
        name: checked.text(row['name'], `${path}.name`),
        buildId: checked.optionalText(row['buildId'], `${path}.buildId`) ?? '',
        start: checked.address(row['start'], `${path}.start`),
        limit: checked.address(row['limit'], `${path}.limit`),
        offset: checked.address(row['offset'], `${path}.offset`),
      });
    }
  }

  #readFunctions(): void {
    const checked = this.#checked;
    const builder = this.#builder;
    const mappingCount = builder.mappings.length;
    const known = [...FUNCTION, ...FUNCTION_FIGURES];
    for (const [f, value] of checked.array(this.#json['functions'], 'functions').entries()) {
      const path = `functions[${f}]`;
      const row = checked.object(value, path, known);
      const id = checked.optionalText(row['id'], `${path}.id`);
      const process = checked.optionalText(row['process'], `${path}.process`);
      const func = builder.addFunction(checked.text(row['name'], `${path}.name`), {
        systemName: checked.optionalText(row['systemName'], `${path}.systemName`) ?? '',
        file: checked.optionalText(row['file'], `${path}.file`) ?? '',
        line: checked.place(row['line'], `${path}.line`),
        column: checked.place(row['column'], `${path}.column`),
        mapping: checked.place(row['mapping'], `${path}.mapping`, -1, mappingCount),
        ...(id !== undefined && { id }),
        ...(process !== undefined && { process }),
      });
      const { calls, primitiveCalls } = row;
      if (calls === undefined && primitiveCalls === undefined) continue;
      builder.addCalls(
        func,
        calls === undefined ? Number.NaN : checked.count(calls, `${path}.calls`),
        primitiveCalls === undefined ? undefined : checked.count(primitiveCalls, `${path}.primitiveCalls`),
      );
    }
  }

  #readFrames(): void {
    const checked = this.#checked;
    const builder = this.#builder;
    const mappingCount = builder.mappings.length;
    for (const [f, value] of checked.array(this.#json['frames'], 'frames').entries()) {
      const path = `frames[${f}]`;
      const row = checked.object(value, path, FRAME);
      builder.addFrame(checked.integer(row['function'], `${path}.function`, 0, builder.functionCount), {
        line: checked.place(row['line'], `${path}.line`),
        column: checked.place(row['column'], `${path}.column`),
        mapping: checked.place(row['mapping'], `${path}.mapping`, -1, mappingCount),
        address: checked.address(row['address'], `${path}.address`),
        inline: checked.place(row['inline'], `${path}.inline`),
      });
    }
  }

  #readFiles(): void {
    for (const [i, value] of this.#rows('files').entries()) {
      const file = this.#checked.text(value, `files[${i}]`);
      if (i > 0) this.#builder.files.push(file);
      else if (file !== '')
        this.#checked.wrong('files[0]', '"", which stands for the function\'s own file', file);
    }
  }

  #readLabelSets(): void {
    for (const [i, value] of this.#rows('labelSets').entries()) {
      const labels = this.#checked.array(value, `labelSets[${i}]`);
      this.#builder.labelSets.push(labels.map((label, k) => this.#label(label, `labelSets[${i}][${k}]`)));
    }
  }

  #label(given: unknown, path: string): Label {
    const checked = this.#checked;
    const { key, value, int64, unit } = checked.object(given, path, ['key', 'value', 'int64', 'unit']);
    const wide = int64 !== undefined && checked.boolean(int64, `${path}.int64`);
    if (!wide && typeof value !== 'string' && typeof value !== 'number' && value !== null)
      checked.wrong(`${path}.value`, 'a text or a number', value);
    return {
      key: checked.text(key, `${path}.key`),
      value: wide ? checked.int64(value, `${path}.value`) : ((value as string | number | null) ?? Number.NaN),
      ...(unit !== undefined && { unit: checked.text(unit, `${path}.unit`) }),
    };
  }

  #profile(): Profile {
    const checked = this.#checked;
    const builder = this.#builder;
    const tree = this.#callers === 'all';
    const keys = ['frame', 'self', 'total', ...(tree ? ['parent'] : [])];
    const { row: nodes, length } = this.#table('nodes', keys);
    this.#nodeCount = length;
    const frame = checked.integers(nodes['frame'], 'nodes.frame', length, 0, builder.frameCount);
    const self = this.#values(nodes['self'], 'nodes.self', length);
    const total =
      tree && nodes['total'] === undefined ? [] : this.#values(nodes['total'], 'nodes.total', length);
    const details = this.#details();
    if (this.#callers !== 'direct' && this.#json['arcs'] !== undefined)
      checked.wrong('arcs', `nothing, since callers is ${this.#callers}`, this.#json['arcs']);
    if (tree) {
      const parent = this.#parents(nodes['parent'], length);
      const profile = builder.tree({ frame, parent, self }, details);
      this.#compareTotals(total, profile.nodes.total);
      return profile;
    }
    if (this.#callers === 'none') return builder.flat({ frame, self, total }, details);
    return builder.graph({ frame, self, total }, this.#arcs(), details);
  }

  #parents(value: unknown, length: number): Int32Array {
    const parent = this.#checked.integers(value, 'nodes.parent', length, -1, length);
    for (let n = 0; n < length; n++) {
      if (parent[n]! < n) continue;
      this.#source.fail('parent-order', `the parent of node ${n} is ${parent[n]}; parents come first`, {
        path: `nodes.parent[${n}]`,
      });
    }
    return parent;
  }

  /** A tree's totals follow from its selves: stated ones are only compared. */
  #compareTotals(stated: Column[], exact: Column[]): void {
    for (const [m, column] of stated.entries()) {
      for (let n = 0; n < column.length; n++) {
        const total = exact[m]![n]!;
        const difference = Math.abs(Number(column[n]) - Number(total));
        if (difference <= Math.abs(Number(total)) * SLACK) continue;
        this.#checked.warn(
          'other-total',
          `the total ${column[n]} does not follow from the selves, which give ${total}`,
          `nodes.total[${m}][${n}]`,
        );
      }
    }
  }

  #table(name: string, keys: string[]): { row: JsonObject; length: number } {
    const row = this.#checked.object(this.#json[name], name, ['length', ...keys]);
    const length = this.#checked.integer(row['length'], `${name}.length`, 0, 2 ** 31);
    return { row, length };
  }

  /** A column for each metric. */
  #values(value: unknown, path: string, length: number): Column[] {
    const columns = this.#checked.array(value, path);
    if (columns.length !== this.#wide.length)
      this.#source.fail('bad-length', `${columns.length} columns for ${this.#wide.length} metrics`, { path });
    return columns.map((column, m) =>
      this.#wide[m]
        ? this.#checked.int64s(column, `${path}[${m}]`, length)
        : this.#checked.numbers(column, `${path}[${m}]`, length),
    );
  }

  #arcs(): ArcTable {
    const checked = this.#checked;
    const keys = ['counts', 'caller', 'callee', 'line', 'file', 'calls', 'total', 'self'];
    const { row, length } = this.#table('arcs', keys);
    const { counts, file, self } = row;
    return {
      length,
      caller: checked.integers(row['caller'], 'arcs.caller', length, 0, this.#nodeCount),
      callee: checked.integers(row['callee'], 'arcs.callee', length, 0, this.#nodeCount),
      line: checked.places(row['line'], 'arcs.line', length),
      ...(file !== undefined && { file: this.#fileColumn(file, 'arcs.file', length) }),
      calls: checked.counts(row['calls'], 'arcs.calls', length),
      total: this.#values(row['total'], 'arcs.total', length),
      ...(self !== undefined && { self: this.#values(self, 'arcs.self', length) }),
      ...(counts !== undefined && { counts: checked.oneOf(counts, 'arcs.counts', COUNTS) }),
    };
  }

  #details(): Details {
    return {
      ...(this.#json['samples'] !== undefined && { samples: this.#samples() }),
      ...(this.#json['lines'] !== undefined && { lines: this.#lines() }),
    };
  }

  #samples(): SampleTable {
    const checked = this.#checked;
    const { row, length } = this.#table('samples', ['node', 'values', 'time', 'labels']);
    const { time, labels } = row;
    const setCount = this.#builder.labelSets.length;
    const samples: SampleTable = {
      length,
      // -1 = an empty stack.
      node: checked.integers(row['node'], 'samples.node', length, -1, this.#nodeCount),
      values: this.#values(row['values'], 'samples.values', length),
    };
    if (labels !== undefined)
      samples.labels = checked.integers(labels, 'samples.labels', length, -1, setCount);
    if (time === undefined) return samples;
    samples.time = checked.numbers(time, 'samples.time', length);
    const late = samples.time.findIndex((t, i) => i > 0 && t < samples.time![i - 1]!);
    if (late > 0) {
      const path = `samples.time[${late}]`;
      checked.wrong(
        path,
        `no time before that of the sample before, ${samples.time[late - 1]}`,
        samples.time[late],
      );
    }
    return samples;
  }

  #lines(): LineTable {
    const checked = this.#checked;
    const { row, length } = this.#table('lines', ['node', 'line', 'file', 'values']);
    const { file } = row;
    return {
      length,
      node: checked.integers(row['node'], 'lines.node', length, 0, this.#nodeCount),
      line: checked.places(row['line'], 'lines.line', length),
      ...(file !== undefined && { file: this.#fileColumn(file, 'lines.file', length) }),
      values: this.#values(row['values'], 'lines.values', length),
    };
  }

  #fileColumn(value: unknown, path: string, length: number): Int32Array {
    return this.#checked.integers(value, path, length, 0, this.#builder.files.length);
  }

  #whole(value: unknown): Whole {
    const row = this.#checked.object(value, 'whole', ['sum', 'maxSelf']);
    const list = (key: 'sum' | 'maxSelf'): Value[] =>
      this.#values(
        this.#checked.array(row[key], `whole.${key}`).map((v) => [v]),
        `whole.${key}`,
        1,
      ).map((column) => column[0]!);
    return { sum: list('sum'), maxSelf: list('maxSelf') };
  }
}
