/** pyinstrument, Scalene, Scout and memray: what their files say, against plain models. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { builtin } from '../src/builtin.ts';
import { checkProfile } from '../src/check.ts';
import { sumOf } from '../src/columns.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import { bytesInput } from '../src/input/byte-input.ts';
import { open } from '../src/open.ts';
import type { Profile } from '../src/profile.ts';
import { assertTold, failure, readProfile } from './support.ts';

function read(text: string, diagnostics = new Diagnostics()): Promise<Profile> {
  return readProfile(Buffer.from(text), { diagnostics });
}

async function formatOf(bytes: Uint8Array): Promise<string> {
  const settings = { registry: builtin, diagnostics: new Diagnostics(), name: 'unknown' };
  return (await open(bytesInput(bytes), settings)).format.name;
}

/** Values of the first metric by stack, root first; stacks without any are left out. */
function stacks({ nodes, frames, functions }: Profile): Map<string, number> {
  const found = new Map<string, number>();
  for (let node = 0; node < nodes.length; node++) {
    const self = Number(nodes.self[0]![node]);
    if (self === 0) continue;
    const path: string[] = [];
    for (let n = node; n >= 0; n = nodes.parent[n]!) {
      const frame = nodes.frame[n]!;
      path.push(`${functions.name[frames.func[frame]!]}:${frames.line[frame]}`);
    }
    add(found, path.reverse().join(';'), self);
  }
  return found;
}

function add(sums: Map<string, number>, key: string, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}

function sorted(sums: Map<string, number>): [string, number][] {
  return [...sums].filter(([, value]) => value !== 0).sort(([a], [b]) => (a < b ? -1 : 1));
}

describe('pyinstrument', () => {
  const names = fc.constantFrom('a', 'b "quoted"', 'ç\\', '𝒹', '<lambda>');
  const records = fc.array(
    fc.record({
      thread: fc.constantFrom('Main', 'worker'),
      stack: fc.array(fc.record({ name: names, line: fc.nat(3) }), { minLength: 1, maxLength: 6 }),
      // Sums of these are exact.
      milliseconds: fc.nat(1000),
    }),
    { minLength: 1, maxLength: 20 },
  );
  const session = (
    list: { thread: string; stack: { name: string; line: number }[]; milliseconds: number }[],
  ) => ({
    sample_count: list.length,
    start_call_stack: [],
    frame_records: list.map(({ thread, stack, milliseconds }) => [
      [`${thread}\0<thread>\x0077`, ...stack.map(({ name, line }) => `${name}\0a.py\x001\x01l${line}`)],
      milliseconds / 1024,
    ]),
  });

  test('keeps the stacks of a recording, their times and their threads', async () => {
    const property = fc.asyncProperty(records, fc.boolean(), async (list, indented) => {
      const profile = await read(JSON.stringify(session(list), undefined, indented ? 1 : undefined));
      assert.deepEqual(checkProfile(profile), []);
      const expected = new Map<string, number>();
      const byThread = new Map<string, number>();
      for (const { thread, stack, milliseconds } of list) {
        add(expected, stack.map(({ name, line }) => `${name}:${line}`).join(';'), milliseconds / 1024);
        add(byThread, thread, milliseconds / 1024);
      }
      assert.deepEqual(sorted(stacks(profile)), sorted(expected));
      const { samples, labelSets } = profile;
      const found = new Map<string, number>();
      for (let i = 0; i < list.length; i++)
        add(found, String(labelSets[samples!.labels![i]!]![0]!.value), Number(samples!.values[0]![i]));
      assert.deepEqual(sorted(found), sorted(byThread));
      assert.deepEqual(samples!.time, samples!.time!.slice().sort());
    });
    await fc.assert(property, { numRuns: 50 });
  });

  test('reads a report whose totals come from times of its frames', async () => {
    interface Frame {
      function: string;
      time: number;
      children: Frame[];
    }
    const { tree } = fc.letrec<{ tree: Frame; own: Frame }>((tie) => ({
      own: fc.record({ function: names, time: fc.nat(1000), children: fc.constant([]) }),
      tree: fc
        .record({
          function: names,
          time: fc.nat(1000),
          children: fc.array(
            fc.oneof({ depthSize: 'small', withCrossShrink: true }, tie('own'), tie('tree')),
            { maxLength: 3 },
          ),
        })
        // In microseconds; a frame takes what its children take and some more.
        .map((frame) => ({
          ...frame,
          time: frame.time + frame.children.reduce((sum, { time }) => sum + time, 0),
        })),
    }));
    const property = fc.asyncProperty(tree, async (root) => {
      const expected = new Map<string, number>();
      const write = (frame: Frame, path: string): string => {
        const stack = `${path}${path && ';'}${frame.function}:0`;
        add(expected, stack, frame.time - frame.children.reduce((sum, { time }) => sum + time, 0));
        const children = frame.children.map((child) => write(child, stack));
        const name = JSON.stringify(frame.function);
        return `{"function": ${name}, "time": ${(frame.time / 1e6).toFixed(6)}, "children": [${children}]}`;
      };
      const profile = await read(`{"sample_count": 1, "root_frame": ${write(root, '')}}`);
      assert.deepEqual(checkProfile(profile), []);
      const found = [...stacks(profile)].map(
        ([stack, seconds]) => [stack, Math.round(seconds * 1e6)] as const,
      );
      assert.deepEqual(sorted(new Map(found)), sorted(expected));
    });
    await fc.assert(property, { numRuns: 50 });
  });
});

