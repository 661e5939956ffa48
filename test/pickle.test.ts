/** Pickles: the same values as Python reads from them, and nothing that Python would do. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { PickleGlobal } from '../converters/python/pickle/values.ts';
import { PickleDict, PickleObject, type PickleValue, readPickle } from '../converters/python/pickle.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import { bytesInput, PeekedInput } from '../src/input/byte-input.ts';
import { headOf } from '../src/input/head.ts';
import { Source } from '../src/input/source.ts';
import { Instance, pickled, Tuple } from './pickle-encoder.ts';
import { failure, needs, printed, readProfile } from './support.ts';

function read(bytes: Uint8Array | string, diagnostics: Diagnostics = new Diagnostics()): PickleValue {
  const input = new PeekedInput(bytesInput(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes));
  const head = headOf(input);
  return readPickle(new Source(input, { name: 'a.pickle', format: 'pickle', head, diagnostics })).value;
}

/** The value in the notation of the tests: what Python printed of its own. */
function plain(value: PickleValue): unknown {
  if (value instanceof PickleDict)
    return { dict: value.keys.map((key, i) => [plain(key), plain(value.values[i]!)]) };
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') };
  if (typeof value === 'bigint') return { int: `${value}` };
  if (typeof value === 'number' && !Number.isFinite(value)) return { float: `${value}` };
  return value;
}

/** The printed error of a pickle, which must come in bounded time. */
async function refused(bytes: Uint8Array | string): Promise<string> {
  const start = process.cpuUsage();
  const text = await failure((async () => read(bytes))());
  const { user, system } = process.cpuUsage(start);
  assert.ok((user + system) / 1e6 < 5, `took ${(user + system) / 1e6} s of CPU`);
  return text;
}

