/** Pruning in the order of gprof2dot, and the shell patterns that choose roots and leaves. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { checkProfile } from '../src/check.ts';
import { doubles } from '../src/columns.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import { glob } from '../src/glob.ts';
import { shareOf, sumOfMetric } from '../src/graph.ts';
import { listFunctions } from '../src/list-functions.ts';
import type { Profile } from '../src/profile.ts';
import type { TransformOptions } from '../src/transform-options.ts';
import { coarsen } from '../src/transforms/coarsen.ts';
import { type PruneOptions, prune } from '../src/transforms/prune.ts';
import { asStacks, HUGE, SMALL, stacks } from './stacks.ts';
import { convert, failure, needs, printed, readProfile } from './support.ts';

const NOTHING: PruneOptions = { nodeShare: 0, edgeShare: 0, paths: [], depth: -1 };
const LINES = ['main;a;b;c 60', 'main;a;d 30', 'main;e 9', 'idle 1'];

async function graphOf(lines = LINES, parens = 'file'): Promise<Profile> {
  const input = Buffer.from(`${lines.join('\n')}\n`);
  return coarsen(await readProfile(input, { format: 'folded', options: { folded: { parens } } }));
}

/** What is left: nodes by name, and arcs. */
function left({ nodes, frames, functions, arcs }: Profile): string {
  const name = (node: number) => functions.name[frames.func[nodes.frame[node]!]!]!;
  const nodeNames = Array.from({ length: nodes.length }, (_, n) => name(n));
  const arcNames = Array.from(
    { length: arcs!.length },
    (_, a) => name(arcs!.caller[a]!) + name(arcs!.callee[a]!),
  );
  return `${nodeNames.sort().join(' ')} | ${arcNames.sort().join(' ')}`;
}

async function pruned(options: Partial<PruneOptions>, lines?: string[], parens?: string): Promise<string> {
  return left(prune(await graphOf(lines, parens), { ...NOTHING, ...options }));
}

describe('thresholds', () => {
  test('leave out nodes and their arcs', async () => {
    assert.equal(await pruned({ nodeShare: 0.3 }), 'a b c d main | ab ad bc maina');
    assert.equal(await pruned({ nodeShare: 0.301 }), 'a b c main | ab bc maina');
  });

  test('leave out arcs alone', async () => {
    assert.equal(await pruned({ edgeShare: 0.5 }), 'a b c d e idle main | ab bc maina');
  });

  test('keep everything at 0 and at NaN, and nothing at infinity', async () => {
    const graph = await graphOf();
    assert.equal(prune(graph, NOTHING), graph);
    assert.equal(prune(graph, { ...NOTHING, nodeShare: Number.NaN, edgeShare: Number.NaN }), graph);
    assert.equal(await pruned({ nodeShare: Number.POSITIVE_INFINITY }), ' | ');
  });

  test('take the size of negative values, as differences have them', async () => {
    assert.equal(await pruned({ nodeShare: 0.5 }, ['a -60', 'b 159', 'c 1']), 'a b | ');
  });

  test('go by the smaller of its ends for an arc without a total', async () => {
    const graph = await graphOf();
    graph.arcs!.total[0]!.fill(Number.NaN as never);
    assert.equal(left(prune(graph, { ...NOTHING, edgeShare: 0.5 })), 'a b c d e idle main | ab bc maina');
  });

  test('leave percentages as they were', async () => {
    const graph = prune(await graphOf(), { ...NOTHING, nodeShare: 0.5 });
    assert.equal(sumOfMetric(graph, 0), 100);
    assert.deepEqual(graph.whole, { sum: [100], maxSelf: [60] });
    // Pruned once more, it still is a part of the same whole.
    assert.equal(sumOfMetric(prune(graph, { ...NOTHING, root: 'b' }), 0), 100);
  });
});

