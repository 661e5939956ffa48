/** The lines that tools for timing print, and what each says. */
import { clock, withUnits } from './durations.ts';
import type { Figure } from './figures.ts';

/** The tool, which also names a timing that has no other name. */
export type Tool = 'timeit' | '%timeit' | '%time' | 'time';

export interface Said {
  /** Absent for a remark. */
  tool?: Tool;
  figures?: [Figure, number][];
  /** The command or code. */
  name?: string;
  /** The first line of a timing. */
  first?: true;
  /** Nothing new: it follows from other figures. */
  derived?: true;
}

/** A prompt in front of code, of its output, or of nothing. */
export const PROMPT = /^(?:In ?(?:\[\d+\])?: ?|>>> |\$ )(?:\s*\.\.\.: ?)*/;

const DURATION = String.raw`[\d.,]+(?:e[-+]?\d+)? ?[a-zµμ]+(?: \d+ ?[a-z]+)*`;
const LOOPS = String.raw`[\d,]+ loops?`;
const SECONDS = String.raw`\d+(?:[.,]\d+)?`;
const CLOCK = String.raw`(?:\d+:){0,2}\d+(?:[.,]\d+)?`;

/** GNU time's `-v`: the label of a line, its figure, and how its value is read. */
const VERBOSE: Record<string, [Figure, (text: string) => number]> = {
  'User time (seconds)': ['user', clock],
  'System time (seconds)': ['sys', clock],
  'Elapsed (wall clock) time (h:mm:ss or m:ss)': ['real', clock],
  'Average shared text size (kbytes)': ['average-text', kilobytes],
  'Average unshared data size (kbytes)': ['average-data', kilobytes],
  'Average stack size (kbytes)': ['average-stack', kilobytes],
  'Average total size (kbytes)': ['average-total', kilobytes],
  'Maximum resident set size (kbytes)': ['max-memory', kilobytes],
  'Average resident set size (kbytes)': ['average-memory', kilobytes],
  'Major (requiring I/O) page faults': ['major-faults', Number],
  'Minor (reclaiming a frame) page faults': ['minor-faults', Number],
  'Voluntary context switches': ['voluntary-switches', Number],
  'Involuntary context switches': ['involuntary-switches', Number],
  Swaps: ['swaps', Number],
  'File system inputs': ['inputs', Number],
  'File system outputs': ['outputs', Number],
  'Socket messages sent': ['messages-sent', Number],
  'Socket messages received': ['messages-received', Number],
  'Signals delivered': ['signals', Number],
};
const VERBOSE_LINE = `^([A-Z][A-Za-z():/ ]*?): (${CLOCK})$`;

function kilobytes(text: string): number {
  return Number(text) * 1024;
}

/** How a line is read. */
export interface Rule {
  /** Each such line holds it: where it is missing, the pattern need not be made. */
  word: string;
  /** Of a regular expression. */
  source: string;
  said: (match: string[]) => Said;
  /** Made when it is needed. */
  pattern?: RegExp;
}

