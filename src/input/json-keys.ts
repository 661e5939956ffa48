/** The keys a reader looks for in one kind of JSON object: recognised by their bytes, given by number. */

const encoder = new TextEncoder();

export class JsonKeys {
  readonly names: readonly string[];
  /** Each name with its quotes. */
  readonly #bytes: Uint8Array[];
  /** The key that last followed each key: objects of one kind mostly have the same keys in the same order. */
  readonly #follower: Int32Array;
  #last = 0;

  constructor(names: readonly string[]) {
    this.names = names;
    this.#bytes = names.map((name) => encoder.encode(`"${name}"`));
    this.#follower = Int32Array.from({ length: names.length + 1 }, (_, i) => i % names.length);
  }

  /** The next key is the first of its object. */
  begin(): void {
    this.#last = 0;
  }

  /** Number of the key that begins at `at` with its quote, or -1. */
  match(bytes: Uint8Array, at: number): number {
    const guess = this.#follower[this.#last]!;
    if (this.#isAt(guess, bytes, at)) {
      this.#last = guess + 1;
      return guess;
    }
    for (let key = 0; key < this.names.length; key++) {
      if (!this.#isAt(key, bytes, at)) continue;
      this.#follower[this.#last] = key;
      this.#last = key + 1;
      return key;
    }
    return -1;
  }

  /** Number of bytes of a key with its quotes. */
  size(key: number): number {
    return this.#bytes[key]!.length;
  }

  #isAt(key: number, bytes: Uint8Array, at: number): boolean {
    const name = this.#bytes[key]!;
    for (let i = 0; i < name.length; i++) if (bytes[at + i] !== name[i]) return false;
    return true;
  }
}
