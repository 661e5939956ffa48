/** Samples as messages: locations leaf first, values, labels. */
import type { Column, Profile } from '../../../src/plugin.ts';
import type { Stacks } from '../locations.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import type { SampleRows } from '../sample-rows.ts';
import { type Cut, stacksFingerprint } from './raw.ts';
import type { LabelWriter } from './write-labels.ts';
import type { TableWriter } from './write-tables.ts';

const NONE: number[] = [];

export class SampleWriter {
  readonly #stacks: Stacks;
  readonly #values: Column[];
  readonly #labels: Int32Array | undefined;
  readonly #tables: TableWriter;
  readonly #labelWriter: LabelWriter;
  /** What `drop_frames` has cut off, if the stacks are still the ones it was cut off. */
  readonly #cut: Cut | undefined;
  readonly #emptyFrame: number;
  readonly #message = new ProtobufWriter();
  readonly #list = new ProtobufWriter();
  /** Rows of the locations of a stack. */
  #rows = new Int32Array(1024);

  constructor(
    profile: Profile,
    { stacks, values, labels }: SampleRows,
    tables: TableWriter,
    labelWriter: LabelWriter,
    cut: Cut | undefined,
  ) {
    this.#stacks = stacks;
    this.#values = values;
    this.#labels = labels;
    this.#tables = tables;
    this.#labelWriter = labelWriter;
    this.#cut = cut && usableCut(cut, tables, profile);
    this.#emptyFrame = tables.tables?.emptyFrame ?? -1;
    if (this.#cut) tables.shorten(this.#cut.shortened);
  }

  /** The message of a sample, which the next one overwrites. */
  message(sample: number): Uint8Array {
    const message = this.#message;
    const list = this.#list;
    message.length = 0;
    this.#listLocations(sample);
    if (list.length > 0) message.message(1, list.written());
    list.length = 0;
    for (const column of this.#values) list.varint(column[sample]!);
    message.message(2, list.written());
    message.append(this.#labelWriter.bytes(this.#labels?.[sample] ?? -1));
    return message.written();
  }

  #listLocations(sample: number): void {
    const { locations, locationIds } = this.#tables;
    const list = this.#list;
    list.length = 0;
    for (const row of this.#cut?.tails[this.#cut.tail[sample] ?? 0] ?? NONE) {
      locations.use(row);
      list.varint(locationIds.of(row));
    }
    const depth = this.#stacks.goto(sample);
    const { frame, from, to } = this.#stacks;
    if (depth === 1 && frame[from] === this.#emptyFrame) return;
    if (depth > this.#rows.length) this.#rows = new Int32Array(depth * 2);
    const count = locations.rowsOf(frame, from, to, this.#rows);
    for (let k = 0; k < count; k++) list.varint(locationIds.of(this.#rows[k]!));
  }
}

function usableCut(cut: Cut, { tables, isWhole }: TableWriter, profile: Profile): Cut | undefined {
  if (!tables || !isWhole || stacksFingerprint(profile) !== cut.fingerprint) return undefined;
  const { shortened, tails, tail } = cut;
  const { locationRows } = tables;
  const isRight =
    shortened.length % 2 === 0 &&
    shortened.every((index, i) => i % 2 === 1 || index < locationRows) &&
    tails.every((list) => list.every((row) => row < locationRows)) &&
    tail.every((index) => index < tails.length);
  return isRight ? cut : undefined;
}
