/**
 * The table as gprof2dot draws it: functions are numbered, and called `module:line:name`; shares are those of the
 * figures in the file, where selves and totals each have a sum of their own.
 */
import {
  type ArcTable,
  Float64List,
  Int32List,
  type Profile,
  ProfileBuilder,
  shareOf,
} from '../../../src/plugin.ts';
import {
  combinedRows,
  inPythonsOrder,
  keepTables,
  keptTables,
  keyId,
  type PstatsCaller,
  type PstatsKey,
  type PstatsRow,
  type PstatsTable,
  type PyNumber,
  unmixed,
} from '../pstats-table.ts';

/** The sum of the tables as a graph. Throws `ProfileError`. */
export function locatedProfile(tables: PstatsTable[]): Profile {
  const located = new Located(unmixed(() => combinedRows(tables)));
  // Python adds up each file, then the sums.
  const perFile = inPythonsOrder(tables).map(({ rows }) => sumOfSelves(rows));
  const profile = located.profile(perFile.reduce((sum, each) => sum + each));
  keepTables(profile.meta, tables);
  profile.sum = sum;
  return profile;
}

function sum(profiles: readonly Profile[]): Profile {
  return locatedProfile(profiles.flatMap((profile) => keptTables(profile) ?? []));
}

function sumOfSelves(rows: PstatsRow[]): number {
  return rows.reduce((all, row) => all + finite(row.self), 0);
}

class Located {
  readonly #rows: PstatsRow[];
  readonly #builder = new ProfileBuilder([{ name: 'time', unit: 'seconds' }]);
  readonly #nodes = new Map<string, number>();
  readonly #self = new Float64List();
  readonly #total = new Float64List();
  readonly #caller = new Int32List();
  readonly #callee = new Int32List();
  readonly #calls = new Float64List();
  readonly #arcTotal = new Float64List();

  constructor(rows: PstatsRow[]) {
    this.#rows = rows;
    for (const row of rows) this.#addRow(row);
    this.#addMissingTotals();
  }

  /** `fileSum`: what the selves of the files add up to. */
  profile(fileSum: number): Profile {
    const self = this.#self.trimmed();
    const total = this.#total.trimmed();
    const arcTotal = this.#arcTotal.trimmed();
    const frame = Int32Array.from(self.keys());
    const profile = this.#builder.graph({ frame, self: [self], total: [total] }, this.#arcs(arcTotal));
    const whole = this.#rows.reduce((most, row) => Math.max(most, finite(row.total)), fileSum);
    const shares = (column: Float64Array, all: number) =>
      column.map((value) => Math.min(Math.max(shareOf(value, all), 0), 1));
    profile.shares = {
      self: [shares(self, sumOfSelves(this.#rows))],
      total: [shares(total, whole)],
      arcTotal: [shares(arcTotal, whole)],
    };
    return profile;
  }

  #arcs(total: Float64Array): ArcTable {
    const { length } = this.#caller;
    return {
      length,
      caller: this.#caller.trimmed(),
      callee: this.#callee.trimmed(),
      line: new Int32Array(length),
      calls: this.#calls.trimmed(),
      total: [total],
      counts: 'once',
    };
  }

  /** The node of a function. Callers get their numbers where they are met first, which may be before their rows. */
  #node(key: PstatsKey): number {
    const id = keyId(key);
    let node = this.#nodes.get(id);
    if (node === undefined) {
      this.#nodes.set(id, (node = this.#nodes.size));
      const { file } = key;
      const info = { id: String(node), file, ...(key.line > 0 && key.line < 2 ** 31 && { line: key.line }) };
      this.#builder.addFrame(this.#builder.addFunction(`${moduleOf(file)}:${key.line}:${key.name}`, info));
      this.#self.push(0);
      this.#total.push(0);
    }
    return node;
  }

  #addRow(row: PstatsRow): void {
    const node = this.#node(row.key);
    this.#self.array[node] = finite(row.self);
    this.#total.array[node] = finite(row.total);
    this.#builder.addCalls(node, Number(row.calls));
    // Counts alone are shares of the calls and the total that were met last, be they another caller's.
    let [calls, total] = [Number(row.calls), finite(row.total)];
    for (const { key, figures } of row.callers) {
      if (typeof figures === 'object') [calls, total] = [Number(figures.calls), finite(figures.total)];
      this.#addArc(this.#node(key), node, figures, calls, total);
    }
  }

  #addArc(
    caller: number,
    callee: number,
    figures: PstatsCaller['figures'],
    calls: number,
    total: number,
  ): void {
    this.#caller.push(caller);
    this.#callee.push(callee);
    const counted = typeof figures !== 'object';
    const share = counted ? Math.min(Math.max(shareOf(Number(figures), calls), 0), 1) : 1;
    this.#calls.push(Number(counted ? figures : figures.primitiveCalls));
    this.#arcTotal.push(share * total);
  }

  /** What callers without a row called. */
  #addMissingTotals(): void {
    const listed = new Set(this.#rows.map(({ key }) => this.#node(key)));
    const total = this.#total.array;
    for (let a = 0; a < this.#caller.length; a++) {
      const caller = this.#caller.array[a]!;
      if (!listed.has(caller)) total[caller]! += this.#arcTotal.array[a]!;
    }
  }
}

/** NaN and infinities count for nothing. */
function finite(value: PyNumber | undefined): number {
  const number = Number(value);
  return Number.isFinite(number) ? number : 0;
}

/** The last part of the path without its extension, as Python's `os.path` sees it. */
function moduleOf(file: string): string {
  const name = file.slice(file.lastIndexOf('/') + 1);
  const dots = /^\.*/.exec(name)![0].length;
  const dot = name.lastIndexOf('.');
  return dot >= dots && dot > 0 ? name.slice(0, dot) : name;
}
