/** Binary profiles of Python: the tables as Python prints them, and what other profiles become. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { PstatsTable } from '../converters/python/pstats-table.ts';
import { pythonBytes } from '../converters/python/python-text.ts';
import { ProfileBuilder } from '../src/builder.ts';
import { sumOf } from '../src/columns.ts';
import { Combination } from '../src/combine.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import { merge } from '../src/index.ts';
import { secondsPerUnit } from '../src/metrics.ts';
import type { Profile } from '../src/profile.ts';
import { cases } from './cases.ts';
import { type Encodable, marshalled, Pairs, statsRow } from './marshal-encoder.ts';
import { assertTold, convert, dump, failure, needs, printed, readProfile, root } from './support.ts';

const directory = mkdtempSync(join(tmpdir(), 'prof2dot-pstats-'));
after(() => rmSync(directory, { recursive: true }));

/** Seconds since 1970. */
const MODIFIED = 1_700_000_000;
const fixture = (name: string): string => `fixtures/pstats/${name}/input.pstats`;
const NAMES = cases('pstats')
  .filter(({ readAs, fails, name, input }) => readAs === 'pstats' && !fails && input.includes(`/${name}/`))
  .map(({ name }) => name.replace('pstats/', ''));

/** Answers each line of JSON, commands and files, with what pstats prints then. */
const SCRIPT = `
import io, json, marshal, pstats, sys
real = marshal.load
def names(value):
    "Python 3 shows no file of Python 2: its texts are bytes there."
    if isinstance(value, bytes): return value.decode('utf-8', 'surrogateescape')
    if isinstance(value, tuple): return tuple(map(names, value))
    if isinstance(value, dict): return {names(k): names(v) for k, v in value.items() if k != ('__sampled__',)}
    if hasattr(value, 'co_name'): return '<code object %s, file "%s", line %d>' % (value.co_name, value.co_filename, value.co_firstlineno)
    return value
marshal.load = lambda file: names(real(file))
def load(path): return real(open(path, 'rb'))
for line in sys.stdin:
    commands, files = json.loads(line)
    out = io.StringIO()
    stats = pstats.Stats(*files, stream=out)
    exec(commands)
    print(json.dumps(out.getvalue().encode('utf-8', 'surrogateescape').decode('latin-1')))
`;

