/** The first machine words of gperftools' CPU profiles, which tell of the others. */

/** No unwinder goes deeper. */
const MAX_DEPTH = 2 ** 16;

export interface Words {
  /** Bytes of a word. */
  size: 4 | 8;
  little: boolean;
}

const KINDS: Words[] = [
  { size: 4, little: true },
  { size: 4, little: false },
  { size: 8, little: true },
  { size: 8, little: false },
];

/** Reads words; `low` and `high` are the halves of the last one. */
export class WordReader {
  at: number;
  low = 0;
  high = 0;
  readonly #view: DataView;
  readonly #words: Words;

  constructor(bytes: Uint8Array, at: number, words: Words) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#words = words;
    this.at = at;
  }

  /** How many words are left. */
  get left(): number {
    return Math.floor((this.#view.byteLength - this.at) / this.#words.size);
  }

  next(): number {
    const { size, little } = this.#words;
    const first = this.#view.getUint32(this.at, little);
    const second = size === 8 ? this.#view.getUint32(this.at + 4, little) : 0;
    this.at += size;
    [this.low, this.high] = size === 4 || little ? [first, second] : [second, first];
    return this.high * 2 ** 32 + this.low;
  }
}

interface Header {
  words: Words;
  java: boolean;
  /** Microseconds. */
  period: number;
}

export function headerOf(bytes: Uint8Array, at: number): Header | undefined {
  // The first word is zero, whatever its size and order.
  if (bytes[at] !== 0) return undefined;
  for (const words of KINDS) {
    if (bytes.length - at < 5 * words.size) continue;
    const reader = new WordReader(bytes, at, words);
    const [zero, three, java, period, padding] = Array.from({ length: 5 }, () => reader.next());
    if (zero === 0 && three === 3 && java! <= 1 && period! > 0 && padding === 0)
      return { words, java: java === 1, period: period! };
  }
  return undefined;
}

export function isCpuProfile(bytes: Uint8Array, at = 0): boolean {
  return headerOf(bytes, at) !== undefined;
}

/** Whether a count and a depth follow the header, as of no other profile that begins so (vmprof's do). */
export function hasSamples(bytes: Uint8Array): boolean {
  const header = headerOf(bytes, 0);
  if (!header) return false;
  const reader = new WordReader(bytes, 5 * header.words.size, header.words);
  return reader.left < 2 || (reader.next() < 2 ** 32 && reader.next() < MAX_DEPTH);
}
