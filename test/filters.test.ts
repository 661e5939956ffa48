/** Filters as pprof has them: against a model over explicit stacks, and the laws that follow. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { checkProfile } from '../src/check.ts';
import { sumOf } from '../src/columns.ts';
import { Diagnostics } from '../src/diagnostics.ts';
import { filterStacks } from '../src/filter-stacks.ts';
import type { Label, Profile } from '../src/profile.ts';
import type { TransformOptions } from '../src/transform-options.ts';
import { coarsen } from '../src/transforms/coarsen.ts';
import { collapseRecursion } from '../src/transforms/collapse-recursion.ts';
import {
  type Filters,
  filtered,
  labelsText,
  profileOf,
  profileTexts,
  type Sample,
  samples,
  texts,
} from './pprof-model.ts';
import { asStacks, asTree, HUGE, SMALL, stacks } from './stacks.ts';
import { assertTold, convert, failure, printed, readProfile } from './support.ts';

const expression = fc.constantFrom(
  'main',
  'f',
  '^f',
  'file1',
  'lib[01]',
  'g|h',
  'operator',
  'int',
  'nowhere',
);
const filters: fc.Arbitrary<Filters> = fc.record(
  {
    focus: expression,
    ignore: expression,
    hide: expression,
    show: expression,
    showFrom: expression,
    pruneFrom: expression,
    noinlines: fc.boolean(),
  },
  { requiredKeys: [] },
);
const FORMS = ['list', 'tree'] as const;

function apply(
  profile: Profile,
  options: Partial<TransformOptions>,
  diagnostics = new Diagnostics(),
): Profile {
  return filterStacks(profile, options as TransformOptions, diagnostics, true);
}

/** A profile as it is at the end, lazily made parts included. */
function plainSum(profile: Profile): number {
  return Number(sumOf(profile.nodes.self[0]!));
}

function sum(list: Sample[]): number {
  return list.reduce((total, { value }) => total + value, 0);
}

describe('filters', () => {
  for (const form of FORMS) {
    const one = (name: string, arbitrary: fc.Arbitrary<Filters>, numRuns: number) =>
      test(`${name} on a ${form}: what pprof's words say`, () => {
        fc.assert(
          fc.property(samples, arbitrary, (list, options) => {
            const profile = profileOf(list, form);
            const before = profileTexts(profile);
            const result = apply(profile, options);
            assert.deepEqual(profileTexts(result), texts(filtered(list, options)));
            assert.deepEqual(checkProfile(result), []);
            assert.deepEqual(profileTexts(profile), before);
            if (result !== profile) assert.deepEqual(result.whole!.sum.map(Number), [sum(list)]);
          }),
          { numRuns },
        );
      });
    for (const option of ['focus', 'ignore', 'hide', 'show', 'showFrom', 'pruneFrom'] as const)
      one(
        option,
        expression.map((text): Filters => ({ [option]: text })),
        150,
      );
    one('noinlines', fc.constant({ noinlines: true }), 50);
    one('all together', filters, 120);

    test(`focus and ignore part the sum of a ${form}`, () => {
      fc.assert(
        fc.property(samples, expression, (list, text) => {
          const parts = [{ focus: text }, { ignore: text }].map((options) =>
            plainSum(apply(profileOf(list, form), options)),
          );
          assert.equal(parts[0]! + parts[1]!, sum(list));
        }),
      );
    });
  }
});

test('filters drop empty stacks', () => {
  const tree = profileOf(LABELLED, 'tree');
  const { node, values, labels, length } = tree.samples!;
  const more: Profile = {
    ...tree,
    samples: {
      length: length + 1,
      node: Int32Array.of(-1, ...node),
      values: [Float64Array.of(0, ...(values[0] as Float64Array))],
      labels: Int32Array.of(-1, ...labels!),
    },
  };
  for (const options of [{ focus: 'main' }, { tagfocus: 'thread:' }])
    assert.deepEqual(profileTexts(apply(more, options)), texts(LABELLED));
});

