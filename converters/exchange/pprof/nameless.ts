/** Functions for code without a name, called as pprof shows it. */
import type { FunctionInfo, ProfileBuilder } from '../../../src/plugin.ts';

/** What pprof prints for code that it knows nothing of. */
export const UNKNOWN = '<unknown>';

export class NamelessFunctions {
  readonly #builder: ProfileBuilder;
  /** First mapping with a given name. */
  readonly #objects = new Map<string, number>();

  /** All mappings must be there. */
  constructor(builder: ProfileBuilder) {
    this.#builder = builder;
    for (const [i, { name }] of builder.mappings.entries()) {
      if (!this.#objects.has(name)) this.#objects.set(name, i);
    }
  }

  /** The function of code in a mapping (-1 = none): one for each image, which lends it its name. */
  of(mapping: number, info: FunctionInfo = {}): number {
    const object = this.#builder.mappings[mapping]?.name ?? '';
    if (object === '') return this.#builder.function(UNKNOWN, info);
    const base = object.slice(object.lastIndexOf('/', object.length - 2) + 1);
    return this.#builder.function(`[${base}]`, { ...info, mapping: this.#objects.get(object)! });
  }
}
