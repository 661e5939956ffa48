/** The reader of JSON as bytes: reads what `JSON.parse` reads, refuses what it refuses, in pieces of any size. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { NumberList } from '../src/columns.ts';
import { Diagnostics, formatDiagnostic, ProfileError } from '../src/diagnostics.ts';
import { type ByteInput, bytesInput, PeekedInput } from '../src/input/byte-input.ts';
import { headOf } from '../src/input/head.ts';
import { END, JsonReader } from '../src/input/json.ts';
import { JsonKeys } from '../src/input/json-keys.ts';
import { RepeatedObjects } from '../src/input/repeated-objects.ts';
import { Source } from '../src/input/source.ts';
import './seed.ts';

/** Gives at most `size` bytes at a time. */
function pieces(bytes: Uint8Array, size: number): ByteInput {
  const input = bytesInput(bytes);
  return { read: (into) => input.read(into.subarray(0, size)) };
}

function reader(json: string | Uint8Array, piece = 1 << 16, bufferSize = 1 << 16): JsonReader {
  const bytes = Buffer.from(json as string);
  const head = headOf(new PeekedInput(bytesInput(bytes)));
  const options = { name: 'input', format: 'test', head, diagnostics: new Diagnostics() };
  const source = new Source(pieces(bytes, piece), options);
  return new JsonReader(source.utf8(), source, bufferSize);
}

/** The value that comes next, by the calls for its parts. */
function walk(json: JsonReader, keys: JsonKeys): unknown {
  if (json.isObject()) {
    const object: [string, unknown][] = [];
    for (let key = json.enterObject(keys); key !== END; key = json.nextKey(keys)) {
      if (key >= 0) object.push([keys.names[key]!, walk(json, keys)]);
      else json.skip();
    }
    return object;
  }
  if (json.isArray()) {
    const array: unknown[] = [];
    for (let more = json.enterArray(); more; more = json.nextItem()) array.push(walk(json, keys));
    return array;
  }
  if (json.isString()) return json.string();
  if (json.isNumber()) return json.number();
  return json.isNull() ? null : json.value();
}

/** The same for a value that `JSON.parse` gave. */
function walked(value: unknown, names: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => walked(item, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .filter(([key]) => names.includes(key))
    .map(([key, item]) => [key, walked(item, names)]);
}

const NAMES = ['a', 'id', 'callFrame', 'positionTicks', 'ключ', 'a"b\\'];
const blank = fc.constantFrom('', '', '', ' ', '\n', '\r\n\t', '  ');
const pieceSize = fc.constantFrom(1, 2, 3, 7, 64, 1 << 16);

/** A string in JSON, some of its characters as escapes. */
const stringText = (content: fc.Arbitrary<string>) =>
  fc
    .tuple(content, fc.nat())
    .map(([text, seed]) =>
      [...JSON.stringify(text)]
        .map((c, i, all) =>
          i > 0 && i < all.length - 1 && c >= 'a' && c < 'c' && all[i - 1] !== '\\' && (seed >> (i % 20)) & 1
            ? `\\u00${c.charCodeAt(0).toString(16)}`
            : c,
        )
        .join(''),
    );

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('}', '\\', '"', 'é', '\0'),
);
const anyNumber = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => JSON.stringify(n)),
  fc.constantFrom(
    '0',
    '-0',
    '0.5',
    '-1.25',
    '1e3',
    '1E-7',
    '12345678901234567890',
    '0.1',
    '1e400',
    '123456789.125',
  ),
);

/** JSON text of any shape, with blanks between its tokens. */
const { value: anyJson } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('null', 'true', 'false'),
    anyNumber,
    stringText(anyText),
    list('[', tie('value'), ']'),
    list(
      '{',
      fc
        .tuple(stringText(fc.oneof(fc.constantFrom(...NAMES), anyText)), blank, tie('value'))
        .map(([k, b, v]) => `${k}${b}:${b}${v}`),
      '}',
    ),
  ),
}));

function list(open: string, item: fc.Arbitrary<string>, close: string): fc.Arbitrary<string> {
  return fc
    .tuple(blank, fc.array(item, { maxLength: 4 }), blank)
    .map(([before, items, after]) => `${open}${before}${items.join(`${after},${before}`)}${after}${close}`);
}

