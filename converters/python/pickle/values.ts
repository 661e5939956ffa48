/** What a pickle holds, as inert data: objects of Python are records of what would have made them. */

/**
 * A value of Python. Tuples, lists and sets are arrays; integers beyond 2^53 are bigints; bytes of Python 3
 * are bytes, strings of Python 2 are text. Values may be shared, and may hold themselves.
 */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | PickleDict
  | PickleObject
  | PickleGlobal;

/** The name of a class or function. It is never looked up. */
export class PickleGlobal {
  readonly module: string;
  readonly name: string;

  constructor(module: string, name: string) {
    this.module = module;
    this.name = name;
  }
}

/** A dictionary in file order: keys may be anything, and are not compared. */
export class PickleDict {
  readonly keys: PickleValue[] = [];
  readonly values: PickleValue[] = [];
  #index: Map<string, number> | undefined;

  set(key: PickleValue, value: PickleValue): void {
    this.keys.push(key);
    this.values.push(value);
  }

  /** The value of a text key, the last one if there are several. Only once the pickle is read. */
  get(key: string): PickleValue | undefined {
    if (this.#index === undefined) {
      this.#index = new Map();
      for (const [i, known] of this.keys.entries()) if (typeof known === 'string') this.#index.set(known, i);
    }
    const index = this.#index.get(key);
    return index === undefined ? undefined : this.values[index];
  }
}

/** An object: what would be called to make it, with which arguments, and what would be put into it. */
export class PickleObject {
  readonly type: PickleValue;
  readonly args: PickleValue;
  /** As a rule a dictionary of its attributes. */
  state: PickleValue = null;
  /** What a subclass of `dict` holds. */
  items: PickleDict | undefined;
  /** What a subclass of `list` or `set` holds. */
  list: PickleValue[] | undefined;

  constructor(type: PickleValue, args: PickleValue) {
    this.type = type;
    this.args = args;
  }

  /** `module.Name` of its class; '' if the pickle does not name it. */
  get className(): string {
    let { type } = this;
    // Protocols 0 and 1 call a function that is handed the class.
    if (isReconstructor(type) && Array.isArray(this.args)) type = this.args[0] ?? null;
    return type instanceof PickleGlobal ? `${type.module}.${type.name}` : '';
  }

  /** The attribute of this name. */
  get(name: string): PickleValue | undefined {
    return this.state instanceof PickleDict ? this.state.get(name) : undefined;
  }
}

function isReconstructor(type: PickleValue): boolean {
  return type instanceof PickleGlobal && /^copy_?reg$/.test(type.module) && type.name === '_reconstructor';
}
