/** Python's marshal: every kind of record, what is no marshal, and that Python reads what is written. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MarshalWriter } from '../converters/python/marshal/writer.ts';
import { MarshalCode, MarshalDict, type MarshalValue, readMarshal } from '../converters/python/marshal.ts';
import { needs } from './support.ts';

/** Bytes from numbers and texts; a text stands for its Latin-1 bytes. */
function bytes(...parts: (number | string | number[])[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part, 'latin1')] : part)),
  );
}

const int32 = (value: number): number[] => [...new Uint8Array(Int32Array.of(value).buffer)];
const double = (value: number): number[] => [...new Uint8Array(Float64Array.of(value).buffer)];

function read(data: Uint8Array): MarshalValue {
  return readMarshal(data, (message, offset) => {
    throw new Error(`${offset}: ${message}`);
  });
}

describe('records', () => {
  const cases: [string, Uint8Array, MarshalValue][] = [
    ['None', bytes('N'), null],
    ['Ellipsis', bytes('.'), null],
    ['False', bytes('F'), false],
    ['True', bytes('T'), true],
    ['int', bytes('i', int32(-5)), -5n],
    ['int of 64 bits', bytes('I', int32(1), int32(-1)), -4294967295n],
    ['long', bytes('l', int32(-2), [1, 0, 3, 0]), -98305n],
    ['long of no digits', bytes('l', int32(0)), 0n],
    ['float as text', bytes('f', 5, '-1e-3'), -0.001],
    ['infinity as text', bytes('f', 4, '-inf'), Number.NEGATIVE_INFINITY],
    ['float', bytes('g', double(0.1)), 0.1],
    ['complex', bytes('y', double(1), double(2)), 1],
    ['complex as text', bytes('x', 1, '1', 2, '25'), 25],
    ['bytes', bytes('s', int32(2), 'ab'), 'ab'],
    ['unicode', bytes('u', int32(3), [0xe2, 0x82, 0xac]), '€'],
    ['a lone surrogate', bytes('u', int32(3), [0xed, 0xb2, 0x80]), '\udc80'],
    ['bytes that are no UTF-8', bytes('s', int32(2), [0x61, 0xff]), 'a\udcff'],
    ['ASCII', bytes('a', int32(1), 'x'), 'x'],
    ['short ASCII', bytes('Z', 1, 'x'), 'x'],
    ['tuple', bytes('(', int32(1), 'N'), [null]],
    ['short tuple', bytes(')', 2, 'TF'), [true, false]],
    ['list', bytes('[', int32(1), 'T'), [true]],
    ['set', bytes('<', int32(1), 'T'), [true]],
    ['slice', bytes(':NNN'), [null, null, null]],
    [
      'interned strings',
      bytes(')', 3, 't', int32(1), 'p', 't', int32(1), 'q', 'R', int32(0)),
      ['p', 'q', 'p'],
    ],
    ['references', bytes(')', 3, [0xe9], int32(7), [0xe7], double(2), 'r', int32(1)), [7n, 2, 2]],
    ['a container before its items', bytes([0xa9], 2, [0xfa], 1, 'a', 'r', int32(1)), ['a', 'a']],
  ];
  for (const [what, data, value] of cases) test(what, () => assert.deepEqual(read(data), value));

  test('dictionary, in its order', () => {
    const dict = read(bytes('{', 'z', 1, 'b', 'T', 'z', 1, 'a', 'F', '0'));
    assert.ok(dict instanceof MarshalDict);
    assert.deepEqual(
      [dict.keys, dict.values],
      [
        ['b', 'a'],
        [true, false],
      ],
    );
  });
});