/** Whether all of a text is passed by; otherwise it fails as broken JSON does. */
function accepts(text: string, piece: number): boolean {
  const json = reader(text, piece, 8);
  try {
    json.skip();
    json.finish();
    return true;
  } catch (error) {
    assert.ok(error instanceof ProfileError, String(error));
    assert.match(error.diagnostic.code, /^test\/(bad-json|truncated)$/);
    return false;
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('reading', () => {
  test('gives what JSON.parse gives, however small the pieces', () => {
    fc.assert(
      fc.property(anyJson, blank, pieceSize, (text, after, piece) => {
        const value = reader(text + after, piece, 8);
        assert.deepEqual(value.value(), JSON.parse(text));
        value.finish();
        const keys = new JsonKeys(NAMES);
        const parts = reader(after + text, piece, 8);
        // A key that comes twice is given twice; JSON.parse keeps the last.
        const seen = Object.is(JSON.stringify(JSON.parse(text)).length, text.length);
        if (seen) assert.deepEqual(walk(parts, keys), walked(JSON.parse(text), NAMES));
        else walk(parts, keys);
        parts.finish();
      }),
      { numRuns: 400 },
    );
  });

  test('takes and refuses what JSON.parse does', () => {
    const broken = fc
      .tuple(
        anyJson,
        fc.nat(),
        fc.nat(3),
        fc.constantFrom('', ',', '"', '\\', '0', '-', '.', 'e', '}', ']', ':', '\x01', 'x', '\\u12'),
      )
      .map(([text, at, cut, instead]) => {
        const from = at % (text.length + 1);
        return text.slice(0, from) + instead + text.slice(from + cut);
      });
    fc.assert(
      fc.property(broken, pieceSize, (text, piece) => assert.equal(accepts(text, piece), parses(text))),
      { numRuns: 1500 },
    );
  });

  test('is strict about numbers, words, strings', () => {
    const texts = [
      '01',
      '-',
      '-01',
      '1.',
      '.5',
      '1e',
      '1e+',
      '+1',
      '0x1',
      'nul',
      'truex',
      'NaN',
      '"\t"',
      '"\\x"',
      '"\\u00g0"',
      '"\\u12',
      '1 2',
      '',
      ' ',
      '\0',
      '{"a":1,}',
      '[1,]',
      '{,}',
      '[,1]',
      '{"a"}',
      '{1:2}',
      '"a',
      '1\0',
      '[1}',
      '{"a":1]',
    ];
    for (const text of texts) {
      assert.equal(parses(text), false, text);
      for (const piece of [1, 100]) assert.equal(accepts(text, piece), false, JSON.stringify(text));
    }
  });

  test('passes by 100,000 levels', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
      ['[{"a":[', ']}]'],
    ] as const) {
      const depth = 100_000;
      assert.ok(accepts(`${open.repeat(depth)}1${close.repeat(depth)}`, 1 << 16));
      assert.ok(!accepts(`${open.repeat(depth)}1${close.repeat(depth - 1)}`, 1 << 16));
    }
  });
});

describe('arrays of numbers', () => {
  test('become columns', () => {
    const list = fc.array(fc.oneof(fc.nat().map(String), anyNumber), { maxLength: 30 });
    fc.assert(
      fc.property(list, blank, pieceSize, (numbers, space, piece) => {
        const column = new NumberList(1);
        const json = reader(`[${numbers.join(`${space},${space}`)}] `, piece, 8);
        json.numbers(column);
        json.finish();
        // A column of integers has no -0.
        const plain = (n: number) => n + 0;
        assert.deepEqual(
          [...column.trimmed()].map(plain),
          numbers.map((n) => plain(JSON.parse(n))),
        );
      }),
    );
  });
  test('stay 32-bit integers as long as they can', () => {
    const column = new NumberList();
    reader('[1,2147483647,-2147483648]').numbers(column);
    assert.ok(column.array instanceof Int32Array);
    reader('[2147483648]').numbers(column);
    assert.deepEqual([...column.trimmed()], [1, 2147483647, -2147483648, 2147483648]);
  });
});

