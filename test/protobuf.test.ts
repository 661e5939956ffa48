/** The reader of protocol buffers: exact numbers, and a fault at the first wrong byte. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ProtobufReader } from '../src/input/protobuf.ts';
import { Message } from './protobuf-encoder.ts';
import './seed.ts';

class Fault extends Error {}

function reader(bytes: Iterable<number>): ProtobufReader {
  return new ProtobufReader(Uint8Array.from(bytes), (code, message, offset) => {
    throw new Fault(`${offset} ${code}: ${message}`);
  });
}

/** All that a message holds, by a reader that takes every wire type it meets. */
function walk(bytes: Iterable<number>): string[] {
  const input = reader(bytes);
  const found: string[] = [];
  while (input.next()) {
    found.push(`${input.field}/${input.wire}`);
    input.skip();
  }
  return found;
}

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

describe('numbers', () => {
  test('are read back exactly, in one to ten bytes', () => {
    fc.assert(
      fc.property(fc.oneof(int64, fc.nat().map(BigInt), fc.integer().map(BigInt)), (value) => {
        const input = reader(new Message().int(3, value).bytes);
        assert.ok(input.next());
        assert.equal(input.field, 3);
        assert.equal(input.int(), Number(value));
        assert.equal(input.exact(), value);
        assert.equal(input.exactUnsigned(), BigInt.asUintN(64, value));
        assert.ok(!input.next());
      }),
    );
  });
  test('take bytes that say nothing', () => {
    const input = reader([8, 0x81, 0x80, 0x00]);
    input.next();
    assert.equal(input.int(), 1);
  });
  test('have any field number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 29 - 1 }), (field) => {
        assert.deepEqual(walk(new Message().int(field, 5).put(field, 'x').bytes), [
          `${field}/0`,
          `${field}/2`,
        ]);
      }),
    );
  });
});

test('messages nest, and lists are packed', () => {
  const inner = new Message().packed(2, [1, 300, -1]).int(1, 7);
  const input = reader(new Message().put(4, inner).put(5, 'né').bytes);
  const values: number[] = [];
  input.next();
  const outer = input.enter();
  input.next();
  const list = input.enter();
  while (input.at < input.limit) values.push(input.bare());
  input.limit = list;
  input.next();
  assert.equal(input.int(), 7);
  assert.ok(!input.next());
  input.limit = outer;
  input.next();
  assert.equal(input.text(), 'né');
  assert.deepEqual(values, [1, 300, -1]);
});

test('fields of fixed size are stepped over', () => {
  assert.deepEqual(walk([9, 1, 2, 3, 4, 5, 6, 7, 8, 13, 1, 2, 3, 4, 8, 1]), ['1/1', '1/5', '1/0']);
});

describe('faults', () => {
  const cases: [string, number[], string][] = [
    ['a tag cut off', [0x88], '0 truncated: a number goes past the end of its message'],
    ['a number cut off', [8, 0x80], '1 truncated: a number goes past the end of its message'],
    ['no number', [8], '1 truncated: a number goes past the end of its message'],
    [
      'a number too long',
      [8, ...new Array(10).fill(0x80), 1],
      '1 bad-varint: a number of more than 10 bytes',
    ],
    ['bytes cut off', [8, 1, 18, 3, 1, 2], '2 truncated: field 2 has 3 bytes, but only 2 are left'],
    ['a fixed number cut off', [13, 1, 2, 3], '0 truncated: field 1 goes past the end of its message'],
    [
      'field number 0',
      [8, 1, 0, 0],
      '2 bad-tag: field number 0, which no message has: the data is damaged or no protobuf',
    ],
    ['a group', [11], '0 bad-tag: wire type 3, which no message has: the data is damaged or no protobuf'],
  ];
  for (const [name, bytes, expected] of cases) {
    test(name, () => assert.throws(() => walk(bytes), { message: expected }));
  }
  test('a length of more than 2^32', () => {
    const bytes = [10, ...new Message().varint(2n ** 40n).bytes, 1];
    assert.throws(() => walk(bytes), /has 1099511627776 bytes, but only 1 are left/);
  });
  test('a message inside a shorter one', () => {
    const input = reader(new Message().put(1, [18, 5, 1]).bytes);
    input.next();
    input.enter();
    input.next();
    assert.throws(() => input.enter(), { message: '2 truncated: field 2 has 5 bytes, but only 1 are left' });
  });
  test('another wire type', () => {
    const input = reader([10, 0]);
    input.next();
    assert.throws(() => input.int(), { message: '0 wire-type: field 1 is bytes, where a varint should be' });
  });
  test('no bytes whatever make it read past the end or run on', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          assert.ok(walk(bytes).length <= bytes.length);
        } catch (error) {
          assert.ok(error instanceof Fault, String(error));
        }
      }),
    );
  });
});
