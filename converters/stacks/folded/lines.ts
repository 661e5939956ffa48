/** What a line looks like: as much as both the probe and the reader go by. */
import type { Head, Metric } from '../../../src/plugin.ts';

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

/** Lines with so many counts at their end. */
export function linesWith(counts: number): NumbersAtEnd {
  // One blank in front is enough: more of them would be tried over and over in a long run of blanks.
  return new NumbersAtEnd(
    (number) => `[ \\t](${number})${`[ \\t]+(${number})`.repeat(counts - 1)}${String.raw`\s*$`}`,
  );
}

export const LINE: NumbersAtEnd = linesWith(1);

/** `samples/count cpu/nanoseconds`: what the counts are, as pprofutils says it in the first line. */
const HEADER = /^(?:stack )?[\w.-]+\/[\w.-]+(?: [\w.-]+\/[\w.-]+)*$/;
/** What else might be a stack without a count, as `usr/bin`, needs a unit. */
const UNITS = /\/(?:count|samples|objects|bytes|(?:nano|micro|milli)?seconds)$/;
/** More are none of pprof's. */
const MAX_METRICS = 64;

/** What the counts at the ends of the lines are, as the first of these says; undefined = it is no header. */
export function headerOf([first = '', ...rest]: string[]): Metric[] | undefined {
  const text = first.trimEnd();
  if (!HEADER.test(text) || !UNITS.test(text)) return undefined;
  const metrics = text.split(' ').filter((word) => word !== 'stack');
  if (metrics.length > MAX_METRICS) return undefined;
  const line = linesWith(metrics.length);
  if (rest.length === 0 || rest.filter((each) => line.exec(each)).length < rest.length * 0.9)
    return undefined;
  return metrics.map((metric) => {
    const [name = '', unit = ''] = metric.split('/');
    return { name, unit };
  });
}

/** Up to 500 lines that are neither blank nor comments. */
export function sampleLines(head: Head): string[] {
  const whole = head.whole ? head.lines : head.lines.slice(0, -1);
  const filled = whole.filter((line) => line.trim() !== '').slice(0, 500);
  const stacks = filled.filter((line) => !line.startsWith('#'));
  return stacks.length > 0 ? stacks : filled;
}
