/** Differences: the laws of subtraction, percentages and colours as pprof has them. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { builtin } from '../src/builtin.ts';
import { checkProfile } from '../src/check.ts';
import { sumOf } from '../src/columns.ts';
import { Combination } from '../src/combine.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import { type Base, difference } from '../src/difference.ts';
import { growthText } from '../src/growth.ts';
import { changeGraph, write } from '../src/pipeline.ts';
import type { Column, Profile } from '../src/profile.ts';
import type { TransformOptions } from '../src/transform-options.ts';
import { coarsen } from '../src/transforms/coarsen.ts';
import { merge } from '../src/transforms/merge.ts';
import { splitGraph, splitMetrics, splitTree } from '../src/transforms/split-changes.ts';
import { profiles } from './profiles.ts';
import { asStacks, asTree, HUGE, SMALL, type Stack, stacks } from './stacks.ts';
import { needs, printed, readProfile, root } from './support.ts';

const asGraph = (list: Stack[]): Profile =>
  coarsen(asTree(list), { lines: true, arcTotals: 'outermost', arcSelf: true });

/** Stacks that come to something, so that nothing of them is left out as a zero. */
const some = fc
  .oneof(stacks([SMALL]), stacks([HUGE]))
  .map((list) => list.map((stack) => ({ ...stack, values: stack.values.map((value) => value + 1n) })));

function minus(profile: Profile, other: Profile, more: Partial<Base> = {}): Profile {
  return difference(profile, { profile: other, shareOf: 'change', ...more }, new Diagnostics());
}

/** Selves, totals and arcs of the call graph by name; of a split profile, what has grown less what has shrunk. */
function figuresOf(profile: Profile, isSplit: boolean): Record<string, unknown[]> {
  const { nodes, arcs, functions, frames, metrics } = coarsen(profile, {
    by: 'functions',
    arcTotals: 'outermost',
  });
  const [grown, shrunk] = splitMetrics(0);
  assert.ok(!isSplit || metrics[shrunk]!.name.endsWith(' shrunk'));
  const value = (columns: Column[], at: number) =>
    BigInt(columns[grown]![at]!) - (isSplit ? BigInt(columns[shrunk]![at]!) : 0n);
  const name = (n: number) => functions.name[frames.func[nodes.frame[n]!]!]!;
  const rows = Array.from(nodes.frame, (_, n) => [name(n), [value(nodes.self, n), value(nodes.total, n)]]);
  for (const [a, caller] of arcs!.caller.entries())
    rows.push([`${name(caller)} -> ${name(arcs!.callee[a]!)}`, [value(arcs!.total, a)]]);
  return Object.fromEntries(rows);
}

describe('laws', () => {
  test('a profile less itself is nothing', () => {
    fc.assert(
      fc.property(profiles, (profile) => {
        fc.pre(new Set(profile.metrics.map(({ name }) => name)).size === profile.metrics.length);
        fc.pre(profile.arcs === undefined);
        const nothing = minus(profile, profile);
        assert.deepEqual(checkProfile(nothing), []);
        assert.deepEqual(
          { nodes: nothing.nodes.length, samples: nothing.samples?.length ?? 0 },
          { nodes: 0, samples: 0 },
        );
        assert.ok(nothing.whole!.sum.every((sum) => Number(sum) === 0));
      }),
    );
  });
  for (const [form, make] of [
    ['lists of stacks', asStacks],
    ['call graphs', asGraph],
  ] as const) {
    test(`the difference and the base add up to the profile: ${form}`, () => {
      fc.assert(
        fc.property(some, some, (a, b) => {
          fc.pre(a[0]!.values.length === b[0]!.values.length);
          const [profile, base] = [make(a), make(b)];
          const change = minus(profile, base);
          assert.deepEqual(checkProfile(change), []);
          // What only the base has comes to nothing in the sum.
          const both = merge([change, base]);
          const left = minus(both, profile);
          assert.deepEqual([left.nodes.length, left.arcs?.length ?? 0], [0, 0]);
          assert.equal(
            BigInt(sumOf(change.nodes.self[0]!)),
            BigInt(sumOf(profile.nodes.self[0]!)) - BigInt(sumOf(base.nodes.self[0]!)),
          );
        }),
      );
    });
  }
  test('what has grown less what has shrunk is the difference', () => {
    fc.assert(
      fc.property(some, some, fc.boolean(), (a, b, isGraph) => {
        fc.pre(a[0]!.values.length === b[0]!.values.length);
        const make = isGraph ? asGraph : asStacks;
        const change = minus(make(a), make(b));
        const split = isGraph
          ? splitGraph(coarsen(change, { by: 'functions' }))
          : splitTree(change, 'functions');
        assert.deepEqual(checkProfile(split), []);
        assert.deepEqual(figuresOf(split, true), figuresOf(change, false));
      }),
    );
  });
  test('scaled to its base, a profile sums up to as much', () => {
    fc.assert(
      fc.property(some, some, (a, b) => {
        const change = minus(asStacks(a), asStacks(b), { normalize: true });
        const sum = Number(sumOf(change.nodes.self[0]!));
        assert.ok(Math.abs(sum) <= 1e-9 * Number(sumOf(asStacks(b).nodes.self[0]!)));
      }),
    );
  });
});

