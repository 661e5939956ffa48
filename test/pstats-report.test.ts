/** Printed tables of pstats: what Python prints of real profiles, and what we print ourselves, is read as it stands. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { checkProfile } from '../src/check.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import type { Profile } from '../src/profile.ts';
import { assertTold, convert, dump, failure, needs, printed, readProfile, root } from './support.ts';

async function read(text: string): Promise<{ profile: Profile; told: string }> {
  const diagnostics = new Diagnostics();
  const profile = await readProfile(Buffer.from(text), { format: 'pstats-text', diagnostics });
  assert.deepEqual(checkProfile(profile), []);
  return { profile, told: printed(diagnostics) };
}

const fixture = (name: string): string =>
  readFileSync(join(root, 'fixtures/pstats-text', name, 'input.txt'), 'utf8');

/** Profiles itself; prints tables, and behind a line of its own the figures that they must show. */
const PROGRAM = `
import cProfile, io, json, pstats, sys
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
def even(n): return n == 0 or odd(n - 1)
def odd(n): return n != 0 and even(n - 1)
exec(compile("def a(): return [even(60), b()]\\ndef b(): return c() and fib(9)\\ndef c(): return len('𝒙')", "ein (ordner): x.py", "exec"))
def main():
    for _ in range(30): a()
    return sorted(range(500), key=lambda x: -x)
profiler = cProfile.Profile()
profiler.runcall(main)
stats = pstats.Stats(profiler)
stats.sort_stats('name').print_stats()
stats.print_callers()
ms = lambda seconds: float('%.3fe3' % seconds)
shown = {}
for key, (cc, nc, tt, ct, callers) in stats.stats.items():
    arcs = {pstats.func_std_string(k): [n, c, ms(t), ms(u)] for k, (n, c, t, u) in callers.items()}
    shown[pstats.func_std_string(key)] = [nc, cc, ms(tt), ms(ct), arcs]
print('-----figures')
print(json.dumps(shown))
`;

type Figures = [number, number, number, number, Record<string, number[]>];

describe('tables of real profiles', { skip: needs('python3') }, () => {
  test('have the figures that were printed', async () => {
    const { stdout, stderr, status } = spawnSync('python3', ['-c', PROGRAM], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const [text, json] = stdout.split('-----figures\n') as [string, string];
    const { profile, told } = await read(text);
    assert.ok(!/warning/.test(told), told);
    const { functions, nodes, arcs } = profile;
    const label = (n: number): string => {
      const { name, file, line } = functions;
      if (file[n] !== '') return `${file[n]}:${line[n]}(${name[n]})`;
      return name[n]!.replace(/^<(.*)>$/, '{$1}');
    };
    const found: Record<string, Figures> = {};
    for (let n = 0; n < nodes.length; n++) {
      const values = [
        functions.calls![n],
        functions.primitiveCalls![n],
        nodes.self[0]![n],
        nodes.total[0]![n],
      ];
      found[label(n)] = [...(values as [number, number, number, number]), {}];
    }
    for (let a = 0; a < arcs!.length; a++) {
      found[label(arcs!.callee[a]!)]![4][label(arcs!.caller[a]!)] = [
        arcs!.calls[a]!,
        arcs!.primitiveCalls![a]!,
        arcs!.self![0]![a] as number,
        arcs!.total[0]![a] as number,
      ];
    }
    assert.ok(nodes.length > 8);
    assert.deepEqual(found, JSON.parse(json));
  });
});

describe('what we print', () => {
  /** Averages are of exact times, which are not printed. */
  const withoutAverages = (text: string): string =>
    text.replace(/^( *\S+ +\S+)( .{8})( +\S+)( .{8})( (?!lineno)\S.*)$/gm, '$1$3$5');

  for (const view of ['stats', 'callers', 'callees']) {
    test(`is read as it was: ${view}`, async () => {
      const options = { 'pstats-text': { view, sort: 'none' } };
      const first = await convert('fixtures/json/calls/input.json', 'pstats-text', {
        options: { 'pstats-text': { sort: 'none' } },
      });
      const calls = await convert('fixtures/json/calls/input.json', 'pstats-text', { options });
      const { profile } = await read(view === 'stats' ? `${first}` : `${first}${calls}`);
      const again = await convert(profile, 'pstats-text', { options });
      assert.equal(withoutAverages(`${again}`), withoutAverages(`${calls}`));
    });
  }

  test('with its guesses marked', async () => {
    const table =
      '   ncalls     self  percall    total  percall filename:lineno(function)\n        ?        5                 5          f\n';
    const { profile, told } = await read(
      `         ? function calls in 5 bytes of space (estimated)\n\n${table}`,
    );
    assert.equal(told, '');
    assert.ok(profile.estimated);
    assert.deepEqual(profile.metrics, [{ name: 'space', unit: 'bytes' }]);
    assert.ok(Number.isNaN(profile.functions.calls?.[0] ?? Number.NaN));
  });
});

describe('text that was copied', () => {
  test('may be indented, have white space behind it, and other line ends', async () => {
    const text = fixture('printed');
    const expected = dump((await read(text)).profile);
    assert.equal(dump((await read(text.replace(/^(?=.)/gm, '    '))).profile), expected);
    assert.equal(dump((await read(text.replace(/$/gm, '  '))).profile), expected);
    assert.equal(dump((await read(text.replace(/\n/g, '\r\n'))).profile), expected);
  });

  test('may have text around it, which is told of', async () => {
    const { profile, told } = await read(`a result\nof the program\n${fixture('printed')}`);
    assert.equal(dump(profile), dump((await read(fixture('printed'))).profile));
    assertTold(told, 'pstats-text/other-text', /left out \(and 1 more\)/);
  });
});

test('recursion does not double where only callers are printed', async () => {
  const { profile } = await read(fixture('callers-only'));
  const total = new Map(profile.functions.name.map((name, n) => [name, Number(profile.nodes.total[0]![n])]));
  assert.equal(total.get('walk'), 327);
  assert.equal(total.get('tree'), 19);
});

test('requests are told apart by their paths, even if their tables are the same', async () => {
  const table = `         2 function calls in 0.002 seconds

   ncalls  tottime  percall  cumtime  percall filename:lineno(function)
        2    0.002    0.001    0.002    0.001 a.py:1(f)

`;
  const { profile } = await read(`PATH: '/a'\n${table}PATH: "/it's"\n${table}`);
  assert.deepEqual([profile.nodes.self[0]![0], profile.functions.calls![0]], [4, 4]);
  assert.deepEqual(
    profile.labelSets.map(([label]) => label?.value),
    ['/a', "/it's"],
  );
  // The same table again is a second look at one profile.
  assert.equal((await read(table + table)).profile.functions.calls![0], 2);
});

test('a title without rows is refused', async () => {
  assert.match(await failure(read('Function   was called by...\n\n')), /error pstats-text\/no-table/);
});
