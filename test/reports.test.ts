/** The reports for people: what they print is what Go's pprof prints, and JSON says the same. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { ProfileBuilder } from '../src/builder.ts';
import { assertTold, convert, failure, needs, root } from './support.ts';

interface Named {
  name: string;
  value: number;
}
interface Report {
  sum: number;
  functionCount: number;
  functions: {
    name: string;
    self: number;
    total: number;
    callers: Named[];
    callees: Named[];
  }[];
  labels: { key: string; total: number; values: { value: string | number; cost: number }[] }[];
  stacks: { value: number; frames: { name: string }[] }[];
}

async function report(input: string, to: string, options: Record<string, unknown> = {}): Promise<Report> {
  const text = await convert(input, to, {
    options: { [to]: { json: true, ...options } },
    transforms: { granularity: 'functions' },
  });
  return JSON.parse(String(text));
}

/** What pprof prints. */
function pprof(...args: string[]): string {
  return execFileSync('go', ['tool', 'pprof', '-trim=false', ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, PPROF_BINARY_PATH: '/nonexistent' },
  });
}

describe('as in pprof', { skip: needs('go') }, () => {
  const input = 'fixtures/pprof/go-cpu/input.pb.gz';

  test('top', async () => {
    const { functions } = await report(input, 'top', { rows: 0 });
    const ours = functions.map(({ name, self, total }) => `${self} ${total} ${name}`);
    const rows = pprof('-top', '-unit=ns', input).matchAll(
      /^ *(\S+?)(?:ns)? +\S+% +\S+% +(\S+?)(?:ns)? +\S+% +(.*?)( \((?:partial-)?inline\))?$/gm,
    );
    const theirs = [...rows].map(([, self, total, name]) => `${self} ${total} ${name}`);
    assert.ok(theirs.length > 20);
    assert.deepEqual(ours.sort(), theirs.sort());
  });

  test('tree', async () => {
    const { functions } = await report(input, 'tree', { rows: 0 });
    const ours = functions.flatMap(({ name, callees }) =>
      callees.map((callee) => `${name} > ${callee.name} ${callee.value}`),
    );
    const theirs: string[] = [];
    let name = '';
    for (const line of pprof('-tree', '-unit=ns', input).split('\n')) {
      const own = /^ *\S+ +\S+% +\S+% +\S+ +\S+% +\| (\S.*)$/.exec(line);
      const other = /^ *(\S+?)(?:ns)? +\S+% \| {3}(\S.*)$/.exec(line);
      if (line.startsWith('---')) name = '';
      if (own) name = plain(own[1]!);
      else if (other && name !== '') theirs.push(`${name} > ${plain(other[2]!)} ${other[1]}`);
    }
    assert.ok(theirs.length > 20);
    // pprof leaves out who calls itself.
    const others = ours.filter((line) => !/^(.*) > \1 \d+$/.test(line));
    assert.deepEqual(others.sort(), theirs.sort());
  });

  test('tags', async () => {
    const path = 'fixtures/tags/labels/input.pb';
    const { labels } = await report(path, 'tags');
    const text = pprof('-tags', path);
    // pprof loses the label 0, and counts a sample with two labels of one key twice for the key.
    const rows = labels.flatMap(({ key, values }) => (key === 'thread' ? [] : values));
    assert.ok(rows.length > 5);
    for (const { cost } of rows) assert.match(text, new RegExp(`^ +${cost}\\.0 \\([ .0-9]+%\\): `, 'm'));
  });
});

/** A name without what pprof says of inlining. */
function plain(name: string): string {
  return name.replace(/ \((partial-)?inline\)$/, '');
}

