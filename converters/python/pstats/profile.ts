/** From the table to a call graph. */
import {
  type ArcTable,
  greatest,
  type Metric,
  type Profile,
  ProfileBuilder,
  type Source,
  sumOf,
} from '../../../src/plugin.ts';
import { keepTables, NO_FILE, PstatsTable } from '../pstats-table.ts';
import { columnsOf, type FigureColumns, type PstatsColumns } from './columns.ts';
import { readColumns } from './read-columns.ts';
import { fileOf, readTable } from './read-table.ts';

const TIME: Metric = { name: 'time', unit: 'seconds' };
const SAMPLES: Metric = { name: 'samples', unit: 'samples' };
/** A total may miss a self by so much for reasons of rounding. */
const SLACK = 1e-9;

/** The bytes are those of the source. */
export function graphProfile(bytes: Uint8Array, source: Source): Profile {
  const columns = readColumns(bytes);
  // Figures as exact as in the file, and each with its function, are rarely asked for.
  const table = columns
    ? new PstatsTable(() => readTable(bytes, source).rows, columns.sampled, fileOf(source))
    : readTable(bytes, source);
  const profile = new GraphMaker(columns ?? columnsOf(table), source).profile();
  keepTables(profile.meta, [table]);
  return profile;
}

class GraphMaker {
  readonly #columns: PstatsColumns;
  readonly #source: Source;
  readonly #builder: ProfileBuilder;
  readonly #sampled: boolean;
  /** Rows whose counts stand the other way round. */
  readonly #swapped: boolean;
  /** Whether totals of recursive functions count each level of the stack, as those of samplers do. */
  readonly #addsLevels: boolean;
  readonly #self: Float64Array[];
  readonly #total: Float64Array[];

  constructor(columns: PstatsColumns, source: Source) {
    const { rows, name } = columns;
    this.#columns = columns;
    this.#source = source;
    this.#sampled = columns.sampled;
    this.#builder = new ProfileBuilder(this.#sampled ? [TIME, SAMPLES] : [TIME]);
    this.#swapped = !this.#sampled && hasSwappedCounts(rows);
    this.#addsLevels = this.#sampled || rows.calls.every((calls) => calls < 0);
    if (this.#swapped)
      source.note(
        'swapped-counts',
        'calls and primitive calls stand the other way round, as yappi writes them',
      );
    if (name.length > rows.length)
      source.note(
        'caller-without-row',
        `${name.length - rows.length} callers have no row: their totals are what they called`,
      );
    this.#self = this.#builder.metrics.map(() => new Float64Array(name.length));
    this.#total = this.#builder.metrics.map(() => new Float64Array(name.length));
  }

  profile(): Profile {
    const { file, line, name, rows } = this.#columns;
    for (let f = 0; f < name.length; f++)
      this.#builder.addFrame(this.#builder.addFunction(name[f]!, placeOf(file[f]!, line[f]!)));
    for (let row = 0; row < rows.length; row++) this.#addRow(row);
    const arcs = this.#arcs();
    const { metrics } = this.#builder;
    for (const m of metrics.keys()) this.#addMissingTotals(m, arcs);
    const sums = metrics.map(({ name }, m) => this.#checkTotals(m, name));
    const frame = new Int32Array(name.length).map((_, f) => f);
    const profile = this.#builder.graph({ frame, self: this.#self, total: this.#total }, arcs);
    if (sums.some((sum, m) => sum > sumOf(this.#self[m]!))) {
      const message = 'a function took longer than all selves together: those of other functions are missing';
      this.#source.note('missing-selves', message);
      profile.whole = { sum: sums, maxSelf: this.#self.map(greatest) };
    }
    return profile;
  }

  #addRow(row: number): void {
    const { calls, primitiveCalls, self, total } = this.#columns.rows;
    this.#self[0]![row] = this.#value(self[row]!, 'self');
    this.#total[0]![row] = this.#value(total[row]!, 'total');
    if (this.#sampled) {
      this.#self[1]![row] = primitiveCalls[row]!;
      this.#total[1]![row] = calls[row]!;
      return;
    }
    const [all, primitive] = this.#swapped ? [primitiveCalls, calls] : [calls, primitiveCalls];
    const count = countOf(all[row]!);
    const primitiveCount = countOf(primitive[row]!);
    if (!Number.isNaN(count))
      this.#builder.addCalls(row, count, Number.isNaN(primitiveCount) ? undefined : primitiveCount);
  }

  #arcs(): ArcTable {
    const { length, caller, callee, countOnly, ...figures } = this.#columns.callers;
    const arcs = {
      length,
      caller,
      callee,
      line: new Int32Array(length),
      calls: new Float64Array(length).fill(Number.NaN),
      primitiveCalls: new Float64Array(length).fill(Number.NaN),
      total: this.#builder.metrics.map(() => new Float64Array(length).fill(Number.NaN)),
      self: this.#builder.metrics.map(() => new Float64Array(length).fill(Number.NaN)),
      counts: 'once' as const,
    };
    for (let a = 0; a < length; a++) {
      const calls = countOf(figures.calls[a]!);
      if (!this.#sampled) arcs.calls[a] = calls;
      if (countOnly[a]) {
        if (this.#sampled) arcs.total[1]![a] = calls;
        continue;
      }
      if (!this.#sampled) arcs.primitiveCalls[a] = countOf(figures.primitiveCalls[a]!);
      arcs.total[0]![a] = this.#value(figures.total[a]!, 'total');
      arcs.self[0]![a] = this.#value(figures.self[a]!, 'self');
    }
    return arcs;
  }

  #value(value: number, what: string): number {
    if (Number.isFinite(value)) return value;
    this.#source.warn('not-a-number', `a ${what} of ${value} is taken for 0`);
    return 0;
  }

  /** What callers without a row called. */
  #addMissingTotals(m: number, { length, caller, total: arcTotal }: ArcTable): void {
    for (let a = 0; a < length; a++) {
      const node = caller[a]!;
      const known = arcTotal[m]![a]! as number;
      if (node >= this.#columns.rows.length && known > 0) this.#total[m]![node]! += known;
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
      if (node < this.#columns.rows.length && !this.#addsLevels) sum = Math.max(sum, total[node]!);
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

function placeOf(file: string, line: number): { file: string; line: number } {
  const known = line > 0 && line < 2 ** 31;
  return { file: file === NO_FILE && line === 0 ? '' : file, line: known ? line : 0 };
}

/** NaN = not counted, as pyinstrument's -1. */
function countOf(count: number): number {
  return count < 0 ? Number.NaN : count;
}

/** Whether some rows have more primitive calls than calls, and none has fewer. */
function hasSwappedCounts({ length, calls, primitiveCalls }: FigureColumns): boolean {
  let more = false;
  for (let row = 0; row < length; row++) {
    if (primitiveCalls[row]! < calls[row]!) return false;
    more ||= primitiveCalls[row]! > calls[row]!;
  }
  return more;
}