const RULES: Rule[] = [
  {
    word: ' best of ',
    source: `^${LOOPS}, best of \\d+: (${DURATION}) per loop$`,
    said: ([, time]) => ({ tool: 'timeit', first: true, figures: [['real', withUnits(time!)]] }),
  },
  {
    word: ' per loop (mean ',
    source: String.raw`^(${DURATION}) (?:±|\+-|\+/-) ${DURATION} per loop \(mean (?:±|\+-|\+/-) std\. dev\. of \d+ runs?, ${LOOPS} each\)$`,
    said: ([, time]) => ({ tool: '%timeit', first: true, figures: [['real', withUnits(time!)]] }),
  },
  {
    word: 'CPU times: user ',
    source: `^CPU times: user (${DURATION}), sys: (${DURATION}), total: ${DURATION}$`,
    said: ([, user, sys]) => ({
      tool: '%time',
      first: true,
      figures: [
        ['user', withUnits(user!)],
        ['sys', withUnits(sys!)],
      ],
    }),
  },
  {
    word: 'CPU times: total: ',
    source: `^CPU times: total: (${DURATION})$`,
    said: ([, cpu]) => ({ tool: '%time', first: true, figures: [['cpu', withUnits(cpu!)]] }),
  },
  {
    word: 'Wall time: ',
    source: `^Wall time: (${DURATION})$`,
    said: ([, real]) => ({ tool: '%time', figures: [['real', withUnits(real!)]] }),
  },
  ...(['real', 'user', 'sys'] as const).flatMap((figure): Rule[] => [
    {
      word: figure,
      source: `^${figure}\\s+(\\d+)m(${SECONDS})s$`,
      said: ([, minutes, seconds]) => shellLine(figure, `${minutes}:${seconds}`),
    },
    {
      word: `${figure} `,
      source: `^${figure} (${SECONDS})$`,
      said: ([, seconds]) => shellLine(figure, seconds!),
    },
  ]),
  {
    word: 'avgtext+',
    source: `^(${SECONDS})user (${SECONDS})system (${CLOCK})elapsed (?:\\d+|\\?)%CPU \\((\\d+)avgtext\\+(\\d+)avgdata (\\d+)maxresident\\)k$`,
    said: ([, user, sys, real, text, data, most]) => ({
      tool: 'time',
      first: true,
      figures: [
        ['real', clock(real!)],
        ['user', clock(user!)],
        ['sys', clock(sys!)],
        ['average-text', kilobytes(text!)],
        ['average-data', kilobytes(data!)],
        ['max-memory', kilobytes(most!)],
      ],
    }),
  },
  {
    word: ')pagefaults ',
    source: String.raw`^(\d+)inputs\+(\d+)outputs \((\d+)major\+(\d+)minor\)pagefaults (\d+)swaps$`,
    said: ([, inputs, outputs, major, minor, swaps]) => ({
      tool: 'time',
      figures: [
        ['inputs', Number(inputs)],
        ['outputs', Number(outputs)],
        ['major-faults', Number(major)],
        ['minor-faults', Number(minor)],
        ['swaps', Number(swaps)],
      ],
    }),
  },
  {
    word: '% cpu ',
    source: `^(.+?) {2}(${SECONDS})s user (${SECONDS})s system \\d+% cpu (${CLOCK}) total$`,
    said: ([, name, user, sys, real]) => ({
      tool: 'time',
      first: true,
      name: name!,
      figures: [
        ['real', clock(real!)],
        ['user', clock(user!)],
        ['sys', clock(sys!)],
      ],
    }),
  },
  {
    word: 'Command being timed: ',
    source: '^Command being timed: "(.*)"$',
    said: ([, name]) => ({ tool: 'time', first: true, name: name! }),
  },
  {
    word: 'Percent of CPU this job got: ',
    source: String.raw`^Percent of CPU this job got: (?:\d+|\?)%$`,
    said: () => ({ tool: 'time', derived: true }),
  },
  {
    word: ': ',
    source: VERBOSE_LINE,
    said: ([, label, value]) => {
      const figure = VERBOSE[label!];
      return figure ? { tool: 'time', figures: [[figure[0], figure[1](value!)]] } : {};
    },
  },
];

function shellLine(figure: 'real' | 'user' | 'sys', time: string): Said {
  const first = figure === 'real' ? { first: true as const } : {};
  return { tool: 'time', ...first, figures: [[figure, clock(time)]] };
}

/** The rules that some line of a text may be read by. */
export function rulesFor(text: string): Rule[] {
  return RULES.filter(({ word }) => text.includes(word));
}

/** What a line of a timing says, without blanks around it; undefined if it is none. */
export function timingIn(line: string, rules: Rule[] = RULES): Said | undefined {
  for (const rule of rules) {
    if (!line.includes(rule.word)) continue;
    rule.pattern ??= new RegExp(rule.source);
    const match = rule.pattern.exec(line);
    const found = match && rule.said(match);
    if (found?.tool && (found.figures ?? []).every(([, value]) => Number.isFinite(value))) return found;
  }
  return undefined;
}
