/** Functions as Python's tools name them: by name, file and first line, or by name and module. */
import type { ProfileBuilder } from '../../src/plugin.ts';

export class PythonFunctions {
  readonly #builder: ProfileBuilder;
  readonly #texts = new Map<string, number>();
  readonly #functions = new Map<string, number>();
  readonly #names: string[] = [];

  constructor(builder: ProfileBuilder) {
    this.#builder = builder;
  }

  get length(): number {
    return this.#builder.functionCount;
  }

  name(func: number): string {
    return this.#names[func]!;
  }

  /** A function of a source file. */
  ofFile(name: string, file: string, line: number): number {
    const key = `${this.#text(name)} ${this.#text(file)} ${line}`;
    return this.#find(name, key, () => this.#builder.addFunction(name, { file, line }));
  }

  /** A function that has no source: built in, or of an extension. */
  ofModule(name: string, module: string): number {
    const key = `${this.#text(name)} ${this.#text(module)}`;
    return this.#find(name, key, () => {
      const mapping = module === '' ? -1 : this.#builder.mapping(module);
      return this.#builder.addFunction(name, { mapping });
    });
  }

  #find(name: string, key: string, add: () => number): number {
    let index = this.#functions.get(key);
    if (index === undefined) {
      index = add();
      this.#names[index] = name;
      this.#functions.set(key, index);
    }
    return index;
  }

  /** A small name for a text: of one that occurs often, and may be long, only the first look takes time. */
  #text(text: string): number {
    let id = this.#texts.get(text);
    if (id === undefined) {
      id = this.#texts.size;
      this.#texts.set(text, id);
    }
    return id;
  }
}
