/** Filters, granularity and trimming against the real `go tool pprof`: the same nodes, edges, figures and residuals. */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import * as z from 'zod/mini';
import { Diagnostics } from '../src/diagnostics.ts';
import { defineFormat } from '../src/format.ts';
import { sumOfMetric } from '../src/graph.ts';
import { write } from '../src/pipeline.ts';
import type { Profile } from '../src/profile.ts';
import type { TransformOptions } from '../src/transform-options.ts';
import { convert, needs, readProfile, root } from './support.ts';

interface Case {
  fixture: string;
  metric?: string;
  options: Partial<TransformOptions>;
}

/** What the graph shows: `name` → flat and cum; `a -> b` → weight, dotted or not; and the total. */
type Graph = Record<string, string>;

const CPU = 'fixtures/pprof/go-cpu/input.pb.gz';
const HEAP = 'fixtures/pprof/go-heap/input.pb.gz';
const MUTEX = 'fixtures/pprof/go-mutex/input.pb.gz';
const WALL = 'fixtures/pprof/node-wall/input.pb.gz';
const LINES = 'fixtures/pprof/lines/input.pb';
const LABELS = 'fixtures/pprof/labels/input.pb';

/** A node for a label counts as one of `nodeCount` in pprof, which draws such; hidden, they do not. */
const CASES: Case[] = [
  ...[CPU, HEAP, MUTEX, WALL].flatMap((fixture) =>
    (['functions', 'filefunctions', 'files', 'lines', 'addresses'] as const).map((granularity) => ({
      fixture,
      options: { granularity },
    })),
  ),
  { fixture: LINES, options: { granularity: 'functions' } },
  { fixture: CPU, options: { focus: 'walk|schedule' } },
  { fixture: CPU, options: { focus: 'shop.go', ignore: 'square' } },
  { fixture: CPU, options: { ignore: '^runtime\\.m', relativePercentages: true } },
  { fixture: CPU, options: { hide: 'price|Builder', granularity: 'lines' } },
  { fixture: CPU, options: { show: 'main', granularity: 'files' } },
  { fixture: CPU, options: { showFrom: 'price', granularity: 'filefunctions' } },
  { fixture: CPU, options: { pruneFrom: 'price|grow' } },
  { fixture: CPU, options: { noinlines: true } },
  { fixture: CPU, options: { noinlines: true, hide: 'tax', granularity: 'addresses' } },
  { fixture: CPU, options: { tagfocus: 'queue:o', ignore: 'square' } },
  { fixture: CPU, options: { nodeThres: 5, edgeThres: 1 } },
  { fixture: CPU, options: { nodeCount: 8, taghide: '.' } },
  { fixture: CPU, options: { nodeCount: 5, taghide: '.', granularity: 'lines', nodeThres: 2 } },
  {
    fixture: CPU,
    options: { nodeCount: 10, taghide: '.', granularity: 'addresses', edgeThres: 5, hide: 'work' },
  },
  { fixture: CPU, metric: 'samples', options: { focus: 'price', nodeCount: 4, taghide: '.' } },
  { fixture: HEAP, options: { focus: 'main' } },
  { fixture: HEAP, metric: 'alloc_space', options: { show: 'main|runtime', nodeCount: 6, taghide: '.' } },
  { fixture: HEAP, metric: 'alloc_objects', options: { pruneFrom: 'main', granularity: 'filefunctions' } },
  { fixture: HEAP, metric: 'alloc_space', options: { showFrom: 'main', nodeThres: 10, edgeThres: 5 } },
  { fixture: HEAP, metric: 'alloc_space', options: { mean: true } },
  { fixture: MUTEX, metric: 'delay', options: { mean: true, focus: 'Unlock', nodeThres: 1 } },
  { fixture: MUTEX, options: { focus: 'sync', granularity: 'lines' } },
  { fixture: MUTEX, metric: 'contentions', options: { hide: 'sync', nodeCount: 3 } },
  { fixture: WALL, options: { focus: 'node:', nodeCount: 12 } },
  { fixture: WALL, options: { ignore: 'node:internal', granularity: 'files' } },
  { fixture: WALL, options: { nodeThres: 10, edgeThres: 5, granularity: 'filefunctions' } },
  { fixture: WALL, options: { hide: 'anonymous', nodeCount: 6, granularity: 'lines' } },
  { fixture: LINES, options: { hide: 'middle' } },
  { fixture: LINES, options: { show: 'outer|inner' } },
  { fixture: LINES, options: { showFrom: 'middle' } },
  { fixture: LINES, options: { pruneFrom: 'middle' } },
  { fixture: LINES, options: { noinlines: true, granularity: 'filefunctions' } },
  { fixture: LINES, options: { focus: 'inner', hide: '^main$' } },
  ...[2, 3, 4].map((nodeCount) => ({ fixture: 'test/ties', options: { nodeCount } })),
  { fixture: LABELS, options: { tagfocus: 'thread=main' } },
  { fixture: LABELS, options: { tagfocus: 'latency=10ms:1s' } },
  { fixture: LABELS, options: { tagfocus: 'request=:0b' } },
  { fixture: LABELS, options: { tagignore: 'tag:b,tag:a', tagfocus: ':' } },
  { fixture: LABELS, options: { tagroot: 'thread,latency', tagfocus: 'thread=main' } },
  { fixture: LABELS, options: { tagleaf: 'tag', tagfocus: 'tag=a', granularity: 'filefunctions' } },
];

