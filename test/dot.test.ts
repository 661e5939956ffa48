/** DOT beside its fixtures: what Graphviz makes of it, ids, places, figures, colours, two profiles. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { editorUrl } from '../converters/views/dot/editor-url.ts';
import { graphvizId, quoted } from '../converters/views/dot/quoting.ts';
import { Palette } from '../converters/views/dot/themes.ts';
import { ProfileBuilder } from '../src/builder.ts';
import { builtin } from '../src/builtin.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import { functionIds } from '../src/function-ids.ts';
import { write } from '../src/pipeline.ts';
import type { Metric, Profile } from '../src/profile.ts';
import type { TransformOptions } from '../src/transform-options.ts';
import { cli, failure, needs, root } from './support.ts';

const SAMPLES: Metric = { name: 'samples', unit: 'samples' };

interface Called {
  name: string;
  file?: string;
  line?: number;
  module?: string;
  self: number;
}

/** `main` calls each of the functions once. */
function profileOf(called: Called[], metric = SAMPLES): Profile {
  const builder = new ProfileBuilder([metric]);
  const main = builder.addFrame(builder.addFunction('main'));
  const frames = called.map(({ name, module, file = '', line = 0 }) =>
    builder.addFrame(
      builder.addFunction(name, { file, line, ...(module && { mapping: builder.mapping(module) }) }),
    ),
  );
  return builder.tree({
    frame: Int32Array.from([main, ...frames]),
    parent: Int32Array.from([-1, ...frames.map(() => 0)]),
    self: [Float64Array.from([0, ...called.map(({ self }) => self)])],
  });
}

async function dotOf(
  profile: Profile,
  options: Record<string, unknown> = {},
  transforms: Partial<TransformOptions> = {},
  compareWith?: Profile,
): Promise<string> {
  const pieces: Uint8Array[] = [];
  const settings = { diagnostics: new Diagnostics(), options: { dot: options }, transforms, compareWith };
  await write(profile, builtin.get('dot', 'emitter'), settings, (bytes) => pieces.push(bytes.slice()));
  return Buffer.concat(pieces).toString();
}

/** An attribute of a node or edge (`a -> b`), as it is written. */
function attribute(dot: string, what: string, name: string): string | undefined {
  const line = dot.split('\n').find((text) => text.startsWith(`\t${what} [`));
  assert.ok(line, `${what} in ${dot}`);
  return new RegExp(`[[ ]${name}=("(?:[^"\\\\]|\\\\.)*"|\\w+)`).exec(line)?.[1];
}

