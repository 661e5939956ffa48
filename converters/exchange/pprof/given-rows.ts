/** The layout of the file that a profile was read from, checked against the profile that is written. */
import type { Profile } from '../../../src/plugin.ts';
import type { Id, Tables } from './raw.ts';

/** The layout if all that it says is possible: anything may stand in a profile that was edited. */
export function usable(tables: Tables | undefined, profile: Profile): Tables | undefined {
  if (!tables) return undefined;
  const { functions, frames, mappings } = profile;
  const { functionRows, locationRows, lines, namedByImage = [] } = tables;
  const used = lines ? lines.reduce((sum, count) => sum + Math.max(1, count), 0) : locationRows;
  const isRight =
    (tables.functions !== undefined || functionRows <= functions.length) &&
    (tables.frames !== undefined || used <= frames.length) &&
    isColumn(tables.functions, functionRows, functions.length) &&
    isColumn(tables.functionNames, functionRows, 4) &&
    isColumn(lines, locationRows, Number.POSITIVE_INFINITY) &&
    isColumn(tables.frames, used, frames.length) &&
    areIds(tables.mappingIds, mappings.length) &&
    areIds(tables.functionIds, functionRows) &&
    areIds(tables.locationIds, locationRows) &&
    (tables.mappingFlags?.length ?? mappings.length) === mappings.length &&
    namedByImage.length % 2 === 0 &&
    namedByImage.every((index, i) => index < (i % 2 === 0 ? functions.length : functionRows));
  return isRight ? tables : undefined;
}

/** Whether a list that is there has a number below the limit for each row. */
function isColumn(list: number[] | undefined, rows: number, limit: number): boolean {
  return !list || (list.length === rows && list.every((index) => index < limit));
}

/** Whether there is an id for each row, other than 0 and those of other rows. */
function areIds(ids: Id[] | undefined, rows: number): boolean {
  if (!ids) return true;
  const all = new Set(ids.map((id) => BigInt.asUintN(64, BigInt(id))));
  return ids.length === rows && all.size === rows && !all.has(0n);
}

/** Ids by row: those of the file, and new ones behind them. */
export class RowIds {
  readonly #given: (number | bigint)[];
  readonly #taken: Set<number | bigint>;
  readonly #added: number[] = [];
  #next = 1;

  constructor(given: Id[] = []) {
    this.#given = given.map((id) => (typeof id === 'number' ? id : BigInt(id)));
    this.#taken = new Set(this.#given);
  }

  of(row: number): number | bigint {
    const { length } = this.#given;
    if (length === 0) return row + 1;
    if (row < length) return this.#given[row]!;
    while (this.#added.length <= row - length) {
      while (this.#taken.has(this.#next)) this.#next++;
      this.#added.push(this.#next++);
    }
    return this.#added[row - length]!;
  }
}
