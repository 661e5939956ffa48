/**
 * Exact totals are what a count over the stacks gives: of perf, DTrace, folded stacks and hprof, each read here a
 * second time, as plainly as can be.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { convert, root } from './support.ts';

/** Names, root first, and what the stack counts. */
type Stack = [names: string[], weight: number];

/** Values by function, and by `caller>callee`. */
interface Figures {
  self: Record<string, number>;
  total: Record<string, number>;
  arcs: Record<string, number>;
}

const withoutOffset = (symbol: string) => symbol.replace(/\+0x[0-9a-f]+$/, '');

const READERS: Record<string, (text: string, metric?: string) => Stack[]> = {
  folded: (text) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.replace(/ \d+$/, '').split(';'), Number(/\d+$/.exec(line)![0])]),

  dtrace(text) {
    const stacks: Stack[] = [];
    let names: string[] = [];
    for (const line of text
      .split('\n')
      .slice(2)
      .map((each) => each.trim())) {
      if (/^\d+$/.test(line)) {
        stacks.push([names.reverse(), Number(line)]);
        names = [];
      } else if (line !== '') names.push(withoutOffset(line.replace(/.*`/, '')));
    }
    return stacks;
  },

  /** One event; a sample counts its period if these differ. */
  perf(text, metric = 'cycles') {
    const samples = text
      .replace(/^#.*\n/gm, '')
      .trim()
      .split(/\n\n+/)
      .map((block) => {
        const [header, ...frames] = block.split('\n');
        const [, period, event] = /(\d+) +(\S+): *$/.exec(header!)!;
        const names = frames.map((frame) => withoutOffset(/^\s+[0-9a-f]+ (.*) \(/.exec(frame)![1]!));
        return { event, period: Number(period), names: names.reverse() };
      });
    const shown = samples.filter(({ event }) => event === metric);
    const differ = shown.some(({ period }) => period !== shown[0]!.period);
    return shown.map(({ names, period }): Stack => [names, differ ? period : 1]);
  },

  hprof(text) {
    const traces = new Map<string, string[]>();
    for (const [, id, frames] of text.matchAll(/^TRACE (\d+):.*\n((?:\t.*\n)*)/gm)) {
      const names = frames!
        .trim()
        .split('\n')
        .map((frame) => frame.trim().replace(/\([^()]*\)$/, ''));
      traces.set(id!, names.reverse());
    }
    const rows = text.matchAll(/^ *\d+ +\S+% +\S+% +(\d+) +(\d+) /gm);
    return Array.from(rows, ([, count, id]): Stack => [traces.get(id!)!, Number(count)]);
  },
};

/** The other way round: random stacks in the words of each format. */
const WRITERS: Record<string, (stacks: Stack[]) => string> = {
  folded: (stacks) => stacks.map(([names, count]) => `${names.join(';')} ${count}\n`).join(''),
  dtrace: (stacks) =>
    `CPU ID FUNCTION:NAME\n 1 2 :tick\n\n${stacks
      .map(
        ([names, count]) =>
          `${names
            .toReversed()
            .map((f) => `    m\`${f}+0x1\n`)
            .join('')}    ${count}\n\n`,
      )
      .join('')}`,
  perf: (stacks) =>
    stacks
      .map(([names, count], i) => {
        const frames = names.toReversed().map((name) => `\t  40115${i % 10} ${name}+0x1 (/a)\n`);
        return `p 7 1.00000${i % 10}: ${count} cycles: \n${frames.join('')}\n`;
      })
      .join(''),
  hprof(stacks) {
    const traces = stacks.map(([names], i) => {
      const frames = names.toReversed().map((name) => `\t${name}(X.java:1)\n`);
      return `TRACE ${i}:\n${frames.join('')}`;
    });
    const rows = stacks.map(([, count], i) => `${i + 1} 1.00% 1.00% ${count} ${i} x\n`);
    return `${traces.join('')}CPU SAMPLES BEGIN (total = 9) now\nrank self accum count trace method\n${rows.join('')}CPU SAMPLES END\n`;
  },
};

/** Each stack counts once for a function that is in it, and once for a call that is in it. */
function counted(stacks: Stack[]): Figures {
  const figures: Figures = { self: {}, total: {}, arcs: {} };
  const add = (to: Record<string, number>, key: string, weight: number) => {
    to[key] = (to[key] ?? 0) + weight;
  };
  for (const [names, weight] of stacks) {
    for (const name of new Set(names)) {
      add(figures.total, name, weight);
      add(figures.self, name, name === names.at(-1) ? weight : 0);
    }
    const calls = names.slice(1).map((name, i) => `${names[i]}>${name}`);
    for (const call of new Set(calls)) add(figures.arcs, call, weight);
  }
  return figures;
}

/** What the graph says that is written by default, but for its thresholds. */
async function written(text: string, format: string, metric?: string): Promise<Figures> {
  const options = { json: { content: 'graph' } };
  const transforms = { nodeThres: 0, edgeThres: 0, ...(metric !== undefined && { metric }) };
  const graph = JSON.parse(
    (await convert(Buffer.from(text), 'json', { format, options, transforms })).toString(),
  );
  const { nodes, frames, functions, arcs, meta } = graph;
  const m: number = meta?.defaultMetric ?? 0;
  const names: string[] = nodes.frame.map((frame: number) => functions[frames[frame].function].name);
  assert.equal(new Set(names).size, names.length, 'names tell functions apart');
  // What other metrics alone know has a total of 0.
  const known = names.map((name, n) => ({ name, n })).filter(({ n }) => nodes.total[m][n] !== 0);
  const calls = arcs.total[m].map((total: number, a: number) => [
    `${names[arcs.caller[a]]}>${names[arcs.callee[a]]}`,
    total,
  ]);
  return {
    self: Object.fromEntries(known.map(({ name, n }) => [name, nodes.self[m][n]])),
    total: Object.fromEntries(known.map(({ name, n }) => [name, nodes.total[m][n]])),
    arcs: Object.fromEntries(calls.filter(([, total]: [string, number]) => total !== 0)),
  };
}

const CASES = [
  'folded/basic',
  'folded/excimer',
  'dtrace/basic',
  'perf/events cpu-clock',
  'perf/events page-faults',
  'hprof/samples',
];

describe('totals of what real profilers wrote', () => {
  for (const each of CASES) {
    test(each, async () => {
      const [name, metric] = each.split(' ');
      const directory = join(root, 'fixtures', name!);
      const input = readdirSync(directory).find((file) => file.startsWith('input.'))!;
      const text = readFileSync(join(directory, input), 'utf8');
      const format = each.split('/')[0]!;
      const stacks = READERS[format]!(text, metric);
      assert.ok(stacks.some(([names]) => names.length > 2));
      assert.deepEqual(await written(text, format, metric), counted(stacks));
    });
  }
});

describe('totals of random recursion', () => {
  const stack = fc.tuple(
    fc.array(fc.constantFrom('f', 'g', 'h', 'main'), { minLength: 1, maxLength: 9 }),
    fc.integer({ min: 1, max: 1000 }),
  ) as fc.Arbitrary<Stack>;
  for (const [format, write] of Object.entries(WRITERS)) {
    test(format, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(stack, { minLength: 1, maxLength: 12 }), async (stacks) => {
          const text = write(stacks);
          const expected = counted(READERS[format]!(text));
          assert.deepEqual(await written(text, format), expected);
          // The reader of this test is not wrong in the same way.
          const equal = format === 'perf' && new Set(stacks.map(([, count]) => count)).size === 1;
          assert.deepEqual(expected, counted(stacks.map(([names, count]) => [names, equal ? 1 : count])));
        }),
        { numRuns: 30 },
      );
    });
  }
});
