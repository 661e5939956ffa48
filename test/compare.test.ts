/** Two profiles in one graph: what is only in one of them, by which metric they are compared, colours. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { builtin } from '../src/builtin.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import { write } from '../src/pipeline.ts';
import type { TransformOptions } from '../src/transform-options.ts';
import { asTree, SMALL, stacks } from './stacks.ts';
import { failure, printed, readProfile } from './support.ts';

interface Drawn {
  /** Attributes by node or edge. */
  lines: Map<string, string>;
  /** Labels by node or edge. */
  labels: Record<string, string>;
  told: string;
}

interface Ways {
  transforms?: Partial<TransformOptions>;
  dot?: Record<string, unknown>;
}

/** What `--compare` draws of two texts. */
async function compare(first: string, second: string, ways: Ways = {}): Promise<Drawn> {
  return drawn(await readProfile(Buffer.from(first)), await readProfile(Buffer.from(second)), ways);
}

type Profile = Awaited<ReturnType<typeof readProfile>>;

async function drawn(first: Profile, compareWith: Profile, { transforms, dot }: Ways): Promise<Drawn> {
  const diagnostics = new Diagnostics();
  const settings = { diagnostics, compareWith, transforms, options: { dot: dot ?? {} } };
  let text = '';
  await write(first, builtin.get('dot', 'emitter'), settings, (bytes) => {
    text += Buffer.from(bytes).toString();
  });
  const lines = new Map(
    [...text.matchAll(/^\t(.*?) (\[(?:color|arrowsize)=.*)$/gm)].map(([, what, rest]) => [what!, rest!]),
  );
  const labels = Object.fromEntries(
    [...lines].map(([what, rest]) => [
      what,
      / label=(?:"(.*?)"|(\w+))[,\]]/.exec(rest)!.slice(1).join('').replaceAll('\\n', ' | '),
    ]),
  );
  return { lines, labels, told: printed(diagnostics) };
}

const BEFORE = 'main;f 40\nmain;g 40\nmain;gone 20\n';
const AFTER = 'main;f 60\nmain;g 10\nmain;new 30\n';
const CALLGRIND =
  'events: samples\nfn=main\n1 0\ncfn=f\ncalls=3 1\n1 60\ncfn=g\ncalls=1 1\n1 10\ncfn=new\ncalls=2 1\n1 30\n' +
  'fn=f\n1 60\nfn=g\n1 10\nfn=new\n1 30\n';