test('a fault far down in a tree is told in a few lines', async () => {
  const report = `{"sample_count": 1, "root_frame": ${'{"function": "f", "time": 1, "children": ['.repeat(1000)}`;
  const text = await failure(read(report));
  assertTold(text, 'pyinstrument/truncated');
  assert.match(text, /\(root_frame\.children\[0\]\.children.*….*children\[0\]\)/);
  assert.ok(text.length < 600, text);
});

describe('Scout', () => {
  interface Part {
    operation: string;
    own: number;
    before: number;
    parts: Part[];
  }
  const { part } = fc.letrec<{ part: Part; leaf: Part }>((tie) => {
    const fields = {
      operation: fc.constantFrom('SQL/Query', 'Template/Render', 'Middleware'),
      own: fc.nat(1000),
      before: fc.nat(1000),
    };
    return {
      leaf: fc.record({ ...fields, parts: fc.constant([]) }),
      part: fc.record({
        ...fields,
        parts: fc.array(fc.oneof({ depthSize: 'small' }, tie('leaf'), tie('part')), { maxLength: 3 }),
      }),
    };
  });
  const time = (micros: number) =>
    new Date(Math.floor(micros / 1000))
      .toISOString()
      .replace('Z', `${String(micros % 1000).padStart(3, '0')}Z`);

  test('puts spans together in whatever order their commands come', async () => {
    const property = fc.asyncProperty(part, fc.boolean(), async (root, childrenFirst) => {
      const expected = new Map<string, number>();
      const commands: object[] = [];
      let number = 0;
      const write = (span: Part, parent: string | null, path: string, from: number): number => {
        const ids = { request_id: 'r', span_id: `s${number++}` };
        const stack = `${path}${path && ';'}${span.operation}:0`;
        add(expected, stack, span.before + span.own);
        const start = {
          StartSpan: { ...ids, timestamp: time(from), parent_id: parent, operation: span.operation },
        };
        if (!childrenFirst) commands.push(start);
        let at = from + span.before;
        for (const each of span.parts) at = write(each, ids.span_id, stack, at);
        at += span.own;
        if (childrenFirst) commands.push(start);
        commands.push({ StopSpan: { ...ids, timestamp: time(at) } });
        return at;
      };
      const end = write(root, null, '', 0);
      const profile = await read(JSON.stringify({ BatchCommand: { commands } }));
      assert.deepEqual(checkProfile(profile), []);
      assert.deepEqual(sorted(stacks(profile)), sorted(expected));
      assert.equal(sumOf(profile.nodes.self[0]!), end);
    });
    await fc.assert(property, { numRuns: 50 });
  });
});

