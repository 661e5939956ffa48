/** hotshot logs, against a plain account of the same events; and logs that are deep or wide. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { checkProfile } from '../src/check.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import type { Profile } from '../src/profile.ts';
import { coarsen } from '../src/transforms/coarsen.ts';
import { assertTold, failure, printed, readProfile } from './support.ts';

/** Bytes of a log. */
class Log {
  readonly bytes: number[] = [0x13, 15, ...Buffer.from('hotshot-version'), 0, 0x53, 1, 0x33, 1];

  packed(type: number, bits: number, value: number): void {
    const low = 7 - bits;
    const first = (value & ((1 << low) - 1)) << bits;
    const rest = Math.floor(value / 2 ** low);
    this.bytes.push(first | type | (rest > 0 ? 0x80 : 0));
    if (rest > 0) this.number(rest);
  }

  number(value: number): void {
    let left = value;
    for (; left >= 128; left = Math.floor(left / 128)) this.bytes.push((left & 127) | 128);
    this.bytes.push(left);
  }

  /** A call of the function in file 1 that begins in line 100 × func. */
  enter(func: number, time: number): void {
    this.packed(0, 2, 1);
    this.number(func * 100);
    this.number(time);
  }

  exit(time: number): void {
    this.packed(1, 2, time);
  }

  line(line: number, time: number): void {
    this.packed(2, 2, line);
    this.number(time);
  }

  read(diagnostics = new Diagnostics()): Promise<Profile> {
    return readProfile(Uint8Array.from(this.bytes), { diagnostics });
  }
}

type Event = { kind: 'enter' | 'exit' | 'line'; what: number; time: number };

const events = fc.array(
  fc.record({
    kind: fc.constantFrom('enter' as const, 'exit' as const, 'line' as const),
    what: fc.integer({ min: 1, max: 4 }),
    time: fc.oneof(fc.nat(200), fc.nat(2 ** 30)),
  }),
  { maxLength: 60 },
);

/** Calls, self and hits by function, and self by line, counted the plain way. */
function account(list: Event[], log: Log): Map<string, number> {
  const sums = new Map<string, number>();
  const add = (key: string, value: number) => sums.set(key, (sums.get(key) ?? 0) + value);
  const stack: { func: number; line: number }[] = [];
  const spend = (time: number) => {
    const top = stack.at(-1);
    if (!top) return;
    add(`self ${top.func}`, time);
    add(`time ${top.func}:${top.line}`, time);
  };
  for (const { kind, what, time } of [{ kind: 'enter', what: 1, time: 1 } as Event, ...list]) {
    if (kind !== 'enter' && stack.length === 0) continue;
    spend(time);
    if (kind === 'enter') {
      log.enter(what, time);
      add(`calls ${what}`, 1);
      if (!stack.some(({ func }) => func === what)) add(`primitive ${what}`, 1);
      const above = stack.at(-1);
      if (above) add(`arc ${above.func}:${above.line} ${what}`, 1);
      stack.push({ func: what, line: what * 100 });
    } else if (kind === 'exit') {
      log.exit(time);
      stack.pop();
    } else {
      const top = stack.at(-1)!;
      top.line = top.func * 100 + what;
      log.line(top.line, time);
      add(`hits ${top.func}:${top.line}`, 1);
    }
  }
  return sums;
}

/** The same of a profile. */
function sumsOf(profile: Profile): Map<string, number> {
  const graph = coarsen(profile, { lines: true });
  const { functions, frames, nodes, arcs } = graph;
  const func = (node: number) => functions.line[frames.func[nodes.frame[node]!]!]! / 100;
  const sums = new Map<string, number>();
  const add = (key: string, value: number) => value !== 0 && sums.set(key, (sums.get(key) ?? 0) + value);
  for (let n = 0; n < nodes.length; n++) {
    const f = frames.func[nodes.frame[n]!]!;
    add(`calls ${func(n)}`, functions.calls![f]!);
    add(`primitive ${func(n)}`, functions.primitiveCalls![f]!);
    add(`self ${func(n)}`, Number(nodes.self[0]![n]));
  }
  for (let a = 0; a < arcs!.length; a++)
    add(`arc ${func(arcs!.caller[a]!)}:${arcs!.line[a]} ${func(arcs!.callee[a]!)}`, arcs!.calls[a]!);
  const lines = graph.lines!;
  for (let i = 0; i < lines.length; i++) {
    const key = `${func(lines.node[i]!)}:${lines.line[i]}`;
    add(`time ${key}`, Number(lines.values[0]![i]));
    add(`hits ${key}`, Number(lines.values[1]![i]));
  }
  return sums;
}

const sorted = (sums: Map<string, number>) => [...sums].filter(([, value]) => value !== 0).sort();

describe('hotshot', () => {
  test('calls, times and lines are those of the events', async () => {
    await fc.assert(
      fc.asyncProperty(events, async (list) => {
        const log = new Log();
        // So that the first calls come from a line, too.
        log.bytes.push(0x13, 21, ...Buffer.from('requested-line-events'), 3, ...Buffer.from('yes'));
        const expected = account([{ kind: 'line', what: 1, time: 0 }, ...list], log);
        const profile = await log.read();
        assert.deepEqual(checkProfile(profile), []);
        assert.deepEqual(sorted(sumsOf(profile)), sorted(expected));
      }),
    );
  });

  test('a log that does not begin as hotshot begins it', async () => {
    const calls = readProfile(Uint8Array.of(0x04, 1, 0, 0x01, 0), { format: 'hotshot' });
    assert.match(await failure(calls), /\(byte 0\): error hotshot\/no-facts/);
  });

  test('a stack of 100,000 calls', async () => {
    const log = new Log();
    for (let i = 0; i < 100_000; i++) log.enter(1 + (i % 3), 1);
    for (let i = 0; i < 100_000; i++) log.exit(1);
    const profile = await log.read();
    assert.equal(profile.nodes.length, 100_000);
    assert.equal(profile.nodes.total[0]![0], 199_999);
  });

  test('deep recursion from several lines takes no more than so many nodes', async () => {
    const log = new Log();
    const recurse = (depth: number) => {
      log.enter(1, 1);
      for (let line = 101; line <= 102 && depth > 0; line++) {
        log.line(line, 1);
        recurse(depth - 1);
      }
      log.exit(1);
    };
    recurse(18);
    const diagnostics = new Diagnostics();
    const profile = await log.read(diagnostics);
    assertTold(printed(diagnostics), 'hotshot/merged-call-sites');
    assert.ok(profile.nodes.length < 300_000);
    assert.equal(profile.functions.calls![0], 2 ** 19 - 1);
    assert.equal(
      profile.nodes.calls!.reduce((sum, calls) => sum + calls),
      2 ** 19 - 1,
    );
  });
});