function python(jobs: [commands: string, files: string[]][]): string[] {
  const { stdout, stderr, status } = spawnSync('python3', ['-c', SCRIPT], {
    cwd: directory,
    env: { ...process.env, TZ: 'UTC' },
    input: jobs.map((job) => `${JSON.stringify(job)}\n`).join(''),
  });
  assert.equal(status, 0, String(stderr));
  return String(stdout)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** The fixture's name in the directory of the test, where files have a time of their own. */
function copied(name: string): string {
  const path = join(directory, `${name}.pstats`);
  copyFileSync(join(root, fixture(name)), path);
  utimesSync(path, MODIFIED, MODIFIED);
  return `${name}.pstats`;
}

async function read(name: string): Promise<Profile> {
  const file = `${name}.pstats`;
  return readProfile(readFileSync(join(root, fixture(name))), {
    name: file,
    modified: MODIFIED * 1000 + 500,
  });
}

/** The same tables of ours, as bytes in Latin-1. */
async function table(profile: Profile, options: Record<string, unknown>): Promise<string> {
  const zone = process.env['TZ'];
  process.env['TZ'] = 'UTC';
  try {
    const bytes = await convert(profile, 'pstats-text', { options: { 'pstats-text': options } });
    return Buffer.from(bytes as string | Uint8Array).toString('latin1');
  } finally {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  }
}

describe('tables are those that Python prints', { skip: needs('python3') }, () => {
  const VIEWS: [string, Record<string, unknown>][] = [
    ['stats.print_stats()', { sort: 'none' }],
    [
      "stats.sort_stats('cumulative', 'name').print_stats(0.5, 'e')",
      { sort: 'cumulative,name', restrict: ['0.5', 'e'] },
    ],
    [
      "stats.strip_dirs().sort_stats('nfl').reverse_order().print_stats()",
      { sort: 'nfl', stripDirs: true, reverse: true },
    ],
    ["stats.sort_stats('calls').print_callees(5)", { sort: 'calls', view: 'callees', restrict: ['5'] }],
    ["stats.sort_stats('stdname').print_callers()", { sort: 'stdname', view: 'callers' }],
  ];
  // Python cannot read the one with back references of Python 2, and callers without a row stop it.
  const names = NAMES.filter((name) => !['python2', 'profile', 'sampled'].includes(name));
  const several = ['cprofile', 'pypy', 'huge', 'cprofile'];
  let expected: string[][];
  before(() => {
    const files = [...names.map((name) => [copied(name)]), several.map(copied)];
    const texts = python(
      VIEWS.flatMap(([commands]) => files.map((each) => [commands, each] as [string, string[]])),
    );
    expected = VIEWS.map((_, i) => texts.slice(i * files.length, (i + 1) * files.length));
  });
  for (const [i, [commands, options]] of VIEWS.entries()) {
    test(commands, async () => {
      for (const [n, name] of names.entries())
        assert.equal(await table(await read(name), options), expected[i]![n], name);
    });
  }
  test("of several files, added up in Python's order", async () => {
    const sum = merge((await Promise.all(several.map(read))) as [Profile, ...Profile[]]);
    for (const [i, [commands, options]] of VIEWS.entries())
      assert.equal(await table(sum, options), expected[i]![names.length], commands);
  });
});

describe('written as they were read', () => {
  for (const name of NAMES) {
    test(name, async () => {
      const profile = await readProfile(readFileSync(join(root, fixture(name))));
      const again = await readProfile((await convert(profile, 'pstats')) as Uint8Array);
      assert.deepEqual(again.meta.raw!['pstats'], profile.meta.raw!['pstats']);
      assert.equal(dump(again), dump(profile));
    });
  }
  test('and Python agrees', { skip: needs('python3') }, async () => {
    const names = NAMES.filter((each) => !['python2', 'profile'].includes(each));
    const same = 'a, b = [repr(list(load(path).items())) for path in files]; out.write(str(a == b))';
    const jobs: [string, string[]][] = [];
    for (const name of names) {
      writeFileSync(join(directory, `${name}.out`), await convert(await read(name), 'pstats'));
      jobs.push([same, [copied(name), `${name}.out`]]);
    }
    assert.deepEqual(
      python(jobs),
      names.map(() => 'True'),
    );
  });
});

describe('from other profiles', () => {
  test('Python opens whatever is written', { skip: needs('python3') }, async () => {
    const inputs = [
      'fixtures/callgrind/recursion/input.callgrind',
      'fixtures/cpuprofile/node-main/input.cpuprofile',
    ];
    const commands = `
stats.print_stats(); stats.print_callers(); stats.print_callees()
for cc, nc, tt, ct, callers in stats.stats.values():
    assert 0 <= cc <= nc and type(cc) is type(nc) is int and type(tt) is type(ct) is float
out.seek(0); out.truncate(); out.write(repr(stats.total_tt))`;
    const profiles = await Promise.all(inputs.map((input) => readProfile(input)));
    for (const [i, profile] of profiles.entries())
      writeFileSync(join(directory, `${i}.pstats`), await convert(profile, 'pstats'));
    const sums = python(inputs.map((_, i) => [commands, [`${i}.pstats`]]));
    for (const [i, { nodes, metrics }] of profiles.entries()) {
      const sum = Number(sumOf(nodes.self[0]!)) * (secondsPerUnit(metrics[0]!) ?? 1);
      assert.ok(Math.abs(Number(sums[i]) - sum) < 1e-9 * sum, inputs[i]);
    }
  });
  test('functions that look the same are kept apart', async () => {
    const two = 'events: Ir\nob=a.so\nfn=f\n1 2\nob=b.so\nfn=f\n1 3\n';
    const again = await readProfile(
      (await convert(await readProfile(Buffer.from(two)), 'pstats')) as Uint8Array,
    );
    assert.equal(again.functions.length, 2);
  });
});

describe('what is lost is told', () => {
  const told = async (input: string) => {
    const diagnostics = new Diagnostics();
    await convert(await readProfile(input), 'pstats', { diagnostics });
    return printed(diagnostics);
  };
  test('counts that are estimates, and metrics that are no times', async () => {
    const sampled = await told('fixtures/cpuprofile/node-main/input.cpuprofile');
    assert.match(sampled, /note pstats\/one-metric: [\s\S]*warning pstats\/estimated-counts: /);
    assert.match(await told('fixtures/callgrind/recursion/input.callgrind'), /warning pstats\/no-times: /);
  });
  test('a value that is no dictionary', async () => {
    assert.match(
      await failure(readProfile(Buffer.from('N'), { format: 'pstats' })),
      /error pstats\/no-dictionary/,
    );
    // What stands behind such a value is nobody's concern.
    const diagnostics = new Diagnostics();
    const settings = { format: 'pstats', diagnostics };
    await assert.rejects(readProfile(Buffer.from('Flat profile:\n'), settings), /no dictionary/);
    assert.deepEqual(diagnostics.list(), []);
  });
});

describe('where Python stops', () => {
  test('figures of callers and counts alone are not added', async () => {
    const profile = await read('profile');
    const [table] = profile.meta.raw!['pstats'] as [PstatsTable];
    const figures = { calls: 1n, primitiveCalls: 1n, self: 0, total: 0 };
    const rows = table.rows.map((row) => ({
      ...row,
      callers: row.callers.map(({ key }) => ({ key, figures })),
    }));
    const mixed = { ...profile, meta: { raw: { pstats: [table, new PstatsTable(rows)] } } };
    assert.match(await failure(convert(mixed, 'pstats-text')), /error pstats-text\/mixed-callers/);
    assert.match(await failure(convert(mixed, 'pstats')), /error pstats\/mixed-callers/);
  });
  test('a count of a caller without figures cannot be printed', async () => {
    const profile = await read('profile');
    const [table] = profile.meta.raw!['pstats'] as [PstatsTable];
    const cut = { ...profile, meta: { raw: { pstats: [new PstatsTable(table.rows.slice(1))] } } };
    const options = { 'pstats-text': { view: 'callers' } };
    assert.match(
      await failure(convert(cut, 'pstats-text', { options })),
      /error pstats-text\/caller-without-row/,
    );
  });
});

describe('hostile files', () => {
  const key = (name: string) => ['a.py', 1n, name];

  test('functions and callers that stand twice are those of Python', async () => {
    const callers = new Pairs([
      [key('g'), [1n, 1n, 1, 1]],
      [key('g'), [2n, 2n, 2, 2]],
    ]);
    const bytes = marshalled(
      new Pairs([
        [key('f'), statsRow(1n)],
        [key('g'), statsRow(2n)],
        [key('f'), statsRow(5n, callers)],
        [key('h'), statsRow(3n)],
      ]),
    );
    const diagnostics = new Diagnostics();
    const profile = await readProfile(bytes, { diagnostics });
    assertTold(printed(diagnostics), 'pstats/same-function', /a\.py:1\(f\) stands twice.* \(and 1 more\)/);
    const { functions, nodes, arcs } = profile;
    assert.deepEqual(functions.name, ['f', 'g', 'h']);
    assert.deepEqual([...nodes.self[0]!], [5, 2, 3]);
    assert.deepEqual([arcs!.length, arcs!.caller[0], arcs!.callee[0], arcs!.calls[0]], [1, 1, 0, 2]);
  });

  test('integers without end and lines that are none stop', async () => {
    const digits = Buffer.alloc(60_000, 1);
    const head = Buffer.from('{(\x05\0\0\0l\0\0\0\0', 'latin1');
    head.writeInt32LE(digits.length / 2, head.length - 4);
    const text = await failure(readProfile(Buffer.concat([head, digits]), { format: 'pstats' }));
    assert.match(text, /\(byte 7\): error pstats\/bad-marshal: an integer of 450000 bits/);
    const line = marshalled(new Pairs([[['a.py', 2n ** 60n, 'f'], statsRow(1n)]]));
    assert.match(await failure(readProfile(line)), /error pstats\/bad-row: expected a line below 2\^53/);
  });

  test('a table that JSON claims to have is none', async () => {
    const json = (await convert('fixtures/pstats/cprofile/input.pstats', 'json')).toString();
    const claimed = json.replace('"raw":{}', '"raw":{"pstats":[{"rows":[{}]}]}');
    assert.notEqual(claimed, json);
    const text = (await convert(Buffer.from(claimed), 'pstats-text')).toString();
    assert.match(text, /builtins\.exec/);
  });

  test('many functions that look the same take no longer than others', { timeout: 60_000 }, async () => {
    const builder = new ProfileBuilder([{ name: 'time', unit: 'seconds' }]);
    const frame = Int32Array.from({ length: 20_000 }, (_, id) =>
      builder.addFrame(builder.addFunction('f', { id: String(id) })),
    );
    const self = [new Float64Array(frame.length)];
    const bytes = await convert(builder.flat({ frame, self, total: self }), 'pstats');
    assert.equal((await readProfile(bytes)).functions.length, 20_000);
  });
});

describe('totals beyond the selves', () => {
  const read = async (count: bigint) => {
    const diagnostics = new Diagnostics();
    const row: Encodable = [count, count, 1, 3, new Pairs()];
    const bytes = marshalled(new Pairs([[['a.py', 1n, 'f'], row]]));
    const { nodes, whole } = await readProfile(bytes, { diagnostics });
    return { total: nodes.total[0]![0], sum: whole?.sum[0], told: printed(diagnostics) };
  };
  test('are the sum: selves of functions that look the same are missing', async () => {
    const { total, sum, told } = await read(1n);
    assert.deepEqual([total, sum], [3, 3]);
    assertTold(told, 'pstats/missing-selves');
  });
  test('of samplers are not: they count each level of recursion', async () => {
    const { total, sum, told } = await read(-1n);
    assert.deepEqual([total, sum], [1, undefined]);
    assertTold(told, 'pstats/total-beyond-sum');
  });
});

test('what was cut is not written, though the file had it', async () => {
  const transforms = { root: 'fib', depth: 0 };
  const text = await convert('fixtures/pstats/cprofile/input.pstats', 'pstats-text', { transforms });
  assert.match(text.toString(), /^ {9}\d+ function calls.*\n[\s\S]*\(fib\)\n\n\n$/);
  assert.equal(text.toString().match(/\.py:/g)?.length, 1);
});

test('of other groups than functions the file has no table', async () => {
  const transforms = { granularity: 'file' as const };
  const text = await convert('fixtures/pstats/cprofile/input.pstats', 'pstats-text', { transforms });
  assert.match(text.toString(), /:0\(<string>\)\n/);
});

test('bytes that are no UTF-8 come out as they went in', async () => {
  const bytes = Buffer.from(await table(await read('python2'), { sort: 'none' }), 'latin1');
  assert.ok(bytes.includes(Buffer.from('gr\xf6\xdfe', 'latin1')));
  assert.deepEqual(
    pythonBytes('é\udcff🦄\ud800'),
    Uint8Array.of(0xc3, 0xa9, 0xff, 0xf0, 0x9f, 0xa6, 0x84, 0xed, 0xa0, 0x80),
  );
});

test('files named by location are added up as Python does, and numbered anew', async () => {
  const options = { pstats: { names: 'location' } };
  const file = 'fixtures/pstats/cprofile/input.pstats';
  const once = await readProfile(file, { options });
  const sum = new Combination(new Diagnostics());
  for (let i = 0; i < 2; i++)
    sum.add(await readProfile(file, { options }), [{ key: 'source', value: `${i}` }]);
  const twice = sum.finish();
  assert.deepEqual(twice.functions.name, once.functions.name);
  assert.deepEqual(twice.functions.id, once.functions.id);
  assert.deepEqual(
    twice.functions.calls,
    once.functions.calls!.map((calls) => 2 * calls),
  );
  assert.equal(
    String(await convert(twice, 'dot')),
    String(await convert(once, 'dot')).replaceAll(/(\d+)×/g, (_, n) => `${2 * n}×`),
  );
});