describe('roots and leaves', () => {
  test('keep what is reached from a root, and what reaches a leaf', async () => {
    assert.equal(await pruned({ root: 'a' }), 'a b c d | ab ad bc');
    assert.equal(await pruned({ leaf: 'c' }), 'a b c main | ab bc maina');
    assert.equal(await pruned({ root: 'a', leaf: 'b' }), 'a b | ab');
  });

  test('go so many calls far', async () => {
    assert.equal(await pruned({ root: 'main', depth: 1 }), 'a e main | maina maine');
    assert.equal(await pruned({ root: 'main', depth: 0 }), 'main | ');
    assert.equal(await pruned({ leaf: 'c', depth: 2 }), 'a b c | ab bc');
    assert.equal(await pruned({ depth: 0 }), 'a b c d e idle main | ab ad bc maina maine');
  });

  test('count the shortest way', async () => {
    const lines = ['r;a;b;x;y 1', 'r;x;y;z 1'];
    assert.equal(await pruned({ root: 'r', depth: 2 }, lines), 'a b r x y | ab bx ra rx xy');
  });

  test('come after the thresholds', async () => {
    const graph = await graphOf();
    const work = async () => prune(graph, { ...NOTHING, nodeShare: 0.05, root: 'idle' });
    assert.match(await failure(work()), /error prune\/no-root: no function fits --root idle\n {2}hint: /);
  });

  test('fail when no function fits, unless nothing may be left', async () => {
    const graph = await graphOf();
    const leaf = async () => prune(graph, { ...NOTHING, root: 'a', leaf: 'e' });
    assert.match(await failure(leaf()), /error prune\/no-leaf: no function fits --leaf e\n/);
    assert.equal(left(prune(graph, { ...NOTHING, root: 'A', mayBeEmpty: true })), ' | ');
  });

  test('take all functions of a name, or the last', async () => {
    const lines = ['main;f (x:1);g 1', 'main;f (y:1);h 1'];
    assert.equal(await pruned({ root: 'f' }, lines), 'f f g h | fg fh');
    assert.equal(await pruned({ root: '[fg]', sameName: 'last' }, lines), 'f g h | fh');
  });
});

describe('paths', () => {
  test('are the beginning of a file', async () => {
    const lines = ['main;f (src/x:1) 1', 'g (lib/src/y:1) 1'];
    assert.equal(await pruned({ paths: ['src'] }, lines), 'f main | mainf');
    assert.equal(await pruned({ paths: ['lib/', 'none'] }, lines), 'g main | ');
  });

  test('or a part of a module', async () => {
    const lines = ['main;f (src/x:1) 1', 'g (lib/src/y:1) 1', 'h (bin/z:1) 1'];
    assert.equal(await pruned({ paths: ['src'] }, lines, 'module'), 'f g main | mainf');
  });
});

describe('regular expressions', () => {
  test('choose roots and leaves by a part of their names', async () => {
    assert.equal(await pruned({ root: /^[be]/ }), 'b c e | bc');
    assert.equal(await pruned({ leaf: /^(b|idle)$/ }), 'a b idle main | ab maina');
    const none = async () => prune(await graphOf(), { ...NOTHING, root: /x+/ });
    assert.match(
      await failure(none()),
      /error prune\/no-root: no function fits --root \/x\+\/\n {2}hint: --node/,
    );
  });

  test('choose files, or modules of functions without one', async () => {
    const lines = ['main;f (src/x:1) 1', 'g (lib/src/y:1) 1', 'h (bin/z:1) 1'];
    assert.equal(await pruned({ paths: [/src/] }, lines), 'f g main | mainf');
    assert.equal(await pruned({ paths: [/^src/, /z$/] }, lines), 'f h main | mainf');
    assert.equal(await pruned({ paths: [/^src/, /z$/] }, lines, 'module'), 'f h main | mainf');
  });

  test('stand for globs with --regex', async () => {
    const graph = await graphOf();
    const shown = async (transforms: Partial<TransformOptions>) =>
      (await convert(graph, 'top', { transforms: { regex: true, ...transforms } })).toString();
    assert.match(await shown({ root: '^b' }), /\n2 functions /);
    assert.match(await shown({ leaf: '^b' }), /\n3 functions /);
    assert.match(await failure(shown({ path: ['('] })), /error usage\/bad-expression: --path: \( cannot/);
    assert.equal(listFunctions(graph, '^[ab]|dl', true), 'a,\nb,\nidle\n');
    assert.equal(listFunctions(graph, '+', true), listFunctions(graph, '+'));
  });
});

test('what cuts graphs alone is told of where no graph is written', async () => {
  const text = Buffer.from('main;a 1\n');
  const warnings = async (to: string, transforms: Partial<TransformOptions>) => {
    const diagnostics = new Diagnostics();
    await convert(text, to, { format: 'folded', transforms, diagnostics });
    return printed(diagnostics).split('\n')[0];
  };
  const cuts = { nodeThres: 5, path: ['x'], root: 'main' };
  const warning =
    'prof2dot: warning prune/no-graph: nothing is cut by --node-thres, --path, --root: the output is no call graph';
  assert.equal(await warnings('folded', cuts), warning);
  assert.equal(await warnings('json', cuts), warning);
  assert.equal(await warnings('folded', { nodeThres: 0, edgeThres: 0, depth: 3 }), '');
  assert.equal(await warnings('top', cuts), '');
});

test('what is left keeps the laws of profiles', () => {
  const anyStacks = fc.oneof(stacks([SMALL]), stacks([HUGE]), stacks([SMALL, HUGE]));
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(anyStacks, share, share, fc.boolean(), (list, nodeShare, edgeShare, lines) => {
      const graph = coarsen(asStacks(list), { lines });
      const rest = prune(graph, { ...NOTHING, nodeShare, edgeShare });
      assert.deepEqual(checkProfile(rest), []);
      const sum = sumOfMetric(graph, 0);
      assert.equal(sumOfMetric(rest, 0), sum);
      const big = ({ nodes }: Profile) =>
        doubles(nodes.total[0]!).filter((total) => shareOf(total, sum) >= nodeShare);
      assert.deepEqual(big(rest), big(graph));
      assert.equal(big(rest).length, rest.nodes.length);
      assert.ok(doubles(rest.arcs!.total[0]!).every((total) => shareOf(total, sum) >= edgeShare));
    }),
  );
});