describe('values', () => {
  const cases: [string, string, unknown][] = [
    [
      'integers of text',
      '(I-7\nI01\nI00\nL123456789012345678901L\nl.',
      [-7, true, false, { int: '123456789012345678901' }],
    ],
    [
      'integers of bytes',
      '\x80\x02(K\xffM\xff\xffJ\xff\xff\xff\xff\x8a\x00\x8a\x02\xff\x00\x8a\x01\xff\x8b\x02\x00\x00\x00\x00\x80t.',
      [255, 65535, -1, 0, 255, -1, -32768],
    ],
    [
      '2^53',
      '\x80\x02(\x8a\x07\xff\xff\xff\xff\xff\xff\x1f\x8a\x07\x00\x00\x00\x00\x00\x00\x20t.',
      [2 ** 53 - 1, { int: '9007199254740992' }],
    ],
    [
      'floats',
      '(F1e-06\nF-inf\nFnan\nG\x3f\xf8\x00\x00\x00\x00\x00\x00t.',
      [1e-6, { float: '-Infinity' }, { float: 'NaN' }, 1.5],
    ],
    [
      'strings of Python 2',
      `(S'it\\'s \\\\ \\x41\\101\\n\\q\\xc3\\xa9\\xff'\nU\x03a\xffbT\x02\x00\x00\x00\xc3\xa9t.`,
      ["it's \\ AA\n\\q\u00e9\udcff", 'a\udcffb', '\u00e9'],
    ],
    ['unicode', 'V\\u20ac\\U0001f40d \xe9\\x\n.', '\u20ac\u{1f40d} \u00e9\\x'],
    [
      'texts',
      '\x80\x04(\x8c\x02\xc3\xa9\x8d\x01\x00\x00\x00\x00\x00\x00\x00aX\x03\x00\x00\x00\xed\xb2\x80t.',
      ['\u00e9', 'a', '\udc80'],
    ],
    [
      'overlong and broken UTF-8',
      '\x80\x04(\x8c\x02\xc0\x80\x8c\x03\xe2\x82x\x8c\x04\xf4\x90\x80\x80t.',
      ['\udcc0\udc80', '\udce2\udc82x', '\udcf4\udc90\udc80\udc80'],
    ],
    [
      'bytes',
      '\x80\x05(C\x01\xffB\x01\x00\x00\x00a\x8e\x01\x00\x00\x00\x00\x00\x00\x00b\x96\x00\x00\x00\x00\x00\x00\x00\x00t.',
      [{ bytes: 'ff' }, { bytes: '61' }, { bytes: '62' }, { bytes: '' }],
    ],
    ['tuples', '\x80\x02()K\x01\x85K\x01K\x02\x86K\x01K\x02K\x03\x87t.', [[], [1], [1, 2], [1, 2, 3]]],
    ['lists', '](K\x01K\x02eK\x03a.', [1, 2, 3]],
    [
      'dictionaries',
      '}((K\x01tK\x02U\x01aNuU\x01bN s.'.replace(' ', ''),
      {
        dict: [
          [[1], 2],
          ['a', null],
          ['b', null],
        ],
      },
    ],
    ['a dictionary at once', '(U\x01aK\x01d.', { dict: [['a', 1]] }],
    ['sets', '\x80\x04(\x8f(K\x01K\x02\x90(K\x03\x91t.', [[1, 2], [3]]],
    [
      'the memo',
      '\x80\x04(K\x01\x94K\x02q\x01K\x03r\x02\x00\x00\x00K\x04p3\n0h\x00j\x02\x00\x00\x00g1\nt.',
      [1, 2, 3, 1, 3, 2],
    ],
    ['the stack', '(K\x01K\x020K\x03(K\x04K\x051(K\x06002t.', [1, 3, 3]],
    ['a frame', '\x80\x04\x95\x02\x00\x00\x00\x00\x00\x00\x00N.', null],
    ['line ends of Windows', "(S'a'\r\nI7\r\nV\\u20ac\r\nt.", ['a', 7, '\u20ac']],
  ];
  for (const [what, bytes, expected] of cases)
    test(what, () => assert.deepEqual(plain(read(bytes)), expected));

  test('objects', () => {
    const made = (bytes: string): PickleObject => {
      const object = read(bytes);
      assert.ok(object instanceof PickleObject);
      return object;
    };
    assert.equal(made('\x80\x02cm\nC\n)\x81.').className, 'm.C');
    assert.equal(made('\x80\x04\x8c\x01m\x8c\x01C\x93)}\x92.').className, 'm.C');
    assert.equal(made('ccopy_reg\n_reconstructor\n(cm\nC\nc__builtin__\nobject\nNtR.').className, 'm.C');
    assert.equal(made('ccopyreg\n_reconstructor\n(tR.').className, '');
    assert.equal(made('N)R.').className, '');
    const filled = made('\x80\x02cm\nC\n)\x81(K\x01K\x02uK\x03aU\x01xK\x09s(K\x04e}U\x01aK\x05sb.');
    assert.deepEqual(plain(filled.items!), {
      dict: [
        [1, 2],
        ['x', 9],
      ],
    });
    assert.deepEqual(filled.list, [3, 4]);
    assert.equal(filled.get('a'), 5);
    assert.equal(filled.get('b'), undefined);
    assert.equal(made('N)Rb.'.replace('b', 'K\x01b')).get('a'), undefined);
    const name = read('cposix\nsystem\n.');
    assert.ok(name instanceof PickleGlobal);
    assert.deepEqual([name.module, name.name], ['posix', 'system']);
  });
  test('of a dictionary the last value of a key counts', () => {
    const dict = read('(U\x01aK\x01U\x01aK\x02d.');
    assert.ok(dict instanceof PickleDict);
    assert.equal(dict.get('a'), 2);
  });
  test('what stands behind the pickle is told of', () => {
    const diagnostics = new Diagnostics();
    assert.equal(read('K\x01.more', diagnostics), 1);
    assert.match(printed(diagnostics), /\(byte 3\): warning pickle\/more-bytes: 4 bytes behind the pickle/);
  });
  test('the encoder of these tests', () => {
    const value = new Map<unknown, unknown>([
      [new Tuple('a', 1), [null, true, -129, 2n ** 70n, 0.5, 'a', false]],
    ]);
    assert.deepEqual(plain(read(pickled(value))), {
      dict: [
        [
          ['a', 1],
          [null, true, -129, { int: `${2n ** 70n}` }, 0.5, 'a', false],
        ],
      ],
    });
    const object = read(pickled(new Instance('a.b.C', { x: 1 })));
    assert.ok(object instanceof PickleObject);
    assert.deepEqual([object.className, object.get('x')], ['a.b.C', 1]);
  });
});

