/** Tables under construction: what is added all at once is what is added one by one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type FunctionInfo, ProfileBuilder } from '../src/builder.ts';
import type { Profile } from '../src/profile.ts';
import './seed.ts';

interface Func extends FunctionInfo {
  name: string;
  calls?: number;
  primitiveCalls?: number;
}

const text = fc.constantFrom('', 'a', 'b');
const func: fc.Arbitrary<Func> = fc.record(
  {
    name: text,
    systemName: text,
    file: text,
    line: fc.nat(3),
    column: fc.nat(3),
    mapping: fc.integer({ min: -1, max: 1 }),
    id: text,
    process: text,
    calls: fc.nat(3),
    primitiveCalls: fc.nat(3),
  },
  { requiredKeys: ['name'] },
);

function add(builder: ProfileBuilder, { name, calls, primitiveCalls, ...info }: Func): void {
  const index = builder.addFunction(name, info);
  if (calls !== undefined) builder.addCalls(index, calls, primitiveCalls);
}

/** A profile of nothing but functions; the columns of calls are cut to what they say. */
function profileOf(builder: ProfileBuilder): Profile {
  const profile = builder.flat({ frame: new Int32Array(), self: [], total: [] });
  for (const key of ['calls', 'primitiveCalls'] as const)
    if (profile.functions[key]?.every(Number.isNaN)) delete profile.functions[key];
  return profile;
}

test('functions of another profile are added as if one by one', () => {
  const several = fc.array(func, { maxLength: 5 });
  fc.assert(
    fc.property(several, several, fc.array(fc.nat(), { maxLength: 5 }), (before, others, picks) => {
      const from = new ProfileBuilder([]);
      for (const each of others) add(from, each);
      const order = Int32Array.from(others.length > 0 ? picks : [], (pick) => pick % others.length);
      const { functions } = profileOf(from);
      const [atOnce, oneByOne] = [new ProfileBuilder([]), new ProfileBuilder([])];
      for (const each of before) {
        add(atOnce, each);
        add(oneByOne, each);
      }
      atOnce.addFunctions(functions, order);
      for (const f of order) {
        const { name, line, column, mapping } = functions;
        add(oneByOne, {
          name: name[f]!,
          systemName: functions.systemName[f]!,
          file: functions.file[f]!,
          line: line[f]!,
          column: column[f]!,
          mapping: mapping[f]!,
          ...(functions.id && { id: functions.id[f]! }),
          ...(functions.process && { process: functions.process[f]! }),
        });
        const calls = functions.calls?.[f] ?? Number.NaN;
        const primitive = functions.primitiveCalls?.[f] ?? Number.NaN;
        if (!Number.isNaN(calls))
          oneByOne.addCalls(
            oneByOne.functionCount - 1,
            calls,
            Number.isNaN(primitive) ? undefined : primitive,
          );
      }
      const [left, right] = [profileOf(atOnce).functions, profileOf(oneByOne).functions];
      // Without functions there are no columns to make.
      if (order.length > 0) assert.deepEqual(left, right);
    }),
    { numRuns: 500 },
  );
});

test('frames of functions are added as if one by one', () => {
  const pair = fc.tuple(fc.nat(3), fc.integer({ min: -1, max: 2 }));
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n }), fc.array(pair), (address, pairs) => {
      const [atOnce, oneByOne] = [new ProfileBuilder([]), new ProfileBuilder([])];
      for (const builder of [atOnce, oneByOne]) builder.frame(1, { address, inline: 1 });
      const rows = atOnce.addFrames(
        Int32Array.from(pairs, ([func]) => func),
        Int32Array.from(pairs, ([, mapping]) => mapping),
      );
      const one = pairs.map(([func, mapping]) => oneByOne.addFrame(func, { mapping }));
      assert.deepEqual(Array.from(rows), one);
      for (const builder of [atOnce, oneByOne]) builder.frame(2, { line: 7, address: address + 1n });
      assert.deepEqual(profileOf(atOnce).frames, profileOf(oneByOne).frames);
    }),
  );
});

test('plain functions are added as if one by one, whatever stands before and behind them', () => {
  const several = fc.array(func, { maxLength: 4 });
  const plain = fc.record({
    name: fc.constantFrom('f', 'g', ''),
    file: fc.constantFrom('', 'a.py'),
    line: fc.nat(3),
    calls: fc.constantFrom(Number.NaN, 0, 7),
  });
  fc.assert(
    fc.property(several, fc.array(plain, { maxLength: 4 }), several, (before, rows, behind) => {
      const [atOnce, oneByOne] = [new ProfileBuilder([]), new ProfileBuilder([])];
      for (const builder of [atOnce, oneByOne]) for (const each of before) add(builder, each);
      const first = atOnce.addPlainFunctions({
        name: rows.map(({ name }) => name),
        file: rows.map(({ file }) => file),
        line: Int32Array.from(rows, ({ line }) => line),
        calls: Float64Array.from(rows, ({ calls }) => calls),
        primitiveCalls: Float64Array.from(rows, ({ calls }) => calls),
      });
      assert.equal(first, before.length);
      for (const { calls, ...info } of rows)
        add(oneByOne, Number.isNaN(calls) ? info : { ...info, calls, primitiveCalls: calls });
      for (const builder of [atOnce, oneByOne]) for (const each of behind) add(builder, each);
      assert.deepEqual(profileOf(atOnce).functions, profileOf(oneByOne).functions);
    }),
  );
});

test('ids of functions are no names, though there were none before', () => {
  const builder = new ProfileBuilder([]);
  const empty = new ProfileBuilder([]);
  builder.addFunctions({ ...profileOf(empty).functions, id: [] }, new Int32Array());
  const none = new Float64Array();
  const name = ['f'];
  builder.addPlainFunctions({ name, file: [''], line: new Int32Array(1), calls: none, primitiveCalls: none });
  builder.addFunction('g', { id: 'the id of g' });
  assert.deepEqual(profileOf(builder).functions.name, ['f', 'g']);
  assert.deepEqual(profileOf(builder).functions.id, ['f', 'the id of g']);
});
