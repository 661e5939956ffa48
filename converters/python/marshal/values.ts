/** What marshalled values are here. */

/** Python's integers are bigints here, its floats are numbers; bytes are texts. */
export type MarshalValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | MarshalValue[]
  | MarshalDict
  | MarshalCode;

/** A dictionary: its pairs in the order of the file. */
export class MarshalDict {
  readonly keys: MarshalValue[] = [];
  readonly values: MarshalValue[] = [];
}

/** Compiled code, of which only the name of its place is kept. */
export class MarshalCode {
  name = '';
  file = '';
  line = 0;

  toString(): string {
    return `<code object ${this.name}, file "${this.file}", line ${this.line}>`;
  }
}