const BEFORE = 'main;parse;read 42\nmain;parse 8\nmain;render 50\nmain;gone 10\n';
const AFTER = 'main;parse;read 62\nmain;parse 8\nmain;render 30\nmain;new 5\n';
const CALLGRIND = 'events: samples\nfn=main\n1 2\ncfn=parse\ncalls=3 1\n1 50\nfn=parse\n1 50\n';

const read = (lines: string) => readProfile(Buffer.from(lines));

async function written(
  before: string,
  after: string,
  to: string,
  more: Partial<Base> = {},
): Promise<{ text: string; told: string }> {
  const diagnostics = new Diagnostics();
  const base: Base = { profile: await read(before), shareOf: 'change', ...more };
  let out = '';
  await write(await read(after), builtin.get(to, 'emitter'), { diagnostics, base }, (bytes) => {
    out += Buffer.from(bytes).toString();
  });
  return { text: out, told: printed(diagnostics) };
}

async function bytesOf(profile: Profile, to: string, base?: Base): Promise<{ bytes: Buffer; told: string }> {
  const diagnostics = new Diagnostics();
  const pieces: Uint8Array[] = [];
  await write(profile, builtin.get(to, 'emitter'), { diagnostics, base }, (bytes) => {
    pieces.push(bytes.slice());
  });
  return { bytes: Buffer.concat(pieces), told: printed(diagnostics) };
}

