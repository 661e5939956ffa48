/** Tables as Python prints them: against Python's own pstats, and what Python has no case of. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { before, describe, test } from 'node:test';
import { pythonRegExp, textRepr } from '../converters/python/pstats-text/python-regex.ts';
import { ProfileBuilder } from '../src/builder.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import type { Column, Metric, Profile } from '../src/profile.ts';
import { dice } from './profiles.ts';
import { convert, failure, needs, printed } from './support.ts';

interface Row {
  file: string;
  line: number;
  name: string;
  /** NaN = not counted. */
  calls: number;
  primitive: number;
  self: number | bigint;
  total: number | bigint;
}

interface Arc {
  caller: number;
  callee: number;
  calls: number;
  self: number | bigint;
  total: number | bigint;
}

const SECONDS: Metric = { name: 'time', unit: 'seconds' };

function columnOf(values: (number | bigint)[]): Column {
  const wide = values.some((value) => typeof value === 'bigint');
  return wide ? BigInt64Array.from(values as bigint[]) : Float64Array.from(values as number[]);
}

/** The rows and arcs as an arc profile. */
function profileOf(rows: Row[], arcs: Arc[], metric = SECONDS): Profile {
  const builder = new ProfileBuilder([metric]);
  const frame = Int32Array.from(rows, ({ file, line, name, calls, primitive }, f) => {
    builder.addFunction(name, { file, line });
    builder.addCalls(f, calls, primitive);
    return builder.addFrame(f);
  });
  return builder.graph(
    { frame, self: [columnOf(rows.map((r) => r.self))], total: [columnOf(rows.map((r) => r.total))] },
    {
      length: arcs.length,
      caller: Int32Array.from(arcs, (a) => a.caller),
      callee: Int32Array.from(arcs, (a) => a.callee),
      line: new Int32Array(arcs.length),
      calls: Float64Array.from(arcs, (a) => a.calls),
      total: [columnOf(arcs.map((a) => a.total))],
      self: [columnOf(arcs.map((a) => a.self))],
    },
  );
}

/** How one table is asked for: of Python by types, of us by texts. */
interface Request {
  strip: boolean;
  sort: string[] | null;
  reverse: boolean;
  view: 'stats' | 'callers' | 'callees';
  restrict: { kind: 'int' | 'float' | 're'; value: string }[];
}

async function printedBy(
  profile: Profile,
  request: Partial<Request> = {},
  diagnostics = new Diagnostics(),
): Promise<string> {
  const { strip = false, sort = null, reverse = false, view = 'stats', restrict = [] } = request;
  const settings = {
    stripDirs: strip,
    sort: sort === null ? 'none' : sort.join(','),
    reverse,
    view,
    restrict: restrict.map(({ kind, value }) => `${kind}:${value}`),
  };
  const text = await convert(profile, 'pstats-text', { options: { 'pstats-text': settings }, diagnostics });
  return text.toString();
}

/** Reads lines of JSON and answers each with one: texts of pstats, matches of re, and repr. */
const PYTHON = `
import io, json, pstats, re, sys
class Given:
    def __init__(self, stats): self.stats = stats
    def create_stats(self): pass
def table(case):
    keys = [(r['file'], r['line'], r['name']) for r in case['rows']]
    stats = {key: (r['primitive'], r['calls'], r['self'], r['total'], {}) for key, r in zip(keys, case['rows'])}
    for a in case['arcs']:
        stats[keys[a['callee']]][4][keys[a['caller']]] = (a['calls'], a['calls'], a['self'], a['total'])
    out = io.StringIO()
    s = pstats.Stats(Given(stats), stream=out)
    if case['strip']: s.strip_dirs()
    if case['sort'] is not None:
        s.sort_stats(*([int(case['sort'][0])] if re.fullmatch(r'-?\\d+', case['sort'][0]) else case['sort']))
    if case['reverse']: s.reverse_order()
    kinds = {'int': int, 'float': float, 're': str}
    getattr(s, 'print_' + case['view'])(*[kinds[r['kind']](r['value']) for r in case['restrict']])
    return out.getvalue()
def matches(case):
    try: pattern = re.compile(case['pattern'])
    except re.error: return None
    return [bool(pattern.search(text)) for text in case['texts']]
for line in sys.stdin:
    case = json.loads(line)
    answer = table(case) if 'rows' in case else matches(case) if 'pattern' in case else repr(case['text'])
    print(json.dumps(answer))
`;