const GRAINS = ['functions', 'filefunctions', 'files', 'lines', 'addresses'] as const;

/** What to look for, what to leave out, and where to begin or end; files of other formats become such of pprof. */
const WORDS: Record<string, [focus: string, hide: string, from: string]> = {
  [CPU]: ['price|make', 'tax|malloc', 'work'],
  [HEAP]: ['main|pprof', 'grow|init', 'main'],
  [WALL]: ['shop|Node', 'Module|build', 'main|serve'],
  'fixtures/perf/srcline/input.perf.txt': ['do_|main|load', 'exec|fault', 'main|do_syscall'],
  'fixtures/importtime/app/input.txt': ['re|json', 'types|operator', 'shop|enum'],
};

/** Residual edges of one weight, of which some are redundant: which go depends on the order of names. */
const TIES =
  'g;e;e;f;e;d;b 2\nb;e;b;f;a;f 2\ne;f;g;b;a;c;e 1\nc;e;g;c;b;g;f 2\nd;d;e;f;e 1\n' +
  'c;f;b;g;b;f;d 2\ng;c;a;a;e;b;d 2\nf;f;b;f;d 1\na;e 1\n';

/** Every filter by every granularity, trimmed in turn by nothing, by shares, and to a number of nodes. */
const PRODUCT: Case[] = Object.entries(WORDS).flatMap(([fixture, [focus, hide, from]]) => {
  const filters: Case['options'][] = [
    {},
    { focus },
    { ignore: hide, noinlines: true },
    { hide },
    { show: focus },
    { showFrom: from, hide },
    { pruneFrom: from },
    { focus, ignore: `^(${hide})$`, relativePercentages: true },
  ];
  const trims: Case['options'][] = [{}, { nodeThres: 10, edgeThres: 5 }, { nodeCount: 4, taghide: '.' }];
  return filters.flatMap((filter, f) =>
    GRAINS.map((granularity, g) => ({
      fixture,
      options: { granularity, ...filter, ...trims[(f + g) % trims.length] },
    })),
  );
});
const FLAGS: Record<string, string> = {
  showFrom: 'show_from',
  pruneFrom: 'prune_from',
  nodeCount: 'nodecount',
  relativePercentages: 'relative_percentages',
};

/** The arguments that say the same to pprof. */
function argumentsOf({ fixture, metric, options }: Case, unit: string): string[] {
  const {
    nodeThres = 0,
    edgeThres = 0,
    granularity = 'functions',
    residualEdges: _,
    nodeCount = 0,
    ...rest
  } = options;
  assert.ok((GRAINS as readonly string[]).includes(granularity));
  return [
    '-dot',
    '-symbolize=none',
    `-unit=${unit}`,
    `-${granularity}`,
    `-nodefraction=${nodeThres / 100}`,
    `-edgefraction=${edgeThres / 100}`,
    `-nodecount=${nodeCount}`,
    ...(metric ? [`-sample_index=${metric}`] : []),
    ...Object.entries(rest).map(([key, value]) => `-${FLAGS[key] ?? key}=${value}`),
    pathOf(fixture),
  ];
}

async function pprofGraph(binary: string, args: string[], unit: string): Promise<Graph> {
  const env = { ...process.env, PPROF_BINARY_PATH: '/nonexistent' };
  const { stdout: text } = await promisify(execFile)(binary, args, { env });
  const value = (shown: string) =>
    String(Number(shown.endsWith(unit) ? shown.slice(0, -unit.length) : shown));
  const graph: Graph = {};
  const line =
    /^N\d+ (?:-> N\d+ )?\[label="((?:[^"\\]|\\.)*)".*? tooltip="((?:[^"\\]|\\.)*) \(([^ ()]+)\)"/gm;
  for (const [whole, label, name, weight] of text.matchAll(line)) {
    if (/^N\d+ ->/.test(whole)) {
      const dotted = /^.*style="dotted"/.test(text.slice(text.indexOf(whole)));
      graph[unescaped(name!)] = `${value(weight!)}${dotted ? ' residual' : ''}`;
      continue;
    }
    const flat = /\\n(0|[^\\\s]+(?= \([^)]*%\)))[^\\]*(?:\\nof [^\\]*)?$/.exec(label!)![1]!;
    graph[unescaped(name!)] = `${value(flat)} of ${value(weight!)}`;
  }
  const total = /Showing nodes accounting for .* of (\S+) total/.exec(text);
  if (total) graph['(total)'] = value(total[1]!);
  return graph;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, '$1').replace(' ... ', ' -> ');
}

