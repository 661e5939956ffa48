/** Writes pprof profiles field by field, wrong ones too: an encoder that knows nothing of the parser. */
import { Message } from './protobuf-encoder.ts';

type Integer = number | bigint;

export interface TestLine {
  function: Integer;
  line?: Integer;
  column?: Integer;
}

export interface TestLabel {
  key: string;
  text?: string;
  number?: Integer;
  unit?: string;
}

export interface TestSample {
  /** Ids of locations, leaf first. */
  stack: readonly Integer[];
  values: readonly Integer[];
  labels?: readonly TestLabel[];
}

export class PprofFile {
  /** Messages by their field in the profile; `bytes` writes them in this order. */
  readonly parts: { field: number; message: Message }[] = [];
  readonly #strings = new Map<string, number>([['', 0]]);
  /** Lists of numbers in one field each, or a field for each number. */
  packed = true;

  /** Index of a string of the table. */
  string(text: string): number {
    const index = this.#strings.get(text) ?? this.#strings.size;
    this.#strings.set(text, index);
    return index;
  }

  add(field: number, message: Message): this {
    this.parts.push({ field, message });
    return this;
  }

  type(name: string, unit: string): this {
    return this.add(1, this.valueType(name, unit));
  }

  valueType(name: string, unit: string): Message {
    return new Message().int(1, this.string(name)).int(2, this.string(unit));
  }

  sample({ stack, values, labels = [] }: TestSample): this {
    const message = new Message();
    for (const [field, list] of [
      [1, stack],
      [2, values],
    ] as const) {
      if (this.packed) message.packed(field, list);
      else for (const value of list) message.int(field, value);
    }
    for (const label of labels) message.put(3, this.label(label));
    return this.add(2, message);
  }

  label({ key, text, number, unit }: TestLabel): Message {
    const message = new Message().int(1, this.string(key));
    if (text !== undefined) message.int(2, this.string(text));
    if (number !== undefined) message.int(3, number);
    if (unit !== undefined) message.int(4, this.string(unit));
    return message;
  }

  mapping(
    id: Integer,
    name: string,
    more: { start?: Integer; limit?: Integer; offset?: Integer; build?: string } = {},
  ): this {
    const message = new Message()
      .int(1, id)
      .int(2, more.start ?? 0)
      .int(3, more.limit ?? 0)
      .int(4, more.offset ?? 0);
    return this.add(
      3,
      message
        .int(5, this.string(name))
        .int(6, this.string(more.build ?? ''))
        .int(7, 1),
    );
  }

  location(
    id: Integer,
    lines: readonly TestLine[],
    more: { mapping?: Integer; address?: Integer; folded?: true } = {},
  ): this {
    const message = new Message().int(1, id);
    if (more.mapping !== undefined) message.int(2, more.mapping);
    if (more.address !== undefined) message.int(3, more.address);
    for (const line of lines) {
      const part = new Message().int(1, line.function).int(2, line.line ?? 0);
      message.put(4, line.column === undefined ? part : part.int(3, line.column));
    }
    return this.add(4, more.folded ? message.int(5, 1) : message);
  }

  function(id: Integer, name: string, more: { system?: string; file?: string; line?: Integer } = {}): this {
    const message = new Message()
      .int(1, id)
      .int(2, this.string(name))
      .int(3, this.string(more.system ?? name));
    return this.add(5, message.int(4, this.string(more.file ?? '')).int(5, more.line ?? 0));
  }

  /** Functions `a`, `b`, … and a location of the same id for each. */
  functions(...names: string[]): this {
    for (const [i, name] of names.entries()) {
      this.function(i + 1, name, { file: `${name}.c`, line: 10 * (i + 1) });
      this.location(i + 1, [{ function: i + 1, line: 10 * (i + 1) + 1 }]);
    }
    return this;
  }

  /** The file: parts, then strings, then single numbers by their field. */
  bytes(numbers: Record<number, Integer> = {}): Uint8Array {
    const file = new Message();
    for (const { field, message } of this.parts) file.put(field, message);
    for (const text of this.#strings.keys()) file.put(6, text);
    for (const [field, value] of Object.entries(numbers)) file.int(Number(field), value);
    return Uint8Array.from(file.bytes);
  }
}