describe('code objects', () => {
  const name = (text: string) => bytes('s', int32(text.length), text);
  const unicode = (text: string) => bytes('u', int32(text.length), text);
  const tuple = bytes('(', int32(0));
  const numbers = (count: number) => bytes(...Array.from({ length: count }, () => int32(1)));
  const join = (...parts: Uint8Array[]) => bytes(...parts.map((part) => [...part]));
  const code = (count: number, text: typeof name, middle: number, more: Uint8Array[]) =>
    join(
      bytes('c'),
      numbers(count),
      name('\x64\x00'),
      ...Array(middle).fill(tuple),
      text('a.py'),
      text('<module>'),
      ...more,
    );
  const line = bytes(int32(3));
  const layouts: [string, Uint8Array][] = [
    ['2.7', code(4, name, 5, [line, name('')])],
    ['3.0', code(5, unicode, 5, [line, name('')])],
    ['3.8', code(6, unicode, 5, [line, name('')])],
    [
      '3.11',
      join(
        bytes('c'),
        numbers(5),
        name('\x64'),
        tuple,
        tuple,
        tuple,
        name(''),
        unicode('a.py'),
        unicode('<module>'),
        unicode('<module>'),
        line,
        name(''),
        name(''),
      ),
    ],
  ];
  for (const [version, data] of layouts) {
    test(`of Python ${version}`, () => {
      for (const value of [
        read(data),
        (read(join(bytes(')', 2), data, bytes('i'), line)) as MarshalValue[])[0],
      ]) {
        assert.ok(value instanceof MarshalCode);
        assert.equal(String(value), '<code object <module>, file "a.py", line 3>');
      }
    });
  }
});

describe('what is no marshal fails, with its place', () => {
  const cases: [string, Uint8Array, RegExp][] = [
    ['nothing', bytes(), /^Error: 0: the data ends/],
    ['an unknown kind', bytes('?'), /^Error: 0: 0x3f is no kind/],
    ['a value that is missing', bytes(')', 1, '0'), /^Error: 2: a value is missing/],
    ['a negative size', bytes('s', int32(-1)), /^Error: 1: a size of -1/],
    ['a size beyond the end', bytes('s', int32(9), 'abc'), /^Error: 5: the data ends/],
    ['a count beyond the end', bytes('[', int32(2 ** 31 - 1)), /^Error: 5: 2147483647 items/],
    ['a digit of 16 bits', bytes('l', int32(1), [0, 0x80]), /^Error: 1: a digit/],
    ['a long beyond the end', bytes('l', int32(-(2 ** 31))), /^Error: 5: the data ends/],
    ['a float that is none', bytes('f', 3, '1,5'), /^Error: 1: "1,5" is no number/],
    ['a reference to nothing', bytes('r', int32(0)), /^Error: 1: reference 0/],
    ['a reference to its own container', bytes([0xa9], 1, 'r', int32(0)), /^Error: 3: reference 0/],
    ['a string that was not interned', bytes('R', int32(0)), /^Error: 1: string 0/],
    ['more values', bytes('NN'), /^Error: 1: 1 bytes stand behind/],
    ['depth', bytes(')'.repeat(0), ...Array(5000).fill([0x29, 1]), 'N'), /deep$/],
  ];
  for (const [what, data, error] of cases) test(what, () => assert.throws(() => read(data), error));
});

const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\udc80x', 'é€🦄', '\ud800'));
const numbers = fc.oneof(
  fc.bigInt({ min: -(2n ** 90n), max: 2n ** 90n }),
  fc.integer().map(BigInt),
  fc.double(),
);

function written(items: (string | number | bigint | boolean)[]): Uint8Array {
  const writer = new MarshalWriter();
  writer.tuple(items.length);
  for (const item of items) {
    if (typeof item === 'string') writer.text(item);
    else if (typeof item === 'boolean') writer.boolean(item);
    else writer.number(item);
  }
  return writer.take();
}

test('what is written reads back', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(texts, numbers, fc.boolean())), (items) => {
      assert.deepEqual(read(written(items)), items);
    }),
  );
});

test('Python reads what is written', { skip: needs('python3') }, () => {
  const items = [
    0n,
    -1n,
    2n ** 31n,
    -(2n ** 31n),
    2n ** 31n - 1n,
    2n ** 64n,
    -(2n ** 100n),
    0.1,
    -0,
    1e300,
    'é€🦄',
    '\udc80',
    true,
  ];
  const script = 'import marshal, sys; print(ascii(marshal.load(sys.stdin.buffer)))';
  const { stdout } = spawnSync('python3', ['-c', script], { input: written(items) });
  assert.equal(
    String(stdout).trim(),
    `(0, -1, 2147483648, -2147483648, 2147483647, 18446744073709551616, -1267650600228229401496703205376, 0.1, -0.0, 1e+300, '\\xe9\\u20ac\\U0001f984', '\\udc80', True)`,
  );
});
