/** Sets of labels as bytes, each written when a sample first has it. */
import type { Label, Sink } from '../../../src/plugin.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import type { StringTable } from '../strings.ts';

/** Field of labels in a sample. */
const LABEL = 3;
const NONE = new Uint8Array();

export class LabelWriter {
  readonly #sets: readonly Label[][];
  readonly #strings: StringTable;
  readonly #sink: Sink;
  readonly #bytes: Uint8Array[] = [];

  constructor(sets: readonly Label[][], strings: StringTable, sink: Sink) {
    this.#sets = sets;
    this.#strings = strings;
    this.#sink = sink;
  }

  /** The fields of a set; -1 = no labels. */
  bytes(set: number): Uint8Array {
    const labels = this.#sets[set];
    if (!labels) return NONE;
    this.#bytes[set] ??= this.#encode(labels);
    return this.#bytes[set];
  }

  #encode(labels: readonly Label[]): Uint8Array {
    const out = new ProtobufWriter();
    const message = new ProtobufWriter();
    for (const label of labels) {
      message.length = 0;
      message.int(1, this.#strings.of(label.key));
      if (this.#value(message, label)) out.message(LABEL, message.written());
    }
    return out.written().slice();
  }

  /** Writes the value of a label; false if it cannot be written. */
  #value(message: ProtobufWriter, { key, value, unit = '' }: Label): boolean {
    if (typeof value !== 'string' && isInt64(value)) {
      message.int(3, value);
      message.some(4, this.#strings.of(unit));
      return true;
    }
    if (value === '') {
      this.#sink.lost('empty-label', `labels with an empty text are left out: ${key}`);
      return false;
    }
    if (typeof value !== 'string') {
      this.#sink.lost('label-number', `labels that are no 64-bit integers are written as texts: ${key}`);
    }
    const text = typeof value === 'string' || unit === '' ? `${value}` : `${value} ${unit}`;
    if (typeof value === 'string' && unit !== '') {
      this.#sink.lost('label-unit', `labels with a text have no units: ${key}`);
    }
    message.int(2, this.#strings.of(text));
    return true;
  }
}

function isInt64(value: number | bigint): boolean {
  return typeof value === 'bigint' ? BigInt.asIntN(64, value) === value : Number.isSafeInteger(value);
}