describe('what Python pickles', { skip: needs('python3') }, () => {
  const PICKLER = `
import base64, json, pickle, sys
def value(v):
    if isinstance(v, list): return [value(x) for x in v]
    if not isinstance(v, dict): return v
    (kind, x), = v.items()
    return {'tuple': lambda: tuple(value(i) for i in x), 'set': lambda: {value(i) for i in x}, 'int': lambda: int(x),
        'float': lambda: float(x), 'bytes': lambda: bytes.fromhex(x), 'byte': lambda: bytearray.fromhex(x),
        'dict': lambda: {value(k): value(w) for k, w in x}}[kind]()
out = []
for v in json.load(sys.stdin):
    out.append([base64.b64encode(pickle.dumps(value(v), p)).decode() for p in range(6)])
json.dump(out, sys.stdout)
`;
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constant('\udc80x'),
  );
  const scalar = fc.oneof(
    fc.constantFrom(null, true, false),
    fc.integer(),
    text,
    fc.bigInt({ min: -(2n ** 90n), max: 2n ** 90n }).map((n) => ({ int: `${n}` })),
    fc.double({ noNaN: true }).map((float) => ({ float: Number.isFinite(float) ? float : `${float}` })),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      scalar,
      fc.array(tie('tree'), { maxLength: 5 }),
      fc.array(tie('tree'), { maxLength: 5 }).map((tuple) => ({ tuple })),
      fc
        .array(
          fc.tuple(
            fc.oneof(
              text,
              fc.tuple(text, fc.integer()).map((tuple) => ({ tuple })),
            ),
            tie('tree'),
          ),
        )
        .map((dict) => ({ dict })),
    ),
  }));
  /** The same value as `plain` has it. */
  const expected = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(expected);
    if (value === null || typeof value !== 'object') return value;
    const [[kind, content]] = Object.entries(value) as [[string, never]];
    if (kind === 'tuple') return (content as unknown[]).map(expected);
    if (kind === 'int') return Number.isSafeInteger(Number(content)) ? Number(content) : { int: content };
    if (kind === 'float') return typeof content === 'string' ? { float: content } : content;
    if (kind === 'bytes') return value;
    const entries = new Map<string, [unknown, unknown]>();
    for (const [key, item] of content as [unknown, unknown][]) {
      const id = JSON.stringify(key);
      entries.set(id, [entries.get(id)?.[0] ?? expected(key), expected(item)]);
    }
    return { dict: [...entries.values()] };
  };

  test('is read as what it was, in all protocols', () => {
    const values: unknown[] = fc.sample(tree, 60);
    values.push({ tuple: new Array(70_000).fill(0) }, 'x'.repeat(70_000), new Array(3000).fill('again'));
    const { stdout, stderr } = spawnSync('python3', ['-c', PICKLER], {
      input: JSON.stringify(values),
      maxBuffer: 1 << 28,
    });
    assert.equal(stderr.toString(), '');
    for (const [i, protocols] of (JSON.parse(stdout.toString()) as string[][]).entries()) {
      for (const base64 of protocols)
        assert.deepEqual(plain(read(Buffer.from(base64, 'base64'))), expected(values[i]));
    }
  });
});