describe('functions of two profiles', () => {
  test('go together by all that is known of them, then by file, then by name', async () => {
    const before = 'f (x.c:2) 1\nf (x.c:3) 9\nf (z.c:1) 10\nf (a.c:1) 2\n';
    const after = 'f (x.c:3) 10\nf (z.c:7) 11\nf (y.c:4) 1\n';
    const transforms = { granularity: 'line', nodeThres: 0, edgeThres: 0 } as const;
    const { labels } = await compare(before, after, { transforms });
    assert.deepEqual(
      Object.values(labels).map((label) => label.replace(/ \| \(.*/, '')),
      [
        'f | a.c:1 | 9.09% → 4.55%',
        'f | x.c:2 | removed | 4.55%',
        'f | x.c:3 | 40.91% → 45.45%',
        'f | z.c:1 | 45.45% → 50.00%',
      ],
    );
  });
  test('are drawn with the figures of both, and said to be added or removed', async () => {
    const { labels, lines, told } = await compare(BEFORE, AFTER);
    assert.deepEqual(labels, {
      f: 'f | 40.00% → 60.00% | (40.00% → 60.00%)',
      g: 'g | 40.00% → 10.00% | (40.00% → 10.00%)',
      gone: 'gone | removed | 20.00% | (20.00%)',
      main: 'main | 100.00% | (0.00%)',
      new: 'new | added | 30.00% | (30.00%)',
      'main -> f': '40.00% → 60.00%',
      'main -> g': '40.00% → 10.00%',
      'main -> gone': 'removed | 20.00%',
      'main -> new': 'added | 30.00%',
    });
    assert.match(lines.get('gone')!, / style="filled,dashed"/);
    assert.match(lines.get('main -> gone')!, / style="dashed"/);
    assert.match(lines.get('new')!, / peripheries=2/);
    assert.doesNotMatch(lines.get('f')!, /style=|peripheries=/);
    assert.equal(told, '');
  });
  test('are those of other formats, too; what only one counts is unknown in the other', async () => {
    const { labels, told } = await compare(BEFORE, CALLGRIND);
    assert.equal(labels['f'], 'f | 40.00% → 60.00% | (40.00% → 60.00%) | ? → 3×');
    assert.equal(labels['new'], 'new | added | 30.00% | (30.00%) | 2×');
    assert.equal(labels['main -> g'], '40.00% → 10.00% | ? → 1×');
    assert.equal(told, '');
  });
  test('are not gone from one because they are small there', async () => {
    const [before, after] = ['main;a 999\nmain;b 1\n', 'main;a 500\nmain;b 500\n'];
    const ways = { transforms: { nodeThres: 10, edgeThres: 10 } };
    for (const [first, second] of [
      [before, after],
      [after, before],
    ] as const) {
      const { labels } = await compare(first, second, ways);
      assert.match(labels['b']!, /^b \| [\d.]+% → [\d.]+% \|/);
      assert.match(labels['main -> b']!, /^[\d.]+% → [\d.]+%$/);
    }
    const few = { transforms: { nodeCount: 2 } };
    const { labels } = await compare('main;a 9\nmain;b 1\n', 'main;a 1\nmain;b 9\n', few);
    assert.deepEqual(Object.keys(labels), ['a', 'b', 'main', 'main -> a', 'main -> b']);
    assert.equal(labels['a'], 'a | 90.00% → 10.00% | (90.00% → 10.00%)');
  });
  test('are chosen by roots and leaves in either', async () => {
    const [before, after] = ['main;a;x 5\nmain;b;y 5\n', 'main;a;y 5\nmain;b;y 4\nmain;c 1\n'];
    const nodes = async (transforms: Partial<TransformOptions>) => {
      const { labels } = await compare(before, after, { transforms });
      return Object.entries(labels).flatMap(([what, label]) =>
        what.includes('->') ? [] : [label.split(' | ').slice(0, 2).join(' ')],
      );
    };
    // What b calls is drawn, since a calls it in the second.
    assert.deepEqual(await nodes({ root: 'a' }), ['a 50.00%', 'x removed', 'y 50.00% → 90.00%']);
    assert.deepEqual(await nodes({ leaf: 'x' }), ['a 50.00%', 'main 100.00%', 'x removed']);
    assert.deepEqual(await nodes({ root: 'c' }), ['c added']);
    const { told } = await compare(before, after, { transforms: { root: 'nowhere' } });
    assert.match(
      told,
      /^prof2dot: warning prune\/nothing-left: nothing is left to be shown of either profile\n$/,
    );
  });
  test('are marked if they have grown or shrunk as asked for, and by so much', async () => {
    const colors = async (dot: Record<string, unknown>) => {
      const { lines } = await compare(BEFORE, AFTER, { dot });
      return ['f', 'g', 'new'].map((name) => /^\[color="(.*?)"/.exec(lines.get(name)!)![1]);
    };
    const [grey, f, g, added] = ['#b2b2b2', ...(await colors({}))];
    assert.equal(new Set([grey, f, g, added]).size, 4);
    assert.deepEqual(await colors({ compareOnlySlower: true }), [f, grey, added]);
    assert.deepEqual(await colors({ compareOnlyFaster: true }), [grey, g, grey]);
    assert.deepEqual(await colors({ compareTolerance: 25 }), [grey, g, added]);
    const { labels } = await compare(BEFORE, AFTER, { dot: { compareTolerance: 25 } });
    assert.equal(labels['f'], 'f | 40.00% | (40.00%)');
  });
  test('are the same of one profile and itself', () =>
    fc.assert(
      fc.asyncProperty(stacks([SMALL]), async (list) => {
        const { labels, lines, told } = await drawn(asTree(list), asTree(list), {});
        for (const [what, label] of Object.entries(labels))
          assert.doesNotMatch(label, /→|added|removed/, what);
        for (const line of lines.values()) assert.match(line, / ?color="#b2b2b2"/);
        assert.doesNotMatch(told, /compare/);
      }),
      { numRuns: 40 },
    ));
  test('of one name are told apart by their order', async () => {
    const text = 'a (x.py:1);f (x.py:5) 4\na (x.py:1);f (y.py:5) 6\n';
    const { labels } = await compare(text, text, { transforms: { granularity: 'function' } });
    assert.deepEqual(
      Object.values(labels).filter((label) => label.startsWith('f ')),
      ['f | x.py | 40.00% | (40.00%)', 'f | y.py | 60.00% | (60.00%)'],
    );
  });
});

describe('the metric of two profiles', () => {
  const pair = (metrics: string, values: string) =>
    `{"format":"prof2dot","version":1,"callers":"all","metrics":[${metrics}],"functions":[{"name":"f"}],` +
    `"frames":[{"function":0}],"nodes":{"length":1,"frame":[0],"parent":[-1],"self":[${values}]}}`;
  const CPU = '{"name":"cpu","unit":"nanoseconds"}';
  const WALL = '{"name":"wall","unit":"milliseconds"}';
  const SAMPLES = '{"name":"samples","unit":"count"}';
  const SPACE = '{"name":"space","unit":"bytes"}';
  const times = { dot: { nodeLabel: ['total-time'], showSamples: true } };
  const label = async (first: string, second: string, metric?: string) => {
    const { labels, told } = await compare(first, second, { ...times, transforms: { metric } });
    return { label: labels['f'], told: /^.* compare\/.*$/m.exec(told)?.[0] ?? '' };
  };
  const first = pair(`${CPU},${SAMPLES}`, '[2e9],[3]');

  test('has the same name', async () => {
    assert.deepEqual(await label(first, pair(`${SAMPLES},${CPU}`, '[4],[5e9]')), {
      label: 'f | 2 → 5 | 3× → 4×',
      told: '',
    });
    assert.deepEqual(await label(first, pair(`${SAMPLES},${CPU}`, '[4],[5e9]'), 'samples'), {
      label: 'f | 3× → 4×',
      told: '',
    });
    assert.deepEqual(await label(first, pair(`${SAMPLES},${CPU}`, '[4],[5e9]'), '1'), {
      label: 'f | 3× → 4×',
      told: '',
    });
  });
  test('or measures the same, or is another that both have; and is told of then', async () => {
    const told = 'prof2dot: note compare/metric: ';
    assert.deepEqual(await label(first, pair(WALL, '[1500]')), {
      label: 'f | 2 → 1.5 | 3× → ?',
      told: `${told}cpu of the first is compared with wall of the second`,
    });
    assert.deepEqual(await label(first, pair(SAMPLES, '[5]')), {
      label: 'f | 3× → 5×',
      told: `${told}samples is compared`,
    });
  });
  test('or is said to be the one', async () => {
    assert.deepEqual(await label(first, pair(`${SPACE},${SAMPLES}`, '[7],[5]'), 'cpu=space'), {
      label: 'f | 2 → ? | 3× → 5×',
      told: '',
    });
    const work = label(first, pair(SPACE, '[7]'), 'cpu=time');
    assert.match(await failure(work), /error usage\/unknown-metric: the profile has no metric time\n/);
  });
  test('has to be there', async () => {
    const message = await failure(label(first, pair(SPACE, '[7]')));
    assert.match(
      message,
      /error usage\/no-common-metric: --compare: what the first measures is not measured by the second\n/,
    );
    assert.match(
      message,
      /cpu \(nanoseconds\), samples \(count\), and space \(bytes\); --metric FIRST=SECOND/,
    );
    const asked = await failure(label(first, pair(SAMPLES, '[7]'), 'cpu'));
    assert.match(asked, /error usage\/no-common-metric: --compare: cpu is not measured by the second\n/);
  });
});

test('the colours of more and less are red and green, or orange and blue', async () => {
  const hues = async (differenceColors: string) => {
    const { lines } = await compare(BEFORE, AFTER, { dot: { differenceColors } });
    return ['new', 'g'].map((name) => {
      const [, ...parts] = /^\[color="#(..)(..)(..)"/.exec(lines.get(name)!)!;
      return parts.map((part) => Number.parseInt(part, 16));
    });
  };
  const [red, green] = await hues('red-green');
  assert.ok(red![0]! > red![1]! && red![1]! >= red![2]!, `${red}`);
  assert.ok(green![1]! > green![0]! && green![0]! >= green![2]!, `${green}`);
  const [orange, blue] = await hues('blue-orange');
  assert.ok(orange![0]! > orange![1]! && orange![1]! > orange![2]!, `${orange}`);
  assert.ok(blue![2]! > blue![1]! && blue![1]! > blue![0]!, `${blue}`);
});
