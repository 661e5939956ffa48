/** A table of strings under construction, in which each stands once and the first is empty. */
export class StringTable {
  readonly #index = new Map<string, number>([['', 0]]);

  /** Index of a string, which is added if it is new. */
  of(text: string): number {
    let index = this.#index.get(text);
    if (index === undefined) {
      index = this.#index.size;
      this.#index.set(text, index);
    }
    return index;
  }

  /** All strings, by index. */
  all(): Iterable<string> {
    return this.#index.keys();
  }
}