describe('reports', () => {
  const input = 'fixtures/top/recursion/input.folded';

  test('rows that are left out are counted, and the sum is that of all', async () => {
    const { functions, functionCount, sum } = await report(input, 'top', { rows: 2 });
    assert.deepEqual([functions.length, functionCount, sum], [2, 6, 100]);
    assert.deepEqual(
      functions.map(({ name }) => name),
      ['read', 'sort'],
    );
  });

  test('the selves of all functions are the sum', async () => {
    const { functions, sum } = await report(input, 'top', { rows: 0 });
    assert.equal(
      functions.reduce((total, { self }) => total + self, 0),
      sum,
    );
  });

  test('shares are those of the whole, whatever is left out', async () => {
    const text = await convert(input, 'top', { transforms: { nodeThres: 45 } });
    assert.match(String(text), /^3 functions with 50 of self, 50\.00% of all$/m);
  });

  test('integers beyond 2^53 are exact, also in JSON', async () => {
    const builder = new ProfileBuilder([{ name: 'bytes', unit: 'count' }]);
    const frame = Int32Array.of(builder.frame(builder.function('f')));
    const self = [BigInt64Array.of(2n ** 60n + 1n)];
    const profile = builder.tree({ frame, parent: Int32Array.of(-1), self });
    for (const to of ['top', 'traces', 'markdown'])
      assert.match(
        String(await convert(profile, to, { options: { [to]: { json: true } } })),
        /:1152921504606846977[,}]/,
      );
  });

  test('a function may have any number of callees', async () => {
    const stacks = Array.from({ length: 150_000 }, (_, i) => `main;f${i} 1\n`).join('');
    const text = String(
      await convert(Buffer.from(stacks), 'peek', { options: { peek: { functions: '^main$' } } }),
    );
    assert.ok(text.split('\n').length > 150_000);
  });
  test('what the rows took is added up exactly', async () => {
    const text = await convert(Buffer.from(`a ${2n ** 53n + 1n}\nb 1\n`), 'top');
    assert.match(String(text), /^2 functions with 9007199254740994 of self, 100\.00% of all$/m);
  });

  test('stacks are those of the profile, leaf first', async () => {
    const { stacks } = await report(input, 'traces');
    assert.deepEqual(stacks[0], {
      value: 30,
      labels: [],
      frames: ['read', 'parse', 'parse', 'main'].map((name) => ({ name })),
    });
    assert.equal(
      stacks.reduce((sum, { value }) => sum + value, 0),
      100,
    );
  });

  test('guesses are marked', async () => {
    const text = await convert('fixtures/callgrind/recursion/input.callgrind', 'traces');
    assert.match(String(text), /^Ir: 1387 in all \(estimated\)\n/);
  });

  test('a profile without labels has none', async () => {
    assert.match(String(await convert(input, 'tags')), /no sample has a label/);
  });

  test('a function that nobody knows cannot be peeked at', async () => {
    const options = { peek: { functions: 'nobody' } };
    assertTold(await failure(convert(input, 'peek', { options })), 'peek/no-match');
    assertTold(
      await failure(convert(input, 'peek', { options: { peek: { functions: '(' } } })),
      'usage/bad-expression',
    );
  });

  test('flat profiles have no stacks to show', async () => {
    const text = String(await convert('fixtures/callgrind/cachegrind/input.cachegrind', 'markdown'));
    assert.match(text, /Top functions by self/);
    assert.doesNotMatch(text, /Heaviest stacks/);
  });
});

test('reports have a heading if one is wanted', async () => {
  const title = 'Shop # 2';
  const peek = { functions: '.' };
  for (const to of ['top', 'tree', 'peek', 'traces', 'tags', 'markdown']) {
    const options = { ...(to === 'peek' ? peek : {}), title };
    const text = async (more: object) =>
      String(
        await convert('fixtures/folded/basic/input.folded', to, {
          options: { [to]: { ...options, ...more } },
        }),
      );
    assert.match(await text({}), /^(Shop # 2|## Shop \\# 2\n)\nsamples: 93 in all/, to);
    assert.equal(JSON.parse(await text({ json: true })).title, title, to);
    assert.doesNotMatch(await text({ title: undefined }), /Shop/, to);
  }
});
