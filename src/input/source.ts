/** One input as a parser sees it: bytes, lines or text, and a voice for what is wrong with them. */
import { type Diagnostics, type Place, ProfileError } from '../diagnostics.ts';
import { type ByteInput, readAll } from './byte-input.ts';
import { decompress } from './decompress.ts';
import { asUtf8, withNewlines } from './encoding.ts';
import { type Head, headOf } from './head.ts';
import { LineReader } from './lines.ts';
import { unzip } from './zip.ts';

/** The longest text that is read at once: beyond it a string would not hold it. */
const MAX_TEXT = 0x1fffffe8;

export interface SourceOptions {
  /** The name in messages: a path, or `<stdin>`. */
  name: string;
  /** Name of the format that reads it: the first part of its codes. */
  format: string;
  head: Head;
  diagnostics: Diagnostics;
  /** The most bytes that compressed input may hold. */
  maxInput?: number;
  /** When the input was modified, in milliseconds since 1970; absent = unknown. */
  modified?: number | undefined;
  /** False = nobody will ask for costs by line. Default true. */
  wantsLineCosts?: boolean | undefined;
  /** Opens a file that stands beside the input, by its name alone. Absent = nothing stands beside it. */
  sibling?: OpenSibling | undefined;
}

/** Opens a file beside another. Throws `ProfileError`. */
export type OpenSibling = (name: string) => ByteInput;

export class Source {
  readonly name: string;
  /** How many bytes will come, where that is known: for reserving memory only. */
  readonly size: number | undefined;
  /** The beginning of the input; reading starts before it, not behind it. */
  readonly head: Head;
  /** When the input was modified, in milliseconds since 1970. */
  readonly modified: number | undefined;
  /** False = a parser may leave out `Profile.lines`: nobody will ask for them. */
  readonly wantsLineCosts: boolean;
  readonly #input: ByteInput;
  readonly #options: SourceOptions;

  constructor(input: ByteInput, options: SourceOptions) {
    this.name = options.name;
    this.size = input.size;
    this.head = options.head;
    this.modified = options.modified;
    this.wantsLineCosts = options.wantsLineCosts ?? true;
    this.#input = input;
    this.#options = options;
  }

  /** All bytes, as they are. */
  bytes(): Uint8Array<ArrayBuffer> {
    return readAll(this.#input);
  }

  /** The bytes as they are, to be read piece by piece. */
  stream(): ByteInput {
    return this.#input;
  }

  /** The bytes of a text as UTF-8, without a byte order mark: to be read piece by piece. A line ends in an LF. */
  utf8(): ByteInput {
    const { encoding, bom, endsInReturns } = this.head;
    const text = asUtf8(this.#input, encoding, bom);
    return endsInReturns ? withNewlines(text) : text;
  }

  /** The text, line by line. */
  lines(): LineReader {
    return new LineReader(this.utf8(), this.name);
  }

  /** The whole text. */
  text(): string {
    let size = this.size ?? 0;
    if (size <= MAX_TEXT) {
      const bytes = readAll(this.utf8(), MAX_TEXT);
      if (bytes.length <= MAX_TEXT) return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
      size = bytes.length;
    }
    this.fail('too-large', `a text of ${size} bytes or more is not read at once`);
  }

  /** The files of a zip archive, as which the input is read: those whose names pass. */
  files(wanted: (name: string) => boolean): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
    const { maxInput: limit = Number.POSITIVE_INFINITY } = this.#options;
    return unzip(this.bytes(), wanted, { name: this.name, limit });
  }

  /**
   * A file that stands beside the input, for profiles that are kept in several. The name is that of a file, with no
   * directory in it: what an input names must not lead to other places. Stops where there is no such file.
   */
  async sibling(name: string): Promise<Source> {
    const { sibling, maxInput: limit = Number.POSITIVE_INFINITY } = this.#options;
    const file = this.name;
    if (/^(\.{0,2}$)|[/\\:\0]/.test(name)) {
      throw new ProfileError({ code: 'input/not-beside', file, message: `${name} is not a file beside it` });
    }
    if (!sibling) {
      const message = `it goes on in the file ${name}, which cannot be found beside an input without a place`;
      const hint = 'name the file instead of piping it in; both must be in one directory';
      throw new ProfileError({ code: 'input/no-place', file, message, hint });
    }
    const input = await decompress(sibling(name), { name, limit });
    const path = this.name.replace(/[^/\\]*$/, () => name);
    return new Source(input, { ...this.#options, name: path, head: headOf(input) });
  }

  /** Stops the conversion. `code` is the part behind the format's name. */
  fail(code: string, message: string, place?: Place, hint?: string, cause?: unknown): never {
    throw new ProfileError(this.#diagnostic(code, message, place, hint), { cause });
  }

  /** Tells of something that was repaired, left out or guessed, and goes on. */
  warn(code: string, message: string, place?: Place, hint?: string): void {
    this.#options.diagnostics.add({ severity: 'warning', ...this.#diagnostic(code, message, place, hint) });
  }

  /** Says what to know of the figures: no fault, even to those who are strict. */
  note(code: string, message: string, place?: Place, hint?: string): void {
    this.#options.diagnostics.add({ severity: 'note', ...this.#diagnostic(code, message, place, hint) });
  }

  #diagnostic(code: string, message: string, place: Place | undefined, hint: string | undefined) {
    return {
      code: `${this.#options.format}/${code}`,
      message,
      file: this.name,
      ...(place && { place }),
      ...(hint && { hint }),
    };
  }
}
