/** The reading half: every value is checked, and what is wrong is told by its path. */
import {
  type ArcTable,
  type Callers,
  type Column,
  checkProfile,
  type Details,
  faultsOfParts,
  type LineTable,
  type Profile,
  ProfileBuilder,
  type SampleTable,
  type Shares,
  type Source,
  type Value,
  type Whole,
} from '../../../src/plugin.ts';
import { Checked, type JsonObject } from './checked.ts';
import {
  readFiles,
  readFrames,
  readFunctions,
  readLabelSets,
  readMappings,
  readMeta,
  readMetric,
} from './read-names.ts';
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
  'linesMayDiffer',
  'functions',
];
const TABLES = ['frames', 'files', 'labelSets', 'nodes', 'arcs', 'samples', 'lines'];
const METRIC = ['name', 'unit', 'title', 'int64', 'sum'];
const NODES = ['frame', 'self', 'total', 'selfShare', 'totalShare'];
const TREE_NODES = ['frame', 'parent', 'calls', 'self', 'total'];
const ARCS = [
  'counts',
  'caller',
  'callee',
  'line',
  'file',
  'calls',
  'primitiveCalls',
  'total',
  'self',
  'totalShare',
  'residual',
];

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
    this.#builder = new ProfileBuilder(rows.map((row, m) => readMetric(checked, row, `metrics[${m}]`)));
    this.#wide = rows.map(
      (row, m) => row['int64'] !== undefined && checked.boolean(row['int64'], `metrics[${m}].int64`),
    );
  }

  read(): Profile {
    const builder = this.#builder;
    const checked = this.#checked;
    const { meta, mappings, linesMayDiffer, functions, frames, files, labelSets } = this.#json;
    builder.meta = readMeta(checked, meta, builder.metrics.length);
    readMappings(checked, mappings, builder);
    builder.linesMayDiffer =
      linesMayDiffer !== undefined && checked.boolean(linesMayDiffer, 'linesMayDiffer');
    readFunctions(checked, functions, builder);
    readFrames(checked, frames, builder);
    readFiles(checked, files, builder);
    readLabelSets(checked, labelSets, builder);
    const profile = this.#profile();
    const { estimated, whole } = this.#json;
    if (estimated !== undefined) profile.estimated = this.#checked.boolean(estimated, 'estimated');
    const shares = this.#shares();
    if (shares) profile.shares = shares;
    if (whole !== undefined) profile.whole = this.#whole(whole);
    else if (!shares) for (const fault of checkProfile(profile)) this.#source.warn('broken-law', fault);
    return profile;
  }

  #profile(): Profile {
    const checked = this.#checked;
    const builder = this.#builder;
    const tree = this.#callers === 'all';
    const { row: nodes, length } = this.#table('nodes', tree ? TREE_NODES : NODES);
    this.#nodeCount = length;
    const frame = checked.integers(nodes['frame'], 'nodes.frame', length, 0, builder.frameCount);
    const self = this.#values(nodes['self'], 'nodes.self', length);
    const total =
      tree && nodes['total'] === undefined ? [] : this.#values(nodes['total'], 'nodes.total', length);
    const details = this.#details(self);
    if (this.#callers !== 'direct' && this.#json['arcs'] !== undefined)
      checked.wrong('arcs', `nothing, since callers is ${this.#callers}`, this.#json['arcs']);
    if (tree) {
      const parent = this.#parents(nodes['parent'], length);
      const calls =
        nodes['calls'] === undefined ? {} : { calls: checked.counts(nodes['calls'], 'nodes.calls', length) };
      const profile = builder.tree({ frame, parent, self, ...calls }, details);
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
    return this.#columns(value, path).map((column, m) =>
      this.#wide[m]
        ? this.#checked.int64s(column, `${path}[${m}]`, length)
        : this.#checked.numbers(column, `${path}[${m}]`, length),
    );
  }

  /** A column for each metric, in which doubles may be unknown: null. */
  #partlyKnown(value: unknown, path: string, length: number): Column[] {
    return this.#columns(value, path).map((column, m) =>
      this.#wide[m]
        ? this.#checked.int64s(column, `${path}[${m}]`, length)
        : this.#checked.counts(column, `${path}[${m}]`, length),
    );
  }

  /** What is given for each metric. */
  #columns(value: unknown, path: string): unknown[] {
    const columns = this.#checked.array(value, path);
    if (columns.length !== this.#wide.length)
      this.#source.fail('bad-length', `${columns.length} columns for ${this.#wide.length} metrics`, { path });
    return columns;
  }

  #arcs(): ArcTable {
    const checked = this.#checked;
    const { row, length } = this.#table('arcs', ARCS);
    const { counts, file, self, primitiveCalls, residual } = row;
    return {
      length,
      caller: checked.integers(row['caller'], 'arcs.caller', length, 0, this.#nodeCount),
      callee: checked.integers(row['callee'], 'arcs.callee', length, 0, this.#nodeCount),
      line: checked.places(row['line'], 'arcs.line', length),
      ...(file !== undefined && { file: this.#fileColumn(file, 'arcs.file', length) }),
      calls: checked.counts(row['calls'], 'arcs.calls', length),
      ...(primitiveCalls !== undefined && {
        primitiveCalls: checked.counts(primitiveCalls, 'arcs.primitiveCalls', length),
      }),
      total: this.#partlyKnown(row['total'], 'arcs.total', length),
      ...(self !== undefined && { self: this.#partlyKnown(self, 'arcs.self', length) }),
      ...(residual !== undefined && {
        residual: Uint8Array.from(checked.integers(residual, 'arcs.residual', length, 0, 2)),
      }),
      ...(counts !== undefined && { counts: checked.oneOf(counts, 'arcs.counts', COUNTS) }),
    };
  }

  /** Shares stand beside the values: of nodes and arcs alike, or nowhere. */
  #shares(): Shares | undefined {
    const checked = this.#checked;
    const nodes = this.#json['nodes'] as JsonObject;
    const arcs = this.#json['arcs'] as JsonObject | undefined;
    if (nodes['selfShare'] === undefined || arcs === undefined) return undefined;
    const columns = (value: unknown, path: string, length: number) =>
      this.#columns(value, path).map((column, m) => checked.counts(column, `${path}[${m}]`, length));
    return {
      self: columns(nodes['selfShare'], 'nodes.selfShare', this.#nodeCount),
      total: columns(nodes['totalShare'], 'nodes.totalShare', this.#nodeCount),
      arcTotal: columns(arcs['totalShare'], 'arcs.totalShare', arcs['length'] as number),
    };
  }

  #details(self: Column[]): Details {
    const { samples, lines } = this.#json;
    return {
      ...(samples !== undefined && this.#fitting('samples', this.#samples(), self)),
      ...(lines !== undefined && this.#fitting('lines', this.#lines(), self)),
    };
  }

  /** The table, unless it does not add up to the selves of nodes. */
  #fitting(name: 'samples' | 'lines', table: SampleTable | LineTable, self: Column[]): Details {
    // Parts of nodes that were cut, and selves by shares of the sum, need not add up.
    const { whole, nodes } = this.#json;
    const free = whole !== undefined || (nodes as JsonObject)['selfShare'] !== undefined;
    const [fault] = free ? [] : faultsOfParts(name, table, this.#builder.metrics, self);
    if (fault === undefined) return { [name]: table };
    this.#source.warn('broken-law', `${fault}: the ${name} are left out`);
    return {};
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
