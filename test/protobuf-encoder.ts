/** Writes protocol buffers: for tests only, by the specification and nothing else. */

/** A message under construction. */
export class Message {
  readonly bytes: number[] = [];

  /** A varint as it stands, without a field. */
  varint(value: number | bigint): this {
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest >= 0x80n; rest >>= 7n) this.bytes.push(Number(rest & 0x7fn) | 0x80);
    this.bytes.push(Number(rest));
    return this;
  }

  /** A varint field. */
  int(field: number, value: number | bigint): this {
    return this.varint(field * 8).varint(value);
  }

  /** A field of text, of bytes, or of another message. */
  put(field: number, content: Message | string | Iterable<number>): this {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const list = Array.from(bytes instanceof Message ? bytes.bytes : bytes);
    this.varint(field * 8 + 2).varint(list.length);
    return this.raw(list);
  }

  /** A list of varints in one field. */
  packed(field: number, values: readonly (number | bigint)[]): this {
    const list = new Message();
    for (const value of values) list.varint(value);
    return this.put(field, list);
  }

  raw(bytes: Iterable<number>): this {
    for (const byte of bytes) this.bytes.push(byte);
    return this;
  }
}