test('filters keep values beyond 2^53', () => {
  fc.assert(
    fc.property(stacks([HUGE, SMALL]), fc.constantFrom('f0', 'file1', 'lib2'), (list, text) => {
      for (const make of [asStacks, asTree]) {
        const parts = [{ focus: text }, { ignore: text }].map((options) => apply(make(list), options));
        for (const part of parts) assert.deepEqual(checkProfile(part), []);
        for (const m of [0, 1]) {
          const sums = parts.map(({ nodes }) => BigInt(sumOf(nodes.self[m]!)));
          assert.equal(
            sums[0]! + sums[1]!,
            list.reduce((total, { values }) => total + values[m]!, 0n),
          );
        }
      }
    }),
    { numRuns: 50 },
  );
});

test('filters take stacks of 100,000 frames', () => {
  const places = Array.from({ length: 100_000 }, (_, i) => ({ func: i % 6, line: 0 }));
  const list = [places, places.slice(1), places.slice(0, 50_000)].map((at) => ({ places: at, values: [1n] }));
  for (const make of [asStacks, asTree]) {
    for (const options of [
      { hide: 'f0', showFrom: 'f1', pruneFrom: 'f2' },
      { tagroot: 'thread', noinlines: true },
    ] as Partial<TransformOptions>[]) {
      const result = apply(make(list), { ...options, focus: 'f2' });
      assert.equal(plainSum(result), 3);
    }
    assert.equal(plainSum(collapseRecursion(make(list))), 3);
  }
});

/** Whether the labels of a sample fit, said in plain words. */
const TAGS: Record<string, (labels: Label[]) => boolean> = {
  main: (labels) =>
    labels.some(({ key, value }) => /main/.test(`${key}:${value}`) && typeof value === 'string'),
  'thread:': (labels) => labels.some(({ key }) => key === 'thread'),
  'thread,main': (labels) => TAGS['thread:']!(labels) && TAGS['main']!(labels),
  'thread=main,pool': (labels) =>
    labels.some(({ key, value }) => key === 'thread' && /main|pool/.test(`${value}`)),
  'bytes=2kb': (labels) => labels.some(({ value }) => value === 2048),
  '1kb:': (labels) => labels.some(({ value }) => value === 2048),
  ':1kb': (labels) => labels.some(({ value }) => value === 7),
  '1b:3kb': (labels) => labels.some(({ value }) => typeof value === 'number'),
  'thread=7': (labels) => labels.some(({ key, value }) => key === 'thread' && value === '7'),
  '3ms:': () => false,
};

describe('filters of labels', () => {
  const tag = fc.constantFrom(...Object.keys(TAGS));
  for (const form of FORMS) {
    test(`tagfocus and tagignore on a ${form}`, () => {
      fc.assert(
        fc.property(samples, fc.option(tag), fc.option(tag), (list, tagfocus, tagignore) => {
          const expected = list.filter(
            ({ labels }) =>
              (tagfocus === null || TAGS[tagfocus]!(labels)) &&
              !(tagignore !== null && TAGS[tagignore]!(labels)),
          );
          const result = apply(profileOf(list, form), {
            tagfocus: tagfocus ?? undefined,
            tagignore: tagignore ?? undefined,
          });
          assert.deepEqual(profileTexts(result), texts(expected));
          assert.deepEqual(checkProfile(result), []);
        }),
        { numRuns: 100 },
      );
    });

    test(`tagshow and taghide on a ${form}`, () => {
      fc.assert(
        fc.property(samples, fc.constantFrom('thread', 'k|b', 'x'), fc.boolean(), (list, text, show) => {
          const left = list.map((sample) => ({
            ...sample,
            labels: sample.labels.filter(({ key }) => new RegExp(text).test(key) === show),
          }));
          const result = apply(profileOf(list, form), show ? { tagshow: text } : { taghide: text });
          assert.deepEqual(profileTexts(result), texts(left));
          assert.deepEqual(checkProfile(result), []);
        }),
      );
    });

    test(`tagroot and tagleaf on a ${form}`, () => {
      fc.assert(
        fc.property(samples, fc.boolean(), (list, twice) => {
          const result = apply(profileOf(list, form), {
            tagroot: twice ? 'kind,thread' : 'thread',
            tagleaf: 'bytes',
          });
          const shown: Record<number, string> = { 7: '7B', 2048: '2kB' };
          const frame = (labels: Label[], key: string) => {
            const value = labels.find((label) => label.key === key)?.value ?? `(no ${key})`;
            return `${typeof value === 'number' ? shown[value] : value} ${key} 0  0`;
          };
          const made = list.map((sample) => {
            const [plain] = texts([sample]);
            const at = plain!.lastIndexOf(` ${sample.value} ${labelsText(sample.labels)}`);
            const roots = (twice ? ['kind', 'thread'] : ['thread']).map((key) => frame(sample.labels, key));
            const stack = [...roots, plain!.slice(0, at), frame(sample.labels, 'bytes')];
            return stack.join(';') + plain!.slice(at);
          });
          assert.deepEqual(profileTexts(result), made.sort());
          assert.deepEqual(checkProfile(result), []);
        }),
      );
    });
  }
});

