/** Ways to break a file, the same at each run. */

/** Gives an integer below `n`. */
export type Dice = (n: number) => number;

/** Dice that a text decides on (Mulberry32). */
export function diceOf(text: string): Dice {
  let state = 0;
  for (const character of text) state = (Math.imul(state, 31) + character.codePointAt(0)!) | 0;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

/** What stands where a number should. */
export const NUMBERS = [
  '-1',
  '0',
  '1e308',
  '1e999',
  'NaN',
  '-0.5',
  '2147483648',
  '4294967296',
  '9007199254740993',
  '18446744073709551616',
  '1'.repeat(400),
  '0x',
  '',
  '+',
  'null',
  '"',
];

export function spliced(bytes: Buffer, from: number, to: number, ...middle: Uint8Array[]): Buffer {
  return Buffer.concat([bytes.subarray(0, from), ...middle, bytes.subarray(to)]);
}

/** Breaks bytes that are not empty; parts of `other` may come into them. */
type Mutation = (bytes: Buffer, dice: Dice, other: Buffer) => Buffer;

const MUTATIONS: Record<string, Mutation> = {
  flip(bytes, dice) {
    const copy = Buffer.from(bytes);
    for (let n = 1 + dice(4); n > 0; n--) copy[dice(copy.length)]! ^= 1 << dice(8);
    return copy;
  },
  overwrite(bytes, dice) {
    const copy = Buffer.from(bytes);
    for (let n = 1 + dice(3); n > 0; n--)
      copy[dice(copy.length)] = [0, 0xff, 0x80, 10, 32, 34, dice(256)][dice(7)]!;
    return copy;
  },
  truncate: (bytes, dice) => bytes.subarray(0, dice(bytes.length)),
  behead: (bytes, dice) => bytes.subarray(dice(bytes.length)),
  remove(bytes, dice) {
    const from = dice(bytes.length);
    return spliced(bytes, from, from + 1 + dice(dice(2) ? 8 : bytes.length - from));
  },
  repeat(bytes, dice) {
    const from = dice(bytes.length);
    const chunk = bytes.subarray(from, from + 1 + dice(64));
    return spliced(bytes, from, from, ...new Array(1 + dice(20)).fill(chunk));
  },
  splice(bytes, dice, other) {
    const from = dice(bytes.length);
    const start = dice(other.length);
    return spliced(bytes, from, from + dice(64), other.subarray(start, start + dice(400)));
  },
  number(bytes, dice) {
    const found = [...bytes.toString('latin1').matchAll(/\d+/g)];
    if (found.length === 0) return MUTATIONS['overwrite']!(bytes, dice, bytes);
    const { 0: digits, index } = found[dice(found.length)]!;
    return spliced(bytes, index, index + digits.length, Buffer.from(NUMBERS[dice(NUMBERS.length)]!));
  },
  line(bytes, dice) {
    const lines = bytes.toString('latin1').split('\n');
    const line = lines.splice(dice(lines.length), 1);
    lines.splice(dice(lines.length + 1), 0, ...line, ...(dice(2) ? line : []));
    return Buffer.from(lines.join('\n'), 'latin1');
  },
  /** Two words of the same kind change places. */
  swap(bytes, dice) {
    const text = bytes.toString('latin1');
    const found = [...text.matchAll(dice(2) ? /\w+/g : /[^\w\s]+/g)];
    if (found.length < 2) return MUTATIONS['flip']!(bytes, dice, bytes);
    const first = dice(found.length - 1);
    const [a, b] = [found[first]!, found[first + 1 + dice(found.length - 1 - first)]!];
    const between = text.slice(a.index + a[0].length, b.index);
    const swapped = `${text.slice(0, a.index)}${b[0]}${between}${a[0]}${text.slice(b.index + b[0].length)}`;
    return Buffer.from(swapped, 'latin1');
  },
};
const NAMES = Object.keys(MUTATIONS);

/** Breaks the bytes in one to three ways, and says how. */
export function mutated(bytes: Buffer, dice: Dice, other: Buffer): { mutant: Buffer; how: string } {
  let mutant = bytes;
  const how: string[] = [];
  for (let n = 1 + dice(3); n > 0 && mutant.length > 0; n--) {
    const name = NAMES[dice(NAMES.length)]!;
    how.push(name);
    mutant = MUTATIONS[name]!(mutant, dice, other);
  }
  return { mutant, how: how.join(' ') };
}