/** The profile that an emitter of DOT is given. */
async function ourGraph({ fixture, metric, options }: Case): Promise<Graph> {
  let graph: Profile | undefined;
  const probe = defineFormat({
    name: 'probe',
    title: 'keeps what it gets',
    extensions: [],
    spec: 'https://example.org',
    emitter: {
      options: z.object({}),
      needs: 'direct',
      emit(profile) {
        graph = profile;
      },
    },
  });
  const transforms = { ...options, ...(metric ? { metric } : {}) };
  if (options.nodeThres || options.edgeThres) transforms.residualEdges = true;
  const profile = await readProfile(pathOf(fixture));
  await write(profile, probe, { diagnostics: new Diagnostics(), transforms }, () => {});
  return figures(graph!, options.granularity ?? 'functions');
}

function figures(graph: Profile, granularity: string): Graph {
  const { nodes, frames, functions, arcs } = graph;
  const m = graph.meta.defaultMetric ?? 0;
  const name = (node: number) => {
    const func = frames.func[nodes.frame[node]!]!;
    const file = functions.file[func] && posix.normalize(functions.file[func]);
    if (granularity === 'functions') return functions.name[func]!;
    if (granularity === 'files') return file || '<unknown>';
    const line = granularity === 'filefunctions' ? 0 : functions.line[func]!;
    // pprof pads addresses with zeros.
    const text = functions.name[func]!.replace(/^0x(\w+)/, (whole, digits: string) =>
      frames.address?.[nodes.frame[node]!] ? digits.padStart(16, '0') : whole,
    );
    const place = line === 0 ? file : `${file}:${line}`;
    return place ? `${text} ${place}` : text;
  };
  // Means are whole numbers in pprof.
  const number = (value: number | bigint | undefined) => Math.trunc(Number(value));
  const result: Graph = { '(total)': String(number(sumOfMetric(graph, m))) };
  for (let n = 0; n < nodes.length; n++) {
    const [self, total] = [number(nodes.self[m]![n]), number(nodes.total[m]![n])];
    if (self !== 0 || total !== 0) result[name(n)] = `${self} of ${total}`;
  }
  for (let a = 0; a < arcs!.length; a++) {
    const [caller, callee] = [arcs!.caller[a]!, arcs!.callee[a]!];
    const total = number(arcs!.total[m]![a]);
    if (caller === callee || total === 0) continue;
    result[`${name(caller)} -> ${name(callee)}`] = `${total}${arcs!.residual?.[a] ? ' residual' : ''}`;
  }
  return result;
}

const UNITS: Record<string, string> = { nanoseconds: 'ns', microseconds: 'us', bytes: 'B', count: 'count' };

const directory = mkdtempSync(join(tmpdir(), 'prof2dot-filters-'));
after(() => rmSync(directory, { recursive: true }));

/** Where pprof finds the profile. */
const pathOf = (fixture: string): string =>
  fixture.startsWith('fixtures/pprof/')
    ? join(root, fixture)
    : join(directory, fixture.replaceAll('/', '-').concat('.pb.gz'));

describe('go tool pprof', { skip: needs('go'), concurrency: 4 }, () => {
  let binary = '';
  before(async () => {
    binary = execFileSync('go', ['tool', '-n', 'pprof'], { encoding: 'utf8' }).trim();
    for (const fixture of Object.keys(WORDS))
      if (!existsSync(pathOf(fixture))) writeFileSync(pathOf(fixture), await convert(fixture, 'pprof'));
    writeFileSync(pathOf('test/ties'), await convert(Buffer.from(TIES), 'pprof'));
  });
  for (const each of [...CASES, ...PRODUCT]) {
    const { fixture, metric, options } = each;
    const what = Object.entries(options).map(([key, value]) => `${key} ${value}`);
    test(`${fixture.split('/').slice(1, 3).join('/')}${metric ? ` ${metric}` : ''}: ${what.join(', ')}`, async () => {
      const { metrics, meta } = await readProfile(pathOf(fixture));
      const shown = metrics.find(({ name }) => name === metric) ?? metrics[meta.defaultMetric ?? 0]!;
      // Values of labels on frames are written in the unit of the report.
      const unit = options.tagroot || options.tagleaf ? 'minimum' : (UNITS[shown.unit] ?? shown.unit);
      const expected = await pprofGraph(binary, argumentsOf(each, unit), unit);
      assert.deepEqual(await ourGraph(each), expected);
    });
  }
});
