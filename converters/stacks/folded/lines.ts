/** What a line looks like: as much as both the probe and the reader go by. */
import type { Head } from '../../../src/plugin.ts';

const NOT_ASCII = /[^\x00-\x7f]/;

/** As Python reads numbers: `_` between digits. */
function numberOf(digit: string): string {
  const digits = `${digit}+(?:_${digit}+)*`;
  return String.raw`[+\-]?(?:${digits}(?:\.${digit}*)?|\.${digit}+)(?:[eE][+\-]?${digit}+)?`;
}

/** Lines that end in numbers, of the digits of any script: these are many, and looked up only if there may be some. */
export class NumbersAtEnd {
  readonly #pattern: (number: string) => string;
  readonly #ascii: RegExp;
  #any: RegExp | undefined;

  constructor(pattern: (number: string) => string) {
    this.#pattern = pattern;
    this.#ascii = new RegExp(pattern(numberOf(String.raw`\d`)));
  }

  exec(line: string): RegExpExecArray | null {
    const match = this.#ascii.exec(line);
    if (match || !NOT_ASCII.test(line)) return match;
    this.#any ??= new RegExp(this.#pattern(numberOf(String.raw`\p{Nd}`)), 'u');
    return this.#any.exec(line);
  }
}

// One blank in front is enough: more of them would be tried over and over in a long run of blanks.
export const LINE = new NumbersAtEnd((number) => String.raw`[ \t](${number})\s*$`);

/** Up to 500 lines that are neither blank nor comments. */
export function sampleLines(head: Head): string[] {
  const whole = head.whole ? head.lines : head.lines.slice(0, -1);
  const filled = whole.filter((line) => line.trim() !== '').slice(0, 500);
  const stacks = filled.filter((line) => !line.startsWith('#'));
  return stacks.length > 0 ? stacks : filled;
}