test('functions are listed in the order of the input', async () => {
  const graph = await graphOf(['main;b;a 1', 'main;c (x.py:3) 1'], 'module');
  assert.equal(listFunctions(graph, '+'), 'main:\tmain,\nb:\tb,\na:\ta,\nx.py:c:\tc\n');
  assert.equal(listFunctions(graph, '*'), listFunctions(graph, '+'));
  assert.equal(listFunctions(graph, '[ab]'), 'b,\na\n');
  assert.equal(listFunctions(graph, 'none'), '\n');
});

test('functions of two profiles are listed as they are drawn', async () => {
  const [profile, second] = [await graphOf(['main;b;a 1'], 'name'), await graphOf(['main;c;b 1'], 'name')];
  const both = (functions: 'both' | 'first') => ({ ...profile, compareWith: { profile: second, functions } });
  assert.equal(listFunctions(both('both'), '*'), 'main:\tmain,\nb:\tb,\na:\ta,\nc:\tc\n');
  assert.equal(listFunctions(both('both'), '[bc]'), 'b,\nc\n');
  assert.equal(listFunctions(both('first'), '[bc]'), 'b\n');
});

describe('patterns', () => {
  test('stand for whole names, upper and lower case apart', () => {
    for (const [pattern, name, fits] of [
      ['ma*', 'main', true],
      ['*', '', true],
      ['*', 'two\nlines', true],
      ['m?in', 'main', true],
      ['?', '🦄', true],
      ['Main', 'main', false],
      ['ai', 'main', false],
      ['[m-o]ain', 'main', true],
      ['[!m]ain', 'main', false],
      ['[]]', ']', true],
      ['[', '[', true],
      ['a[b', 'a[b', true],
      ['operator*', 'operator*', true],
      ['*a*a*a*a*a*a*a*b', 'a'.repeat(10_000), false],
    ] as const) {
      assert.equal(glob(pattern)(name), fits, `${pattern} of ${name.slice(0, 20)}`);
    }
  });

  test('fit what they fit in Python', { skip: needs('python3') }, () => {
    const part = fc.constantFrom(
      '*',
      '?',
      '[',
      ']',
      '!',
      '-',
      'a',
      'b',
      'c',
      '[a-b]',
      '[!a]',
      '\n',
      'é',
      '**',
    );
    const text = (max: number) => fc.array(part, { maxLength: max }).map((parts) => parts.join(''));
    const items = fc.sample(fc.tuple(text(6), text(5)), { numRuns: 4000, seed: 5 });
    const program =
      'import json,sys,fnmatch\njson.dump([fnmatch.fnmatchcase(n,p) for p,n in json.load(sys.stdin)],sys.stdout)';
    const answers = execFileSync('python3', ['-c', program], { input: JSON.stringify(items) });
    const expected = JSON.parse(answers.toString()) as boolean[];
    for (const [i, [pattern, name]] of items.entries()) {
      assert.equal(glob(pattern)(name), expected[i], JSON.stringify([pattern, name]));
    }
  });
});
