/** One stack (or chain of calls) of so many frames, in every format that can be read. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { bytesInput } from '../src/input/byte-input.ts';
import type { OpenSibling } from '../src/input/source.ts';
import { chunk, type JfrMethod } from './jfr-encoder.ts';
import { type Encodable, marshalled, Pairs } from './marshal-encoder.ts';
import { funcStats, lineStats } from './python-pickles.ts';
import { root } from './support.ts';
import { tachyonBytes } from './tachyon-encoder.ts';

/** Bytes, or those of an index and the file that it names. */
export type DeepInput = Uint8Array | { bytes: Uint8Array; sibling: OpenSibling };

type Deep = (depth: number) => Record<string, DeepInput>;

const numbers = (length: number): number[] => Array.from({ length }, (_, i) => i);
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** Fields of a protobuf message: numbers as varints, anything else with its length in front. */
function message(...fields: [number, number | Uint8Array | string][]): Buffer {
  return Buffer.concat(
    fields.flatMap(([field, value]) => {
      if (typeof value === 'number') return [varint(field * 8), varint(value)];
      const bytes = Buffer.from(value as string);
      return [varint(field * 8 + 2), varint(bytes.length), bytes];
    }),
  );
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return Buffer.from([...bytes, value]);
}

const callFrame = (functionName: string) => ({
  functionName,
  scriptId: '0',
  url: '',
  lineNumber: -1,
  columnNumber: -1,
});