describe('collapseRecursion', () => {
  test('takes calls by itself out of a call graph', async () => {
    const transforms = { collapseRecursion: true, nodeThres: 0, edgeThres: 0 };
    const input = Buffer.from(
      'events: ms\nfn=a\n1 1\ncfn=a\ncalls=1 1\n1 3\ncfn=b\ncalls=1 1\n1 2\nfn=b\n1 2\n',
    );
    const shown = (await convert(input, 'dot', { transforms })).toString();
    assert.match(shown, /\ta -> b /);
    assert.doesNotMatch(shown, /a -> a/);
    assert.match((await convert(input, 'dot')).toString(), /a -> a/);
  });

  for (const form of FORMS) {
    test(`makes a function that calls itself one frame, on a ${form}`, () => {
      fc.assert(
        fc.property(samples, (list) => {
          const result = collapseRecursion(profileOf(list, form));
          assert.deepEqual(checkProfile(result), []);
          const names = (lines: string[]) =>
            lines.map((text) => {
              const stack = text.slice(0, text.lastIndexOf(' ', text.lastIndexOf(' ') - 1)).split(';');
              const funcs = stack.map((frame) => frame.split(' ').slice(0, 2).join(' '));
              return funcs.filter((func, i) => func !== funcs[i - 1]).join(';');
            });
          assert.deepEqual(names(profileTexts(result)).sort(), names(texts(list)).sort());
          const { nodes, frames } = result;
          const func = (n: number) => frames.func[nodes.frame[n]!];
          assert.ok(nodes.parent.every((parent, n) => parent < 0 || func(parent) !== func(n)));
          assert.equal(plainSum(result), sum(list));
        }),
      );
    });
  }
});