describe('hostile pickles', () => {
  const repeated = (piece: string, count: number) => piece.repeat(count);

  test('run nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'prof2dot-'));
    try {
      const proof = join(folder, 'proof');
      const command = `touch ${proof}`;
      const bytes = Buffer.from(`cos\nsystem\n(S'${command}'\ntR.`);
      if (!needs('python3')) {
        spawnSync('python3', ['-c', 'import pickle, sys; pickle.load(sys.stdin.buffer)'], { input: bytes });
        assert.ok(existsSync(proof), 'Python itself must run it, or this test shows nothing');
        rmSync(proof);
      }
      const object = read(bytes);
      assert.ok(object instanceof PickleObject);
      assert.deepEqual([object.className, object.args], ['os.system', [command]]);
      for (const format of ['lprof', 'yappi']) {
        const text = await failure(readProfile(bytes, { format }));
        assert.match(text, /error (lprof\/no-line-stats|yappi\/no-stats): /);
      }
      assert.ok(!existsSync(proof));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  test('nested deeply are read', () => {
    const depth = 200_000;
    let value = read(`${repeated(']', depth)}${repeated('a', depth - 1)}.`);
    let seen = 0;
    for (; Array.isArray(value) && value.length > 0; value = value[0]!) seen++;
    assert.equal(seen, depth - 1);
    assert.deepEqual(read(`${repeated('(', depth)}${repeated('t', depth - 1)}0N.`), null);
  });
  test('that hold themselves are read', () => {
    const list = read(']q\x00h\x00a.') as PickleValue[];
    assert.equal(list[0], list);
    const dict = read('}q\x00U\x01ah\x00s.') as PickleDict;
    assert.equal(dict.get('a'), dict);
  });
  test('that share exponentially take no more than their size', () => {
    const level = repeated('(2', 0) + 'q\x00](h\x00h\x00h\x00h\x00h\x00h\x00h\x00h\x00e';
    assert.ok(Array.isArray(read(`]${repeated(level, 1000)}.`)));
  });

  const REFUSED: [string, string | (() => string), RegExp][] = [
    [
      'empty',
      '',
      /^a\.pickle \(byte 0\): error pickle\/truncated: the pickle has no end\n {2}hint: is the file cut off\?/,
    ],
    ['without an end', '\x80\x02]', /\(byte 3\): error pickle\/truncated: the pickle has no end/],
    [
      'a text beyond the file',
      'X\xff\xff\xff\xffabc',
      /\(byte 5\): error pickle\/truncated: 4294967295 bytes are due, but 3 are left/,
    ],
    [
      'a text beyond all files',
      '\x8d\xff\xff\xff\xff\xff\xff\xff\xffabc',
      /truncated: 18446744073709552000 bytes are due/,
    ],
    ['bytes beyond the file', 'B\x00\x01\x00\x00abc', /truncated: 256 bytes are due, but 3 are left/],
    ['an integer beyond the file', '\x8b\xff\xff\xff\x7f\x01', /truncated: 2147483647 bytes are due/],
    ['a frame beyond the file', '\x80\x04\x95\xff', /truncated: 8 bytes are due, but 1 are left/],
    ['a line without an end', 'cos', /\(byte 1\): error pickle\/truncated: a line without an end/],
    [
      'too long an integer',
      () => `\x8b\x00\x00\x10\x00${'\x01'.repeat(1 << 20)}.`,
      /too-large: an integer of 1048576 bytes/,
    ],
    ['too many digits', () => `I${'9'.repeat(1 << 20)}\n.`, /too-large: an integer of more than 4300 digits/],
    ['no integer', 'I12x\n.', /\(byte 4\): error pickle\/bad-pickle: expected an integer, got "12x"/],
    ['no number', 'F1.2.3\n.', /bad-pickle: expected a number, got "1\.2\.3"/],
    ['no string', "S'abc\n.", /bad-pickle: expected a quoted string/],
    ['half a string', "S'\n.", /bad-pickle: expected a quoted string/],
    [
      'an opcode of no profile',
      '\x80\x02P1\n.',
      /\(byte 2\): error pickle\/bad-pickle: 0x50 \(P\) is no opcode of a profile/,
    ],
    ['an extension', '\x80\x02\x82\x01.', /bad-pickle: 0x82 is no opcode/],
    ['a later protocol', '\x80\x06N.', /bad-pickle: protocol 6 is not known/],
    ['an empty stack', '.', /bad-pickle: a value is taken from an empty stack/],
    ['a stack empty behind a mark', 'K\x01(\x85.', /bad-pickle: a value is taken from an empty stack/],
    ['nothing to copy', '2.', /bad-pickle: a value is taken from an empty stack/],
    ['no mark', 'K\x01t.', /bad-pickle: there is no mark on the stack/],
    ['no list', 'K\x01K\x02a.', /bad-pickle: expected a list to add to/],
    ['no dictionary', ']K\x01K\x02s.', /bad-pickle: expected a dictionary to put into/],
    ['a key without a value', '}(K\x01u.', /bad-pickle: a key without a value/],
    ['no object', ']K\x01b.', /bad-pickle: expected an object to set up/],
    ['no name', '\x80\x04K\x01K\x02\x93.', /bad-pickle: expected the name of a module, and one in it/],
    ['an unknown memo', 'h\x07.', /bad-pickle: memo 7 is used before it is set/],
    ['no memo', 'g-1\n.', /bad-pickle: -1 is no memo/],
    ['a memo far away', 'K\x01r\xff\xff\xff\x7f.', /bad-pickle: memo 2147483647 of 8 bytes/],
    ['more values than memory', () => 'N'.repeat(4_300_000), /too-large: more values than any profile holds/],
    [
      'more lists than memory',
      () => `]${']0'.repeat(4_500_000)}`,
      /too-large: more values than any profile holds/,
    ],
    ['more marks than memory', () => '('.repeat(4_300_000), /too-large: more values than any profile holds/],
    [
      'more memos than memory',
      () => `N${'\x94'.repeat(9_000_000)}`,
      /too-large: more values than any profile holds/,
    ],
  ];
  for (const [what, bytes, expected] of REFUSED) {
    test(`${what}: refused`, async () => {
      assert.match(await refused(typeof bytes === 'string' ? bytes : bytes()), expected);
    });
  }
});