describe('of call graphs, filtered', () => {
  /** `main` calls `f` and `g`. */
  const calls = (main: number, f: number, g: number) =>
    `events: x\nfn=main\n1 ${main}\ncfn=f\ncalls=1 1\n1 ${f}\ncfn=g\ncalls=1 1\n1 ${g}\nfn=f\n1 ${f}\nfn=g\n1 ${g}\n`;

  async function shown(
    before: string,
    after: string,
    transforms: Partial<TransformOptions>,
    to = 'top',
  ): Promise<{ text: string; told: string }> {
    const diagnostics = new Diagnostics();
    const base: Base = { profile: await read(before), shareOf: 'change' };
    let text = '';
    const settings = { diagnostics, base, transforms };
    await write(await read(after), builtin.get(to, 'emitter'), settings, (bytes) => {
      text += Buffer.from(bytes).toString();
    });
    return { text, told: printed(diagnostics) };
  }

  test('percentages are those of the whole change, or of what is left of it', async () => {
    const [before, after] = [calls(10, 20, 170), calls(10, 50, 40)];
    const { text } = await shown(before, after, { focus: 'f' });
    assert.match(text, /percentages of 160\n/);
    assert.match(text, /^ \+30 +18\.75% +18\.75% +\+30 +18\.75% {2}f$/m);
    const { text: relative } = await shown(before, after, { focus: 'f', relativePercentages: true });
    assert.match(relative, /percentages of 30\n/);
  });
  test('growth is found as it is without a filter', async () => {
    const base: Base = { profile: await read(calls(10, 20, 170)), shareOf: 'base' };
    const settings = { transforms: { focus: '.' } };
    const graph = await changeGraph(
      await read(calls(10, 50, 40)),
      base,
      builtin.get('top', 'emitter'),
      settings,
    );
    assert.match(growthText(graph, 0.1), /^grown: f: \+30, 15\.00% of the base$/m);
  });
  test('what comes to nothing hides nothing below it', async () => {
    const { text, told } = await shown(calls(10, 20, 70), calls(10, 50, 40), { focus: 'main' });
    assert.match(text, /^ \+30 +50\.00% .* f$/m);
    assert.match(text, /^ -30 +-50\.00% .* g$/m);
    assert.equal(told, '');
    const { text: traces } = await shown(calls(10, 20, 70), calls(10, 50, 40), {}, 'traces');
    assert.match(traces, /\+30[^\n]* f {2}:1\n *main\n/);
  });
  test('stacks are guessed from each side, not from the change', () => {
    const ascending = stacks([SMALL]).map((list) =>
      list.map(({ places, values }) => ({
        places: [...new Set(places.map(({ func }) => func))].sort().map((func) => ({ func, line: 0 })),
        values,
      })),
    );
    const totals = ({ nodes, frames, functions }: Profile) =>
      new Map(
        Array.from(nodes.frame, (f, n) => [functions.name[frames.func[f]!]!, Number(nodes.total[0]![n])]),
      );
    return fc.assert(
      fc.asyncProperty(ascending, ascending, async (a, b) => {
        const [whole, filtered] = await Promise.all(
          [{}, { focus: '.' }].map(async (transforms) => {
            const base: Base = { profile: asGraph(b), shareOf: 'change' };
            return totals(await changeGraph(asGraph(a), base, builtin.get('top', 'emitter'), { transforms }));
          }),
        );
        for (const [name, total] of whole!)
          assert.ok(Math.abs((filtered!.get(name) ?? 0) - total) < 1e-6, `${name}: ${total}`);
      }),
      { numRuns: 100 },
    );
  });
  test('functions without callers are compared as such', async () => {
    const { arcs: _, ...graph } = coarsen(await read('main;a 5\nmain;b 3\n'));
    const base: Base = { profile: { ...graph, callers: 'none' }, shareOf: 'change' };
    for (const transforms of [{}, { focus: '.' }]) {
      const diagnostics = new Diagnostics();
      let text = '';
      const settings = { diagnostics, base, transforms };
      await write(await read('main;a 5\nmain;b 3\n'), builtin.get('folded', 'emitter'), settings, (bytes) => {
        text += Buffer.from(bytes).toString();
      });
      assert.equal(text, 'a 5 5\nb 3 3\n');
      assert.match(printed(diagnostics), /merge\/lower-rung/);
    }
  });
  test('a base is what it says that it sums up to', async () => {
    const stated = async (main: number, sum: number): Promise<Profile> => {
      const profile = await read(`main;a ${main}\n`);
      return { ...coarsen(profile), whole: { sum: [sum], maxSelf: [sum] } };
    };
    const base: Base = { profile: await stated(1, 10), shareOf: 'base' };
    const settings = { transforms: {} };
    const graph = await changeGraph(await stated(2, 11), base, builtin.get('top', 'emitter'), settings);
    assert.match(growthText(graph, 0.05), /^grown: main: \+1 samples, 10\.00% of the base$/m);
    assert.equal(growthText(graph, 0.15), '');
  });
  test('from a base of 0 anything has grown by more than any part', async () => {
    const base: Base = { profile: await read('main;a 0\n'), shareOf: 'base' };
    const graph = await changeGraph(await read('main;a 5\n'), base, builtin.get('top', 'emitter'), {});
    assert.match(growthText(graph, 9), /^grown: a: \+5 samples, and the base has none$/m);
  });
  test('call ratios know no values below 0', async () => {
    const transforms = { total: 'callratios' as const, nodeThres: 0, edgeThres: 0 };
    const { text, told } = await shown(calls(10, 20, 170), calls(10, 50, 40), transforms, 'dot');
    assert.match(told, /^prof2dot: warning callratios\/difference: /);
    assert.match(text, /\tg \[.*label="g\\n-81\.25%/);
  });
  test('groups may shrink by more than their selves', async () => {
    const inner = (a: number, d: number) =>
      `events: x\nfl=x.c\nfn=a\n1 ${a}\ncfl=y.c\ncfn=d\ncalls=1 1\n1 ${d}\nfl=x.c\nfn=b\n1 1\ncfn=a\ncalls=1 1\n1 ${a + d}\nfl=y.c\nfn=d\n1 ${d}\n`;
    const { text } = await shown(inner(5, 100), inner(10, 20), { granularity: 'files' });
    assert.match(text, /^ +\+5 .* -75 .* x\.c$/m);
  });
});

describe('written', () => {
  test('as text, in parts of the change or of the base', async () => {
    const { text: ofChange } = await written(BEFORE, AFTER, 'top');
    assert.match(ofChange, /^samples: differences, percentages of 55\n/);
    assert.match(ofChange, /^ \+20 +36\.36% +36\.36% +\+20 +36\.36% {2}read$/m);
    assert.match(ofChange, /^ -10 +-18\.18% +-18\.18% +-10 +-18\.18% {2}gone$/m);
    const { text: ofBase } = await written(BEFORE, AFTER, 'top', { shareOf: 'base' });
    assert.match(ofBase, /percentages of 110\n/);
    assert.match(ofBase, /^ {3}0 +0\.00% +-4\.55% +-5 +-4\.55% {2}main$/m);
  });
  test('of a profile with itself: no rows', async () => {
    const { text } = await written(AFTER, AFTER, 'top', { shareOf: 'base' });
    assert.match(text, /\n0 functions with 0 of self, 0\.00% of all\n/);
  });
  for (const to of ['top', 'tree', 'peek', 'traces', 'tags', 'markdown', 'lines']) {
    test(`of nothing there are no parts: ${to}`, async () => {
      const { text, told } = await written(AFTER, AFTER, to);
      assert.match(text, to === 'lines' ? /^Differences: none$/m : /samples: no differences$/m);
      assert.doesNotMatch(text, /\d%/);
      assert.equal(told, '');
    });
  }
  test('from a base of 0: no percentages', async () => {
    const { text } = await written('main 0\n', AFTER, 'top', { shareOf: 'base' });
    assert.match(text, /^samples: differences from a base of 0\n\d+ functions with \+105 of self\n/);
    assert.doesNotMatch(text, /\d%/);
  });
  test('as lines with signs, in parts of the change', async () => {
    const before = 'f (x.py:10) 20\nf (x.py:12) 5\ng (x.py:20) 30\n';
    const after = 'f (x.py:10) 25\nf (x.py:12) 5\ng (x.py:20) 10\nh (x.py:32) 5\n';
    const { text } = await written(before, after, 'lines');
    assert.match(text, /^Differences: percentages of 30$/m);
    assert.deepEqual(text.match(/^(Total|Function|\s+\d).*/gm), [
      'Total samples: -20',
      'Function: g at line ?',
      '    20                    -20             -66.7',
      'Total samples: +5',
      'Function: f at line ?',
      '    10                     +5              16.7',
      'Total samples: +5',
      'Function: h at line ?',
      '    32                     +5              16.7',
    ]);
  });
  test('as tables of pstats with signs, the greatest first', async () => {
    const rows = async (before: string, after: string) => {
      const { text } = await written(before, after, 'pstats-text');
      return text.match(/^.* in .*|.*[a-z]$/gm)!.map((row) => row.trim().replace(/ +/g, ' '));
    };
    assert.deepEqual(await rows(BEFORE, AFTER), [
      'Difference: ? function calls in -5 samples',
      'Ordered by: total',
      '? 0 +20 parse',
      '? +20 +20 read',
      '? -20 -20 render',
      '? -10 -10 gone',
      '? 0 -5 main',
      '? +5 +5 new',
    ]);
    const more = CALLGRIND.replace('calls=3', 'calls=5').replaceAll('1 50', '1 40');
    assert.deepEqual((await rows(CALLGRIND, more)).slice(-2), ['0 0 -10 main', '+2 -10 -10 parse']);
    assert.equal((await rows(CALLGRIND, more))[0], 'Difference: +2 function calls in -10 samples');
    assert.deepEqual(await rows(AFTER, AFTER), ['Difference: 0 function calls in 0 samples']);
  });
  test('without calls that only one of them counts', async () => {
    const { text } = await written(BEFORE, CALLGRIND, 'dot');
    assert.doesNotMatch(text, /×/);
    const more = CALLGRIND.replace('calls=3', 'calls=5').replaceAll('1 50', '1 40');
    const { text: graph } = await written(CALLGRIND, more, 'dot');
    assert.match(graph, /\tmain -> parse \[.* label="-[\d.]+%\\n\+2×"/);
  });
  test('as two columns of folded stacks', async () => {
    const { text: columns, told } = await written(BEFORE, AFTER, 'folded');
    assert.equal(
      columns,
      'main;parse 8 8\nmain;parse;read 42 62\nmain;render 50 30\nmain;new 0 5\nmain;gone 10 0\n',
    );
    assert.equal(told, '');
    const { nodes, metrics } = await read(columns);
    assert.deepEqual(
      metrics.map(({ name }, m) => `${name} ${sumOf(nodes.self[m]!)}`),
      ['base 110', 'samples 105'],
    );
  });
  test('as pprof, whose samples of the base have a label', async () => {
    const label = async (shareOf: Base['shareOf']) => {
      const pieces: Uint8Array[] = [];
      const settings = { diagnostics: new Diagnostics(), base: { profile: await read(BEFORE), shareOf } };
      await write(await read(AFTER), builtin.get('pprof', 'emitter'), settings, (bytes) => {
        pieces.push(bytes.slice());
      });
      const profile = await readProfile(Buffer.concat(pieces));
      const { values, labels } = profile.samples!;
      return Array.from<number | bigint, string>(values[0]!, (value, i) => {
        const set = profile.labelSets[labels?.[i] ?? -1] ?? [];
        return `${value} ${set.map(({ key, value: text }) => `${key}=${text}`).join()}`.trim();
      }).sort();
    };
    assert.deepEqual(await label('change'), ['-10', '-20', '20', '5']);
    const base = ['-10', '-42', '-50', '-8'].map((value) => `${value} pprof::base=true`);
    assert.deepEqual(await label('base'), [...base, '30', '5', '62', '8']);
  });
  test('as a graph with the colours of pprof', async () => {
    const { text: graph } = await written(BEFORE, AFTER, 'dot');
    assert.match(
      graph,
      /\tread \[color="#b22e00", fillcolor="#eddbd5", .*label="read\\n\+36\.36%\\n\(\+36\.36%\)"/,
    );
    assert.match(graph, /\trender \[color="#2eb200", fillcolor="#dbedd5", /);
    assert.match(graph, /\tmain -> gone \[.*color="#51b210", .*label="-18\.18%".*penwidth="0\.73"/);
    assert.match(graph, /\tmain -> new \[.*color="#b28a61", .*label="\+9\.09%"/);
  });
  for (const transforms of [{ nodeThres: 0 }, { nodeThres: 0, edgeThres: 0, nodeCount: 4 }]) {
    test(`as a graph with what changed its callers alone, ${JSON.stringify(transforms)}`, async () => {
      const settings = {
        diagnostics: new Diagnostics(),
        transforms,
        base: { profile: await read('main;a;x 1\nmain;b;x 4\nc 1\n'), shareOf: 'change' } as Base,
      };
      let graph = '';
      await write(
        await read('main;a;x 3\nmain;b;x 2\nc 1\n'),
        builtin.get('dot', 'emitter'),
        settings,
        (bytes) => {
          graph += Buffer.from(bytes).toString();
        },
      );
      assert.match(graph, /\ta -> x \[.* label="\+50\.00%"/);
      assert.match(graph, /\tb -> x \[.* label="-50\.00%"/);
      assert.doesNotMatch(graph, /\tc \[/);
    });
  }
  test('between formats, as far down as both know', async () => {
    const { text: table, told } = await written(CALLGRIND, AFTER, 'top');
    assert.match(told, /^prof2dot: warning merge\/lower-rung: stacks are left out/);
    assert.match(table, /^ -42 .* \+20 .* {2}parse$/m);
  });
  test('for functions that have moved', async () => {
    const [before, after] = ['a (x.py:3) 5\n', 'a (x.py:4) 7\n'];
    assert.match((await written(before, after, 'top')).text, /^ +\+2 +[\d.]+%.* {2}a/m);
  });
  test('as JSON, which is drawn as the difference is', async () => {
    const { text } = await written(BEFORE, AFTER, 'json');
    const stored = await read(text);
    for (const to of ['dot', 'top', 'callgrind', 'speedscope']) {
      let out = '';
      const diagnostics = new Diagnostics();
      await write(stored, builtin.get(to, 'emitter'), { diagnostics }, (bytes) => {
        out += Buffer.from(bytes).toString();
      });
      assert.equal(out, (await written(BEFORE, AFTER, to)).text);
    }
  });
  for (const to of ['json', 'pprof', 'otlp']) {
    test(`as ${to}, whose sum with others is a difference too, in parts of what its parts were of`, async () => {
      const stored = async (shareOf: Base['shareOf'] = 'base') =>
        readProfile((await bytesOf(await read(AFTER), to, { profile: await read(BEFORE), shareOf })).bytes);
      const top = async (...profiles: Profile[]) => {
        const sum = new Combination(new Diagnostics());
        for (const profile of profiles) sum.add(profile);
        const { bytes } = await bytesOf(sum.finish(), 'top');
        return bytes.toString().replaceAll(/ +/g, ' ').split('\n');
      };
      const [heading, , , , first] = await top(await stored(), await stored());
      assert.deepEqual(
        [heading, first],
        ['samples: differences, percentages of 220', ' +40 18.18% 18.18% +40 18.18% read'],
      );
      const mixed = await top(await read(BEFORE), await stored());
      assert.deepEqual(
        [mixed[0], mixed[4]],
        ['samples: differences, percentages of 110', ' +62 56.36% 56.36% +62 56.36% read'],
      );
      const [ofChange] = await top(await stored('change'));
      assert.equal(ofChange, 'samples: differences, percentages of 55');
    });
  }
  test('as JSON, where what has not changed is 0', async () => {
    const { text } = await written('main;same 3\nmain;a 1\n', 'main;same 3\nmain;a 2\n', 'json');
    const functions = JSON.parse(text).functions as { name: string; self: number[]; total: number[] }[];
    assert.deepEqual(
      functions.map(({ name, self, total }) => `${name} ${self} ${total}`),
      ['main 0 1', 'same 0 0', 'a 1 1'],
    );
  });
  test('as JSON, where what was cut off is not known', async () => {
    const base: Base = { profile: await read('main;a 1\nmain;b 9\n'), shareOf: 'change' };
    let text = '';
    const settings = {
      diagnostics: new Diagnostics(),
      base,
      transforms: { nodeThres: 50 },
      options: { json: { content: 'graph' } },
    };
    await write(await read('main;a 2\nmain;b 2\n'), builtin.get('json', 'emitter'), settings, (bytes) => {
      text += Buffer.from(bytes).toString();
    });
    const functions = JSON.parse(text).functions as { name: string; self?: number[] }[];
    assert.deepEqual(
      functions.map(({ name, self }) => `${name} ${self}`),
      ['main 0', 'a undefined', 'b -7'],
    );
  });
  test('and read again, by functions that may have moved', async () => {
    const base: Base = { profile: await read('main (x.py:1);a (x.py:3) 5\n'), shareOf: 'base' };
    const { bytes } = await bytesOf(await read('main (x.py:1);a (x.py:4) 7\n'), 'json', base);
    const table = (await bytesOf(await readProfile(bytes), 'top')).bytes.toString();
    assert.match(table, /^2 functions with \+2 of self/m);
  });
  test('and read again, as two columns of folded stacks: what has shrunk, and what has grown', async () => {
    const base: Base = { profile: await read(BEFORE), shareOf: 'base' };
    const stored = await readProfile((await bytesOf(await read(AFTER), 'json', base)).bytes);
    const { bytes, told } = await bytesOf(stored, 'folded');
    assert.equal(bytes.toString(), 'main;parse;read 0 20\nmain;render 20 0\nmain;new 0 5\nmain;gone 10 0\n');
    assert.match(told, /note difference\/split: the input holds differences only/);
  });
  test('as a file of pstats, with signs', async () => {
    const diagnostics = new Diagnostics();
    const base: Base = { profile: await read(BEFORE), shareOf: 'change' };
    const pieces: Uint8Array[] = [];
    await write(await read(AFTER), builtin.get('pstats', 'emitter'), { diagnostics, base }, (bytes) => {
      pieces.push(bytes.slice());
    });
    assert.match(printed(diagnostics), /note pstats\/below-zero: /);
    const { nodes, functions } = await readProfile(Buffer.concat(pieces));
    const selves = Object.fromEntries(functions.name.map((name, f) => [name, nodes.self[0]![f]]));
    assert.deepEqual(selves, { main: 0, parse: 0, read: 20, render: -20, gone: -10, new: 5 });
  });
  test('as what has grown and what has shrunk where values have no sign', async () => {
    const { text: graph, told } = await written(BEFORE, AFTER, 'callgrind');
    assert.match(told, /note difference\/split: the output holds no values below 0/);
    assert.match(graph, /\nevents: samples_grown samples_shrunk\nsummary: 25 30\n/);
    const { text: stacks } = await written(BEFORE, AFTER, 'speedscope');
    const profiles = JSON.parse(stacks).profiles.map(({ name, weights }: Record<string, unknown>) => [
      name,
      weights,
    ]);
    assert.deepEqual(profiles, [
      ['samples grown', [20, 5]],
      ['samples shrunk', [20, 10]],
    ]);
  });
});

const directory = mkdtempSync(join(tmpdir(), 'prof2dot-difference-'));
after(() => rmSync(directory, { recursive: true }));

/** Function → self and total in nanoseconds, as the tables have them. */
function figures(table: string, row: RegExp): Map<string, string> {
  return new Map(
    Array.from(table.matchAll(row), ({ groups }) => [
      groups!['name']!,
      `${groups!['self']} ${groups!['share']} ${groups!['total']}`.replaceAll('-0.00', '0.00'),
    ]),
  );
}

describe('the figures of go tool pprof', { skip: needs('go') }, () => {
  const PPROF =
    /^ *(?<self>-?\d+)(ns)? +(?<share>[\d.]+)% +\S+ +(?<total>-?\d+)(ns)? +\S+ {2}(?<name>.*?)( \(.*inline\))?$/gm;
  const OURS =
    /^ *[+]?(?<self>-?\d+)( ns)? +-?(?<share>[\d.]+)% +\S+ +[+]?(?<total>-?\d+)( ns)? +\S+ {2}(?<name>.*?)( {2}.*)?$/gm;
  const WHOLE = join(root, 'fixtures/pprof/go-cpu/input.pb.gz');
  const PART = join(directory, 'part.pb.gz');
  const pprof = (...args: string[]): Buffer =>
    execFileSync('go', ['tool', 'pprof', '-symbolize=none', ...args], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });

  before(() => writeFileSync(PART, pprof('-proto', '-focus=price', WHOLE)));

  for (const [shareOf, flag] of [
    ['change', '-base'],
    ['base', '-diff_base'],
  ] as const) {
    for (const [from, to] of [
      [WHOLE, PART],
      [PART, WHOLE],
    ] as const) {
      test(`${flag} ${from === WHOLE ? 'shrunk' : 'grown'}`, async () => {
        const expected = pprof('-top', '-unit=ns', '-nodefraction=0', flag, from, to).toString();
        const base: Base = { profile: await readProfile(readFileSync(from)), shareOf };
        const transforms = { unit: 'ns' };
        const settings = { diagnostics: new Diagnostics(), base, transforms, options: { top: { rows: 0 } } };
        let table = '';
        const profile = await readProfile(readFileSync(to));
        await write(profile, builtin.get('top', 'emitter'), settings, (bytes) => {
          table += Buffer.from(bytes).toString();
        });
        const theirs = figures(expected, PPROF);
        assert.ok(theirs.size > 20);
        const sorted = (rows: Map<string, string>) => [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
        assert.deepEqual(
          sorted(figures(table, OURS)).map(([name, row]) => `${name} ${rounded(row)}`),
          sorted(theirs).map(([name, row]) => `${name} ${rounded(row)}`),
        );
      });
    }
  }
});

/** Without the zeros that pprof leaves out. */
function rounded(row: string): string {
  return row.split(' ').map(Number).join(' ');
}
