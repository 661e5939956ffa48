/** The keys a reader looks for in one kind of JSON object: recognised by their bytes, given by number. */

const encoder = new TextEncoder();

export class JsonKeys {
  readonly names: readonly string[];
  /** Each key as it stands before its value, with quotes and colon: its words, and which of their bits count. */
  readonly #words: Int32Array[];
  readonly #masks: Int32Array[];
  readonly #sizes: Int32Array;
  /** The key that last followed each key: objects of one kind mostly have the same keys in the same order. */
  readonly #follower: Int32Array;
  #last = 0;

  constructor(names: readonly string[]) {
    this.names = names;
    const keys = names.map((name) => encoder.encode(`"${name}":`));
    this.#words = keys.map((key) => wordsOf(key));
    this.#masks = keys.map((key) => wordsOf(key.map(() => 0xff)));
    this.#sizes = Int32Array.from(keys, (key) => key.length);
    this.#follower = Int32Array.from({ length: names.length + 1 }, (_, i) => i % names.length);
  }

  /** The next key is the first of its object. */
  begin(): void {
    this.#last = 0;
  }

  /** Number of the key that begins at `at` with its quote, or -1. Up to 3 bytes behind it are read and ignored. */
  match(view: DataView, at: number): number {
    const guess = this.#follower[this.#last]!;
    if (this.#isAt(guess, view, at)) {
      this.#last = guess + 1;
      return guess;
    }
    for (let key = 0; key < this.names.length; key++) {
      if (!this.#isAt(key, view, at)) continue;
      this.#follower[this.#last] = key;
      this.#last = key + 1;
      return key;
    }
    return -1;
  }

  /** Number of bytes of a key with its quotes and colon. */
  size(key: number): number {
    return this.#sizes[key]!;
  }

  #isAt(key: number, view: DataView, at: number): boolean {
    const words = this.#words[key]!;
    const masks = this.#masks[key]!;
    for (let i = 0; i < words.length; i++) {
      if (((view.getInt32(at + i * 4, true) ^ words[i]!) & masks[i]!) !== 0) return false;
    }
    return true;
  }
}

/** Four bytes a word, the first one lowest. */
function wordsOf(bytes: Uint8Array): Int32Array {
  const words = new Int32Array(Math.ceil(bytes.length / 4));
  for (const [i, byte] of bytes.entries()) words[i >> 2]! |= byte << ((i & 3) * 8);
  return words;
}
