/** The functions of a file, by name, file and object, or by name alone. */
import { Int32List, type Interner, type ProfileBuilder } from '../../../src/plugin.ts';
import { TripleIndex } from './names.ts';

/** `full` = name, file and object make a function; `name` = the name alone, as gprof2dot has it. */
export type Identity = 'full' | 'name';

export class Functions {
  readonly #index = new TripleIndex();
  /** Smallest line at which calls enter the function; 0 = unknown. */
  readonly #line = new Int32List();
  /** Object that was known when the function was first met. */
  readonly #object = new Int32List();
  readonly #identity: Identity;

  constructor(identity: Identity) {
    this.#identity = identity;
  }

  get length(): number {
    return this.#index.length;
  }

  /** Name, file and object are numbers of the interner, 0 = unknown. */
  find(name: number, file: number, object: number): number {
    const full = this.#identity === 'full';
    const func = this.#index.find(name, full ? file : 0, full ? object : 0);
    if (func === this.#line.length) {
      this.#line.push(0);
      this.#object.push(object);
    }
    return func;
  }

  /** Whether a look for the function's name there finds the function. */
  isAt(func: number, file: number, object: number): boolean {
    if (this.#identity === 'name') return true;
    return this.#index.b.array[func] === file && this.#index.c.array[func] === object;
  }

  nameOf(func: number): number {
    return this.#index.a.array[func]!;
  }

  fileOf(func: number): number {
    return this.#index.b.array[func]!;
  }

  /** A call enters the function at this line. */
  enteredAt(func: number, line: number): void {
    const known = this.#line.array[func]!;
    if (line > 0 && (known === 0 || line < known)) this.#line.array[func] = line;
  }

  /**
   * Adds all functions to the builder, in order: a function is the same number there. `placed`: names end in the
   * place of the function, as yappi has it.
   */
  addTo(builder: ProfileBuilder, names: Interner, placed = false): void {
    const texts = names.texts();
    const full = this.#identity === 'full';
    // A file may hold other calls of a function than the next one, or none.
    builder.linesMayDiffer = !placed;
    for (let func = 0; func < this.length; func++) {
      const object = texts[this.#object.array[func]!]!;
      if (full && placed && this.#addPlaced(builder, func, texts)) continue;
      builder.addFunction(texts[this.nameOf(func)]!, {
        file: texts[this.fileOf(func)]!,
        line: full ? this.#line.array[func]! : 0,
        mapping: object === '' ? -1 : builder.mapping(full ? object : baseName(object)),
      });
    }
  }

  /** `fib /srv/app.py:12`, or `len builtins:0` for a function that has no source. */
  #addPlaced(builder: ProfileBuilder, func: number, texts: string[]): boolean {
    const file = texts[this.fileOf(func)]!;
    const [, text, line] = /^([\s\S]*):(\d{1,9})$/.exec(texts[this.nameOf(func)]!) ?? [];
    if (text === undefined || file === '' || !text.endsWith(` ${file}`)) return false;
    const name = text.slice(0, -file.length - 1);
    const place = Number(line) > 0 ? { file, line: Number(line) } : { mapping: builder.mapping(file) };
    builder.addFunction(name, place);
    return true;
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