describe('ids', () => {
  test('are told apart, whatever functions share', () => {
    const builder = new ProfileBuilder([SAMPLES]);
    builder.addFunction('f', { file: 'a.c', line: 1 });
    builder.addFunction('f', { file: 'a.c', line: 9 });
    builder.addFunction('f', { file: 'b.c' });
    builder.addFunction('f', { mapping: builder.mapping('libc') });
    builder.addFunction('g');
    builder.addFunction('g');
    builder.addFunction('g#2');
    builder.addFunction('libc:f');
    builder.addFunction('h', { id: '7' });
    const none = { frame: new Int32Array(), self: [new Float64Array()], total: [new Float64Array()] };
    assert.deepEqual(functionIds(builder.flat(none)), [
      'a.c:1:f',
      'a.c:9:f',
      'b.c:f',
      'libc:f',
      'g',
      'g#3',
      'g#2',
      'libc:f#2',
      '7',
    ]);
  });

  test('of functions in any number and of any name are unique', () => {
    const name = fc.constantFrom('', 'f', 'f#2', 'a:f', 'a:1:f');
    const func = fc.record({ name, file: fc.constantFrom('', 'a'), line: fc.constantFrom(0, 1) });
    fc.assert(
      fc.property(fc.array(func, { maxLength: 30 }), (functions) => {
        const builder = new ProfileBuilder([SAMPLES]);
        for (const { name, file, line } of functions) builder.addFunction(name, { file, line });
        const none = { frame: new Int32Array(), self: [new Float64Array()], total: [new Float64Array()] };
        assert.equal(new Set(functionIds(builder.flat(none))).size, functions.length);
      }),
    );
  });

  test('are bare only where Graphviz reads one word', () => {
    for (const bare of ['main', 'été', 'a1', '42', '½']) assert.equal(quoted(bare), bare);
    for (const text of ['', '3d', '0x1f', 'a_b', 'Node', 'SUBGRAPH', 'a b', '4½']) {
      assert.equal(quoted(text), `"${text}"`);
    }
    assert.equal(quoted('"a"\\\n\t\0'), '"\\"a\\"\\\\\\n\\t\uFFFD"');
  });

  test('longer than 1024 characters become their SHA-1', async () => {
    assert.equal(await graphvizId('🦄'.repeat(1024)), '🦄'.repeat(1024));
    assert.equal(await graphvizId('a'.repeat(1025)), '_1009de2ef6183bd6d8c08f1ed8df4847e71f7acb');
  });

  test('stand in the order of numbers, or of code points', async () => {
    const order = async (...names: string[]) => {
      const dot = await dotOf(profileOf(names.map((name) => ({ name, self: 1 }))));
      return dot.match(/(?<=^\t)("[^"]*"|\S+)(?= \[color)/gm);
    };
    assert.deepEqual(await order('10', '9', 'x'), ['10', '9', 'main', 'x']);
    assert.deepEqual(await order('\u{1f984}', '\uff21', 'Z', 'a'), [
      'Z',
      'a',
      'main',
      '\uff21',
      '"\u{1f984}"',
    ]);
  });
});

test('Graphviz reads every name, and gives it back', { skip: needs('dot') }, async () => {
  const nasty = fc.string({
    unit: fc.constantFrom(
      '"',
      '\\',
      '\n',
      '\t',
      '<',
      '>',
      '&',
      'amp;',
      '{',
      '|',
      'N',
      '\\N',
      'é',
      '🦄',
      ' ',
      'a',
      '-',
      '/*',
      '3',
    ),
    maxLength: 8,
  });
  const names = [...new Set(fc.sample(nasty, { numRuns: 200, seed: 1 }))].filter((name) => name !== 'main');
  const dot = await dotOf(
    profileOf(names.map((name) => ({ name, self: 1 }))),
    { nodeLabel: [] },
    { nodeThres: 0, edgeThres: 0 },
  );
  const json = JSON.parse(execFileSync('dot', ['-Tdot_json'], { input: dot, maxBuffer: 1 << 26 }).toString());
  const objects = json.objects as { name: string; label: string }[];
  assert.equal(objects.length, names.length + 1);
  const back = objects.map(({ label }) =>
    label.replace(/\\(.)/g, (_, c: string) => ({ n: '\n', t: '\t' })[c] ?? c).replaceAll('&amp;', '&'),
  );
  assert.deepEqual(back.sort(), ['main', ...names].sort());
});

describe('places', () => {
  const called: Called[] = [
    { name: 'f', file: 'src/a.js', line: 3, self: 1 },
    { name: 'f', file: 'src/b.js', line: 0, self: 1 },
    { name: '(anonymous)', file: 'file:///app/c.js', line: 7, self: 1 },
    { name: 'g', file: 'g.js', line: 5, self: 1 },
  ];
  const label = async (id: string, options = {}) =>
    attribute(await dotOf(profileOf(called), options), id, 'label');

  test('stand on nodes whose name does not tell them apart', async () => {
    assert.match((await label('"src/a.js:f"'))!, /^"f\\na\.js:3\\n/);
    assert.match((await label('"src/b.js:f"'))!, /^"f\\nb\.js\\n/);
    assert.match((await label('"(anonymous)"'))!, /^"\(anonymous\)\\nc\.js:7\\n/);
    assert.match((await label('g'))!, /^"g\\n25/);
  });

  test('stand on all, or on none', async () => {
    assert.match((await label('g', { showLocation: 'always' }))!, /^"g\\ng\.js:5\\n/);
    assert.match((await label('"src/a.js:f"', { showLocation: 'never' }))!, /^"f\\n25/);
  });

  test('are tooltips', async () => {
    const tip = async (tooltip: string) =>
      attribute(await dotOf(profileOf(called), { tooltip }), 'g', 'tooltip');
    assert.equal(await tip('location'), '"g.js:5"');
    assert.equal(await tip('file'), '"g.js"');
    assert.equal(await tip('none'), undefined);
  });

  test('are links to editors, for files of this machine', async () => {
    assert.equal(editorUrl('vscode', '/a b/c.js', 3, 4), 'vscode://file/a%20b/c.js:3:4');
    assert.equal(editorUrl('vscode', 'C:\\x\\y.js', 3, 0), 'vscode://file/C:/x/y.js:3:1');
    assert.equal(editorUrl('constructor', '/a.js', 2, 0), 'constructor');
    assert.equal(
      editorUrl('idea', 'file:///app/c%20d.js', 0, 0),
      'idea://open?file=/app/c%20d.js&line=1&column=1',
    );
    assert.equal(editorUrl('sublime', '/a.js', 2, 0), 'subl://open?url=file:///a.js&line=2&column=1');
    assert.equal(editorUrl('http://x/{file}#L{line}', 'a.js', 2, 0), 'http://x/a.js#L2');
    for (const file of ['', 'node:fs', 'https://example.org/a.js', 'webpack://a/b.js']) {
      assert.equal(editorUrl('vscode', file, 1, 1), undefined, file);
    }
    const dot = await dotOf(profileOf(called), { url: 'vscode' });
    assert.equal(attribute(dot, '"(anonymous)"', 'URL'), '"vscode://file/app/c.js:7:1"');
    assert.equal(attribute(dot, 'main', 'URL'), undefined);
  });

  test('are modules: their names, their paths, or neither', async () => {
    const profile = profileOf([{ name: 'f', module: '/usr/lib/libx.so', self: 1 }]);
    const shown = async (module: string) => attribute(await dotOf(profile, { module }), 'f', 'label');
    assert.equal(await shown('name'), '"libx.so\\nf\\n100.00%\\n(100.00%)"');
    assert.equal(await shown('path'), '"/usr/lib/libx.so\\nf\\n100.00%\\n(100.00%)"');
    assert.equal(await shown('none'), '"f\\n100.00%\\n(100.00%)"');
  });
});

describe('figures', () => {
  const all = {
    nodeLabel: ['total-time', 'self-time', 'self-time-percentage', 'self-time'],
    showSamples: true,
  };

  test('are times where time was measured', async () => {
    const profile = profileOf([{ name: 'f', self: 1_500_000 }], { name: 'cpu', unit: 'nanoseconds' });
    assert.equal(
      attribute(await dotOf(profile, all), 'f', 'label'),
      '"f\\n0.0015\\n(0.0015)\\n(100.00%)\\n(0.0015)"',
    );
    const dot = await dotOf(profile, { nodeLabel: ['total-time'], timeFormat: '%.1e s' });
    assert.equal(attribute(dot, 'f', 'label'), '"f\\n1.5e-03 s"');
  });

  test('are no times elsewhere', async () => {
    assert.equal(
      attribute(await dotOf(profileOf([{ name: 'f', self: 2.9 }]), all), 'f', 'label'),
      '"f\\n(100.00%)\\n2×"',
    );
  });

  test('beyond 2^53 are shown to the last digit', async () => {
    const builder = new ProfileBuilder([SAMPLES]);
    const frame = Int32Array.of(builder.addFrame(builder.addFunction('f')));
    const profile = builder.tree({
      frame,
      parent: Int32Array.of(-1),
      self: [BigInt64Array.of(2n ** 60n + 1n)],
    });
    const label = attribute(await dotOf(profile, { showSamples: true }), 'f', 'label');
    assert.equal(label, '"f\\n100.00%\\n(100.00%)\\n1152921504606846977×"');
  });

  const CPU: Metric = { name: 'cpu', unit: 'ns' };
  /** One function that has these values of these metrics; the first is shown. */
  function single(metrics: Metric[], values: number[]): Profile {
    const builder = new ProfileBuilder(metrics);
    const frame = Int32Array.of(builder.addFrame(builder.addFunction('f')));
    return builder.tree({
      frame,
      parent: Int32Array.of(-1),
      self: values.map((value) => Float64Array.of(value)),
    });
  }
  const samplesOf = async (profile: Profile, compareWith?: Profile) => {
    const options = { nodeLabel: [], showSamples: true };
    const dot = await dotOf(profile, options, { compareFunctions: 'first' }, compareWith);
    return attribute(dot, 'f', 'label');
  };

  test('are samples beside a time, of the metric that counts them', async () => {
    const space: Metric = { name: 'space', unit: 'bytes' };
    assert.equal(await samplesOf(single([CPU, { name: 'samples', unit: 'count' }], [5e6, 3])), '"f\\n3×"');
    assert.equal(await samplesOf(single([space, { name: 'hits', unit: 'sample' }], [4096, 2])), '"f\\n2×"');
    // What is measured in time counts no samples, whatever its name.
    assert.equal(await samplesOf(single([{ name: 'samples', unit: 'ms' }], [5])), 'f');
    assert.equal(await samplesOf(single([CPU, { name: 'allocations', unit: 'count' }], [5e6, 3])), 'f');
  });

  test('are the count that is shown, though samples are counted too', async () => {
    const events: Metric = { name: 'Ir', unit: 'count' };
    assert.equal(await samplesOf(single([events, SAMPLES], [900, 3])), '"f\\n900×"');
  });

  test('are samples of each of two profiles', async () => {
    const counted = single([SAMPLES, CPU], [4, 7e6]);
    const timed = single([CPU, SAMPLES], [7e6, 4]);
    assert.equal(await samplesOf(counted, timed), '"f\\n4×"');
    const more = single([CPU, SAMPLES], [7e6, 5]);
    assert.equal(await samplesOf(timed, more), '"f\\n4× + 100%"');
  });

  test('that no profile counts are told of, once', async () => {
    const timed = single([CPU], [7e6]);
    const codes = async (profile: Profile, compareWith?: Profile, showSamples = true) => {
      const diagnostics = new Diagnostics();
      const transforms = { metric: compareWith && '0=0' };
      const settings = { diagnostics, transforms, compareWith, options: { dot: { showSamples } } };
      await write(profile, builtin.get('dot', 'emitter'), settings, () => {});
      return diagnostics.list().map(({ code, message }) => `${code}: ${message}`);
    };
    const told = 'dot/no-samples: samples are not shown: the profile does not count them';
    assert.deepEqual(await codes(timed), [told]);
    assert.deepEqual(await codes(timed, timed), [told]);
    assert.deepEqual(await codes(single([SAMPLES], [3]), timed), [told]);
    assert.deepEqual(await codes(single([SAMPLES], [3])), []);
    assert.deepEqual(await codes(timed, undefined, false), []);
  });

  test('in a wrong format are refused', async () => {
    const work = dotOf(profileOf([]), { timeFormat: '%d %d' });
    assert.match(
      await failure(work),
      /error usage\/bad-option: --time-format: %d %d is not a format of one number/,
    );
  });
});

describe('colours', () => {
  test('go from the coolest to the hottest', () => {
    const ends = (['color', 'pink', 'gray', 'bw', 'print'] as const).map((name) => {
      const palette = new Palette(name, 1);
      return [palette.color(0), palette.color(1), palette.fontSize(1), palette.penWidth(0)];
    });
    assert.deepEqual(ends, [
      ['#0d0d73', '#ff0000', 10, 0.5],
      ['#ff9c9c', '#ff0000', 10, 0.5],
      ['#b2b2b2', '#000000', 10, 0.5],
      ['#000000', '#000000', 24, 0.1],
      ['#000000', '#000000', 30, 0.1],
    ]);
    assert.equal(new Palette('color', 1).color(7), '#ff0000');
    assert.equal(new Palette('color', 1).color(-7), '#0d0d73');
  });

  test('are spread by the skew', () => {
    const color = (skew: number) => new Palette('color', skew).color(0.5);
    assert.equal(color(0), color(1));
    assert.notEqual(color(0.1), color(1));
    assert.notEqual(color(100), color(0.1));
  });

  test('by self are relative to the greatest, also when roots cut that off', async () => {
    const profile = profileOf([
      { name: 'f', self: 60 },
      { name: 'g', self: 30 },
    ]);
    const dot = await dotOf(profile, { colorNodesBySelftime: true }, { root: 'g' });
    assert.equal(attribute(dot, 'g', 'color'), `"${new Palette('color', 1).color(0.5)}"`);
  });
});

describe('two profiles, as gprof2dot draws them', () => {
  const FIRST = { compareFunctions: 'first' } as const;
  const before = profileOf([
    { name: 'f', self: 40 },
    { name: 'g', self: 40 },
    { name: 'gone', self: 20 },
  ]);
  const after = profileOf([
    { name: 'f', self: 60 },
    { name: 'g', self: 10 },
    { name: 'new', self: 30 },
  ]);
  const look = async (id: string, options = {}) => {
    const dot = await dotOf(before, options, FIRST, after);
    return ['label', 'orientation', 'shape'].map((name) => attribute(dot, id, name));
  };

  test('show what has become of the first', async () => {
    assert.deepEqual(await look('f'), ['"f\\n40.00% + 20.0%\\n(40.00%) + 20.0%"', '0', 'cds']);
    assert.deepEqual(await look('g'), ['"g\\n40.00% - 30.0%\\n(40.00%) - 30.0%"', '90', 'cds']);
    assert.deepEqual(await look('main'), ['"main\\n100.00%\\n(0.00%)"', '0', 'box']);
    assert.deepEqual(await look('gone'), ['"gone\\n20.00%\\n(20.00%)"', '0', 'box']);
    const dot = await dotOf(before, {}, FIRST, after);
    assert.equal(attribute(dot, 'main -> f', 'label'), '"40.00% / 60.00%"');
    assert.equal(attribute(dot, 'main -> gone', 'label'), '"20.00%"');
    assert.doesNotMatch(dot, /\tnew /);
  });

  test('mark what is asked for', async () => {
    assert.deepEqual(await look('g', { compareOnlySlower: true }), [
      '"g\\n40.00%\\n(40.00%) - 30.0%"',
      '0',
      'box',
    ]);
    assert.deepEqual(await look('f', { compareOnlyFaster: true }), [
      '"f\\n40.00%\\n(40.00%) + 20.0%"',
      '0',
      'box',
    ]);
    assert.deepEqual(await look('f', { compareTolerance: 25 }), ['"f\\n40.00%\\n(40.00%)"', '0', 'box']);
    assert.deepEqual(await look('g', { compareTolerance: 25 }), [
      '"g\\n40.00% - 30.0%\\n(40.00%) - 30.0%"',
      '90',
      'cds',
    ]);
  });

  test('colour by the difference', async () => {
    const same = profileOf([
      { name: 'f', self: 60 },
      { name: 'g', self: 10 },
      { name: 'gone', self: 30 },
    ]);
    const dot = await dotOf(before, { compareColorByDifference: true }, FIRST, same);
    const shown = ['g', 'f', 'gone', 'main'].map((id) => attribute(dot, id, 'color'));
    const palette = new Palette('color', 1);
    assert.deepEqual(
      shown,
      [1, 2 / 3, 1 / 3, 0].map((weight) => `"${palette.color(weight)}"`),
    );
  });

  test('are told of when nothing is left of the first', async () => {
    const diagnostics = new Diagnostics();
    const settings = { diagnostics, transforms: { ...FIRST, root: 'new' }, compareWith: after };
    await write(before, builtin.get('dot', 'emitter'), settings, () => {});
    assert.deepEqual(
      diagnostics.list().map(({ code }) => code),
      ['prune/nothing-left'],
    );
  });

  test('are two, no more and no less', () => {
    const file = 'fixtures/folded/basic/input.folded';
    for (const files of [[], [file], [file, file, file]]) {
      const { status, stderr } = spawnSync(process.execPath, [cli, '--compare', ...files], { cwd: root });
      assert.equal(status, 2);
      assert.match(stderr.toString(), /error usage\/not-two-inputs: --compare takes two inputs, not [013]\n/);
    }
  });

  test('are for views that compare', async () => {
    const settings = { diagnostics: new Diagnostics(), compareWith: after };
    const work = write(before, builtin.get('folded', 'emitter'), settings, () => {});
    assert.match(await failure(work), /error usage\/cannot-compare: folded shows one profile/);
  });
});

describe('the legend', () => {
  /** Its lines, in the order in which they stand. */
  async function legendOf(...given: Parameters<typeof dotOf>): Promise<string[]> {
    const [profile, options = {}, ...more] = given;
    const dot = await dotOf(profile, { legend: true, ...options }, ...more);
    return JSON.parse(attribute(dot, 'legend', 'label')!.replaceAll('\\l', '\\n'))
      .trimEnd()
      .split('\n');
  }
  const profile = () =>
    profileOf([
      { name: 'a', self: 60 },
      { name: 'b', self: 39.5 },
      { name: 'c', self: 0.5 },
    ]);

  test('tells what is drawn, and what was left out', async () => {
    const [, extent, coverage] = await legendOf(profile(), {}, { nodeThres: 1, edgeThres: 50 });
    assert.equal(extent, '3 of 4 nodes (of at least 1%), 1 of 3 edges (of at least 50%)');
    assert.equal(coverage, 'functions that are drawn took 99.50% themselves');
    assert.equal((await legendOf(profile()))[1], 'all 4 nodes, all 3 edges');
  });

  test('tells what figures and colours mean', async () => {
    const last = async (...given: Parameters<typeof legendOf>) => (await legendOf(...given)).slice(-3);
    assert.deepEqual(await last(profile()), [
      'on a node: total, (self)',
      'on an edge: total',
      'from blue to red: by total',
    ]);
    const options = {
      nodeLabel: ['self-time', 'total-time'],
      edgeLabel: ['total-time', 'callee-percentage'],
      showSamples: true,
      colormap: 'bw',
      colorNodesBySelftime: true,
    };
    const times = profileOf([{ name: 'a', self: 1 }], { name: 'time', unit: 'seconds' });
    assert.deepEqual(await last(times, options), [
      'on a node: (self in s), total in s, samples ×',
      'on an edge: total in s, part of the callee’s total',
      'from small to large: nodes by self, edges by total',
    ]);
    // Where no time was measured, none is shown.
    assert.equal((await last(profile(), options))[1], 'on an edge: part of the callee’s total');
  });

  test('tells by which method totals were computed', async () => {
    assert.match((await legendOf(profile(), {}, { total: 'callratios' }))[1]!, /^totals are .* call ratios/);
    assert.match((await legendOf(profile(), {}, { total: 'callstacks' }))[1]!, /^totals of edges /);
  });

  test('tells what is compared', async () => {
    const lines = await legendOf(
      profile(),
      {},
      { compareFunctions: 'both' },
      profileOf([{ name: 'a', self: 7 }]),
    );
    assert.deepEqual(
      [...lines.slice(0, 2), ...lines.slice(-2)],
      [
        'before: samples: 100 in all',
        'after: samples: 7 in all',
        'red: more, green: less',
        'double border: added, dashed: removed',
      ],
    );
  });

  test('is no function', async () => {
    const dot = await dotOf(profileOf([{ name: 'legend', self: 1 }]), { legend: true });
    assert.match(attribute(dot, 'legend_', 'label')!, /samples: 1 in all/);
    assert.match(attribute(dot, 'legend', 'label')!, /^"legend\\n/);
  });
});

test('a title is a text like any other', { skip: needs('dot') }, async () => {
  const titleOf = async (title: string) => {
    const dot = await dotOf(profileOf([{ name: 'a', self: 1 }]), { title });
    const { status, stdout } = spawnSync('dot', ['-Tsvg'], { input: dot, encoding: 'utf8' });
    assert.equal(status, 0);
    return /font-size="16.00">([^<]*)</.exec(stdout)?.[1];
  };
  assert.equal(await titleOf('a "b" \\N\\l <c> &lt;'), 'a &quot;b&quot; \\N\\l &lt;c&gt; &amp;lt;');
  assert.equal(await titleOf('t'.repeat(20_000)), `${'t'.repeat(4095)}…`);
  assert.equal(await titleOf(''), undefined);
});

test('edges tell which part of the caller and of the callee they are', async () => {
  const builder = new ProfileBuilder([SAMPLES]);
  const [main, a, b] = ['main', 'a', 'b'].map((name) => builder.addFrame(builder.addFunction(name)));
  // main calls a, which calls b, and b itself.
  const profile = builder.tree({
    frame: Int32Array.from([main!, a!, b!, b!]),
    parent: Int32Array.from([-1, 0, 1, 0]),
    self: [Float64Array.from([10, 30, 10, 50])],
  });
  const edgeLabel = ['caller-percentage', 'callee-percentage', 'total-time-percentage', 'total-time'];
  const label = async (edge: string, compareWith?: Profile) =>
    attribute(await dotOf(profile, { edgeLabel }, {}, compareWith), edge, 'label');
  assert.equal(await label('a -> b'), '"25.00% of caller\\n16.67% of callee\\n10.00%"');
  assert.equal(await label('main -> b'), '"50.00% of caller\\n83.33% of callee\\n50.00%"');
  const other = profileOf([{ name: 'b', self: 4 }]);
  assert.equal(
    await label('main -> b', other),
    '"50.00% of caller → 100.00% of caller\\n83.33% of callee → 100.00% of callee\\n50.00% → 100.00%"',
  );
});