test('repeated objects are parsed once, also with a brace in a string', () => {
  const texts = [
    '{"name":"a"}',
    '{"name":"a}"}',
    '{"name":"a}","b":{}}',
    '{"name":"\\"}"}',
    '{ "name" : "a" }',
    '{}',
    `{"name":"${'x'.repeat(90)}"}`,
    `{"name":"${'x'.repeat(90)}}"}`,
  ];
  fc.assert(
    fc.property(fc.array(fc.nat(texts.length - 1), { minLength: 1 }), pieceSize, (picks, piece) => {
      const json = reader(`[${picks.map((p) => texts[p]).join(',')}]`, piece, 8);
      const objects = new RepeatedObjects();
      const firsts = [...new Set(picks)];
      let at = 0;
      for (let more = json.enterArray(); more; more = json.nextItem()) {
        const known = objects.length;
        const number = objects.read(json);
        const text = texts[picks[at++]!]!;
        assert.equal(number, firsts.indexOf(picks[at - 1]!));
        if (number === known) assert.deepEqual(objects.value, JSON.parse(text));
      }
      json.finish();
      assert.equal(objects.length, firsts.length);
    }),
  );
});

describe('errors say where', () => {
  const PROFILE = new JsonKeys(['nodes', 'samples']);
  const NODE = new JsonKeys(['id', 'name']);

  function read(text: string, bufferSize?: number): void {
    const json = reader(text, 1 << 16, bufferSize);
    for (let key = json.enterObject(PROFILE); key !== END; key = json.nextKey(PROFILE)) {
      if (key === 0) {
        for (let more = json.enterArray(); more; more = json.nextItem()) {
          for (let field = json.enterObject(NODE); field !== END; field = json.nextKey(NODE)) {
            if (field === 0) json.number();
            else if (field === 1) json.string();
            else json.skip();
          }
        }
      } else if (key === 1) json.numbers(new NumberList());
      else json.skip();
    }
    json.finish();
  }

  function told(text: string, bufferSize?: number): string {
    try {
      read(text, bufferSize);
    } catch (error) {
      assert.ok(error instanceof ProfileError);
      return formatDiagnostic(error.diagnostic);
    }
    throw new Error('nothing failed');
  }

  test('path and offset, and the text around it', () => {
    assert.equal(
      told('{"nodes":[{"id":1},{"id":2,"name":3}]}'),
      `input (byte 34) (nodes[1].name): error test/bad-value: expected a string, found a number
  | {"nodes":[{"id":1},{"id":2,"name":3}]}
  |                                   ^
`,
    );
  });
  test('line and column, where there are lines', () => {
    assert.equal(
      told('{\n  "samples": [1, 2,\n    x]\n}\n'),
      `input:3:5 (samples[2]): error test/bad-json: expected a number
  |     x]
  |     ^
`,
    );
  });
  test('the offset, when the lines before are gone', () => {
    const text = `{"samples":[\n${'1,\n'.repeat(200)}"x"]}`;
    const place = `input (byte ${text.indexOf('"x"')}) (samples[200])`;
    assert.ok(told(text, 64).startsWith(`${place}: error test/bad-value: expected a number, found a string`));
  });
  test('the end of the file', () => {
    assert.equal(
      told('{"nodes":[{"id":1,"x":{"y":[tru'),
      `input (byte 31) (nodes[0].*): error test/truncated: the file ends early: expected true
  | {"nodes":[{"id":1,"x":{"y":[tru
  |                                ^
  hint: the file may be cut off; copy or record it again
`,
    );
  });
  test('what follows the end', () => {
    assert.match(told('{} {}'), /byte 3.*bad-json: expected the end of the file/);
  });
  test('in characters, not bytes', () => {
    assert.match(told('{"größe":"ä","nodes":7}'), /\n {2}\| \{"größe":"ä","nodes":7\}\n {2}\| {22}\^\n/);
  });
  test('every kind of value', () => {
    for (const [value, kind] of [
      ['{}', 'an object'],
      ['[]', 'an array'],
      ['"a"', 'a string'],
      ['true', 'true'],
      ['null', 'null'],
    ]) {
      assert.match(told(`{"samples":[${value}]}`), new RegExp(`bad-value: expected a number, found ${kind}`));
    }
    assert.match(told('{"nodes":{"id":1}}'), /bad-value: expected an array, found an object/);
    assert.match(told('{"nodes":[7]}'), /bad-value: expected an object, found a number/);
    assert.match(told('[]'), /bad-value: expected an object, found an array/);
  });
});
