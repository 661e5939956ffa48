/** Names, notes and events of the callgrind files we write. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type FunctionInfo, ProfileBuilder } from '../src/builder.ts';
import type { Profile } from '../src/profile.ts';
import { type EmitOptions, type ReadFunction, reread, written } from './callgrind-reader.ts';
import { asStacks, type Stack } from './stacks.ts';
import { readProfile, root } from './support.ts';

/** Functions of cost 1 that call nothing. */
function flat(functions: ({ name: string } & FunctionInfo)[]): Profile {
  const builder = new ProfileBuilder([{ name: 'cost', unit: 'count' }]);
  const frame = functions.map(({ name, ...info }) => builder.addFrame(builder.addFunction(name, info)));
  const ones = [new Float64Array(frame.length).fill(1)];
  return builder.flat({ frame: Int32Array.from(frame), self: ones, total: ones });
}

async function named(
  functions: ({ name: string } & FunctionInfo)[],
  options: EmitOptions = { packages: false },
): Promise<ReadFunction[]> {
  return [...(await reread(flat(functions), options)).functions.values()];
}

describe('callgrind names', () => {
  test('differ where KCachegrind would take two functions for one', async () => {
    const functions = await named([
      { name: 'run', file: '/p/x/index.js', line: 3, column: 7 },
      { name: 'run', file: '/p/y/index.js', line: 4 },
      { name: 'run', file: '/p/z/other.js', line: 4 },
      { name: 'run', file: '/q/y/index.js', line: 4 },
      { name: 'run y/index.js:4 (2)', file: 'index.js' },
      { name: 'run' },
      { name: 'run', column: 1 },
      { name: 'run', column: 2 },
    ]);
    assert.deepEqual(
      functions.map(({ name }) => name),
      [
        'run x/index.js:3:7',
        'run y/index.js:4',
        'run',
        'run y/index.js:4 (3)',
        'run y/index.js:4 (2)',
        'run',
        'run (2)',
        'run (3)',
      ],
    );
  });

  test('of 20,000 functions that differ in nothing are told apart quickly', async () => {
    const functions = await named(Array.from({ length: 20_000 }, (_, column) => ({ name: 'f', column })));
    assert.equal(functions.at(-1)!.name, 'f (20000)');
  });

  test('stand on one line, and none is taken for an id', async () => {
    const names = ['a\nb', '\0virtual:x', ' spaced ', '(2nd) trick', '\r\tx', ''];
    const functions = await named(names.map((name) => ({ name })));
    assert.deepEqual(
      functions.map(({ name }) => name),
      ['a\\nb', '\\x00virtual:x', 'spaced', '(2nd) trick', '\\r x', ''],
    );
  });

  test('of files are paths that KCachegrind finds', async () => {
    const files = {
      'file:///home/me/my%20app/a.js?v=1': '/home/me/my app/a.js',
      'file:///C:/app/b.js': 'C:/app/b.js',
      'file://server/share/c.js': '//server/share/c.js',
      'file:///bad%E0%A4%A.js': '/bad%E0%A4%A.js',
      'C:\\app\\d.js': 'C:/app/d.js',
      '\\\\server\\e.js': '//server/e.js',
      '/odd\\name.c': '/odd\\name.c',
      'node:fs': 'node:fs',
    };
    const functions = await named(Object.keys(files).map((file) => ({ name: 'f', file })));
    assert.deepEqual(
      functions.map(({ file }) => file),
      Object.values(files),
    );
  });

  test('of objects are mappings, else packages', async () => {
    const functions = await named(
      [{ name: 'f', file: '/app/node_modules/@scope/pkg/lib/a.js' }, { name: 'g' }],
      {},
    );
    assert.deepEqual(
      functions.map(({ object }) => object),
      ['@scope:pkg', ''],
    );
    assert.doesNotMatch(await written(flat([{ name: 'f' }])), /^c?ob=/m);
    const [stack] = await named([{ name: 'f', file: 'a.js' }]);
    assert.equal(stack!.object, '');
    const list: Stack[] = [{ places: [{ func: 2, line: 1 }], values: [5n] }];
    assert.equal((await reread(asStacks(list))).functions.get('f1file0lib2')!.object, 'lib2');
    const text = 'events: A\nob=app\nfl=a.c\nfn=main\n1 1\n';
    assert.match(await written(await readProfile(Buffer.from(text))), /^ob=\(1\) app$/m);
  });

  test('of methods can be grouped by class', async () => {
    const functions = await named([{ name: 'net.Socket.write' }, { name: 'a (b.c)' }], { classes: true });
    assert.deepEqual(
      functions.map(({ name }) => name),
      ['net.Socket::write', 'a (b.c)'],
    );
  });
});

describe('a callgrind header', () => {
  test('tells of the program, the source, and the version of the package', async () => {
    const profile = flat([{ name: 'f' }]);
    profile.meta = {
      producer: 'v8',
      command: 'node\napp.js',
      title: 'a run',
      comments: ['Trigger: the end', 'odd: a\nb', 'free text'],
    };
    profile.estimated = true;
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const { header } = await reread(profile);
    assert.deepEqual(Object.fromEntries(header), {
      version: ['1'],
      creator: [`prof2dot ${version}`],
      cmd: ['node\\napp.js'],
      desc: [
        'Producer: v8',
        'Title: a run',
        'Trigger: the end',
        'odd: a\\nb',
        'Comment: free text',
        'Estimated: some of the costs are a guess',
      ],
      positions: ['line'],
      events: ['cost'],
      summary: ['1'],
    });
  });

  test('does not name prof2dot as the producer', async () => {
    const profile = flat([{ name: 'f' }]);
    profile.meta = { producer: 'prof2dot 0.0.1', comments: ['Producer: v8'] };
    assert.deepEqual((await reread(profile)).header.get('desc'), ['Producer: v8']);
  });

  test('names each event once, and puts its unit into the long name', async () => {
    const metric = (name: string, unit: string, title?: string) => ({ name, unit, ...(title && { title }) });
    const metrics = [
      metric('cpu', 'nanoseconds'),
      metric('wall time', 'us'),
      metric('alloc', 'bytes', 'Allocated memory'),
      metric('samples', 'samples'),
      metric('Ir', 'count', 'Instruction Fetch'),
      metric('cpu', 'count'),
      metric('cpu-clock', 'count', 'clock'),
      metric('ns', 'ns', 'Time (nanoseconds)'),
      metric('', 'count'),
    ];
    const builder = new ProfileBuilder(metrics);
    const columns = metrics.map(() => Float64Array.of(2));
    const nodes = {
      frame: Int32Array.of(builder.frame(builder.function('f'))),
      self: columns,
      total: columns,
    };
    const { events, header, sum } = await reread(builder.flat(nodes));
    assert.deepEqual(events, [
      'cpu',
      'wall_time',
      'alloc',
      'samples',
      'Ir',
      'cpu_2',
      'cpu-clock',
      'ns',
      'cost',
    ]);
    assert.deepEqual(header.get('event'), [
      'cpu : cpu (nanoseconds)',
      'wall_time : wall time (nanoseconds)',
      'alloc : Allocated memory (bytes)',
      'Ir : Instruction Fetch',
      'cpu_2 : cpu',
      'ns : Time (nanoseconds)',
    ]);
    assert.deepEqual(sum, [2n, 2000n, 2n, 2n, 2n, 2n, 2n, 2n, 2n]);
  });
});
