/** yappi's files: what is added up, what is not said, and what is refused. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkProfile } from '../src/check.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import type { Profile } from '../src/profile.ts';
import { Instance, pickled, Tuple } from './pickle-encoder.ts';
import { funcStats, type Row } from './python-pickles.ts';
import { assertTold, failure, printed, readProfile } from './support.ts';

async function read(bytes: Uint8Array | string): Promise<{ profile: Profile; told: string }> {
  const diagnostics = new Diagnostics();
  const input = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  const profile = await readProfile(input, { format: 'yappi', diagnostics });
  assert.deepEqual(checkProfile(profile), []);
  return { profile, told: printed(diagnostics) };
}

/** Total, self, calls and primitive calls by name. */
function figures({ functions, nodes }: Profile): Record<string, number[]> {
  return Object.fromEntries(
    functions.name.map((name, f) => [
      name,
      [
        nodes.total[0]![f] as number,
        nodes.self[0]![f] as number,
        functions.calls![f]!,
        functions.primitiveCalls![f]!,
      ],
    ]),
  );
}

const row = (name: string, ttot: number, tsub: number, more: Partial<Row> = {}): Row => ({
  name,
  lineno: name.charCodeAt(0),
  ttot,
  tsub,
  ...more,
});
const refusal = (bytes: Uint8Array | string) =>
  failure(readProfile(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, { format: 'yappi' }));

describe('rows', () => {
  test('of one function, and arcs of two, are added up', async () => {
    const rows = [
      row('f', 3, 1, { ncall: 2, children: [row('g', 1, 1), row('g', 1, 1, { ncall: 3 })] }),
      row('f', 1, 0.5, { ncall: 4, nactualcall: 2, children: [row('g', 0.5, 0.5)] }),
      row('g', 2.5, 2.5, { ncall: 5 }),
    ];
    const { profile, told } = await read(funcStats(rows));
    assert.equal(told, '');
    assert.deepEqual(figures(profile), { f: [4, 1.5, 6, 3], g: [2.5, 2.5, 5, 1] });
    const { length, calls, primitiveCalls, total, self } = profile.arcs!;
    assert.deepEqual([length, calls[0], primitiveCalls![0], total[0]![0], self![0]![0]], [1, 5, 3, 2.5, 2.5]);
  });
  test('that are missing are made of what callers say', async () => {
    const rows = [row('f', 3, 1, { children: [row('g', 2, 2, { ncall: 7, nactualcall: 6 })] })];
    const { profile, told } = await read(funcStats(rows));
    assertTold(told, 'yappi/no-row', /: g has no row/);
    assert.deepEqual(figures(profile)['g'], [2, 2, 7, 6]);
  });
  test('of several contexts are told of', async () => {
    const rows = [row('f', 1, 1), row('g', 1, 1, { ctx_id: 1 })];
    assertTold((await read(funcStats(rows))).told, 'yappi/contexts', /adds up the 2 threads/);
  });
  test('whose counts are unknown have none', async () => {
    const { profile } = await read(funcStats([row('f', 1, 1, { ncall: -1, nactualcall: -1 })]));
    assert.deepEqual(figures(profile)['f'], [1, 1, Number.NaN, Number.NaN]);
  });
  test('tell of the clock', async () => {
    for (const [clock, title] of [
      ['cpu', 'CPU time'],
      ['wall', 'wall time'],
      [null, undefined],
    ]) {
      const { profile } = await read(funcStats([row('f', 1, 1)], clock));
      assert.equal(profile.metrics[0]!.title, title);
    }
  });
  test('of old files name callees by number', async () => {
    const rows = [
      row('f', 3, 1, {
        index: 4,
        children: [row('wrong', 1, 1, { index: 7 }), row('wrong', 1, 1, { index: 9 })],
      }),
      row('g', 1, 1, { index: 7 }),
    ];
    const { profile, told } = await read(funcStats(rows, 'wall', true));
    assertTold(told, 'yappi/no-row');
    assert.deepEqual(Object.keys(figures(profile)), ['f', 'g', '(unknown function 9)']);
  });
});

