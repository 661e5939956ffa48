/**
 * The widths of the built-in font, Arimo: the same as Arial's, which Graphviz has for ASCII only.
 * Spec: https://learn.microsoft.com/typography/opentype/spec/otff
 * The surprise: Graphviz takes each UTF-8 byte of any other character for one of 0.278 em.
 */
import { packageFile } from '../../../src/plugin.ts';

/** Characters that the font lacks come from another: in CJK fonts they are this wide (em), and hardly ever wider. */
const MISSING = 1;

export class Font {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #tables = new Map<string, number>();
  readonly #unitsPerEm: number;
  readonly #metricCount: number;
  readonly #cmap: number;

  /** Reads a TrueType font that has a Unicode character map of format 4, as all common ones do. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#view = view;
    for (let t = 0; t < view.getUint16(4); t++) {
      const at = 12 + 16 * t;
      this.#tables.set(new TextDecoder().decode(bytes.subarray(at, at + 4)), view.getUint32(at + 8));
    }
    this.#unitsPerEm = view.getUint16(this.#table('head') + 18);
    this.#metricCount = view.getUint16(this.#table('hhea') + 34);
    this.#cmap = this.#characterMap();
  }

  /** Width of a text in em. */
  width(text: string): number {
    let units = 0;
    for (const character of text) {
      const glyph = this.#glyph(character.codePointAt(0)!);
      const metric = Math.min(glyph, this.#metricCount - 1);
      units +=
        glyph === 0 ? MISSING * this.#unitsPerEm : this.#view.getUint16(this.#table('hmtx') + 4 * metric);
    }
    return units / this.#unitsPerEm;
  }

  /** True if the font has a glyph for every character; line breaks need none. */
  hasAll(text: string): boolean {
    for (const character of new Set(text)) {
      if (character >= ' ' && this.#glyph(character.codePointAt(0)!) === 0) return false;
    }
    return true;
  }

  #table(tag: string): number {
    const at = this.#tables.get(tag);
    if (at === undefined) throw new Error(`the font has no table ${tag}`);
    return at;
  }

  #characterMap(): number {
    const cmap = this.#table('cmap');
    for (let t = 0; t < this.#view.getUint16(cmap + 2); t++) {
      const at = cmap + this.#view.getUint32(cmap + 8 + 8 * t);
      if (this.#view.getUint16(at) === 4) return at;
    }
    throw new Error('the font has no character map of format 4');
  }

  /** Index of the glyph; 0 = none. */
  #glyph(code: number): number {
    const view = this.#view;
    const segments = view.getUint16(this.#cmap + 6);
    const ends = this.#cmap + 14;
    for (let s = 0; s < segments; s += 2) {
      if (code > view.getUint16(ends + s)) continue;
      const starts = ends + segments + 2;
      const start = view.getUint16(starts + s);
      if (code < start) return 0;
      const delta = view.getUint16(starts + segments + s);
      const offsetAt = starts + 2 * segments + s;
      const offset = view.getUint16(offsetAt);
      if (offset === 0) return (code + delta) & 0xffff;
      const glyph = view.getUint16(offsetAt + offset + 2 * (code - start));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  }
}

let arimo: Promise<Font> | undefined;

/** Arimo Regular (SIL Open Font License), read once. */
export function builtinFont(): Promise<Font> {
  arimo ??= packageFile('@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf').then(
    (bytes) => new Font(bytes),
  );
  return arimo;
}