function python(cases: object[]): unknown[] {
  const input = cases.map((one) => `${JSON.stringify(one)}\n`).join('');
  const { stdout, stderr, status } = spawnSync('python3', ['-c', PYTHON], { input, maxBuffer: 2 ** 28 });
  assert.equal(status, 0, String(stderr));
  return String(stdout)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const FILES = [
  '~',
  'a.py',
  'lib/a.py',
  '/usr/lib/a.py',
  'C:\\x\\b.py',
  'dir/',
  'e\u0301/ü.py',
  '\u{1d4d0}.py',
];
const NAMES = [
  'main',
  '<lambda>',
  '<built-in method builtins.len>',
  'f',
  "it's",
  '\ue000',
  '\u{1d4d0}',
  '<>',
  '<',
];
const TIMES = [0, 0.0625, 0.1875, 1 / 3, 0.0005, 0.0015, 1e-9, 12.5, 1234567.0005, 1e22, -0.0625, -1e-9];
const COUNTS = [0, 1, 2, 7, 118, 123456789, 2 ** 49 + 1];
const SORTS: (string[] | null)[] = [
  ...['calls', 'ncalls', 'cumtime', 'cumulative', 'filename', 'line', 'module', 'name', 'nfl', 'pcalls'],
  ...['stdname', 'time', 'tottime', '-1', '0', '1', '2', 'cu', 'ti', 'fi', 's', 'to', 'na', 'p'],
  ...['time,name', 'calls,cumulative', 'name,time,line', 'pcalls,nfl', 'module,line'],
].map((keys) => keys.split(','));
const RESTRICTIONS: Request['restrict'] = [
  ...['0', '1', '3', '5', '-3', '100000'].map((value) => ({ kind: 'int' as const, value })),
  ...['0.0', '0.25', '0.5', '0.999', '1.0', '1e-07', '2.5'].map((value) => ({
    kind: 'float' as const,
    value,
  })),
  ...[
    'main',
    '^a',
    '\\.py:1',
    'lambda',
    '\\(',
    '(open',
    '[aeiou]{2}',
    'nothing like it',
    "it's",
    '\\w\\)$',
  ].map((value) => ({ kind: 're' as const, value })),
];

/** Random rows with distinct keys, and arcs from earlier ones to later ones. */
function randomCase(seed: number): Request & { rows: Row[]; arcs: Arc[] } {
  const roll = dice(seed);
  const some = <T>(list: T[]): T => list[roll(list.length)]!;
  const keys = new Map<string, Row>();
  for (let i = 1 + roll(12); i > 0; i--) {
    const file = some(FILES);
    const line = file === '~' && roll(4) > 0 ? 0 : roll(3) * 5;
    const name = some(NAMES);
    const calls = some(COUNTS);
    const primitive = roll(3) ? calls : some(COUNTS);
    keys.set(`${file}\0${line}\0${name}`, {
      file,
      line,
      name,
      calls,
      primitive,
      self: some(TIMES),
      total: some(TIMES),
    });
  }
  const rows = [...keys.values()];
  const arcs: Arc[] = [];
  for (let callee = 1; callee < rows.length; callee++) {
    for (let caller = 0; caller < callee; caller++) {
      if (roll(3) === 0)
        arcs.push({ caller, callee, calls: some(COUNTS), self: some(TIMES), total: some(TIMES) });
    }
  }
  return {
    rows,
    arcs,
    strip: roll(3) === 0,
    sort: roll(8) ? some(SORTS) : null,
    reverse: roll(3) === 0,
    view: some(['stats', 'callers', 'callees'] as const),
    restrict: Array.from({ length: Math.max(0, roll(5) - 2) }, () => some(RESTRICTIONS)),
  };
}

const TEXTS = [
  '',
  'main',
  'a.py:1(f)',
  'b\n',
  'x\ny',
  'ünï_1',
  '١٢',
  'A-B]',
  '{2}',
  'aa{',
  'K\u212a',
  '\x1c',
  'a\u2028b',
];
const PATTERNS = [
  ...[
    'a',
    '^',
    '$',
    '^$',
    'b$',
    '(?m)^y',
    '(?m)x$',
    'x.y',
    '(?s)x.y',
    '(?i)MAIN',
    '(?im)^Y$',
    '\\Ax',
    'b\\Z',
    'b\\n\\Z',
  ],
  ...[
    '\\d',
    '\\D',
    '\\w+$',
    '\\W',
    '\\s',
    '\\S',
    '\\bf\\b',
    'a\\B',
    '[\\d_]',
    '[^\\W\\d]',
    '[\\]-]',
    '[]-]',
    '[^]]',
    '[a-c]',
  ],
  ...[
    'a{2}',
    'a{,2}{',
    '{2}',
    'a{',
    'a{x}',
    '{',
    '}',
    ']',
    'a{2,1}',
    '(?P<n>a)(?P=n)',
    '(a)\\1',
    '\\2',
    '(?:a|b)+',
    '(?=a)a',
  ],
  ...[
    '(?!a)',
    '(?<=a)\\.',
    '(?<!a)\\.',
    '(?#note)a',
    '\\x61',
    '\\u0061',
    '\\U00000061',
    '\\x6',
    '\\q',
    '\\-',
    '\\/',
    '\\_',
  ],
  ...[
    '[z-a]',
    '[\\d-z]',
    '[a',
    '(',
    ')',
    'a**',
    '*',
    '\\',
    '"',
    '#',
    '&&',
    '[&&]',
    '[a--b]',
    '\\07',
    '\\a',
    '[\\b]',
    '~',
    '(?i)\u212a',
  ],
];
const QUOTED = [
  "it's",
  '"',
  `'"`,
  'a\\b',
  '\n\r\t',
  '\0\x7f\xa0',
  'é\u0301',
  '\u2028',
  '\ue000',
  '\u{1f600}',
  '\u{e0001}',
  ' ',
];

describe('pstats-text is what Python prints', { skip: needs('python3') }, () => {
  const cases = Array.from({ length: 600 }, (_, seed) => randomCase(seed + 1));
  let tables: string[];
  let matches: (boolean[] | null)[];
  let quoted: string[];
  before(() => {
    const patterns = PATTERNS.map((pattern) => ({ pattern, texts: TEXTS }));
    const answers = python([...cases, ...patterns, ...QUOTED.map((text) => ({ text }))]);
    tables = answers.splice(0, cases.length) as string[];
    matches = answers.splice(0, PATTERNS.length) as (boolean[] | null)[];
    quoted = answers as string[];
  });

  test('random profiles in every order, view and restriction', async () => {
    for (const [i, one] of cases.entries())
      assert.equal(await printedBy(profileOf(one.rows, one.arcs), one), tables[i], JSON.stringify(one));
    assert.ok(new Set(tables).size > 400);
  });

  test('patterns match the same names', () => {
    for (const [i, pattern] of PATTERNS.entries()) {
      const expression = pythonRegExp(pattern);
      assert.deepEqual(expression ? TEXTS.map((text) => expression.test(text)) : null, matches[i], pattern);
    }
  });

  test('patterns are shown as Python shows them', () => {
    assert.deepEqual(QUOTED.map(textRepr), quoted);
  });
});

const row = (name: string, figures: Partial<Row>): Row => ({
  ...{ file: 'a.c', line: 1, name, calls: Number.NaN, primitive: Number.NaN, self: 0, total: 0 },
  ...figures,
});

describe('pstats-text of what Python has no case of', () => {
  const arc: Arc = { caller: 0, callee: 1, calls: 4, self: 90, total: 90 };
  const rows = [row('main', { self: 10, total: 100 }), row('f', { self: 90, total: 90 })];
  const ir = { name: 'Ir', unit: 'count' };

  test('calls that nobody counted', async () => {
    assert.equal(
      await printedBy(profileOf(rows, [arc], ir)),
      `         at least 4 function calls in 100 Ir

   Random listing order was used

   ncalls     self  percall    total  percall filename:lineno(function)
        ?       10               100          a.c:1(main)
        4       90   22.500       90   22.500 a.c:1(f)


`,
    );
  });

  test('recursive calls of which nobody counted the first', async () => {
    const arcs = [arc, { ...arc, caller: 1, calls: 3 }];
    const text = await printedBy(profileOf([row('main', { calls: 1, primitive: 1 }), rows[1]!], arcs, ir));
    assert.match(text, /^ {9}8 function calls \(at least 1 primitive calls\) in 90 Ir\n/);
    assert.match(text, /\n {6}7\/\? {7}90 {3}12\.857 {7}90 {10}a\.c:1\(f\)\n/);
    assert.match(
      await printedBy(profileOf(rows, arcs, ir), { view: 'callers' }),
      /\na\.c:1\(f\) {5}<- {5}3\/\? {7}90 {7}90 {2}a\.c:1\(f\)\n {22}4 {7}90 {7}90 {2}a\.c:1\(main\)\n/,
    );
  });

  test('values that are no times keep their unit', async () => {
    const of = async (metric: Metric, self: number | bigint) =>
      (await printedBy(profileOf([row('f', { self, total: self })], [], metric))).split('\n')[0];
    assert.equal(await of({ name: 'samples', unit: 'samples' }, 3), '         ? function calls in 3 samples');
    assert.equal(
      await of({ name: 'space', unit: 'bytes' }, 2n ** 60n),
      `         ? function calls in ${2n ** 60n} bytes of space`,
    );
    assert.equal(
      await of({ name: 'cpu', unit: 'nanoseconds' }, 62_500_000),
      '         ? function calls in 0.062 seconds',
    );
    assert.equal(
      await of({ name: 'cpu', unit: 'ns' }, 2n ** 62n),
      '         ? function calls in 4611686018.427 seconds',
    );
    assert.equal(await of({ name: 'share', unit: '' }, 0.25), '         ? function calls in 0.250 share');
  });

  test('a guess is marked', async () => {
    const profile = profileOf(rows, [arc], ir);
    profile.estimated = true;
    assert.match(await printedBy(profile), / in 100 Ir \(estimated\)\n/);
  });

  test('functions without a file', async () => {
    const builder = new ProfileBuilder([SECONDS]);
    builder.addFunction('bare');
    builder.addFunction('malloc', { mapping: builder.mapping('/lib/libc.so.6') });
    builder.addFunction('<anonymous>');
    const frame = Int32Array.from([0, 1, 2], (f) => builder.addFrame(f));
    const profile = builder.flat({ frame, self: [new Float64Array(3)], total: [new Float64Array(3)] });
    const text = await printedBy(profile);
    for (const label of ['bare', '/lib/libc.so.6:0(malloc)', '{anonymous}'])
      assert.ok(text.includes(` ${label}\n`), text);
  });

  test('functions that look alike are kept apart', async () => {
    const same = [
      row('main', { self: 1, total: 6 }),
      row('f', { self: 2, total: 2 }),
      row('f', { self: 3, total: 3 }),
    ];
    const arcs = [arc, { ...arc, callee: 2, calls: 1 }];
    const text = await printedBy(profileOf(same, arcs, ir), { view: 'callees' });
    assert.equal(text.match(/a\.c:1\(f\)\n/g)?.length, 2);
  });

  test('callers that look alike without their directories are told of', async () => {
    const named = (file: string) => row('f', { file, self: 1, total: 1 });
    const arcs = [0, 1].map((caller) => ({ ...arc, caller, callee: 2 }));
    const diagnostics = new Diagnostics();
    await printedBy(
      profileOf([named('x/a.c'), named('y/a.c'), rows[0]!], arcs, ir),
      { strip: true },
      diagnostics,
    );
    assert.ok(printed(diagnostics).includes('warning pstats-text/same-callers: 1 callers look like others'));
  });

  test('the self of a callee by caller is exact for stacks, and unknown for arcs without it', async () => {
    const folded = Buffer.from('a;c 1\nb;c 2\na;c;d 4\n');
    const options = { 'pstats-text': { view: 'callers', sort: 'name' } };
    const text = (await convert(folded, 'pstats-text', { options })).toString();
    assert.match(text, /\nc {2}<- {7}\? {8}1 {8}5 {2}a\n {12}\? {8}2 {8}2 {2}b\n/);
    const profile = profileOf(rows, [arc], ir);
    delete profile.arcs!.self;
    assert.match(await printedBy(profile, { view: 'callers' }), /<- {7}4 {8}\? {7}90 {2}a\.c:1\(main\)\n/);
  });

  test('one metric is written, and the others are named', async () => {
    const diagnostics = new Diagnostics();
    await convert(Buffer.from('a 1 2\nb 3 4\n'), 'pstats-text', { diagnostics });
    assert.ok(printed(diagnostics).includes('note pstats-text/one-metric: only samples is written'));
  });

  test('bad options', async () => {
    const bad: [object, string][] = [
      [{ sort: 'c' }, 'usage/bad-sort-key: there is no sort key c, or more than one begins like this'],
      [{ sort: 'time,2' }, 'usage/bad-sort-key: there is no sort key 2, or more than one begins like this'],
      [{ restrict: ['1.5'] }, 'usage/bad-restriction: 1.5 is neither a count nor a fraction from 0 to 1'],
      [{ restrict: ['int:x'] }, 'usage/bad-restriction: int:x is neither a count nor a fraction'],
    ];
    for (const [settings, expected] of bad) {
      const options = { 'pstats-text': { ...settings } };
      const text = await failure(convert(profileOf(rows, []), 'pstats-text', { options }));
      assert.ok(text.includes(` error ${expected}`), text);
    }
  });
});
