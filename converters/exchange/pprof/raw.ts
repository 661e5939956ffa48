/**
 * What only pprof can express: the parser leaves it in `meta.raw.pprof`, and the emitter uses it where it still
 * fits. It says how the tables of the profile were laid out in the file; what they hold is in the profile itself.
 */
import * as z from 'zod/mini';
import type { Profile } from '../../../src/plugin.ts';

const count = z.int().check(z.nonnegative());
const rows = z.array(count);
/** A 64-bit id; a text where a number would not hold it. */
const ids = z.array(z.union([count, z.string().check(z.regex(/^\d{1,20}$/))]));

/** Layout of the tables. Rows are those of the file; where a list is absent, row *i* has the id *i* + 1. */
const tables = z.object({
  /** `fingerprint` of the profile that the rows refer to. */
  fingerprint: z.number(),
  /** How many samples there were. */
  samples: count,
  mappingIds: z.optional(ids),
  /** By mapping: 1 = has functions, 2 = has file names, 4 = has line numbers, 8 = has inlined frames. */
  mappingFlags: z.optional(rows),
  functionRows: count,
  functionIds: z.optional(ids),
  /** Index of the function by row; absent = row *i* is function *i*. */
  functions: z.optional(rows),
  /** Which names a row has, see `NAMES`; absent = all have both. */
  functionNames: z.optional(rows),
  /** Functions of rows without name that an image lent its name to, beside the row's own: function, row, … */
  namedByImage: z.optional(rows),
  locationRows: count,
  locationIds: z.optional(ids),
  /** Number of lines by row; absent = each has one. */
  lines: z.optional(rows),
  /** Frames of the rows, root first, one for a row without lines; absent = the profile's, as they stand. */
  frames: z.optional(rows),
  /** Rows of locations that are folded. */
  folded: z.optional(rows),
  /** Frames whose column is packed into the line. */
  packed: z.optional(rows),
  /** The frame that stands for an empty stack. */
  emptyFrame: z.optional(count),
});

/** What `drop_frames` left out of stacks. */
const cut = z.object({
  /** `stacksFingerprint` of the profile. */
  fingerprint: z.number(),
  /** Locations of which inner lines are left out: row, number of lines that stay, row, … */
  shortened: rows,
  /** Lists of locations by row, leaf first; the first list is empty. */
  tails: z.array(rows),
  /** By sample: which of the lists is missing at its leaf. */
  tail: rows,
});

const raw = z.object({
  dropFrames: z.optional(z.string()),
  keepFrames: z.optional(z.string()),
  defaultSampleType: z.optional(z.string()),
  docUrl: z.optional(z.string()),
  /** Exactly, where a double is not. */
  duration: z.optional(z.string().check(z.regex(/^-?\d{1,19}$/))),
  period: z.optional(z.string().check(z.regex(/^-?\d{1,19}$/))),
  tables: z.optional(tables),
  cut: z.optional(cut),
});

export type Raw = z.output<typeof raw>;
export type Tables = z.output<typeof tables>;
export type Cut = z.output<typeof cut>;
export type Id = z.output<typeof ids>[number];

/** Which names a function has: both (the system's may be the same), no system name, only that, none. */
export const NAMES = { both: 0, name: 1, system: 2, none: 3 } as const;

/** The leftovers in a profile, as far as they still fit it. */
export function rawOf(profile: Profile): Raw {
  const { data = {} } = raw.safeParse(profile.meta.raw?.['pprof']);
  if (data.tables && data.tables.fingerprint !== fingerprint(profile)) {
    const { tables: _, cut: __, ...rest } = data;
    return rest;
  }
  return data;
}

/** A hash of the functions, frames and mappings, by which a change of them is seen. */
export function fingerprint({ functions, frames, mappings }: Profile): number {
  const hash = new Hash();
  for (let f = 0; f < functions.length; f++) {
    for (const text of [functions.name[f]!, functions.systemName[f]!, functions.file[f]!]) hash.text(text);
  }
  hash.words(functions.line, functions.length);
  const { func, line, column, mapping, address, inline, length } = frames;
  for (const words of [func, line, column, mapping]) hash.words(words, length);
  if (address) hash.words(new Int32Array(address.buffer, address.byteOffset, address.length * 2), length * 2);
  if (inline) hash.words(inline, length);
  for (const { name, start } of mappings) hash.text(`${name} ${start}`);
  return hash.value;
}

/** A hash of the stacks, for a profile whose frames are those it once had. */
export function stacksFingerprint({ stacks, nodes, samples }: Profile): number {
  const hash = new Hash();
  if (stacks) {
    const { start, frame, length } = stacks;
    for (let i = 0; i < length; i++) {
      hash.word(start[i + 1]! - start[i]!);
      for (let k = start[i + 1]! - 1; k >= start[i]!; k--) hash.word(frame[k]!);
    }
    return hash.value;
  }
  const { parent, frame } = nodes;
  const depth = new Int32Array(nodes.length);
  for (let n = 0; n < nodes.length; n++) depth[n] = parent[n]! < 0 ? 1 : depth[parent[n]!]! + 1;
  for (let i = 0; i < (samples?.length ?? 0); i++) {
    let n = samples!.node[i]!;
    hash.word(n < 0 ? 0 : depth[n]!);
    for (; n >= 0; n = parent[n]!) hash.word(frame[n]!);
  }
  return hash.value;
}

class Hash {
  #state = 0;

  get value(): number {
    return this.#state >>> 0;
  }

  word(word: number): void {
    this.#state = Math.imul(this.#state ^ word, 0x9e3779b1) ^ (this.#state >>> 15);
  }

  words(words: Int32Array, length: number): void {
    for (let i = 0; i < length; i++) this.word(words[i]!);
  }

  text(text: string): void {
    for (let i = 0; i < text.length; i++) this.word(text.charCodeAt(i));
    this.word(text.length);
  }
}
