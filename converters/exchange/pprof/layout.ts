/** How the tables of a file are laid out, gathered while they are read. */
import type { Profile } from '../../../src/plugin.ts';
import { type Cut, fingerprint, type Id, stacksFingerprint, type Tables } from './raw.ts';
import type { Locations } from './tables.ts';

/** Ids in the order of the file; a list is made only once one is not the number of its row. */
class Ids {
  list: Id[] | undefined;
  #length = 0;

  add(low: number, high: number): void {
    const row = this.#length++;
    if (!this.list) {
      if (low === row + 1 && high === 0) return;
      this.list = Array.from({ length: row }, (_, i) => i + 1);
    }
    const id = high * 2 ** 32 + low;
    this.list.push(Number.isSafeInteger(id) ? id : `${(BigInt(high) << 32n) | BigInt(low)}`);
  }
}

export class Layout {
  readonly mappingIds = new Ids();
  readonly mappingFlags: number[] = [];
  readonly functionIds = new Ids();
  readonly functions: number[] = [];
  readonly functionNames: number[] = [];
  readonly namedByImage: number[] = [];
  readonly locationIds = new Ids();
  readonly lines: number[] = [];
  readonly folded: number[] = [];
  readonly packed: number[] = [];
  /** Locations of which inner lines are left out: row, number of lines that stay, row, … */
  readonly shortened: number[] = [];
  #frames: Int32Array = new Int32Array();

  /** Notes the frames of all locations. */
  locations({ frame }: Pick<Locations, 'frame'>): void {
    this.#frames = frame;
  }

  /** The layout as leftovers of the profile; what it need not say is left out. */
  tables(profile: Profile, samples: number, emptyFrame: number): Tables {
    const { mappingFlags, functions, functionNames, namedByImage, lines, folded, packed } = this;
    const inOrder = this.#frames.every((frame, i) => frame === i);
    const some = <T>(list: T[]): T[] | undefined => (list.length > 0 ? list : undefined);
    const all: Tables = {
      fingerprint: fingerprint(profile),
      samples,
      mappingIds: this.mappingIds.list,
      mappingFlags: some(mappingFlags),
      functionRows: functions.length,
      functionIds: this.functionIds.list,
      functions: functions.every((index, row) => index === row) ? undefined : functions,
      functionNames: functionNames.some((names) => names !== 0) ? functionNames : undefined,
      namedByImage: some(namedByImage),
      locationRows: lines.length,
      locationIds: this.locationIds.list,
      lines: lines.every((count) => count === 1) ? undefined : lines,
      frames: inOrder ? undefined : Array.from(this.#frames),
      folded: some(folded),
      packed: some(packed),
      emptyFrame: emptyFrame < 0 ? undefined : emptyFrame,
    };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Tables;
  }
}

/** What is cut off of stacks, gathered while they are read: few lists, since allocators call themselves alike. */
export class Tails {
  readonly #lists: number[][] = [[]];
  readonly #ids = new Map<string, number>();
  readonly #tail: Int32Array;

  constructor(samples: number) {
    this.#tail = new Int32Array(samples);
  }

  /** Whether there are any. */
  get some(): boolean {
    return this.#lists.length > 1;
  }

  /** Notes that the first `length` rows, leaf first, are left out of a sample. */
  add(sample: number, rows: Int32Array, length: number): void {
    const list = Array.from(rows.subarray(0, length));
    const key = list.join(' ');
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#lists.push(list) - 1;
      this.#ids.set(key, id);
    }
    this.#tail[sample] = id;
  }

  cut(profile: Profile, shortened: number[]): Cut {
    const tail = Array.from(this.#tail);
    return { fingerprint: stacksFingerprint(profile), shortened, tails: this.#lists, tail };
  }
}
