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
  return Buffer.concat([Buffer.of(0x80, 2), ...encoder.value(value), Buffer.from('.')]);
}

class Encoder {
  readonly #memo = new Map<string, number>();

  value(value: unknown): Buffer[] {
    if (value === null) return [Buffer.from('N')];
    if (typeof value === 'boolean') return [Buffer.of(value ? 0x88 : 0x89)];
    if (typeof value === 'number') return [Number.isInteger(value) ? long(BigInt(value)) : float(value)];
    if (typeof value === 'bigint') return [long(value)];
    if (typeof value === 'string') return [this.#text(value)];
    if (Array.isArray(value)) return this.#filled(']', 'e', value);
    if (value instanceof Map) return this.#filled('}', 'u', [...value].flat());
    if (value instanceof Tuple) return this.#filled('', 't', value.items);
    if (!(value instanceof Instance)) throw new Error(`no pickle of ${value}`);
    const point = value.className.lastIndexOf('.');
    const name = `c${value.className.slice(0, point)}\n${value.className.slice(point + 1)}\n)\x81`;
    const state = this.#filled('}', 'u', Object.entries(value.state).flat());
    return [Buffer.from(name, 'latin1'), ...state, Buffer.from('b')];
  }

  #filled(open: string, close: string, items: unknown[]): Buffer[] {
    const values = items.flatMap((item) => this.value(item));
    return [Buffer.from(`${open}(`), ...values, Buffer.from(close)];
  }

  /** A text that was written before is recalled. */
  #text(text: string): Buffer {
    const known = this.#memo.get(text);
    if (known !== undefined) return sized('j', known);
    const index = this.#memo.size;
    this.#memo.set(text, index);
    const bytes = Buffer.from(text);
    return Buffer.concat([sized('X', bytes.length), bytes, sized('r', index)]);
  }
}

function sized(opcode: string, size: number): Buffer {
  const bytes = Buffer.alloc(5, opcode);
  bytes.writeUInt32LE(size, 1);
  return bytes;
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(9, 'G');
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

function long(value: bigint): Buffer {
  let size = 1;
  while (BigInt.asIntN(size * 8, value) !== value) size++;
  const digits = Array.from({ length: size }, (_, i) => Number(BigInt.asUintN(8, value >> BigInt(8 * i))));
  return Buffer.of(0x8a, size, ...digits);
}
