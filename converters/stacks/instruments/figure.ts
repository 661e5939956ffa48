/** Figures as Instruments prints them for people: `2.45 s  49.7%`, `846.00 ms`, `1,204`, `6.38 MB`, `1.20 Gc`. */
import type { Metric } from '../../../src/plugin.ts';

const SPACE = 32;
const PERCENT = 37;
const COMMA = 44;
const DOT = 46;
const ZERO = 48;
/** So many digits make an exact number. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, i) => 10 ** i);

export type Kind = 'time' | 'bytes' | 'cycles' | 'count';

/** The unit in which values of a kind are kept. */
export const UNIT_OF: Record<Kind, Metric['unit']> = {
  time: 'nanoseconds',
  bytes: 'bytes',
  cycles: 'cycles',
  count: 'count',
};

interface Unit {
  kind: Kind;
  scale: number;
  bytes: Uint8Array;
}

const encoder = new TextEncoder();

const SCALES: [Kind, Record<string, number>][] = [
  ['time', { ms: 1e6, s: 1e9, min: 6e10, h: 36e11, hr: 36e11, us: 1e3, µs: 1e3, μs: 1e3, ns: 1 }],
  ['bytes', { Bytes: 1, Byte: 1, B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 }],
  ['bytes', { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 }],
  ['cycles', { cycles: 1, c: 1, Kc: 1e3, Mc: 1e6, Gc: 1e9, Tc: 1e12 }],
  ['count', { '': 1, samples: 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 }],
];

const UNITS: Unit[] = SCALES.flatMap(([kind, scales]) =>
  Object.entries(scales).map(([name, scale]) => ({ kind, scale, bytes: encoder.encode(name) })),
);

/** What is in a cell. */
export class Figure {
  value = 0;
  /** How far the value may be from what was rounded. */
  slack = 0;
  kind: Kind = 'count';
  #unit = UNITS[0]!;

  /** Reads `bytes[start … end]`; false if it is no figure. `unit`: the one if it names none. */
  read(bytes: Uint8Array, start: number, end: number, unit: string): boolean {
    let at = passBlanks(bytes, start, end);
    let digits = 0;
    let count = 0;
    let decimals = -1;
    for (; at < end; at++) {
      const byte = bytes[at]!;
      if (byte >= ZERO && byte <= ZERO + 9) {
        digits = digits * 10 + byte - ZERO;
        count++;
        if (decimals >= 0) decimals++;
      } else if (isGroup(bytes, at, end)) continue;
      else if ((byte === DOT || byte === COMMA) && decimals < 0 && count > 0) decimals = 0;
      else break;
    }
    if (count === 0 || count > EXACT_DIGITS) return false;
    at = passBlanks(bytes, at, end);
    let to = at;
    while (to < end && widthOfBlank(bytes, to) === 0 && !isFigure(bytes[to]!)) to++;
    // A percentage alone is none.
    if (to === at && bytes[at] === PERCENT && at < end) return false;
    const known = to === at ? this.#named(encoder.encode(unit)) : this.#find(bytes, at, to);
    if (!known) return false;
    const power = POWERS_OF_TEN[Math.max(decimals, 0)]!;
    const { scale } = this.#unit;
    const value = (digits * scale) / power;
    this.value = this.#unit.kind === 'bytes' ? Math.round(value) : value;
    this.slack = digits > 0 && (decimals > 0 || scale > 1) ? scale / power / 2 : 0;
    this.kind = this.#unit.kind;
    return true;
  }

  #named(unit: Uint8Array): boolean {
    return this.#find(unit, 0, unit.length);
  }

  /** The unit of most cells is that of the cell before. */
  #find(bytes: Uint8Array, start: number, end: number): boolean {
    if (isAt(this.#unit, bytes, start, end)) return true;
    const unit = UNITS.find((each) => isAt(each, bytes, start, end));
    if (unit) this.#unit = unit;
    return unit !== undefined;
  }
}

function isAt(unit: Unit, bytes: Uint8Array, start: number, end: number): boolean {
  const name = unit.bytes;
  if (end - start !== name.length) return false;
  for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name[i]) return false;
  return true;
}

/** Three digits and no more behind a comma, or behind a dot if a comma follows them. */
function isGroup(bytes: Uint8Array, mark: number, end: number): boolean {
  if (bytes[mark] !== COMMA && bytes[mark] !== DOT) return false;
  let at = mark + 1;
  while (at < end && isDigit(bytes[at]!)) at++;
  return at - mark === 4 && (bytes[mark] === COMMA || (at < end && bytes[at] === COMMA));
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}

/** Where the percentage begins that stands behind a figure without a unit. */
function isFigure(byte: number): boolean {
  return isDigit(byte) || byte === PERCENT;
}

function passBlanks(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  for (;;) {
    const width = at < end ? widthOfBlank(bytes, at) : 0;
    if (width === 0) return at;
    at += width;
  }
}

/** Blanks are also the wide one of figures (U+2007), and those that do not break (U+00A0, U+202F). 0 = it is none. */
function widthOfBlank(bytes: Uint8Array, at: number): number {
  const byte = bytes[at]!;
  if (byte === SPACE) return 1;
  if (byte === 0xc2 && bytes[at + 1] === 0xa0) return 2;
  if (byte === 0xe2 && bytes[at + 1] === 0x80 && (bytes[at + 2] === 0x87 || bytes[at + 2] === 0xaf)) return 3;
  return 0;
}
