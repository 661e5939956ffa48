/** The first lines of an input, as the probes of texts look at them. */
import type { Head } from '../../src/plugin.ts';

const COUNT = /[ \t]\d+$/;
/** Lines that a probe looks at. */
const SAMPLE = 200;

/** The first lines that hold more than blanks, without one that is cut off. */
export function firstLines({ lines, whole }: Head): string[] {
  const end = whole ? lines.length : lines.length - 1;
  const found: string[] = [];
  for (let i = 0; i < end && found.length < SAMPLE; i++) {
    const line = lines[i]!.trimEnd();
    if (line !== '') found.push(line);
  }
  return found;
}

/** The frames of the first lines, line by line; none unless most of the lines end in a count. */
export function firstStacks(head: Head): string[][] {
  const lines = firstLines(head);
  const stacks = lines.filter((line) => COUNT.test(line));
  if (stacks.length < lines.length * 0.8) return [];
  return stacks.map((line) => line.slice(0, line.search(COUNT)).trimEnd().split(';'));
}
