/** Names, groups, units and what is left out of graphs: demangle, rename, granularity, unit, mean, node count. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ProfileBuilder } from '../src/builder.ts';
import { checkProfile } from '../src/check.ts';
import { demangler, simpleName } from '../src/demangle.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import { expression } from '../src/expression.ts';
import { formatValue } from '../src/metrics.ts';
import { packageOfCode } from '../src/packages.ts';
import type { Profile } from '../src/profile.ts';
import { coarsen } from '../src/transforms/coarsen.ts';
import { rename } from '../src/transforms/rename.ts';
import { profileOf, samples } from './pprof-model.ts';
import { asStacks, asTree, SMALL, stacks } from './stacks.ts';
import { assertTold, convert, failure, printed, readProfile } from './support.ts';

const text = async (input: string | Uint8Array, to: string, transforms: object, more: object = {}) =>
  (await convert(input, to, { transforms, ...more })).toString();
const folded = (lines: string, transforms: object): Promise<string> =>
  text(Buffer.from(lines), 'folded', transforms, { format: 'folded' });

describe('demangle', () => {
  const NAMES: [mangled: string, full: string, simple: string][] = [
    [
      '_ZNSt6vectorIiSaIiEE9push_backERKi',
      'std::vector<int, std::allocator<int> >::push_back(int const&)',
      'std::vector::push_back',
    ],
    ['_ZZ4mainENKUlvE_clEv', 'main::{lambda()#1}::operator()() const', 'main::{lambda()#1}::operator()'],
    ['_ZN1AltERKS_', 'A::operator<(A const&)', 'A::operator<'],
    ['_ZN12_GLOBAL__N_13barEi', '(anonymous namespace)::bar(int)', '(anonymous namespace)::bar'],
    ['_ZN3foo3barEv.isra.0', 'foo::bar() [clone .isra.0]', 'foo::bar'],
    ['_ZN3foo3barEv@plt', 'foo::bar()@plt', 'foo::bar@plt'],
    ['_Znwm', 'operator new(unsigned long)', 'operator new'],
    [
      '_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE',
      'core::fmt::Write::write_fmt',
      'core::fmt::Write::write_fmt',
    ],
    ['_RINvNtC3std3mem8align_ofdE', 'std::mem::align_of::<f64>', 'std::mem::align_of'],
    ['?foo@@YAXH@Z', 'foo(int)', 'foo'],
    ...['main', '_ZoomIn', '_ZNNNNNx', '_Zed', 'operator(', ''].map((name): [string, string, string] => [
      name,
      name,
      name,
    ]),
  ];
  test('knows C++ and Rust, and leaves other names alone', async () => {
    const [full, simple] = [await demangler('full'), await demangler('simple')];
    for (const [mangled, long, short] of NAMES)
      assert.deepEqual([full(mangled), simple(mangled)], [long, short]);
    assert.equal(full(`_Z1f${'P'.repeat(50)}i`), `f(int${'*'.repeat(50)})`);
    const deep = `_Z1f${'P'.repeat(100_000)}i`;
    assert.equal(full(deep), deep);
    assert.equal(simpleName('std::operator<< <std::char_traits<char> >(std::ostream&)'), 'std::operator<<');
    assert.equal(simpleName('<alloc::vec::Vec<T> as Drop>::drop'), '<alloc::vec::Vec<T> as Drop>::drop');
  });
  test('keeps the old name as the system name', async () => {
    const name = await demangler('simple');
    const profile = await readProfile(Buffer.from('_ZN3foo3barEv;main 1\n'), { format: 'folded' });
    const { functions } = rename(profile, { name, keepSystemName: true });
    assert.deepEqual(
      [functions.name, functions.systemName],
      [
        ['foo::bar', 'main'],
        ['_ZN3foo3barEv', ''],
      ],
    );
    assert.equal(await folded('_ZN3foo3barEv;main 1\n', { demangle: 'full' }), 'foo::bar();main 1\n');
  });
});

describe('rename', () => {
  test('makes functions of one name one, on every rung', async () => {
    const lines = 'main;worker-1;run 3\nmain;worker-2;run 4\nmain 1\n';
    const rule = ['worker-[0-9]+=worker', `^(r)un$=$\{1}ace`];
    assert.equal(await folded(lines, { rename: rule }), 'main 1\nmain;worker;race 7\n');
    const input =
      'events: ms\nfn=main\n1 1\ncfn=w1\ncalls=2 1\n1 4\ncfn=w2\ncalls=3 1\n1 5\nfn=w1\n1 4\nfn=w2\n1 5\n';
    const graph = await text(Buffer.from(input), 'callgrind', { rename: ['w.=w'] });
    assert.match(graph, /^cfn=\(2\) w\ncalls=5 1\n1 9000000$/m);
    assert.match(graph, /^fn=\(2\)\n1 9000000$/m);
  });
  for (const form of ['list', 'tree'] as const) {
    test(`keeps the laws and all values, on a ${form}`, () => {
      fc.assert(
        fc.property(samples, (list) => {
          const profile = profileOf(list, form);
          const result = rename(profile, { name: () => 'one', file: (file) => file.slice(0, 4) });
          assert.deepEqual(checkProfile(result), []);
          assert.equal(result.functions.length, 1);
          const graph = coarsen(result);
          assert.equal(
            graph.nodes.self[0]![0],
            list.reduce((sum, { value }) => sum + value, 0),
          );
          assert.equal(result.lines?.length, profile.lines?.length);
          const same = rename(profile, { name: (name) => `${name}!` });
          assert.deepEqual(checkProfile(same), []);
          assert.deepEqual(same.nodes.parent, profile.nodes.parent);
        }),
        { numRuns: 40 },
      );
    });
  }
  test('says what it cannot read', async () => {
    assertTold(await failure(folded('a 1\n', { rename: ['a'] })), 'usage/bad-rename', /REGEX=TEXT/);
    assertTold(await failure(folded('a 1\n', { rename: ['(=b'] })), 'usage/bad-expression', /--rename/);
    assertTold(await failure(folded('a 1\n', { focus: 'a(?=b)' })), 'usage/bad-expression', /--focus/);
  });
  test('--trim-path takes the beginning off files', async () => {
    const shown = await text('fixtures/pprof/go-cpu/input.pb.gz', 'dot', {
      trimPath: ['/nowhere', 'runtime'],
      granularity: 'files',
      nodeThres: 0,
    });
    assert.match(shown, /label="proc\.go/);
    assert.doesNotMatch(shown, /runtime\/proc\.go/);
  });
});

describe('granularity', () => {
  test('lines that are in no frame are told of', async () => {
    const diagnostics = new Diagnostics();
    const lines = Buffer.from('events: Ir\nfl=a.c\nfn=main\n1 10\n2 20\n');
    await text(lines, 'dot', { granularity: 'line' }, { diagnostics });
    assertTold(printed(diagnostics), 'granularity/lines');
  });

  test('totals of groups are no more than all, and a guess where members may call each other', async () => {
    const builder = new ProfileBuilder([{ name: 'time', unit: 'seconds' }]);
    const frame = Int32Array.from(['main', 'work', 'leaf'], (name) =>
      builder.addFrame(builder.addFunction(name, { file: '/a.py' })),
    );
    const self = [Float64Array.of(0, 1, 2)];
    const flat = builder.flat({ frame, self, total: [Float64Array.of(3, 3, 2)] });
    const { nodes, estimated } = coarsen(flat, { by: 'files' });
    assert.deepEqual([nodes.total, estimated], [[Float64Array.of(3)], true]);
    const [wide, whole] = [BigInt64Array.of(2n ** 60n), { sum: [2n ** 60n + 1n], maxSelf: [1] }];
    const three = builder.flat({
      frame,
      self: [BigInt64Array.of(0n, 1n, wide[0]!)],
      total: [BigInt64Array.of(wide[0]!, wide[0]!, wide[0]!)],
    });
    for (const sum of [whole.sum, [8]]) {
      const cut = coarsen({ ...three, whole: { ...whole, sum } }, { by: 'files' });
      assert.deepEqual(cut.nodes.total, [BigInt64Array.of(BigInt(sum[0]!))]);
    }
    const leaves = coarsen({ ...flat, nodes: { ...flat.nodes, total: self } }, { by: 'files' });
    assert.deepEqual([leaves.nodes.total, leaves.estimated], [[Float64Array.of(3)], false]);
  });
  test('packages: of npm, Go, Java, Python, and shared objects', () => {
    const known: [name: string, file: string, mapping: string, is: string][] = [
      ['net/http.(*conn).serve', '/usr/go/src/net/http/server.go', '/bin/app', 'net/http'],
      ['main.main.func1', 'shop.go', '', 'main'],
      ['gopkg.in/yaml%2ev3.Unmarshal[...]', 'yaml.go', '', 'gopkg.in/yaml.v3'],
      ['runtime.memclr', 'asm.s', '', 'runtime'],
      ['java.util.HashMap.get', 'HashMap.java', '', 'java.util'],
      ['java/lang/Thread.run', '', '', 'java.lang'],
      ['com.example.Main$1.run', '', '', 'com.example'],
      ['emit', 'node:events', '', 'node'],
      ['get', '/app/node_modules/@a/b/index.js', '', '@a/b'],
      ['get', '/lib/python3.11/site-packages/requests/api.py', '', 'requests'],
      ['malloc', '/src/malloc.c', '/usr/lib/libc.so.6', 'libc.so.6'],
      ['malloc', '', 'C:\\Windows\\ntdll.dll', 'ntdll.dll'],
      ['main', '/app/x.js', '', 'app'],
      ['main', '', '', '(no package)'],
    ];
    for (const [name, file, mapping, is] of known) assert.equal(packageOfCode(name, file, mapping), is, name);
  });
  test('packages and modules are counted once on each stack', async () => {
    const shown = await text('fixtures/pprof/go-cpu/input.pb.gz', 'dot', { granularity: 'packages' });
    assert.match(shown, /main \[.*label="main\\n93\.65%\\n\(88\.89%\)"/);
    const modules = await text('fixtures/pprof/go-cpu/input.pb.gz', 'dot', { granularity: 'modules' });
    assert.match(modules, /100\.00%\\n\(100\.00%\)/);
  });
});

describe('coarsen without some groups', () => {
  /** Stack by stack: what is kept, in order, and whether something was between. */
  function model(list: Parameters<typeof asStacks>[0], keep: (name: string) => boolean) {
    const sums: Record<string, number> = {};
    const residual = new Set<string>();
    const add = (key: string, value: number) => {
      sums[key] = (sums[key] ?? 0) + value;
    };
    for (const { places, values } of list) {
      const value = Number(values[0]);
      const names = places.map(({ func }) => `f${func >> 1} file${func & 1}`);
      const seen = new Set<string>();
      let before = -1;
      for (const [i, name] of names.entries()) {
        if (!keep(name)) continue;
        if (!seen.has(name)) add(`total ${name}`, value);
        seen.add(name);
        const isResidual = before >= 0 && before < i - 1;
        const arc = `arc ${names[before]} -> ${name}`;
        if (before >= 0 && !(isResidual && names[before] === name)) {
          if (!seen.has(arc)) {
            add(arc, value);
            if (isResidual) residual.add(arc);
          }
          seen.add(arc);
        }
        before = i;
      }
      if (before === names.length - 1) add(`self ${names[before]}`, value);
    }
    return { sums, residual };
  }
  const found = ({ nodes, frames, functions, arcs }: Profile) => {
    const sums: Record<string, number> = {};
    const residual = new Set<string>();
    const name = (n: number) => {
      const func = frames.func[nodes.frame[n]!]!;
      return `${functions.name[func]} ${functions.file[func]}`;
    };
    for (let n = 0; n < nodes.length; n++) {
      sums[`total ${name(n)}`] = Number(nodes.total[0]![n]);
      sums[`self ${name(n)}`] = Number(nodes.self[0]![n]);
    }
    for (let a = 0; a < arcs!.length; a++) {
      const arc = `arc ${name(arcs!.caller[a]!)} -> ${name(arcs!.callee[a]!)}`;
      sums[arc] = Number(arcs!.total[0]![a]);
      if (arcs!.residual?.[a]) residual.add(arc);
    }
    return { sums, residual };
  };
  for (const [form, make] of [
    ['list', asStacks],
    ['tree', asTree],
  ] as const) {
    test(`joins what is left over residual arcs, on a ${form}`, () => {
      fc.assert(
        fc.property(stacks([SMALL]), fc.integer({ min: 0, max: 63 }), (list, bits) => {
          const profile = make(list);
          const { functions, frames, nodes } = coarsen(profile);
          const index = new Map(
            Array.from(nodes.frame, (frame): [string, number] => {
              const func = frames.func[frame]!;
              return [`${functions.name[func]} ${functions.file[func]}`, func];
            }),
          );
          const keep = Uint8Array.from({ length: functions.length }, (_, f) => (bits >> f) & 1);
          const expected = model(list, (name) => keep[index.get(name)!] === 1);
          const result = found(coarsen(profile, { keep }));
          const noZeros = (sums: Record<string, number>) =>
            Object.fromEntries(Object.entries(sums).filter(([, value]) => value !== 0));
          assert.deepEqual(noZeros(result.sums), noZeros(expected.sums));
          assert.deepEqual([...result.residual].sort(), [...expected.residual].sort());
        }),
        { numRuns: 200 },
      );
    });
  }
});