describe('Scalene', () => {
  test('gives lines the seconds of their percentages', async () => {
    const line = fc.record({
      python: fc.nat(64),
      native: fc.nat(64),
      system: fc.nat(64),
      bytes: fc.nat(9999),
    });
    const files = fc.array(fc.array(line, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 });
    const property = fc.asyncProperty(files, async (lists) => {
      const of = (lines: (typeof lists)[number], key: keyof (typeof lists)[number][number]) =>
        lines.reduce((sum, each) => sum + each[key], 0);
      const file = (lines: (typeof lists)[number]) => ({
        lines: lines.map(({ python, native, system, bytes }, i) => ({
          lineno: i + 1,
          n_cpu_percent_python: python,
          n_cpu_percent_c: native,
          n_sys_percent: system,
          n_malloc_mb: bytes / 1048576,
        })),
        functions: [],
      });
      const document = {
        elapsed_time_sec: 100,
        files: Object.fromEntries(lists.map((lines, i) => [`${i}.py`, file(lines)])),
      };
      const all = lists.flat();
      const expected = [
        of(all, 'python') + of(all, 'native') + of(all, 'system'),
        of(all, 'python'),
        of(all, 'native'),
        of(all, 'system'),
      ];
      if (of(all, 'bytes') > 0) expected.push(of(all, 'bytes'), 0, 0);
      fc.pre(expected[0]! + of(all, 'bytes') > 0);
      const profile = await read(JSON.stringify(document));
      assert.deepEqual(checkProfile(profile), []);
      assert.deepEqual(
        profile.nodes.self.map((column) => Math.round(Number(sumOf(column)) * 1e6) / 1e6),
        expected,
      );
    });
    await fc.assert(property, { numRuns: 50 });
  });
});

describe('memray', () => {
  const HEADER = 'allocator,num_allocations,size,tid,thread_name,stack_trace';
  const quote = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

  test('reads stacks with any characters in their names', async () => {
    const name = fc.stringMatching(/^[a-z|,"; \n(){}é𝒹]{0,12}$/u);
    const frame = fc.record({ name, file: fc.stringMatching(/^[a-z|,"/ .]{0,8}$/), line: fc.nat(99) });
    const row = fc.record({ size: fc.nat(), stack: fc.array(frame, { minLength: 1, maxLength: 5 }) });
    const property = fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 8 }), async (rows) => {
      // Such a name looks like the end of a frame.
      fc.pre(
        rows.every(({ stack }) => stack.every((each) => !/;\d+(\||$)/.test(`${each.name};${each.file}`))),
      );
      const lines = rows.map(({ size, stack }) => {
        const trace = stack.map(({ name, file, line }) => `${name};${file};${line}`).join('|');
        return `MALLOC,1,${size},1,0x1,${quote(trace)}\r\n`;
      });
      const profile = await read(`${HEADER}\r\n${lines.join('')}`);
      assert.deepEqual(checkProfile(profile), []);
      const expected = new Map<string, number>();
      for (const { size, stack } of rows)
        add(
          expected,
          stack
            .map(({ name, line }) => `${name}:${line}`)
            .reverse()
            .join(';'),
          size,
        );
      assert.deepEqual(sorted(stacks(profile)), sorted(expected));
    });
    await fc.assert(property, { numRuns: 100 });
  });

  test('looks no further than a line for quotes', async () => {
    const rows = 'MALLOC,1,1,1,0x1 (MainThread),parse;/srv/jobs.py;12|main;/srv/jobs.py;30\r\n'.repeat(
      50_000,
    );
    const start = process.cpuUsage();
    const profile = await read(`${HEADER}\r\n${rows}`);
    const { user } = process.cpuUsage(start);
    assert.equal(sumOf(profile.nodes.self[0]!), 50_000);
    assert.ok(user < 4e6, `took ${user / 1e6} s of CPU`);
  });
});

describe('what is refused is recognised', () => {
  for (const [path, code] of [
    ['memray/recording/input.bin', 'memray/recording'],
    ['memray/recording-lz4/input.bin', 'memray/recording'],
    ['pyinstrument/text-report/input.txt', 'pyinstrument/text-report'],
    ['scalene/text-report/input.txt', 'scalene/text-report'],
  ] as const) {
    test(path, async () => {
      assertTold(await failure(readProfile(`fixtures/${path}`)), code);
    });
  }
  test('other LZ4 files are not', async () => {
    const lz4 = Buffer.concat([
      Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x64, 0x40, 0xa7]),
      Buffer.alloc(90, 'x'),
    ]);
    await assert.rejects(formatOf(lz4));
  });
});
