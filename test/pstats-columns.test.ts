/** Binary profiles of Python: columns read from the bytes are those of the table that reads everything. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { columnsOf, type PstatsColumns } from '../converters/python/pstats/columns.ts';
import { readColumns } from '../converters/python/pstats/read-columns.ts';
import { readTable } from '../converters/python/pstats/read-table.ts';
import { Diagnostics, ProfileError } from '../src/diagnostics.ts';
import { bytesInput, PeekedInput } from '../src/input/byte-input.ts';
import { headOf } from '../src/input/head.ts';
import { Source } from '../src/input/source.ts';
import { type Encodable, marshalled, Pairs, statsRow } from './marshal-encoder.ts';

/** What the general reader makes of the bytes; undefined = they are no profile, or it warns. */
function general(bytes: Uint8Array): PstatsColumns | undefined {
  const input = new PeekedInput(bytesInput(bytes));
  const diagnostics = new Diagnostics();
  const source = new Source(input, { name: 'x', format: 'pstats', head: headOf(input), diagnostics });
  try {
    const columns = columnsOf(readTable(bytes, source), source);
    return diagnostics.list().length > 0 ? undefined : columns;
  } catch (error) {
    assert.ok(error instanceof ProfileError, String(error));
    return undefined;
  }
}

/** With lists for columns. */
function plain({ line, calls, primitiveCalls, self, total, arcs, ...rest }: PstatsColumns): unknown {
  const list = (column: ArrayLike<unknown>) => Array.from(column);
  const columns = [line, calls, primitiveCalls, ...self, ...total];
  const ends = [arcs.caller, arcs.callee, arcs.line, arcs.calls, arcs.primitiveCalls!];
  return { ...rest, columns: columns.map(list), arcs: [...ends, ...arcs.self!, ...arcs.total].map(list) };
}

/** Returns whether the columns were read. */
function compare(bytes: Uint8Array): boolean {
  const columns = readColumns(bytes);
  if (!columns) return false;
  const expected = general(bytes);
  assert.ok(expected, 'columns of what is no profile, or of which there is something to tell');
  assert.deepEqual(plain(columns), plain(expected));
  return true;
}

const REAL = ['cprofile', 'pypy'].map(
  (name) => [name, readFileSync(`fixtures/pstats/${name}/input.pstats`)] as const,
);

