/** What a line looks like: as much as both the probe and the reader go by. */
import type { Head } from '../../../src/plugin.ts';

/** As Python reads numbers: digits of any script, `_` between them. */
const DIGITS = String.raw`\p{Nd}+(?:_\p{Nd}+)*`;
export const NUMBER = String.raw`[+\-]?(?:${DIGITS}(?:\.\p{Nd}*)?|\.\p{Nd}+)(?:[eE][+\-]?\p{Nd}+)?`;
// One blank in front is enough: more of them would be tried over and over in a long run of blanks.
export const LINE = new RegExp(String.raw`[ \t](${NUMBER})\s*$`, 'u');

/** Up to 500 lines that are neither blank nor comments. */
export function sampleLines(head: Head): string[] {
  const whole = head.whole ? head.lines : head.lines.slice(0, -1);
  const filled = whole.filter((line) => line.trim() !== '').slice(0, 500);
  const stacks = filled.filter((line) => !line.startsWith('#'));
  return stacks.length > 0 ? stacks : filled;
}
