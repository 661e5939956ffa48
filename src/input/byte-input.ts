/** Where bytes come from: a synchronous pull, so that parsers are plain loops. */

export interface ByteInput {
  /** Fills `into` from its start with at least one byte and returns how many; 0 = end of input. */
  read(into: Uint8Array): number;
  /** How many bytes will come, where that is known. */
  size?: number | undefined;
}

/** Input from memory. */
export function bytesInput(bytes: Uint8Array): ByteInput {
  let at = 0;
  return {
    size: bytes.length,
    read(into) {
      const part = bytes.subarray(at, at + into.length);
      into.set(part);
      at += part.length;
      return part.length;
    },
  };
}

/** An input whose first bytes can be looked at before they are read. */
export class PeekedInput implements ByteInput {
  readonly size: number | undefined;
  readonly #input: ByteInput;
  #head: Uint8Array = new Uint8Array(0);
  #at = 0;
  #ended = false;

  constructor(input: ByteInput) {
    this.#input = input;
    this.size = input.size;
  }

  /** The first `length` bytes, or all if there are fewer. Only before the first `read`. */
  peek(length: number): Uint8Array {
    if (this.#head.length < length && !this.#ended) {
      let filled = this.#head.length;
      let head = this.#head;
      while (filled < length && !this.#ended) {
        // Room for what will come, should the size be right; it is only a hint.
        const room = Math.max((this.size ?? 1 << 16) + 1, filled * 8);
        if (filled === head.length) head = enlarged(head, Math.min(length, room));
        const read = this.#input.read(head.subarray(filled));
        if (read === 0) this.#ended = true;
        filled += read;
      }
      this.#head = head.subarray(0, filled);
    }
    return this.#head.subarray(0, length);
  }

  read(into: Uint8Array): number {
    if (this.#at < this.#head.length) {
      const part = this.#head.subarray(this.#at, this.#at + into.length);
      into.set(part);
      this.#at += part.length;
      return part.length;
    }
    return this.#ended ? 0 : this.#input.read(into);
  }
}

function enlarged(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(bytes);
  return larger;
}

/** All the rest of an input in one array; if it is longer than `most`, somewhat more than that. */
export function readAll(input: ByteInput, most: number = Number.POSITIVE_INFINITY): Uint8Array<ArrayBuffer> {
  let bytes = new Uint8Array((input.size ?? 1 << 16) + 1);
  let length = 0;
  for (;;) {
    if (length === bytes.length) {
      // Memory that is never touched costs nothing; copying does.
      bytes = enlarged(bytes, Math.max(Math.ceil(length * 1.5), Math.min(length * 8, 1 << 28)));
    }
    const read = input.read(bytes.subarray(length));
    length += read;
    if (read === 0 || length > most) return bytes.subarray(0, length);
  }
}