export const DEEP: Record<string, Deep> = {
  folded: (depth) => ({
    recursive: Buffer.from(`${new Array(depth).fill('f').join(';')} 1\n`),
    distinct: Buffer.from(
      `${numbers(depth)
        .map((i) => `f${i}`)
        .join(';')} 1\n`,
    ),
  }),

  // Reports of arcs know no stacks; a Java trace is cut by the profiler itself.
  gprof: () => ({ report: readFileSync(join(root, 'fixtures/gprof/bsd/input.prof')) }),
  axe: () => ({ report: readFileSync(join(root, 'fixtures/axe/basic/input.axe')) }),
  hprof: () => ({ samples: readFileSync(join(root, 'fixtures/hprof/samples/input.hprof.txt')) }),
  jfr: (depth) => {
    const method = (name: string): [JfrMethod, number] => [{ className: 'Main', name }, 1];
    const deep = (stack: [JfrMethod, number][]) =>
      chunk({ events: [{ type: 'jdk.ExecutionSample', time: 1, stack }] });
    return {
      recursive: deep(numbers(depth).map(() => method('f'))),
      distinct: deep(numbers(depth).map((i) => method(`f${i}`))),
    };
  },
  dmd: () => ({ trace: readFileSync(join(root, 'fixtures/dmd/basic/input.log')) }),
  oprofile: () => ({ report: readFileSync(join(root, 'fixtures/oprofile/basic/input.oprofile')) }),
  aqtime: () => ({ results: readFileSync(join(root, 'fixtures/aqtime/basic/input.xml')) }),

  sleepy: (depth) => {
    const capture = (functions: number) => {
      const symbols = numbers(functions).map((i) => `sym${i} "m" "f${i}" "" 0\n`);
      const stack = numbers(depth).map((i) => ` sym${i % functions}`);
      return zipSync({
        'Symbols.txt': strToU8(symbols.join('')),
        'Callstacks.txt': strToU8(`1${stack.join('')}\n`),
      });
    };
    return { recursive: capture(1), distinct: capture(depth) };
  },

  // XML takes its time: a part of the depth is deep enough.
  sysprof: (depth) => {
    const nodes = numbers(depth / 5).map(
      (i) => `<node id="${i + 1}"><object>1</object><parent>${i}</parent><self>1</self></node>`,
    );
    const object = '<object id="1"><name>"f"</name><self>1</self></object>';
    return {
      chain: Buffer.from(
        `<profile><objects>${object}</objects><nodes>${nodes.reverse().join('')}</nodes></profile>`,
      ),
    };
  },

  xperf: (depth) => {
    const table = (name: (i: number) => string) => {
      const stack = numbers(depth).map((i) => `/m!${name(i)}`);
      const heading = 'Process Name, Stack, Module, Function, Weight, Count';
      return Buffer.from(`${heading}\np, [Root]${stack.join('')}, m, f, 1, 1\n`);
    };
    return { recursive: table(() => 'f'), distinct: table((i) => `f${i}`) };
  },

  stackprof: (depth) => {
    const dump = (id: (i: number) => number) => {
      const frames = Object.fromEntries(numbers(depth).map((i) => [id(i), { name: `f${id(i)}` }]));
      return json({ mode: 'custom', samples: 1, frames, raw: [depth, ...numbers(depth).map(id), 1] });
    };
    return { recursive: dump(() => 1), distinct: dump((i) => i) };
  },

  safari: (depth) => {
    const recording = (line: (i: number) => number) => {
      const stackFrames = numbers(depth).map((i) => ({ name: 'f', line: line(i), column: 1, url: 'a.js' }));
      const sampleStackTraces = [{ timestamp: 1, stackFrames }];
      return json({ version: 1, recording: { sampleStackTraces, sampleDurations: [1] } });
    };
    return { recursive: recording(() => 1), distinct: recording((i) => i + 1) };
  },

  // Lines are as long as the stack is deep.
  instruments: (depth) => {
    const rows = numbers(depth / 50).map((i) => `1 ms 100.0%\t${' '.repeat(i)}f${i}\n`);
    return { chain: Buffer.from(`Weight\tSymbol Name\n${rows.join('')}`) };
  },
  pmcstat: (depth) => {
    const rows = numbers(depth / 50).map((i) => `${' '.repeat(i)}100.0%  [1]  f${i}\n`);
    return { chain: Buffer.from(rows.join('')) };
  },
  shark: (depth) => {
    const rows = numbers(depth / 50).map((i) => `${'| '.repeat(i)}+ 1, f${i}, m\n`);
    return { chain: Buffer.from(`SharkProfileViewer\n${rows.join('')}`) };
  },

  perf: (depth) => {
    const script = (name: (i: number) => string) =>
      Buffer.from(
        `a 1 1.000001: e: \n${numbers(depth)
          .map((i) => `\t${i.toString(16)} ${name(i)}\n`)
          .join('')}`,
      );
    return {
      recursive: script(() => 'f (x)'),
      distinct: script((i) => `f${i} (x)`),
      inlined: script(() => 'f (inlined)'),
      chain: Buffer.from(
        `a 1 1.000001: e: \n\t1 ${new Array(depth).fill('f').join('->')} (/tmp/perf-1.map)\n`,
      ),
    };
  },

  dtrace: (depth) => ({
    recursive: Buffer.from(`${'  x`f\n'.repeat(depth)}  1\n`),
    distinct: Buffer.from(
      `${numbers(depth)
        .map((i) => `  x\`f${i}\n`)
        .join('')}  1\n`,
    ),
  }),

  pyflame: (depth) => ({
    folded: Buffer.from(`${new Array(depth).fill('a.py:f:1').join(';')} 1\n`),
    chart: Buffer.from(`1\n${'a.py:f:1;'.repeat(depth)}\n2\n`),
    dump: Buffer.from(`1:\n${'a.py:f:1\n'.repeat(depth)}`),
  }),

  pstats: (depth) => {
    const key = (i: number): Encodable => ['', BigInt(i + 1), 'f'];
    const callers = (i: number) =>
      new Pairs(i === 0 ? [] : [[key(i - 1), [1n, 1n, i < depth - 1 ? 0 : 1, 1]]]);
    const rows = numbers(depth).map((i): [Encodable, Encodable] => [
      key(i),
      [1n, 1n, i < depth - 1 ? 0 : 1, 1, callers(i)],
    ]);
    return { chain: marshalled(new Pairs(rows)) };
  },

  'pstats-text': (depth) => ({
    callers: Buffer.from(
      `Function  was called by...\n${numbers(depth)
        .map((i) => `:${i + 1}(f)  <- 1 0.001 0.001  :${i}(f)\n`)
        .join('')}`,
    ),
  }),

  importtime: (depth) => ({
    chain: Buffer.from(
      numbers(1000)
        .map((i) => `import time: 1 | ${i + 1} | ${' '.repeat(2 * (999 - i))}m\n`)
        .join(''),
    ),
    deepest: Buffer.from(`import time: 1 | 1 | ${' '.repeat(2 * depth)}m\nimport time: 1 | 2 | n\n`),
  }),

  timeit: (depth) => ({ many: Buffer.from('1 loop, best of 5: 21.8 usec per loop\n'.repeat(depth)) }),

  stacksampler: (depth) => ({
    text: Buffer.from(`elapsed 1.0\ngranularity 0.005\n${new Array(depth).fill('f(m)').join(';')} 1\n`),
    dump: Buffer.from(`${new Array(depth).fill('f(m)').join(';')}\th:1:1:1 \n`),
    tree: Buffer.from(`${'{"name":"f(m)","value":1,"children":['.repeat(depth)}${']}'.repeat(depth)}`),
    treeUpwards: Buffer.from(`${'{"children":['.repeat(depth)}${'],"name":"f(m)","value":1}'.repeat(depth)}`),
  }),

  'py-spy': (depth) => ({
    raw: Buffer.from(`${new Array(depth).fill('f (a.py:1)').join(';')} 1\n`),
    prefixes: Buffer.from(`${new Array(depth).fill('process 1:"a').join(';')} 1\n`),
    dump: Buffer.from(`Thread 1 (idle)\n${'    f (a.py:1)\n'.repeat(depth)}`),
    json: json([
      {
        thread_id: 1,
        owns_gil: true,
        frames: numbers(depth).map((i) => ({ name: `f${i}`, filename: 'a.py', line: i })),
      },
    ]),
  }),

  lprof: (depth) => ({
    functions: lineStats(numbers(depth).map((i) => [`a${i % 9}.py`, i, 'f', [[i + 1, 1, i]]])),
  }),

  yappi: (depth) => ({
    chain: funcStats(
      numbers(depth).map((i) => {
        const row = (of: number) => ({ name: 'f', lineno: of + 1, ttot: 1, tsub: of + 1 < depth ? 0 : 1 });
        return { ...row(i), children: i + 1 < depth ? [row(i + 1)] : [] };
      }),
    ),
  }),

  speedscope(depth) {
    const event = (type: string) => (_: unknown, i: number) => ({
      type,
      frame: type === 'O' ? i : depth - 1 - i,
      at: type === 'O' ? 0 : 1,
    });
    const range = numbers(depth);
    const file = (names: string[], profile: object) =>
      json({ shared: { frames: names.map((name) => ({ name })) }, profiles: [profile] });
    const names = range.map((i) => `f${i}`);
    return {
      sampled: file(['f'], { type: 'sampled', samples: [range.map(() => 0)], weights: [1] }),
      evented: file(names, { type: 'evented', events: [...range.map(event('O')), ...range.map(event('C'))] }),
    };
  },

  'chrome-trace': (depth) => ({
    begun: json(
      numbers(2 * depth).map((i) => ({ ph: i < depth ? 'B' : 'E', name: 'f', ts: i < depth ? 0 : 1 })),
    ),
    complete: json(numbers(depth).map((i) => ({ ph: 'X', name: `f${i}`, ts: 0, dur: 1 }))),
  }),

  cpuprofile(depth) {
    const node = (i: number) => ({ id: i + 1, callFrame: callFrame(i === 0 ? '(root)' : `f${i % 50}`) });
    const times = { startTime: 0, endTime: 10, samples: [depth], timeDeltas: [0] };
    const children = numbers(depth).map((i) => ({ ...node(i), children: i + 1 < depth ? [i + 2] : [] }));
    const parents = numbers(depth).map((i) => ({ ...node(i), ...(i > 0 && { parent: i }) }));
    const inner = (i: number) =>
      `{"functionName":"${i === 0 ? '(root)' : `f${i % 50}`}","url":"","lineNumber":0,"id":${i + 1},"hitCount":${i + 1 < depth ? 0 : 1},"children":[`;
    const legacy = `{"head":${numbers(depth).map(inner).join('')}${']}'.repeat(depth)},"startTime":0,"endTime":1,"samples":[${depth}],"timestamps":[5]}`;
    return {
      children: json({ nodes: children, ...times }),
      parents: json({ nodes: parents, ...times }),
      legacy: Buffer.from(legacy),
    };
  },

  gecko(depth) {
    const range = numbers(depth);
    const meta = { preprocessedProfileVersion: 70, interval: 1 };
    const tables = {
      stringArray: ['f'],
      funcTable: { length: 1, name: [0] },
      frameTable: { length: 1, func: [0] },
    };
    const samples = { length: 1, stack: [depth - 1], time: [1] };
    const file = (stackTable: object) =>
      json({ meta, shared: { ...tables, stackTable }, threads: [{ name: 'main', samples }] });
    return {
      prefix: file({
        length: depth,
        frame: range.map(() => 0),
        prefix: range.map((i) => (i > 0 ? i - 1 : null)),
      }),
      offset: file({
        length: depth,
        frame: range.map(() => 0),
        prefixOffset: range.map((i) => Math.min(i, 1)),
      }),
    };
  },

  heapprofile(depth) {
    const frame = (i: number) => JSON.stringify(callFrame(i === 0 ? '(root)' : `f${i % 50}`));
    const size = (i: number) => (i + 1 < depth ? 0 : 32);
    const first = (i: number) => `{"callFrame":${frame(i)},"selfSize":${size(i)},"id":${i + 1},"children":[`;
    const last = (i: number) => `],"id":${i + 1},"selfSize":${size(i)}}`;
    const sorted = numbers(depth).map((i) => `{"callFrame":${frame(i)},"children":[`);
    return {
      written: Buffer.from(`{"head":${numbers(depth).map(first).join('')}${']}'.repeat(depth)}}`),
      sorted: Buffer.from(`{"head":${sorted.join('')}${numbers(depth).reverse().map(last).join('')}}`),
    };
  },

  'v8-log'(depth) {
    const code = numbers(50).map(
      (i) => `code-creation,JS,0,1,0x${(4096 + 64 * i).toString(16)},64,f${i} x.js:1:1,0x1,*\n`,
    );
    const frames = numbers(depth).map((i) => `,0x${(4096 + 64 * (i % 50)).toString(16)}`);
    const stack = numbers(depth).flatMap((i) => [i % 50, 0]);
    const entries = numbers(50).map((i) => ({ name: `f${i} x.js:1:1`, type: 'JS', kind: 'Opt' }));
    return {
      log: Buffer.from(`v8-version,11,3,244,8,,0\n${code.join('')}tick,0x1000,1,0,0x0,0${frames.join('')}\n`),
      preprocessed: json({ code: entries, functions: [], ticks: [{ tm: 1, vm: 0, s: stack }] }),
    };
  },

  dhat: (depth) => ({
    points: json({
      dhatFileVersion: 2,
      mode: 'heap',
      pps: [{ tb: 1, tbk: 1, fs: numbers(depth).map((i) => i % 50) }],
      ftbl: numbers(50).map((i) => `0x${i}: f${i} (x.c:1)`),
    }),
  }),

  xhprof(depth) {
    const calls = numbers(depth).map((i) => [`f${i}==>f${i + 1}`, { ct: 1, wt: depth - i }]);
    const stack = numbers(depth).map((i) => `f${i % 50}`);
    return {
      stack: json({ '1.5': `main()==>${stack.join('==>')}` }),
      graph: json(Object.fromEntries([['f0', { ct: 1, wt: depth + 1 }], ...calls])),
      meta: Buffer.from(
        `a:2:{s:7:"profile";a:1:{s:6:"main()";a:1:{s:2:"wt";i:1;}}s:1:"m";${'a:1:{i:0;'.repeat(depth)}i:1;${'}'.repeat(depth)}}`,
      ),
    };
  },

  massif(depth) {
    const line = (_: unknown, i: number) =>
      `${' '.repeat(i)}n${i + 1 < depth ? 1 : 0}: 8 0x1: f${i % 50} (x.c:1)\n`;
    const figures = 'snapshot=0\ntime=0\nmem_heap_B=8\nmem_heap_extra_B=0\nmem_stacks_B=0\nheap_tree=peak\n';
    return {
      tree: Buffer.from(`desc: x\ncmd: x\ntime_unit: i\n${figures}${numbers(depth).map(line).join('')}`),
    };
  },

  vtune: (depth) => {
    const rows = numbers(depth / 50).map((i) => `${' '.repeat(i)}f${i},1.0,m\n`);
    return { chain: Buffer.from(`Function Stack,CPU Time:Self,Module\n${rows.join('')}`) };
  },
  vsprof: (depth) => {
    const rows = (functions: number) =>
      numbers(depth).map((i) => `${i},"f${i % functions}",${depth - i},1,\n`);
    const table = (functions: number) =>
      Buffer.from(`Level,Function Name,Inclusive Samples,Exclusive Samples,\n${rows(functions).join('')}`);
    return { recursive: table(1), distinct: table(depth) };
  },
  ghc(depth) {
    const rows = Math.min(depth, 3000);
    const titles = `${'COST CENTRE'.padEnd(rows + 3)} MODULE no. entries %time %alloc %time %alloc ticks bytes`;
    const row = (_: unknown, i: number) =>
      `${`${' '.repeat(i)}f${i % 50}`.padEnd(rows + 3)} Main 1 1 0.0 0.0 0.0 0.0 1 8\n`;
    const open = numbers(depth).map((i) => `{"id":${i % 50},"ticks":1,"alloc":8,"entries":1,"children":[`);
    const centres = numbers(50).map((i) => ({ id: i, label: `f${i}`, module: 'Main', src_loc: 'x.hs:1:1' }));
    const file = `{"rts_arguments":[],"total_ticks":${depth},"tick_interval":1000,"cost_centres":${JSON.stringify(centres)}`;
    return {
      json: Buffer.from(`${file},"profile":${open.join('')}${']}'.repeat(depth)}}`),
      text: Buffer.from(
        `\t Time and Allocation Profiling Report\n\n${titles}\n\n${numbers(rows).map(row).join('')}`,
      ),
    };
  },

  sample(depth) {
    const line = (_: unknown, i: number) => `    ${'  '.repeat(i)}1 ${i === 0 ? 'Thread_1' : `f${i % 50}`}\n`;
    return { graph: Buffer.from(`Call graph:\n${numbers(depth).map(line).join('')}\n`) };
  },

  goroutines: (depth) => ({
    stack: Buffer.from(
      `goroutine 1 [running]:\n${numbers(depth)
        .map((i) => `main.f${i % 50}(0x0?)\n\t/src/main.go:${i} +0x1d\n`)
        .join('')}`,
    ),
  }),

  callgrind: (depth) => ({
    chain: Buffer.from(
      `events: Ir\n${numbers(depth)
        .map((i) => `fn=f${i}\n1 ${i + 1 < depth ? `0\ncfn=f${i + 1}\ncalls=1 1\n1 1` : '1'}\n`)
        .join('')}`,
    ),
  }),

  'pprof-legacy': (depth) => ({
    recursive: Buffer.from(`goroutine profile: total 1\n1 @${' 0x401000'.repeat(depth)}\n`),
    distinct: Buffer.from(
      `goroutine profile: total 1\n1 @${numbers(depth)
        .map((i) => ` 0x${(i + 0x401000).toString(16)}`)
        .join('')}\n`,
    ),
  }),

  otlp: (depth) => {
    const line = message([3, message([1, 1])]);
    const dictionary = Buffer.concat([
      message([2, ''], [2, line], [3, ''], [3, message([1, 1])], [5, ''], [5, 'f'], [7, '']),
      message([7, message([1, Buffer.alloc(depth, 1)])]),
    ]);
    const profile = message([1, message([1, 1])], [2, message([1, 1], [4, Buffer.of(1)])]);
    return { recursive: message([1, message([2, message([2, profile])])], [2, dictionary]) };
  },

  pprof(depth) {
    const locations = Buffer.concat(numbers(depth).map((i) => varint(i + 1)));
    return {
      sample: message(
        [1, message([1, 1], [2, 2])],
        [2, message([1, locations], [2, varint(1)])],
        ...numbers(depth).map((i): [number, Buffer] => [
          4,
          message([1, i + 1], [4, message([1, (i % 50) + 1])]),
        ]),
        ...numbers(50).map((i): [number, Buffer] => [5, message([1, i + 1], [2, 3])]),
        [6, ''],
        [6, 'samples'],
        [6, 'count'],
        [6, 'f'],
      ),
    };
  },

  json: (depth) => ({
    nodes: json({
      format: 'prof2dot',
      version: 1,
      callers: 'all',
      estimated: false,
      metrics: [{ name: 'samples', unit: 'samples' }],
      functions: [{ name: 'f' }],
      frames: [{ function: 0 }],
      nodes: {
        length: depth,
        frame: new Array(depth).fill(0),
        parent: numbers(depth).map((i) => i - 1),
        self: [numbers(depth).map((i) => (i + 1 < depth ? 0 : 1))],
      },
    }),
  }),

  /** Calls that all return at last; time goes by in the innermost alone, or folded stacks would be endless. */
  hotshot: (depth) => ({
    calls: Buffer.concat([
      Buffer.from('\x13\x0fhotshot-version\0\x53\x01', 'latin1'),
      ...numbers(depth).map((i) => Buffer.from([4, i % 50, 0])),
      Buffer.from([0x05]),
      Buffer.alloc(depth - 1, 0x01),
    ]),
  }),

  coldshot(depth) {
    const data = Buffer.alloc(depth * 12);
    for (const i of numbers(depth)) {
      data.writeUInt16LE(1, i * 12);
      data.writeUInt32LE((1 << 24) + (i % 50), i * 12 + 4);
      data.writeUInt32LE(i < depth - 1 ? 0 : 1, i * 12 + 8);
    }
    const index = Buffer.from(
      'P COLDSHOTBinary version=1 bigendian=False timer_unit=0.000001\nD calls data\n',
    );
    return { calls: { bytes: index, sibling: () => bytesInput(data) } };
  },

  pyinstrument(depth) {
    const opening = '{"function":"f","time":1,"children":[';
    return {
      session: json({ frame_records: [[numbers(depth).map((i) => `f${i % 50}\0a.py\0${i}`), 1]] }),
      report: Buffer.from(`{"root_frame":${opening.repeat(depth)}${']}'.repeat(depth)}}`),
    };
  },

  tachyon: (depth) => ({
    binary: tachyonBytes({
      strings: ['a.py', 'f'],
      frames: numbers(50).map((i) => ({ file: 0, name: 1, line: i })),
      samples: [{ thread: 1, time: 1, stack: numbers(depth).map((i) => i % 50) }],
    }),
    collapsed: Buffer.from(`tid:1;${new Array(depth).fill('a.py:f:1').join(';')} 1\n`),
    lines: Buffer.from(
      [
        { type: 'str_def', run_id: '', defs: [{ str_id: 1, value: 'f' }] },
        {
          type: 'frame_def',
          defs: numbers(depth).map((i) => ({ frame_id: i, func_str_id: 1, path_str_id: 1 })),
        },
        {
          type: 'agg',
          kind: 'frame',
          scope: 'final',
          samples_total: depth,
          entries: numbers(depth).map((i) => ({ frame_id: i, self: 1, cumulative: 1 })),
        },
      ]
        .map((record) => `${JSON.stringify(record)}\n`)
        .join(''),
    ),
  }),

  scalene: (depth) => ({
    lines: json({
      elapsed_time_sec: 1,
      files: {
        'a.py': {
          functions: numbers(depth).map((i) => ({ line: `f${i}`, lineno: i + 1, n_cpu_percent_python: 1 })),
          lines: numbers(depth).map((i) => ({ lineno: depth + i, n_cpu_percent_python: 1 })),
        },
      },
    }),
  }),

  scout(depth) {
    const timestamp = '2025-11-24T12:00:00Z';
    const commands = numbers(depth).flatMap((i) => {
      const ids = { request_id: 'r', span_id: `${i}`, timestamp };
      const parent = i + 1 < depth ? `${i + 1}` : null;
      return [{ StartSpan: { ...ids, parent_id: parent, operation: 'A/b' } }, { StopSpan: ids }];
    });
    return { spans: json({ BatchCommand: { commands } }) };
  },

  memray: (depth) => ({
    stack: Buffer.from(
      `allocator,num_allocations,size,tid,thread_name,stack_trace\nMALLOC,1,1,1,0x1,${new Array(depth).fill('f;a.py;1').join('|')}\n`,
    ),
  }),

  vmprof(depth) {
    const words = (...values: number[]) => Buffer.from(BigUint64Array.from(values, BigInt).buffer);
    const header = Buffer.concat([
      words(0, 3, 0, 5000, 0),
      Buffer.from([5, 0, 0, 7]),
      Buffer.from('cpython'),
    ]);
    const stack = words(1, depth, ...numbers(depth).map((i) => 2 * (i % 50)));
    return { sample: Buffer.concat([header, Buffer.from([1]), stack, Buffer.from([3])]) };
  },

  austin: (depth) => ({
    text: Buffer.from(`P1;T0:1${';a.py:f:1'.repeat(depth)} 1\n`),
    lines: Buffer.from(`P1;T1${';f (a.py);L1'.repeat(depth)} 1\n`),
    mojo: Buffer.concat([
      Buffer.from('MOJ\x03\x02\x01\x00a\0\x03\x05\x01\x01\x01\x01\x01\x01', 'latin1'),
      Buffer.from('\x05\x05'.repeat(depth)),
      Buffer.from([9, 1]),
    ]),
  }),
};
