/** Reads values of the types that a chunk declares. */
import type { Cursor, Key, Text } from './cursor.ts';
import type { Field, Type } from './metadata.ts';

/** Of structures and arrays there is none. */
export type Value = Key | Text | undefined;

/** Types stand in others so deep at most. */
const MAX_DEPTH = 32;

const PRIMITIVES: Record<string, (cursor: Cursor) => Value> = {
  boolean: (cursor) => cursor.byte(),
  byte: (cursor) => cursor.byte(),
  char: (cursor) => cursor.unsigned(),
  short: (cursor) => cursor.integer(),
  int: (cursor) => cursor.integer(),
  long: (cursor) => cursor.integer(),
  float: (cursor) => cursor.float(),
  double: (cursor) => cursor.double(),
  'java.lang.String': (cursor) => cursor.text(),
};

/** Reads a value, or goes behind it. */
export function readField(cursor: Cursor, { type, isArray, isConstant }: Field, depth = 1): Value {
  if (!isArray) return isConstant ? cursor.key() : readValue(cursor, type, depth);
  for (let left = cursor.count(); left > 0; left--) {
    if (isConstant) cursor.key();
    else readValue(cursor, type, depth);
  }
  return undefined;
}

function readValue(cursor: Cursor, type: Type, depth: number): Value {
  const primitive = Object.hasOwn(PRIMITIVES, type.name) ? PRIMITIVES[type.name] : undefined;
  if (primitive) return primitive(cursor);
  if (depth > MAX_DEPTH) cursor.fail(`${type.name} holds itself`);
  const start = cursor.at;
  for (const field of type.fields) readField(cursor, field, depth + 1);
  // Else there could be any number of them.
  if (depth > 0 && cursor.at === start) cursor.fail(`${type.name} takes no bytes`);
  return undefined;
}

/** Goes behind a constant. */
export function skipValue(cursor: Cursor, type: Type): void {
  readValue(cursor, type, 0);
}

/** Some of the fields of a type. */
export class Layout {
  readonly #fields: Field[];
  /** By field: where in `values` its value goes; -1 = it is not wanted. */
  readonly #slots: number[];
  /** The fields that are wanted, by slot: undefined = the type has no such field. */
  readonly wanted: (Field | undefined)[];
  /** The values that were read last. */
  readonly values: Value[];

  constructor({ fields }: Type, names: readonly string[]) {
    this.#fields = fields;
    this.#slots = fields.map(({ name }) => names.indexOf(name));
    this.wanted = names.map((name) => fields.find((field) => field.name === name));
    this.values = names.map(() => undefined);
  }

  /** Reads all fields, and keeps the wanted ones. */
  read(cursor: Cursor): void {
    for (let i = 0; i < this.#fields.length; i++) {
      const value = readField(cursor, this.#fields[i]!);
      const slot = this.#slots[i]!;
      if (slot >= 0) this.values[slot] = value;
    }
  }
}
