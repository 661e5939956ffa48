/**
 * The text that `perf script` prints: a header line for each sample, its stack below it, a blank line.
 *
 * Written by Linux perf, and in the same manner by simpleperf and others.
 * Spec: https://man7.org/linux/man-pages/man1/perf-script.1.html
 * The surprise: what a header holds depends on what was recorded and asked for, and nothing in it says which
 * parts are there.
 */
import * as z from 'zod/mini';
import {
  defineFormat,
  type Head,
  type OptionsOf,
  option,
  type Profile,
  type Source,
} from '../../src/plugin.ts';

const options = () =>
  z.object({
    weight: option(z._default(z.enum(['auto', 'samples', 'period', 'time']), 'auto'), {
      help: 'what a sample counts: one, its period, or the time to the next one of its thread; auto: periods that differ',
      value: 'WHAT',
    }),
    events: option(z._default(z.enum(['apart', 'together']), 'apart'), {
      help: 'a metric for each event, or one for all of them',
      value: 'HOW',
    }),
    unknown: option(z._default(z.enum(['object', 'address']), 'object'), {
      help: 'what functions without a symbol are named after',
      value: 'WHAT',
    }),
    parens: option(z._default(z.enum(['known', 'last']), 'known'), {
      help: '(inlined) and (deleted) are understood, or the last parenthesis holds the object, named without its path',
      value: 'HOW',
    }),
    empty: option(z._default(z.enum(['keep', 'drop']), 'keep'), {
      help: 'what becomes of samples without a stack',
      value: 'HOW',
    }),
    marks: option(z._default(z.boolean(), false), {
      help: 'mark functions of the kernel `_[k]`, compiled at run time `_[j]`, and inlined `_[i]`',
    }),
  });

export const perf = defineFormat({
  name: 'perf',
  aliases: ['perf-script'],
  title: 'perf script (Linux perf, simpleperf)',
  extensions: ['perf', 'perf.txt', 'linux-perf.txt'],
  spec: 'https://man7.org/linux/man-pages/man1/perf-script.1.html',
  parser: {
    raw: [
      {
        begins: 'PERFILE2',
        hint: 'it is what perf record writes: `perf script -i perf.data > out.perf` makes a text of it',
      },
    ],
    options,
    probe,
    parse,
  },
});

const WHO = String.raw`(?:-?\d+\/)?-?\d+\s+(?:\[\d+\]\s+)?(?:[A-Za-z.][A-Za-z0-9.]*\s+){0,2}`;
const DATE = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\s+`;
const TIMED = new RegExp(String.raw`^\s*(?:(?:\S.*?\s+)?${WHO})?(?:${DATE})?\d+\.\d{6,9}:(?:\s|$)`);
const UNTIMED = new RegExp(
  String.raw`^\s*(?:(?:(?:\S.*?\s+)?${WHO}|\[\d+\]\s+)(?:\d+\s+)?)?[a-z][\w./,=-]*(?::[\w/]+)*:(?:\s|$)`,
  'i',
);
const FRAME = /^\s*[0-9a-f]{1,16}\s+\S.*\(.*\)\s*$/;
const BARE_FRAME = /^\t\s*[0-9a-f]{1,16}(?:\s+\S.*)?$/;

/** What `+srcline` asks for: the place of the frame above. */
const PLACE = /^\s+\S.*:(?:\d+|\?)(?: \(.*\))?\s*$/;

/** Both ends of a long line. */
function ends(line: string): string {
  return line.length > 400 ? `${line.slice(0, 300)} ${line.slice(-100)}` : line;
}

/** A header and a frame below it, or frames on headers. */
function probe(head: Head): number {
  const lines = head.lines
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .slice(0, 400)
    .map(ends);
  const captured = head.lines.slice(0, 200).some((line) => /^# (cmdline|perf version) : /.test(line));
  // Any header has a colon.
  if (!captured && !lines.some((line) => line.includes(':'))) return 0;
  let [headers, frames, below, others] = [0, 0, 0, 0];
  let afterHeader = false;
  for (const line of lines) {
    const isFrame = FRAME.test(line) || BARE_FRAME.test(line);
    const isHeader = !isFrame && (TIMED.test(line) || UNTIMED.test(line));
    const isBoth = TIMED.test(line) && line.endsWith(')');
    if (isHeader || isBoth) headers++;
    else if (isFrame) frames++;
    else if (!PLACE.test(line)) others++;
    if (isFrame && afterHeader) below++;
    afterHeader = isHeader;
  }
  if (captured) return headers > 0 || lines.length === 0 ? 0.97 : 0.6;
  if (headers === 0 || others > frames + headers) return 0;
  const timed = lines.some((line) => TIMED.test(line));
  if (below > 0) return timed ? 0.95 : 0.9;
  return timed && headers > frames + others ? 0.85 : 0;
}

async function parse(source: Source, settings: OptionsOf<typeof options>): Promise<Profile> {
  const { RecordReader } = await import('./perf/read.ts');
  return new RecordReader(source, settings).read();
}
