/** From the table to a call graph. */
import {
  greatest,
  type Metric,
  type Profile,
  ProfileBuilder,
  type Source,
  sumOf,
} from '../../../src/plugin.ts';
import { keepTables, PstatsTable } from '../pstats-table.ts';
import { columnsOf, type PstatsColumns } from './columns.ts';
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
    ? new PstatsTable(() => readTable(bytes, source).rows, columns.isSampled, fileOf(source))
    : readTable(bytes, source);
  const profile = new GraphMaker(columns ?? columnsOf(table, source), source).profile();
  keepTables(profile.meta, [table]);
  return profile;
}

class GraphMaker {
  readonly #columns: PstatsColumns;
  readonly #source: Source;
  readonly #builder: ProfileBuilder;

  constructor(columns: PstatsColumns, source: Source) {
    const { rows, name, isSampled, isSwapped } = columns;
    this.#columns = columns;
    this.#source = source;
    this.#builder = new ProfileBuilder(isSampled ? [TIME, SAMPLES] : [TIME]);
    if (isSwapped)
      source.note(
        'swapped-counts',
        'calls and primitive calls stand the other way round, as yappi writes them',
      );
    if (name.length > rows)
      source.note(
        'caller-without-row',
        `${name.length - rows} callers have no row: their totals are what they called`,
      );
  }

  profile(): Profile {
    const { name, self, total, arcs, rows } = this.#columns;
    const { metrics } = this.#builder;
    this.#builder.addPlainFunctions(this.#columns);
    const frame = this.#builder.addFrames(
      new Int32Array(name.length).map((_, f) => f),
      new Int32Array(name.length).fill(-1),
    );
    if (name.length > rows) for (const m of metrics.keys()) this.#addMissingTotals(m);
    const sums = metrics.map(({ name }, m) => this.#checkTotals(m, name));
    const profile = this.#builder.graph({ frame, self, total }, arcs);
    if (sums.some((sum, m) => sum > sumOf(self[m]!))) {
      const message = 'a function took longer than all selves together: those of other functions are missing';
      this.#source.note('missing-selves', message);
      profile.whole = { sum: sums, maxSelf: self.map(greatest) };
    }
    return profile;
  }

  /** What callers without a row called. */
  #addMissingTotals(m: number): void {
    const { arcs, total, rows } = this.#columns;
    for (let a = 0; a < arcs.length; a++) {
      const node = arcs.caller[a]!;
      const known = Number(arcs.total[m]![a]);
      if (node >= rows && known > 0) total[m]![node]! += known;
    }
  }

  /**
   * Totals between self and sum. Returns the sum: that of the selves, or the greatest total. Of functions that
   * Python takes for one, as two lambdas on a line, it keeps the last one, and the selves of the others are missing.
   */
  #checkTotals(m: number, name: string): number {
    const { rows, addsLevels } = this.#columns;
    const [self, total] = [this.#columns.self[m]!, this.#columns.total[m]!];
    let selves = 0;
    let isSigned = false;
    let isBelow = false;
    for (let node = 0; node < self.length; node++) {
      const own = self[node]!;
      selves += own;
      if (own < 0) isSigned = true;
      if (total[node]! < own) isBelow = true;
    }
    if (isSigned) return selves;
    if (isBelow) this.#raiseTotals(self, total, name);
    let sum = addsLevels ? selves : Math.max(selves, Number(greatest(total.subarray(0, rows))));
    if (sum - selves <= SLACK * selves) sum = selves;
    if (Number(greatest(total)) > sum) this.#lowerTotals(total, sum, name);
    return sum;
  }

  #raiseTotals(self: Float64Array, total: Float64Array, name: string): void {
    for (let node = 0; node < total.length; node++) {
      if (self[node]! - total[node]! > SLACK * self[node]!)
        this.#source.warn(
          'total-below-self',
          `a total of ${name} is less than the self, which is taken for it`,
        );
      total[node] = Math.max(total[node]!, self[node]!);
    }
  }

  #lowerTotals(total: Float64Array, sum: number, name: string): void {
    for (let node = 0; node < total.length; node++) {
      if (total[node]! - sum > SLACK * sum)
        this.#source.warn(
          'total-beyond-sum',
          `a total of ${name} is more than the sum, which is taken for it`,
        );
      total[node] = Math.min(total[node]!, sum);
    }
  }
}