describe('columns of pstats', () => {
  for (const [name, bytes] of REAL) test(name, () => assert.ok(compare(bytes)));

  const texts = fc.constantFrom('', 'a.py', 'main', '~', 'é', 'ÿ', '日本', '\udc80', 'x'.repeat(300));
  const lines = fc.oneof(
    { weight: 19, arbitrary: fc.constantFrom(0n, 1n, 7n, -3n) },
    { weight: 1, arbitrary: fc.constant(2n ** 31n) },
  );
  const keys = fc.tuple(texts, lines, texts);
  const numbers = fc.oneof(
    { weight: 99, arbitrary: fc.constantFrom<Encodable>(0n, 1n, 5n, 0, -0, 0.25, 2, 1e300) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Encodable>(-1n, 2n ** 40n, Number.NaN, Number.POSITIVE_INFINITY),
    },
  );
  const callers = fc
    .array(fc.tuple(keys, fc.oneof(numbers, fc.tuple(numbers, numbers, numbers, numbers))), { maxLength: 4 })
    .map((pairs) => new Pairs(pairs as [Encodable, Encodable][]));
  const rows = fc.array(fc.tuple(keys, fc.tuple(numbers, numbers, numbers, numbers, callers)), {
    maxLength: 5,
  });

  test('of any table', () => {
    let read = 0;
    fc.assert(
      fc.property(rows, (pairs) => {
        if (compare(marshalled(new Pairs(pairs as [Encodable, Encodable][])))) read++;
      }),
      { numRuns: 500 },
    );
    assert.ok(read > 100, `${read}`);
  });

  test('of real files with other bytes in them', () => {
    for (const [, real] of REAL) {
      const change = fc.tuple(fc.nat(real.length - 1), fc.nat(255));
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
          const bytes = Uint8Array.from(real);
          for (const [at, byte] of changes) bytes[at] = byte;
          compare(bytes);
        }),
        { numRuns: 60 },
      );
    }
  });

  test('not of bytes that are cut off, nor of a function that stands twice', () => {
    const [, real] = REAL[0]!;
    for (let end = 0; end < real.length; end += 13)
      assert.equal(readColumns(real.subarray(0, end)), undefined);
    const key = ['a.py', 1n, 'f'];
    const twice = new Pairs([
      [key, statsRow(1n)],
      [key, statsRow(2n)],
    ]);
    assert.equal(readColumns(marshalled(twice)), undefined);
  });

  test('not of what is longer than the parts that are read, nor of bytes behind', () => {
    const [, real] = REAL[0]!;
    const long = (size: number) =>
      marshalled(new Pairs([[['a.py', 1n, 'f'.repeat(size)], statsRow(1n)]] as [Encodable, Encodable][]));
    assert.ok(compare(long(2 ** 17)));
    assert.equal(readColumns(long(2 ** 19)), undefined);
    for (const more of [1, 2 ** 13, 2 ** 20]) {
      const behind = new Uint8Array(real.length + more);
      behind.set(real);
      assert.equal(readColumns(behind), undefined);
    }
  });

  test('calls that are counted in part, and times of -0', () => {
    const row = (calls: Encodable, primitiveCalls: Encodable, time: Encodable): Encodable => [
      primitiveCalls,
      calls,
      time,
      time,
      new Pairs([]),
    ];
    const table = (...rows: Encodable[]) =>
      marshalled(new Pairs(rows.map((row, i) => [['a.py', BigInt(i), 'f'], row] as [Encodable, Encodable])));
    const part = table(row(-1n, 5n, 1), row(5n, -1n, 1), row(3n, 2n, 1));
    assert.equal(readColumns(part), undefined);
    const { calls, primitiveCalls } = general(part)!;
    assert.deepEqual([...calls], [Number.NaN, 5, 3]);
    assert.deepEqual([...primitiveCalls], [Number.NaN, Number.NaN, 2]);
    const zero = table(row(1n, 1n, -0));
    assert.ok(compare(zero));
    assert.deepEqual([...readColumns(zero)!.self[0]!, ...readColumns(zero)!.total[0]!], [0, 0]);
  });

  /** A table whose texts and keys are referred to; of so many functions the file is the same. */
  function withReferences(alike: number): Uint8Array {
    const out: number[] = [];
    const references = new Map<string, number>();
    const word = (value: number) =>
      out.push(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24);
    const known = (id: string, write: () => void) => {
      const reference = references.get(id);
      if (reference !== undefined) {
        out.push(0x72);
        word(reference);
        return;
      }
      references.set(id, references.size);
      write();
    };
    const text = (value: string) =>
      known(`text ${value}`, () => {
        out.push(0x7a | 0x80, value.length);
        for (let i = 0; i < value.length; i++) out.push(value.charCodeAt(i));
      });
    const integer = (value: number) => {
      out.push(0x69);
      word(value);
    };
    const key = (f: number) =>
      known(`key ${f}`, () => {
        out.push(0x29 | 0x80, 3);
        text(f < alike ? 'a.py' : `file${f % 700}.py`);
        integer(f);
        text(`function_${f}`);
      });
    out.push(0x7b);
    for (let f = 0; f < 5000; f++) {
      key(f);
      out.push(0x29, 5);
      for (const value of [f, f + 1, 2, 3]) integer(value);
      out.push(0x7b);
      for (const caller of new Set([f >> 1, 5000 - f, 6000 + (f % 50)])) {
        key(caller);
        out.push(0x29, 4);
        for (const value of [1, 1, 0, caller]) integer(value);
      }
      out.push(0x30);
    }
    out.push(0x30);
    assert.ok(references.size > 10_000);
    return Uint8Array.from(out);
  }

  test('of a large table whose texts and keys are referred to', () => {
    // Tables grow while a text is read, or a key.
    for (const alike of [0, 1, 2, 3]) assert.ok(compare(withReferences(alike)));
  });
});
