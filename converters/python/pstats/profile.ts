/** From the table to a call graph. */
import {
  type ArcTable,
  Float64List,
  greatest,
  Int32List,
  type Metric,
  type Profile,
  ProfileBuilder,
  type Source,
  sumOf,
} from '../../../src/plugin.ts';
import {
  keepTables,
  NO_FILE,
  type PstatsFigures,
  type PstatsKey,
  type PstatsRow,
  type PstatsTable,
  type PyNumber,
} from '../pstats-table.ts';

const TIME: Metric = { name: 'time', unit: 'seconds' };
const SAMPLES: Metric = { name: 'samples', unit: 'samples' };
/** A total may miss a self by so much for reasons of rounding. */
const SLACK = 1e-9;

export function profileOf(table: PstatsTable, source: Source): Profile {
  return new GraphMaker(table, source).profile();
}

class GraphMaker {
  readonly #table: PstatsTable;
  readonly #source: Source;
  readonly #builder: ProfileBuilder;
  readonly #sampled: boolean;
  /** Rows whose counts stand the other way round. */
  readonly #swapped: boolean;
  /** Whether totals of recursive functions count each level of the stack, as those of samplers do. */
  readonly #addsLevels: boolean;
  readonly #nodes = new Map<PstatsKey, number>();
  readonly #self: Float64Array[];
  readonly #total: Float64Array[];

