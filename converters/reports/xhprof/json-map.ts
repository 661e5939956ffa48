/** Maps that were made JSON. */
import { END, JsonKeys, JsonReader, type Place, type Source } from '../../../src/plugin.ts';
import type { MapReader } from './map-reader.ts';

/** Keys are names of functions: none is known before. */
const KEYS = new JsonKeys(['main()']);

export class JsonMap implements MapReader {
  readonly #json: JsonReader;

  constructor(source: Source) {
    this.#json = new JsonReader(source.utf8(), source);
  }

  enter(): string | undefined {
    return this.#name(this.#json.enterObject(KEYS));
  }

  next(): string | undefined {
    return this.#name(this.#json.nextKey(KEYS));
  }

  #name(key: number): string | undefined {
    return key === END ? undefined : (KEYS.names[key] ?? this.#json.otherKey);
  }

  isMap(): boolean {
    return this.#json.isObject();
  }

  isText(): boolean {
    return this.#json.isString();
  }

  text(): string {
    return this.#json.string();
  }

  number(): number {
    return this.#json.number();
  }

  skip(): void {
    this.#json.skip();
  }

  finish(): void {
    this.#json.finish();
  }

  place(): Place {
    return this.#json.place();
  }
}