describe('one set of filters', () => {
  const CPU: Partial<TransformOptions>[] = [
    { focus: 'walk' },
    { ignore: 'square|^runtime\\.m', hide: 'tax' },
    { show: 'main', ignore: 'makeOrder' },
    { showFrom: 'work', pruneFrom: 'price' },
    { focus: 'price', hide: 'walk', relativePercentages: true },
    { collapseRecursion: true, hide: 'tax' },
  ];
  const NODE: Partial<TransformOptions>[] = [
    { focus: 'compare' },
    { ignore: 'garbage|^get', hide: 'escape' },
    { show: '^\\w+$', ignore: 'program' },
    { showFrom: '^work$', pruneFrom: 'compare' },
    { focus: 'Note', hide: 'work', relativePercentages: true },
    { hide: 'key|garbage', noinlines: true },
  ];
  for (const [from, metric, sets] of [
    ['fixtures/pprof/go-cpu/input.pb.gz', 'cpu', CPU],
    ['fixtures/cpuprofile/node-main/input.cpuprofile', 'time', NODE],
  ] as const) {
    for (const to of ['folded', 'speedscope', 'json', 'pprof']) {
      test(`gives the same numbers for ${from.split('/')[1]} and after a way through ${to}`, async () => {
        const granularity = 'name';
        for (const options of sets) {
          const transforms = { ...options, granularity, nodeThres: 0, edgeThres: 0 } as const;
          const straight = await convert(from, 'dot', { transforms: { ...transforms, metric } });
          const middle = await convert(from, to, { transforms: { metric } });
          const way = await convert(middle, 'dot', {
            format: to,
            transforms: { ...transforms, metric: to === 'json' || to === 'pprof' ? metric : '0' },
          });
          // Files are not known to all of them.
          const shown = (dot: Buffer) => dot.toString().replace(/, tooltip=("[^"]*"|\w+)(?=\])/g, '');
          assert.match(shown(straight), / -> /);
          assert.equal(shown(way), shown(straight));
        }
      });
    }
  }

  /** What each stack has with each set of labels. */
  const sums = (rows: string[]): Record<string, number> => {
    const result: Record<string, number> = {};
    for (const row of rows) {
      const [, stack, value, labels] = /^(.*) (\d+) (\S*)$/s.exec(row)!;
      const key = `${stack} ${labels}`;
      result[key] = (result[key] ?? 0) + Number(value);
    }
    return result;
  };
  for (const to of ['json', 'pprof', 'otlp']) {
    test(`commutes with a way through ${to}`, async () => {
      await fc.assert(
        fc.asyncProperty(samples, filters, fc.constantFrom(...FORMS), async (list, options, form) => {
          const back = await readProfile(await convert(profileOf(list, form), to), { format: to });
          const [way, straight] = [back, profileOf(list, form)].map((profile) => apply(profile, options));
          assert.deepEqual(sums(profileTexts(way!)), sums(profileTexts(straight!)));
          const filteredFirst = await convert(straight!, to);
          if (straight!.nodes.length === 0) return;
          const then = await readProfile(filteredFirst, { format: to });
          assert.deepEqual(sums(profileTexts(then)), sums(profileTexts(straight!)));
        }),
        { numRuns: 60 },
      );
    });
  }

  test('acts on call graphs by share, as an estimate that is marked', async () => {
    const diagnostics = new Diagnostics();
    const input = 'fixtures/callgrind/cycle/input.callgrind';
    await convert(input, 'folded', { diagnostics, transforms: { focus: '.' } });
    assertTold(printed(diagnostics), 'estimate/stacks');
  });

  test('acts on flat profiles by function, and keeps their totals', () => {
    const profile = coarsen(profileOf(LABELLED, 'list'));
    const { arcs: _, ...rest } = profile;
    const flat: Profile = { ...rest, callers: 'none' };
    const names = ({ nodes, frames, functions }: Profile) =>
      Array.from(
        { length: nodes.length },
        (_, n) => `${functions.name[frames.func[nodes.frame[n]!]!]} ${nodes.total[0]![n]}`,
      );
    assert.deepEqual(names(flat), ['main 3', 'h 2']);
    for (const options of [{ focus: 'main' }, { hide: '^h' }, { showFrom: 'main' }, { ignore: 'h$' }]) {
      const result = apply(flat, options);
      assert.deepEqual(names(result), ['main 3']);
      assert.deepEqual(checkProfile(result), []);
    }
  });
});

test('flat profiles of which a part is left have at least the greatest of its totals', () => {
  const { arcs: _, ...rest } = coarsen(profileOf(LABELLED, 'list'));
  const result = apply({ ...rest, callers: 'none' }, { focus: 'main', relativePercentages: true });
  assert.deepEqual([result.nodes.self[0], result.whole?.sum], [Float64Array.of(1), [3]]);
});

test('labels of flat profiles: taken off they change no figures; those kept by them have no totals', () => {
  const graph = coarsen(profileOf(LABELLED, 'list'));
  const { arcs: _, ...rest } = graph;
  const labels = Int32Array.of(0, 1);
  const samples = { length: 2, node: Int32Array.of(0, 1), values: graph.nodes.self, labels };
  const labelSets = LABELLED.map(({ labels }) => labels);
  const flat: Profile = { ...rest, callers: 'none', samples, labelSets };
  for (const [options, totals, estimated, code] of [
    [{ taghide: 'thread' }, [3, 2], false, ''],
    [{ tagshow: 'thread' }, [3, 2], false, ''],
    [{ tagfocus: 'a|b' }, [1, 2], true, 'estimate/flat-totals'],
  ] as const) {
    const diagnostics = new Diagnostics();
    const result = apply(flat, options, diagnostics);
    assert.deepEqual([...result.nodes.total[0]!], totals);
    assert.equal(result.estimated, estimated);
    assert.equal(diagnostics.list()[0]?.code ?? '', code);
  }
});

/** `main` calls `h` once; each has a label. */
const LABELLED: Sample[] = [
  { stack: [place(0)], labels: [{ key: 'thread', value: 'a' }], value: 1 },
  { stack: [place(0), place(5)], labels: [{ key: 'thread', value: 'b' }], value: 2 },
];

function place(func: number) {
  return { mapping: 0, lines: [{ func, line: 1 }] };
}

describe('what filters tell', () => {
  const told = (profile: Profile, options: Partial<TransformOptions>) => {
    const diagnostics = new Diagnostics();
    apply(profile, options, diagnostics);
    return printed(diagnostics);
  };
  test('expressions that fit nothing', () => {
    for (const [option, code] of [
      ['focus', 'filter/focus-no-match'],
      ['ignore', 'filter/ignore-no-match'],
      ['hide', 'filter/hide-no-match'],
      ['show', 'filter/show-no-match'],
      ['showFrom', 'filter/show-from-no-match'],
      ['pruneFrom', 'filter/prune-from-no-match'],
      ['tagfocus', 'filter/tagfocus-no-match'],
      ['tagignore', 'filter/tagignore-no-match'],
      ['tagshow', 'filter/tagshow-no-match'],
      ['taghide', 'filter/taghide-no-match'],
      ['tagroot', 'filter/tagroot-no-match'],
      ['tagleaf', 'filter/tagleaf-no-match'],
    ] as const)
      assertTold(told(profileOf(LABELLED, 'list'), { [option]: 'nowhere' }), code);
    assert.equal(told(profileOf(LABELLED, 'list'), { focus: 'main', tagfocus: 'thread=a' }), '');
  });

  test('lines that are not known by label', () => {
    const list: Sample[] = [
      { stack: [place(0)], labels: [{ key: 'thread', value: 'a' }], value: 1 },
      { stack: [place(0)], labels: [], value: 2 },
    ];
    const tree = profileOf(list, 'tree');
    assertTold(told(tree, { tagfocus: 'thread=a' }), 'filter/lost-lines');
    assert.equal(apply(tree, { tagfocus: 'thread=a' }).lines, undefined);
    assertTold(told(tree, { tagroot: 'thread' }), 'filter/lost-lines');
    assert.ok(apply(profileOf(LABELLED, 'tree'), { tagfocus: 'thread=a' }).lines);
  });

  test('that nothing is left', async () => {
    const work = (input: string, transforms: Partial<TransformOptions>) =>
      failure(convert(Buffer.from(input), 'dot', { format: 'folded', transforms }));
    assertTold(await work('a;b 1\n', { focus: 'c' }), 'filter/nothing-left');
    assertTold(await work('a;b 1\n', { hide: '.' }), 'filter/nothing-left');
  });

  test('that labels of call graphs belong to no calls', async () => {
    const graph = coarsen(profileOf(LABELLED, 'list'));
    graph.labelSets.push([{ key: 'k', value: 'v' }]);
    const { nodes } = graph;
    const node = Int32Array.from({ length: nodes.length }, (_, n) => n);
    const labels = new Int32Array(nodes.length);
    const labelled: Profile = {
      ...graph,
      samples: { length: nodes.length, node, values: nodes.self, labels },
    };
    const work = convert(labelled, 'dot', { transforms: { tagfocus: 'k' } });
    assertTold(await failure(work), 'filter/labels-of-arcs');
    const { arcs: _, ...rest } = labelled;
    const flat = apply({ ...rest, callers: 'none' }, { tagroot: 'k' });
    assert.deepEqual(checkProfile(flat), []);
    assert.equal(flat.nodes.length, 3);
  });
});