describe('totals', () => {
  test('below the self are raised to it', async () => {
    const { profile, told } = await read(funcStats([row('f', 1, 2)]));
    assertTold(told, 'yappi/total-below-self', /: the total of f /);
    assert.equal(figures(profile)['f']![0], 2);
  });
  test('of functions that never returned are at least what they called', async () => {
    const children = [row('g', 2, 2), row('h', 3, 3)];
    const rows = [row('f', 0, 0.5, { nactualcall: 0, children }), row('g', 2, 2), row('h', 3, 3)];
    const { profile, told } = await read(funcStats(rows));
    assertTold(told, 'yappi/never-returned', /: f never returned/);
    assert.equal(figures(profile)['f']![0], 3);
  });
  test('say what passed in functions that are not listed', async () => {
    const rows = [
      row('main', 10, 1, { children: [row('f', 6, 2)] }),
      row('f', 6, 2, { children: [row('f', 3, 1, { nactualcall: 0 })] }),
    ];
    const { profile, told } = await read(funcStats(rows));
    assertTold(told, 'yappi/unrecorded', /their 7 s stand as \(not recorded\)\n {2}hint/);
    assert.deepEqual(figures(profile)['(not recorded)'], [7, 7, Number.NaN, Number.NaN]);
    assert.deepEqual([...profile.arcs!.total[0]!], [6, 3, 3, 4]);
  });
  test('say how much of it may be counted twice', async () => {
    const { told } = await read(funcStats([row('main', 10, 1), row('callback', 4, 4)]));
    assertTold(
      told,
      'yappi/unrecorded',
      /their 9 s stand as \(not recorded\), of which up to 4 s may be counted twice/,
    );
  });
  test('of a recursion cycle share what is not listed', async () => {
    const rows = [
      row('main', 10, 1, { children: [row('a', 9, 2)] }),
      row('a', 9, 2, { children: [row('b', 7, 3)] }),
      row('b', 7, 3, { children: [row('a', 5, 1, { nactualcall: 0 })] }),
    ];
    const { profile, told } = await read(funcStats(rows));
    assertTold(told, 'yappi/unrecorded-cycle');
    assert.deepEqual(figures(profile)['(not recorded)'], [4, 4, Number.NaN, Number.NaN]);
  });
  test('of namesakes that call each other are no recursion', async () => {
    const children = [row('f', 2, 2)];
    const rows = [
      row('main', 10, 7, { children: [row('f', 3, 1)] }),
      row('f', 5, 3, { ncall: 2, nactualcall: 2, children }),
    ];
    assert.equal((await read(funcStats(rows))).told, '');
  });
});

describe('printed tables', () => {
  const HEADER = 'name                  ncall  tsub      ttot      tavg    \n';
  const line = (name: string, calls: string, tsub: string, ttot = tsub) =>
    `${name.padEnd(20)}  ${calls.padEnd(5)}  ${tsub.padEnd(8)}  ${ttot.padEnd(8)}  0.000001\n`;

  test('need no clock', async () => {
    const { profile } = await read(HEADER + line('a.py:1 f', '2', '0.5'));
    assert.deepEqual([profile.metrics[0]!.title, figures(profile)], [undefined, { f: [0.5, 0.5, 2, 2] }]);
  });
  test('take characters for columns', async () => {
    const { profile } = await read(HEADER + line('\u{1f40d}.py:1 f', '22', '0.5').replace('  22', '   22'));
    assert.deepEqual(figures(profile), { f: [0.5, 0.5, 22, 22] });
  });
  test('hold names that are the same', async () => {
    const { profile, told } = await read(HEADER + line('..y:1 f', '2', '0.5') + line('..y:1 f', '1', '1'));
    assertTold(told, 'yappi/same-name');
    assert.deepEqual(figures(profile), { f: [1.5, 1.5, 3, 3] });
  });
  test('may hold what is no row', async () => {
    const { profile, told } = await read(
      `${HEADER}Traceback (most recent call last):\n${line('a.py:1 f', '2', '0.5')}`,
    );
    assertTold(told, 'yappi/bad-row');
    assert.equal(profile.functions.length, 1);
  });
  test('of callees are left out', async () => {
    const { profile, told } = await read(
      `${HEADER}${line('a.py:1 f', '2', '0.5')}\n${HEADER}${line('a.py:2 g', '2', '0.5')}`,
    );
    assertTold(told, 'yappi/more-tables');
    assert.deepEqual(profile.functions.name, ['f']);
  });
  test('that are printed again are read once', async () => {
    const report = (name: string) =>
      `Clock type: CPU\nOrdered by: totaltime, desc\n\n${HEADER}${line(name, '2', '0.5')}\n`;
    const { profile, told } = await read(report('a.py:1 f') + report('a.py:2 g'));
    assertTold(told, 'yappi/more-reports');
    assert.deepEqual(profile.functions.name, ['g']);
  });
});