  constructor(table: PstatsTable, source: Source) {
    this.#table = table;
    this.#source = source;
    this.#sampled = table.sampled;
    this.#builder = new ProfileBuilder(this.#sampled ? [TIME, SAMPLES] : [TIME]);
    this.#swapped = !this.#sampled && hasSwappedCounts(table.rows);
    this.#addsLevels = this.#sampled || table.rows.every(({ calls }) => calls! < 0);
    if (this.#swapped)
      source.note(
        'swapped-counts',
        'calls and primitive calls stand the other way round, as yappi writes them',
      );
    for (const { key } of table.rows) this.#node(key);
    const own = this.#nodes.size;
    for (const { callers } of table.rows) for (const { key } of callers) this.#node(key);
    const count = this.#nodes.size;
    if (count > own)
      source.note(
        'caller-without-row',
        `${count - own} callers have no row: their totals are what they called`,
      );
    this.#self = this.#builder.metrics.map(() => new Float64Array(count));
    this.#total = this.#builder.metrics.map(() => new Float64Array(count));
  }

  profile(): Profile {
    const { rows } = this.#table;
    for (const [node, row] of rows.entries()) this.#addRow(node, row);
    const arcs = this.#arcs();
    const { metrics } = this.#builder;
    for (const m of metrics.keys()) this.#addMissingTotals(m, arcs);
    const sums = metrics.map(({ name }, m) => this.#checkTotals(m, name));
    const frame = Int32Array.from(this.#self[0]!.keys());
    const profile = this.#builder.graph({ frame, self: this.#self, total: this.#total }, arcs);
    if (sums.some((sum, m) => sum > sumOf(this.#self[m]!))) {
      const message = 'a function took longer than all selves together: those of other functions are missing';
      this.#source.note('missing-selves', message);
      profile.whole = { sum: sums, maxSelf: this.#self.map(greatest) };
    }
    keepTables(profile.meta, [this.#table]);
    return profile;
  }

  #node(key: PstatsKey): number {
    let node = this.#nodes.get(key);
    if (node === undefined) {
      node = this.#builder.addFrame(this.#builder.addFunction(key.name, placeOf(key)));
      this.#nodes.set(key, node);
    }
    return node;
  }

  #addRow(node: number, row: PstatsRow): void {
    this.#self[0]![node] = this.#value(row.self, 'self');
    this.#total[0]![node] = this.#value(row.total, 'total');
    const [calls, primitiveCalls] = this.#counts(row);
    if (this.#sampled) {
      this.#self[1]![node] = Number(row.primitiveCalls);
      this.#total[1]![node] = Number(row.calls);
    } else if (!Number.isNaN(calls)) {
      this.#builder.addCalls(node, calls, Number.isNaN(primitiveCalls) ? undefined : primitiveCalls);
    }
  }

  #arcs(): ArcTable {
    const [caller, callee] = [new Int32List(), new Int32List()];
    const [calls, primitiveCalls] = [new Float64List(), new Float64List()];
    const total = this.#builder.metrics.map(() => new Float64List());
    const self = this.#builder.metrics.map(() => new Float64List());
    for (const [node, row] of this.#table.rows.entries()) {
      for (const { key, figures } of row.callers) {
        caller.push(this.#node(key));
        callee.push(node);
        const known = typeof figures === 'object' ? figures : undefined;
        const count = known ? Number.NaN : countOf(figures as PyNumber);
        const [all, primitive] = known
          ? [countOf(known.calls), countOf(known.primitiveCalls)]
          : [count, Number.NaN];
        calls.push(this.#sampled ? Number.NaN : all);
        primitiveCalls.push(this.#sampled ? Number.NaN : primitive);
        total[0]!.push(known ? this.#value(known.total, 'total') : Number.NaN);
        self[0]!.push(known ? this.#value(known.self, 'self') : Number.NaN);
        total[1]?.push(count);
        self[1]?.push(Number.NaN);
      }
    }
    const length = caller.length;
    return {
      length,
      caller: caller.trimmed(),
      callee: callee.trimmed(),
      line: new Int32Array(length),
      calls: calls.trimmed(),
      primitiveCalls: primitiveCalls.trimmed(),
      total: total.map((column) => column.trimmed()),
      self: self.map((column) => column.trimmed()),
      counts: 'once',
    };
  }

  /** Calls and primitive calls. */
  #counts({ calls, primitiveCalls }: PstatsFigures): [number, number] {
    const counts: [number, number] = [countOf(calls), countOf(primitiveCalls)];
    return this.#swapped ? [counts[1], counts[0]] : counts;
  }

  #value(value: PyNumber | undefined, what: string): number {
    const number = Number(value);
    if (Number.isFinite(number)) return number;
    this.#source.warn('not-a-number', `a ${what} of ${number} is taken for 0`);
    return 0;
  }

  /** What callers without a row called. */
  #addMissingTotals(m: number, { length, caller, total: arcTotal }: ArcTable): void {
    for (let a = 0; a < length; a++) {
      const node = caller[a]!;
      const known = arcTotal[m]![a]! as number;
      if (node >= this.#table.rows.length && known > 0) this.#total[m]![node]! += known;
    }
  }

  /**
   * Totals between self and sum. Returns the sum: that of the selves, or the greatest total. Of functions that
   * Python takes for one, as two lambdas on a line, it keeps the last one, and the selves of the others are missing.
   */
  #checkTotals(m: number, name: string): number {
    const [self, total] = [this.#self[m]!, this.#total[m]!];
    const selves = self.reduce((sum, value) => sum + value, 0);
    if (self.some((value) => value < 0)) return selves;
    let sum = selves;
    for (let node = 0; node < total.length; node++) {
      if (self[node]! - total[node]! > SLACK * self[node]!)
        this.#source.warn(
          'total-below-self',
          `a total of ${name} is less than the self, which is taken for it`,
        );
      total[node] = Math.max(total[node]!, self[node]!);
      if (node < this.#table.rows.length && !this.#addsLevels) sum = Math.max(sum, total[node]!);
    }
    if (sum - selves <= SLACK * selves) sum = selves;
    for (let node = 0; node < total.length; node++) {
      if (total[node]! - sum > SLACK * sum)
        this.#source.warn(
          'total-beyond-sum',
          `a total of ${name} is more than the sum, which is taken for it`,
        );
      total[node] = Math.min(total[node]!, sum);
    }
    return sum;
  }
}

function placeOf({ file, line }: PstatsKey): { file: string; line: number } {
  const known = line > 0 && line < 2 ** 31;
  return { file: file === NO_FILE && line === 0 ? '' : file, line: known ? line : 0 };
}

/** NaN = not counted, as pyinstrument's -1. */
function countOf(count: PyNumber | undefined): number {
  return count === undefined || Number(count) < 0 ? Number.NaN : Number(count);
}

/** Whether some rows have more primitive calls than calls, and none has fewer. */
function hasSwappedCounts(rows: PstatsRow[]): boolean {
  let more = false;
  for (const { calls, primitiveCalls } of rows) {
    if (primitiveCalls! < calls!) return false;
    more ||= primitiveCalls! > calls!;
  }
  return more;
}