describe('node count', () => {
  const LINES = 'main;a;b;c 60\nmain;a;b;d 30\nmain;e 10\n';
  const edges = (dot: string) => [...dot.matchAll(/^\t(\w+ -> \w+) \[.*?label="([^"]*)".*?(dotted|$)/gm)];
  test('joins callers to what they reach over a hidden middle', async () => {
    const shown = await text(Buffer.from(LINES), 'dot', { nodeCount: 4 }, { format: 'folded' });
    const seen = edges(shown).map(([, ends, share, dotted]) => `${ends} ${share}${dotted}`);
    assert.deepEqual(seen.sort(), ['b -> c 60.00%', 'b -> d 30.00%', 'main -> b 90.00%dotted']);
    const loose = await text(Buffer.from(LINES), 'dot', { nodeThres: 95 }, { format: 'folded' });
    assert.deepEqual(edges(loose), []);
  });
  test('thresholds do so, too, when asked', async () => {
    const options = { nodeThres: 20, residualEdges: true, hide: '^a$', edgeThres: 0 };
    const shown = await text(Buffer.from(LINES), 'dot', options, { format: 'folded' });
    assert.match(shown, /main -> b .*label="90\.00%"/);
    assert.doesNotMatch(shown, /dotted/);
  });
  test('works on call graphs without stacks, as an estimate of what lies between', async () => {
    const input = Buffer.from(
      'events: ms\nfn=main\n1 1\ncfn=a\ncalls=1 1\n1 90\nfn=a\n1 0\ncfn=b\ncalls=1 1\n1 90\nfn=b\n1 90\nfn=idle\n1 9\n',
    );
    const options = { granularity: 'function', nodeCount: 2, edgeThres: 0 };
    const diagnostics = new Diagnostics();
    const shown = await text(input, 'dot', options, { diagnostics });
    assertTold(printed(diagnostics), 'estimate/residual-edges');
    assert.match(shown, /main -> b .*label="90\.00%".*style="dotted"/);
    assert.doesNotMatch(shown, /\ta /);
  });
  test('needs exact totals', async () => {
    const work = text(Buffer.from(LINES), 'dot', { nodeCount: 4, total: 'callratios' }, { format: 'folded' });
    assertTold(await failure(work), 'usage/trim-estimates');
  });
});

describe('values', () => {
  test('--unit scales every metric of the kind, in every output', async () => {
    const heap = 'fixtures/pprof/go-heap/input.pb.gz';
    const plain = JSON.parse(await text(heap, 'json', {}));
    const inKb = JSON.parse(await text(heap, 'json', { metric: 'alloc_space', unit: 'kB' }));
    assert.deepEqual(
      inKb.metrics.map(({ unit }: { unit: string }) => unit),
      ['count', 'kilobytes', 'count', 'kilobytes'],
    );
    const total = (json: { nodes: { self: number[][] } }, m: number) =>
      json.nodes.self[m]!.reduce((a, b) => a + b, 0);
    for (const m of [0, 1, 2, 3]) assert.equal(total(inKb, m), total(plain, m) / (m % 2 === 0 ? 1 : 1024));
    assert.equal(
      await text(heap, 'folded', { metric: 'alloc_space', unit: 'auto' }),
      await text(heap, 'folded', { metric: 'alloc_space' }),
    );
    assertTold(
      await failure(text(heap, 'json', { metric: 'alloc_space', unit: 'ms' })),
      'usage/bad-unit',
      /bytes, which does not become ms/,
    );
    assert.equal(formatValue(1500, { name: 't', unit: 'milliseconds', fixed: true }), '1500 ms');
    assert.equal(formatValue(1234567.891, { name: 'm', unit: 'kB', fixed: true }), '1234567.89 KiB');
    assert.equal(formatValue(0.25, { name: 't', unit: 'seconds', fixed: true }), '0.25 s');
  });
  test('--unit on call graphs scales arcs and lines', async () => {
    const cg = 'fixtures/callgrind/yappi/input.callgrind';
    const seconds = await readProfile(cg);
    const { scaleUnit } = await import('../src/transforms/scale-unit.ts');
    const unit = seconds.metrics[0]!.unit;
    const scaled = scaleUnit(seconds, 'ns');
    assert.deepEqual(checkProfile(scaled), []);
    assert.equal(scaled.metrics[0]!.unit === 'nanoseconds', unit !== 'count' && unit !== '');
  });
  test('--mean divides by the first metric', async () => {
    const heap = 'fixtures/pprof/go-heap/input.pb.gz';
    const shown = await text(heap, 'callgrind', { metric: 'alloc_space', mean: true });
    assert.match(shown, /mean_alloc_space/);
    assertTold(
      await failure(text(heap, 'folded', { metric: 'alloc_space', mean: true })),
      'usage/mean-of-stacks',
    );
  });
});

describe('expressions', () => {
  const TABLE: [pattern: string, fits: string, fitsNot: string][] = [
    ['^main$', 'main', 'main\n'],
    ['(?i)MaIn', 'xmainx', 'man'],
    ['m(?i:AIN)', 'main', 'MAIN'],
    ['[[:alpha:]]+[[:^alpha:]]', 'a1', '1a'],
    ['\\Qa.b(\\E', 'xa.b(', 'axb('],
    ['\\pL\\p{Greek}\\p{^Lu}', 'aαb', 'aαB'],
    ['[\\s-x]', '-', 'w'],
    ['(?P<x>a)(?<y>b)', 'ab', 'a'],
    ['a.c', 'abc', 'a\nc'],
    ['\\s', ' ', '\u00a0'],
    ['^.$', '\u{1f600}', 'ab'],
  ];
  test('mean what they mean to Go', () => {
    for (const [pattern, fits, fitsNot] of TABLE) {
      assert.equal(expression('focus', pattern).test(fits), true, pattern);
      assert.equal(expression('focus', pattern).test(fitsNot), false, pattern);
    }
    for (const pattern of ['a\\', '(a', '(?=a)', '(?<=a)b', '\\1', 'a{1001}'])
      assert.throws(
        () => expression('focus', pattern),
        /^ProfileError: --focus: .* cannot be read: /s,
        pattern,
      );
  });
  test('take no time that grows faster than the text', async () => {
    const stacks = Buffer.from(`main;${'a'.repeat(5000)} 5\n`);
    for (const transforms of [{ ignore: '(a*)*b' }, { rename: ['(a|a)*b=x'] }])
      assert.equal(String(await convert(stacks, 'folded', { transforms })), String(stacks));
  });
});
