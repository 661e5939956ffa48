/** The frames of calls: `main  (in shop) + 41  [0x10384b549]  shop.c:12`. Each distinct text is read once. */
import { Interner, type ProfileBuilder } from '../../../src/plugin.ts';

const PLACE = /^(.*) {2}(\S[^:]*):(\d{1,9})$/s;
const ADDRESS = /^(.*) {2}\[0x([0-9a-f]{1,16})[^\]]*\]$/s;
const OFFSET = /^(.*\))(?: \+ [\d,.]+| {2}load address 0x[0-9a-f]+(?: \+ 0x[0-9a-f]+)?)$/s;
const IN = '  (in ';
const UNKNOWN = '???';
/** What is longer is read as a name. */
const LONGEST = 1 << 16;

export class Frames {
  readonly #builder: ProfileBuilder;
  readonly #texts = new Interner();
  readonly #frames: number[] = [];

  constructor(builder: ProfileBuilder) {
    this.#builder = builder;
  }

  /** The frame of the text in `bytes[start … end]`, the memory that `view` looks at. */
  frame(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    const text = this.#texts.intern(bytes, view, start, end);
    this.#frames[text] ??= this.#read(this.#texts.text(text).trimEnd());
    return this.#frames[text];
  }

  #read(text: string): number {
    const isShort = text.length <= LONGEST;
    const place = isShort ? PLACE.exec(text) : null;
    let rest = place?.[1] ?? text;
    const address = isShort ? ADDRESS.exec(rest) : null;
    rest = address?.[1] ?? rest;
    rest = (isShort ? OFFSET.exec(rest)?.[1] : undefined) ?? rest;
    const open = rest.endsWith(')') ? rest.lastIndexOf(IN) : -1;
    const object = open < 0 ? '' : rest.slice(open + IN.length, -1);
    const name = open < 0 ? rest : rest.slice(0, open);
    const mapping = object === '' ? -1 : this.#builder.mapping(object);
    const shown = name === UNKNOWN && object !== '' ? `[${object}]` : name;
    const func = this.#builder.function(shown, { file: place?.[2] ?? '', mapping });
    return this.#builder.frame(func, {
      line: Number(place?.[3] ?? 0),
      mapping,
      ...(address && { address: BigInt(`0x${address[2]}`) }),
    });
  }
}
