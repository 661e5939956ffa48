/** ByteReader: the same bytes, in whatever pieces they come and are asked for. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { ByteInput } from '../src/input/byte-input.ts';
import { ByteReader } from '../src/input/byte-reader.ts';

import './seed.ts';

/** An input that gives at most so many bytes at a time. */
function pieces(bytes: Uint8Array, sizes: number[], size?: number): ByteInput {
  let at = 0;
  let turn = 0;
  return {
    size,
    read(into) {
      const part = bytes.subarray(at, at + Math.min(into.length, sizes[turn++ % sizes.length]!));
      into.set(part);
      at += part.length;
      return part.length;
    },
  };
}

describe('ByteReader', () => {
  test('gives what comes, and knows where it is', () => {
    const counts = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 });
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        counts,
        counts,
        fc.boolean(),
        (bytes, sizes, wanted, sized) => {
          const reader = new ByteReader(pieces(bytes, sizes, sized ? bytes.length : undefined), 16);
          const found: number[] = [];
          for (let turn = 0; ; turn++) {
            assert.equal(reader.offset, found.length);
            const count = wanted[turn % wanted.length]!;
            const there = reader.has(count);
            assert.equal(there, bytes.length - found.length >= count);
            const taken = there ? count : reader.end - reader.at;
            found.push(...reader.bytes.subarray(reader.at, reader.at + taken));
            if (taken >= 2)
              assert.equal(reader.view.getUint8(reader.at + 1), found[found.length - taken + 1]);
            reader.at += taken;
            if (!there) break;
          }
          assert.deepEqual(Uint8Array.from(found), bytes);
        },
      ),
    );
  });

  test('takes no memory for what is not there', () => {
    const reader = new ByteReader(pieces(new Uint8Array(100), [10]), 16);
    assert.equal(reader.has(2 ** 40), false);
    assert.ok(reader.bytes.length < 1000);
    assert.equal(reader.end, 100);
  });
});
