/** Pickles of protocol 2, as the tests need them: what Python's pickler makes of the same values. */

export class Tuple {
  readonly items: unknown[];

  constructor(...items: unknown[]) {
    this.items = items;
  }
}

/** An object of a class, `module.Name`, with its attributes and, if it is a dict, its items. */
export class Instance {
  readonly className: string;
  readonly state: Record<string, unknown>;

  constructor(className: string, state: Record<string, unknown>) {
    this.className = className;
    this.state = state;
  }
}

/** Null, booleans, numbers, bigints, texts, arrays (lists), tuples, maps (dictionaries) and instances. */
export function pickled(value: unknown): Buffer {
  const encoder = new Encoder();
  encoder.bytes(0x80, 2);
  encoder.value(value);
  encoder.code('.');
  return encoder.done();
}

class Encoder {
  #buffer: Buffer = Buffer.alloc(1 << 16);
  #length = 0;
  readonly #memo = new Map<string, number>();

  done(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  value(value: unknown): void {
    if (value === null) this.code('N');
    else if (typeof value === 'boolean') this.bytes(value ? 0x88 : 0x89);
    else if (typeof value === 'number')
      Number.isInteger(value) ? this.#long(BigInt(value)) : this.#float(value);
    else if (typeof value === 'bigint') this.#long(value);
    else if (typeof value === 'string') this.#text(value);
    else if (Array.isArray(value)) this.#filled(']', 'e', value);
    else if (value instanceof Map) this.#filled('}', 'u', [...value].flat());
    else if (value instanceof Tuple) this.#filled('', 't', value.items);
    else if (value instanceof Instance) this.#instance(value);
    else throw new Error(`no pickle of ${value}`);
  }

  code(text: string): void {
    this.#length += this.#room(text.length).write(text, this.#length, 'latin1');
  }

  bytes(...bytes: number[]): void {
    this.#room(bytes.length).set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** The buffer, with room for so many bytes more. */
  #room(length: number): Buffer {
    if (this.#length + length > this.#buffer.length)
      this.#buffer = Buffer.concat([this.#buffer], 2 * (this.#length + length));
    return this.#buffer;
  }

  #instance({ className, state }: Instance): void {
    const point = className.lastIndexOf('.');
    this.code(`c${className.slice(0, point)}\n${className.slice(point + 1)}\n)\x81`);
    this.#filled('}', 'u', Object.entries(state).flat());
    this.code('b');
  }

  #filled(open: string, close: string, items: unknown[]): void {
    this.code(`${open}(`);
    for (const item of items) this.value(item);
    this.code(close);
  }

  /** A text that was written before is recalled. */
  #text(text: string): void {
    const known = this.#memo.get(text);
    if (known !== undefined) {
      this.#sized('j', known);
      return;
    }
    const bytes = Buffer.from(text);
    this.#sized('X', bytes.length);
    this.#room(bytes.length).set(bytes, this.#length);
    this.#length += bytes.length;
    this.#sized('r', this.#memo.size);
    this.#memo.set(text, this.#memo.size);
  }

  #sized(code: string, size: number): void {
    this.code(code);
    this.#length = this.#room(4).writeUInt32LE(size, this.#length);
  }

  #float(value: number): void {
    this.code('G');
    this.#length = this.#room(8).writeDoubleBE(value, this.#length);
  }

  #long(value: bigint): void {
    let size = 1;
    while (BigInt.asIntN(size * 8, value) !== value) size++;
    this.bytes(0x8a, size);
    for (let i = 0; i < size; i++) this.bytes(Number(BigInt.asUintN(8, value >> BigInt(8 * i))));
  }
}