describe('refused is', () => {
  const stats = (row: object) => pickled(new Tuple([row], 'cpu'));
  const whole = {
    name: 'f',
    module: 'a.py',
    lineno: 1,
    ncall: 1,
    nactualcall: 1,
    ttot: 1,
    tsub: 1,
    index: 0,
    children: [],
  };
  const without = (change: object) => stats(new Instance('m.YFuncStat', { ...whole, ...change }));
  const cases: [string, Uint8Array | string, RegExp][] = [
    ['no pair', pickled(new Tuple([])), /yappi\/no-stats: the pickle does not hold what yappi saves/],
    ['no list of rows', pickled(new Tuple(1, 'cpu')), /yappi\/no-stats/],
    [
      'an object without rows',
      pickled(new Tuple(new Instance('m.YFuncStats', { _as_list: 1 }), 'cpu')),
      /yappi\/no-stats/,
    ],
    ['a row that is none', stats([]), /\(\[0\]\): error yappi\/bad-row: expected a row of figures/],
    ['a row without a name', without({ name: null }), /\(\[0\]\): error yappi\/bad-row: name is not/],
    ['a row without a module', without({ module: 1 }), /bad-row: module is not/],
    ['a row of a negative line', without({ lineno: -1 }), /bad-row: lineno is not/],
    ['a row of half a line', without({ lineno: 0.5 }), /bad-row: lineno is not/],
    ['a row without a count', without({ ncall: 'x' }), /bad-row: ncall is not/],
    ['a row without a time', without({ ttot: null }), /bad-row: ttot is not/],
    ['a row of endless time', without({ tsub: Number.NaN }), /bad-row: tsub is not/],
    ['a row without callees', without({ children: 1 }), /bad-row: children is not/],
    [
      'a callee that is none',
      without({ children: [1] }),
      /\(\[0\]\.children\[0\]\): error yappi\/bad-row: expected a row/,
    ],
    [
      'a callee without a number',
      without({ children: [new Instance('m.C', { ...whole, index: 'x' })] }),
      /\(\[0\]\.children\[0\]\): error yappi\/bad-row: index is not/,
    ],
    [
      'a text without a table',
      'Clock type: CPU\n',
      /yappi\/no-report: there is no table of yappi\n {2}hint: its header reads/,
    ],
  ];
  for (const [what, bytes, expected] of cases)
    test(what, async () => assert.match(await refusal(bytes), expected));

  test('a list of callees that all rows share', async () => {
    const state = (children: string) =>
      `}(U\x04nameU\x01fU\x06moduleU\x01aU\x06linenoK\x01U\x05ncallK\x01U\x0bnactualcallK\x01U\x04ttotK\x01U\x04tsubK\x01U\x05indexK\x01U\x08children${children}ub`;
    const object = (children: string) => `cm\nYFuncStat\n)\x81${state(children)}`;
    const shared = `](${object('N')}q\x01${'h\x01'.repeat(2000)}eq\x00`;
    const bytes = `\x80\x02](${object(shared)}${object('h\x00').repeat(500)}eU\x03cpu\x86.`;
    assert.match(
      await refusal(Buffer.from(bytes, 'latin1')),
      /error yappi\/too-large: more rows than a file of this size/,
    );
  });
});
