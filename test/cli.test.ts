/** The command as users meet it: arguments, exit statuses, what goes to which stream, files that appear. */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs, {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { builtin } from '../src/builtin.ts';
import { plainArguments } from '../src/cli/argv.ts';
import { allFlags, flagsFor, flagsIn } from '../src/cli/command-line.ts';
import { type Flag, formatFlags } from '../src/cli/flags.ts';
import { main } from '../src/cli/main.ts';
import { readArguments } from '../src/cli/read-arguments.ts';
import { commandLine } from '../src/cli/yargs.ts';
import type { ProfileError } from '../src/diagnostics.ts';
import { GPROF2DOT_FLAGS } from '../src/presets.ts';
import { cases } from './cases.ts';
import { cli, needs, root } from './support.ts';

const directory = mkdtempSync(join(tmpdir(), 'prof2dot-cli-'));
after(() => rmSync(directory, { recursive: true }));

const STACKS = 'main;parse;read 42\nmain;parse 8\nmain;render 50\n';
const WARNS = 'main;parse 1\nno count\nmain 2\nmain 3\n';

/** Stacks of which a graph is long laid out. */
const LARGE = Array.from(
  { length: 4000 },
  (_, i) => `f${i % 601};f${(i * i) % 599};f${(i * 7) % 593} 1\n`,
).join('');

/** Puts a file into a fresh directory and returns its path. */
function fileOf(content: string | Uint8Array, name = 'in.folded'): string {
  const path = join(mkdtempSync(join(directory, 'case-')), name);
  writeFileSync(path, content);
  return path;
}

const sibling = (path: string, name: string): string => join(path, '..', name);
const siblings = (path: string): string[] => readdirSync(join(path, '..')).sort();

interface Result {
  status: number | null;
  out: string;
  err: string;
}

const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env;
process.env = env;

/** Runs the command in this process, since starting a new one takes most of the time; given input is a file. */
async function run(args: string[], input?: string | Uint8Array): Promise<Result> {
  const streams = ['', '', ''];
  const { writeSync } = fs;
  const captured = (file: number, data: string | Uint8Array, ...more: []) => {
    if (file > 2) return writeSync(file, data as Uint8Array, ...more);
    streams[file] += typeof data === 'string' ? data : Buffer.from(data).toString();
    return data.length;
  };
  Object.assign(fs, { writeSync: captured });
  syncBuiltinESMExports();
  try {
    const status = await main(input === undefined ? args : [...args, fileOf(input)]);
    return { status, out: streams[1]!, err: streams[2]! };
  } finally {
    Object.assign(fs, { writeSync });
    syncBuiltinESMExports();
  }
}

function result({ status, stdout, stderr }: ReturnType<typeof spawnSync>): Result {
  return { status, out: String(stdout), err: String(stderr) };
}

/** Runs the command as it is built, with this standard input. */
function spawned(args: string[], input: string | Uint8Array, nodeFlags: string[] = []): Result {
  return result(spawnSync(process.execPath, [...nodeFlags, cli, ...args], { input }));
}

/** Runs a line of shell in which `prof2dot` is the command. */
function shell(line: string): Result {
  return result(spawnSync('sh', ['-c', `prof2dot() { "${process.execPath}" "${cli}" "$@"; }; ${line}`]));
}

/** One printed error with this code, this status, and nothing on standard output. */
function assertFails({ status, out, err }: Result, code: string, expected: 1 | 2): void {
  assert.match(err, new RegExp(` error ${code}: `));
  assert.equal(err.match(/ error /g)?.length, 1);
  assert.deepEqual({ status, out }, { status: expected, out: '' });
}

describe('converting', () => {
  const FOLDED = 'main;parse 8\nmain;parse;read 42\nmain;render 50\n';
  const fine = { status: 0, out: FOLDED, err: '' };

  test('writes what was asked for', async () => {
    assert.deepEqual(await run(['-t', 'folded'], STACKS), fine);
    assert.deepEqual(await run(['--to=collapse'], STACKS), fine);
    assert.deepEqual(await run([fileOf(STACKS), '-f', 'folded', '-t', 'folded']), fine);
  });
  test('reads standard input, with or without -', () => {
    assert.deepEqual(spawned(['-', '-t', 'folded'], STACKS), fine);
    assert.deepEqual(spawned(['-t', 'folded'], gzipSync(STACKS)), fine);
  });
  test('waits for a slow pipe', () => {
    const { out } = shell(`(printf 'main;a 1\n'; sleep 0.3; echo 'main;b 2') | prof2dot -t folded`);
    assert.equal(out, 'main;a 1\nmain;b 2\n');
  });
  test('writes DOT unless told otherwise', async () => {
    assert.match((await run([], STACKS)).out, /^digraph /);
  });
  test('takes the output format from the extension', async () => {
    const path = fileOf(STACKS);
    const output = sibling(path, 'out.collapsed');
    assert.deepEqual(await run([path, '-o', output]), { ...fine, out: '' });
    assert.equal(readFileSync(output, 'utf8'), FOLDED);
    assert.deepEqual(siblings(path), ['in.folded', 'out.collapsed']);
    await run([path, '-t', 'dot', '-o', output]);
    assert.match(readFileSync(output, 'utf8'), /^digraph /);
  });
  test('ends quietly when the reader goes away', () => {
    const path = fileOf(Array.from({ length: 50_000 }, (_, i) => `main;function${i} 1\n`).join(''));
    const { out, err } = shell(`{ prof2dot '${path}' -t folded; echo "status $?" >&2; } | head -n 1`);
    assert.deepEqual({ out, err }, { out: 'main;function0 1\n', err: 'status 0\n' });
  });
  test('tells warnings on standard error, unless quiet', async () => {
    const { status, out, err } = spawned(['-t', 'folded'], WARNS);
    assert.deepEqual({ status, out }, { status: 0, out: 'main 5\nmain;parse 1\n' });
    assert.match(err, /^<stdin>:2: warning folded\/no-count: /m);
    assert.equal((await run(['-q', '-t', 'folded'], WARNS)).err, '');
  });
  test('tells at once of a graph that takes long', async () => {
    const path = fileOf(LARGE);
    const args = [cli, '-n0', '-e0', path, '-o', sibling(path, 'graph.svg')];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const [text] = await once(child.stderr, 'data');
    assert.match(String(text), /note svg\/large-graph: .*may take minutes\n {2}hint: /);
    assert.equal(child.exitCode, null);
    child.kill();
    await once(child, 'exit');
  });
  test('writes through links, and keeps permissions', async () => {
    const path = fileOf('', 'graph.dot');
    chmodSync(path, 0o600);
    const link = sibling(path, 'link');
    symlinkSync('graph.dot', link);
    assert.equal((await run(['-t', 'folded', '-o', link], STACKS)).status, 0);
    assert.equal(readFileSync(path, 'utf8'), FOLDED);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.ok(lstatSync(link).isSymbolicLink());
  });
  test('writes where no permissions can be kept', async () => {
    const path = fileOf('', 'graph.folded');
    const { fchmodSync } = fs;
    const refuse = () => {
      throw Object.assign(new Error('EPERM: operation not permitted'), { code: 'EPERM' });
    };
    Object.assign(fs, { fchmodSync: refuse });
    try {
      assert.equal((await run(['-o', path], STACKS)).status, 0);
    } finally {
      Object.assign(fs, { fchmodSync });
      syncBuiltinESMExports();
    }
    assert.equal(readFileSync(path, 'utf8'), FOLDED);
    assert.deepEqual(siblings(path), ['graph.folded']);
  });
  test('takes a link to standard output for that', () => {
    const path = fileOf(STACKS);
    const link = sibling(path, 'stdout');
    symlinkSync('/dev/stdout', link);
    const out = sibling(path, 'out.folded');
    const line = `prof2dot -t folded -o '${link}' '${path}'`;
    shell(`{ echo before; ${line}; echo after; } >'${out}'`);
    assert.equal(readFileSync(out, 'utf8'), `before\n${FOLDED}after\n`);
    assert.ok(lstatSync(link).isSymbolicLink());
    assert.deepEqual(shell(`${line} | head -1`), { status: 0, out: 'main;parse 8\n', err: '' });
  });
  test('goes by the name of the output in what an extension says besides', async () => {
    const path = fileOf(STACKS);
    for (const [name, isJson] of [
      ['x.otlp', false],
      ['x.otlp.json', true],
      ['Y.OTLP.JSON', true],
    ] as const) {
      const output = sibling(path, name);
      assert.equal((await run([path, '-o', output])).status, 0);
      assert.equal(readFileSync(output, 'utf8').startsWith('{'), isJson);
      assert.equal((await run([path, '--otlp.json=false', '-o', output])).status, 0);
      assert.equal(readFileSync(output, 'utf8').startsWith('{'), false);
    }
  });
  test('makes the file that a link leads to', async () => {
    const path = fileOf(STACKS);
    const link = sibling(path, 'link.folded');
    symlinkSync('target.folded', link);
    assert.equal((await run([path, '-o', link])).status, 0);
    assert.ok(lstatSync(link).isSymbolicLink());
    assert.equal(readFileSync(sibling(path, 'target.folded'), 'utf8'), FOLDED);
    // In a directory that is a link itself, by way of another link.
    const real = sibling(path, 'real');
    mkdirSync(join(real, 'sub'), { recursive: true });
    symlinkSync(join(real, 'sub'), sibling(path, 'dir'));
    symlinkSync('../next.folded', join(real, 'sub', 'link.folded'));
    symlinkSync('last.folded', join(real, 'next.folded'));
    assert.equal((await run([path, '-o', join(sibling(path, 'dir'), 'link.folded')])).status, 0);
    assert.equal(readFileSync(join(real, 'last.folded'), 'utf8'), FOLDED);
    assert.ok(lstatSync(join(real, 'next.folded')).isSymbolicLink());
  });
  test('writes names as long as there are', async () => {
    const path = fileOf(STACKS);
    const long = sibling(path, `${'\u00fc'.repeat(124)}.folded`);
    assert.equal((await run([path, '-o', long])).status, 0);
    assert.equal(siblings(path).length, 2);
  });
  test('ends quietly when the reader of a pipe has had enough', () => {
    const path = fileOf('', 'in.folded');
    writeFileSync(path, Array.from({ length: 20_000 }, (_, i) => `main;function_${i} 1\n`).join(''));
    const pipe = sibling(path, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const { status, err } = shell(
      `head -c 10 '${pipe}' >/dev/null & prof2dot -t folded -o '${pipe}' '${path}'`,
    );
    assert.deepEqual({ status, err }, { status: 0, err: '' });
  });
  test('can be stopped while nobody reads its pipe', async () => {
    const path = fileOf(STACKS);
    const pipe = sibling(path, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const child = spawn(process.execPath, [cli, path, '-t', 'folded', '-o', pipe], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    await setTimeout(500);
    assert.equal(child.exitCode, null);
    child.kill('SIGINT');
    assert.deepEqual(await ended, [null, 'SIGINT']);
  });
  test('works where its directory is gone', () => {
    const gone = sibling(fileOf(STACKS), 'gone');
    const command = (line: string) => shell(`mkdir '${gone}'; cd '${gone}'; rmdir '${gone}'; ${line}`);
    assert.equal(command('prof2dot -n').status, 2);
    const other = join(dirname(cli), 'prof2calltree.js');
    assert.equal(command(`'${process.execPath}' '${other}' --help`).status, 0);
    assert.equal(command("echo 'main 1' | prof2dot -t folded").out, 'main 1\n');
  });
  test('is strict when told to be', async () => {
    const path = fileOf(WARNS);
    const { status, err } = await run(['--strict', path, '-o', sibling(path, 'out.folded')]);
    assert.equal(status, 1);
    assert.match(err, /warning folded\/no-count[\s\S]*error strict\/warnings/);
    assert.deepEqual(siblings(path), ['in.folded']);
    const { err: listing } = await run(['--strict', path, '--list-functions', '*']);
    assert.match(listing, /warning folded\/no-count[\s\S]*error strict\/warnings/);
  });
  test('colours only when asked or on a terminal', async () => {
    process.env['FORCE_COLOR'] = '1';
    const { err } = await run(['-t', 'folded'], WARNS);
    delete process.env['FORCE_COLOR'];
    assert.match(err, /\x1b\[33mwarning\x1b\[39m/);
  });
});

describe('bad input exits with 1 and leaves no file', () => {
  const inputs: [string, string, string | Uint8Array, string[]?][] = [
    ['nothing', 'input/empty', ''],
    ['noise', 'input/unknown-format', Uint8Array.from({ length: 3000 }, (_, i) => (i * i * 31) % 251)],
    ['prose', 'input/unknown-format', 'This is not a profile.\nIt is a letter.\n'],
    ['a wrong format by force', 'folded/no-stacks', 'This is no profile.\n', ['-f', 'folded']],
    ['a cut gzip', 'input/bad-compression', gzipSync(STACKS).subarray(0, 40)],
    ['a bomb', 'input/too-large', gzipSync(STACKS.repeat(1000)), ['--max-input', '10K']],
    ['an unknown metric', 'usage/unknown-metric', STACKS, ['-m', 'no-such-metric']],
  ];
  for (const [what, code, content, args = []] of inputs) {
    test(what, async () => {
      const path = fileOf(content, 'in');
      const output = sibling(path, 'out.folded');
      writeFileSync(output, 'what was there before');
      assertFails(await run([path, '-o', output, ...args]), code, code.startsWith('usage/') ? 2 : 1);
      assert.deepEqual(siblings(path), ['in', 'out.folded']);
      assert.equal(readFileSync(output, 'utf8'), 'what was there before');
    });
  }
  test('no fixture that fails leaves a file', async () => {
    const output = join(mkdtempSync(join(directory, 'case-')), 'out.folded');
    for (const { name, input, readAs, fails, options } of cases()) {
      if (!fails || Object.keys(options).length > 0) continue;
      const format = readAs === undefined ? [] : ['-f', readAs];
      const { status, out, err } = await run([join(root, input), ...format, '-o', output]);
      assert.deepEqual({ status, out, files: siblings(output) }, { status: 1, out: '', files: [] }, name);
      assert.equal(err.match(/ error /g)?.length, 1, name);
    }
  });
  test('a file that gets too large for the disk is taken back', () => {
    const path = fileOf(Array.from({ length: 50_000 }, (_, i) => `main;function${i} 1\n`).join(''));
    assertFails(
      shell(`ulimit -f 100; prof2dot '${path}' -o '${sibling(path, 'out.folded')}'`),
      'output/unwritable',
      1,
    );
    assert.deepEqual(siblings(path), ['in.folded']);
  });
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    test(`stopped by ${signal}, it leaves no part of a file`, async () => {
      const path = fileOf(LARGE);
      const args = [cli, '-n0', '-e0', path, '-o', sibling(path, 'graph.svg')];
      const child = spawn(process.execPath, args, { stdio: 'ignore' });
      const ended = once(child, 'exit');
      while (siblings(path).length === 1 && child.exitCode === null) await setTimeout(20);
      child.kill(signal);
      assert.deepEqual(await ended, [status, null]);
      assert.deepEqual(siblings(path), ['in.folded']);
    });
  }
  test('no such file, nor can there be one', async () => {
    const loop = join(directory, 'loop');
    symlinkSync(loop, loop);
    for (const path of [join(directory, 'no-such-file'), join(cli, 'no-file'), 'x'.repeat(300), loop]) {
      for (const args of [[path], ['--base', path]])
        assertFails(await run(args, STACKS), 'input/unreadable', 1);
      assertFails(await run(['-o', join(path, 'x')], STACKS), 'output/unwritable', 1);
    }
  });
  test('an output that cannot be written', async () => {
    const missing = join(directory, 'no', 'such');
    const failed = await run(['-o', join(missing, 'directory.dot')], STACKS);
    assertFails(failed, 'output/unwritable', 1);
    assert.ok(failed.err.endsWith(`: cannot be written: there is no directory ${missing}\n`), failed.err);
    for (const path of ['', `${join(directory, 'new')}/`, directory])
      assertFails(await run([join(directory, 'no-such-file'), '-o', path]), 'output/unwritable', 1);
    // Before the input is looked at.
    const below = await run([join(directory, 'no-such-file'), '-o', join(cli, 'graph.dot')]);
    assertFails(below, 'output/unwritable', 1);
    assert.match(below.err, /: cannot be written: not a directory\n$/);
    assertFails(await run(['-o', '/dev/full', '-t', 'folded'], STACKS), 'output/unwritable', 1);
    assertFails(shell(`echo 'main;a 1' | prof2dot -t folded >/dev/full`), 'output/unwritable', 1);
  });
});

describe('bad usage exits with 2', () => {
  const usages: [string, string[]][] = [
    ['usage/bad-arguments', ['--no-such-flag']],
    ['usage/bad-arguments', ['-n']],
    ['usage/bad-value', ['--strict=yes', fileOf(STACKS)]],
    ['usage/bad-value', ['--compare=', fileOf(STACKS), fileOf(STACKS)]],
    ['usage/bad-option', ['-n', 'many', '-t', 'dot', fileOf(STACKS)]],
    ['usage/bad-option', ['-n', '0x10', fileOf(STACKS)]],
    ['usage/bad-option', ['--depth', '1.5', fileOf(STACKS)]],
    ['usage/bad-option', ['--depth', '-2', fileOf(STACKS)]],
    ['usage/bad-option', ['--depth=-inf', fileOf(STACKS)]],
    ['usage/bad-option', ['--node-count', '1.5', fileOf(STACKS)]],
    ['usage/bad-option', ['--edge-thres', 'no-file']],
    ['usage/two-bases', ['--base', 'a', '--diff-base', 'b', fileOf(STACKS)]],
    ['usage/two-bases', ['--base', 'a', '--compare', fileOf(STACKS), fileOf(STACKS)]],
    ['usage/no-base', ['--normalize', fileOf(STACKS)]],
    ['usage/no-base', ['--fail-above', '5%', fileOf(STACKS)]],
    ['usage/bad-percentage', ['--base', 'a', '--fail-above', 'much', fileOf(STACKS)]],
    ['usage/bad-size', ['--max-input', 'large', fileOf(STACKS)]],
    ['usage/no-argument', ['-t', 'top:main', fileOf(STACKS)]],
    ['usage/unknown-format', ['-t', 'no-such-format', fileOf(STACKS)]],
    ['usage/unknown-format', ['-f', 'no-such-format', fileOf(STACKS)]],
    ['usage/unknown-format', ['-f', 'dot', fileOf(STACKS)]],
    ['usage/unknown-preset', ['--compat', 'no-such-tool', fileOf(STACKS)]],
    ['usage/unknown-preset', ['--compat=toString', fileOf(STACKS)]],
    ['usage/unknown-topic', ['help', 'constructor']],
    ['usage/unknown-shell', ['completion', 'csh']],
    ['usage/bad-label', ['--label', 'a']],
    ['usage/not-two-inputs', ['--compare', 'a']],
    ['usage/unknown-topic', ['help', 'no-such-topic']],
    ['usage/ambiguous-flag', ['--ta', 'x']],
  ];
  for (const [code, args] of usages) {
    test(args.slice(0, 2).join(' '), async () => assertFails(await run(args), code, 2));
  }
  for (const [code, args] of [
    ['usage/bad-option', ['-t', 'png', '--png.scale', '0']],
    ['usage/bad-option', ['-t', 'top', '--rows', 'many']],
    ['usage/bad-option', ['-t', 'top', '--rows', '1.5']],
    ['usage/bad-option', ['-t', 'json:all']],
    ['usage/bad-expression', ['-t', 'peek:(']],
    ['usage/bad-expression', ['-t', 'top', '--hide', '(']],
    ['usage/bad-expression', ['-t', 'top', '--tagfocus', 'key=(']],
    ['usage/bad-expression', ['--regex', '--root', '(']],
    ['usage/bad-expression', ['--regex', '--list-functions', '(']],
    ['usage/bad-rename', ['--rename', 'main']],
    ['usage/mean-of-stacks', ['--mean', '-t', 'folded']],
    ['usage/trim-estimates', ['--node-count', '5', '--total', 'callratios']],
    ['usage/cannot-compare', ['--compare', '-t', 'folded', 'no-such-file']],
    ['usage/unknown-format', ['-f', 'no-such-format']],
  ] as [string, string[]][]) {
    test(`before the input is opened: ${args.join(' ')}`, async () =>
      assertFails(await run([...args, join(directory, 'no-such-file')]), code, 2));
  }
  test('before the input is opened: an output that cannot be written', async () => {
    const output = join(directory, 'no', 'such', 'directory.dot');
    assertFails(await run([join(directory, 'no-such-file'), '-o', output]), 'output/unwritable', 1);
  });
  test('nothing at all instead of an input', () => {
    for (const args of ['', '-f pstats', '-f sleepy --compat gprof2dot'])
      assertFails(shell(`prof2dot ${args} </dev/null`), 'usage/no-input', 2);
    assertFails(shell('prof2dot - </dev/null'), 'input/empty', 1);
    assertFails(shell('printf "" | prof2dot'), 'input/empty', 1);
  });
  test('a terminal instead of an input, or for a picture', { skip: needs('script') }, () => {
    const onTerminal = (args: string) =>
      String(spawnSync('script', ['-qec', `"${process.execPath}" "${cli}" ${args}`, '/dev/null']).stdout);
    assert.match(onTerminal(''), /error\S* usage\/no-input/);
    const binary = builtin.list().find((format) => format.emitter?.binary);
    if (binary)
      assert.match(onTerminal(`'${fileOf(STACKS)}' -t ${binary.name}`), /error\S* usage\/binary-to-terminal/);
  });
});

test('growth exits with 3 and tells which functions grew', async () => {
  const [before, after] = [fileOf(STACKS), fileOf('main;parse;read 55\nmain;parse 8\nmain;render 40\n')];
  const graph = ['-t', 'top', after, '--base', before, '--fail-above'];
  const { status, out, err } = await run([...graph, '5%']);
  assert.deepEqual(
    { status, err },
    {
      status: 3,
      err: 'grown: parse: +13 samples, 13.00% of the base\ngrown: read: +13 samples, 13.00% of the base\n',
    },
  );
  assert.match(out, /\+13 .* read\n/);
  assert.deepEqual((await run([...graph, '13'])).status, 0);
  assert.match((await run([...graph, '2.5'])).err, /^grown: all together: \+3 samples, 3\.00% of the base\n/);
});

test('growth is that of what filters leave, however small', async () => {
  const [before, after] = [fileOf(STACKS), fileOf('main;parse;read 55\nmain;parse 8\nmain;render 40\n')];
  const grown = async (...args: string[]) => {
    const { status, err } = await run([after, '--base', before, '--fail-above', '5%', ...args]);
    const names = [...err.matchAll(/^grown: (.*?): /gm)].map(([, name]) => name);
    return { status, names };
  };
  const nobody = { status: 0, names: [] };
  for (const to of ['dot', 'folded', 'traces']) {
    assert.deepEqual(await grown('-t', to, '--ignore', 'read'), nobody);
    // All together is what is left.
    assert.deepEqual(await grown('-t', to, '--focus', 'parse', '--hide', 'read'), {
      status: 3,
      names: ['all together', 'main', 'parse'],
    });
  }
  assert.deepEqual(await grown('-t', 'top', '-z', 'render'), nobody);
  assert.deepEqual(await grown('-t', 'top', '-z', 'read'), { status: 3, names: ['all together', 'read'] });
  // Thresholds leave out what is small in the picture, and nothing of the check.
  assert.deepEqual(await grown('-t', 'top', '-n', '90', '-e', '90'), { status: 3, names: ['parse', 'read'] });
  assert.deepEqual(await grown('-t', 'dot', '--node-count', '1'), { status: 3, names: ['parse', 'read'] });
  assert.deepEqual(await grown('-t', 'top', '--rename', 'parse|read=input'), {
    status: 3,
    names: ['input'],
  });
});

describe('several inputs are added up', () => {
  /** A directory with these files. */
  function directoryOf(files: Record<string, string>): string {
    const path = mkdtempSync(join(directory, 'inputs-'));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
    return path;
  }
  const TWO = { 'a.folded': 'main;a 1\nmain 2\n', 'b.folded': 'main;a 3\n' };
  const SUM = { status: 0, out: 'main 2\nmain;a 4\n', err: '' };
  test('by a command, into a profile without labels for pprof', async () => {
    const path = directoryOf(TWO);
    assert.deepEqual(await run(['merge', path, '-t', 'folded']), SUM);
    const sum = join(path, 'sum');
    const files = Object.keys(TWO).map((name) => join(path, name));
    assert.deepEqual(await run(['merge', ...files, '-o', sum]), { status: 0, out: '', err: '' });
    assert.match((await run(['detect', sum])).out, /pprof/);
    assert.deepEqual(await run([sum, '-t', 'folded']), SUM);
    assert.match((await run([sum, '-t', 'tags'])).out, /no sample has a label/);
  });
  /** The labels of all samples of JSON output. */
  async function labels(args: string[]): Promise<unknown[]> {
    return JSON.parse((await run(['-t', 'json', ...args])).out).labelSets;
  }

  test('files, a directory, a pattern', async () => {
    const path = directoryOf(TWO);
    const files = Object.keys(TWO).map((name) => join(path, name));
    for (const inputs of [files, [path], [join(path, '*.folded')], [join(path, '[ab].f*')]])
      assert.deepEqual(await run(['-t', 'folded', ...inputs]), SUM, inputs.join(' '));
  });
  test('samples are labelled with where they come from', async () => {
    const path = directoryOf(TWO);
    const [a, b] = Object.keys(TWO).map((name) => join(path, name)) as [string, string];
    const source = (value: string) => [{ key: 'source', value }];
    assert.deepEqual(await labels([a, b]), [source(a), source(b)]);
    assert.deepEqual(await labels(['--label', `old=${a}`, `--label`, `new=${b}`]), [
      source('old'),
      source('new'),
    ]);
    assert.deepEqual(await labels([a, b, '--label', `new=${b}`]), [source(a), source('new')]);
    assert.deepEqual(await labels(['--label', `all=${path}`]), [source('all')]);
    // By whatever path; under two names it is two inputs.
    const around = join(path, '..', basename(path), basename(b));
    assert.deepEqual(await labels([a, b, '--label', `new=${around}`]), [source(a), source('new')]);
    assert.deepEqual(await labels(['--label', `x=${a}`, '--label', `y=${a}`]), [source('x'), source('y')]);
    const three = [path, '--label', `x=${a}`, '--label', `y=${a}`];
    assert.deepEqual(await labels(three), [source('x'), source(b), source('y')]);
    assert.equal(await labels([a]), undefined);
  });
  test('the names of profiles of web requests become labels', async () => {
    const name = 'GET.caf\u00c3\u00a9.menu.12ms.1795401025.prof';
    const path = directoryOf({ [name]: 'main 1\n', 'shop.000007ms.1795401026.prof': 'main 1\n' });
    const [get, django] = (await labels([path])) as { key: string; value: unknown; unit?: string }[][];
    assert.deepEqual(get, [
      { key: 'source', value: join(path, name) },
      { key: 'method', value: 'GET' },
      { key: 'path', value: 'caf\u00e9.menu' },
      { key: 'elapsed', value: 12, unit: 'milliseconds' },
      { key: 'time', value: 1795401025, unit: 'seconds' },
    ]);
    assert.deepEqual(
      django!.slice(1).map(({ value }) => value),
      ['shop', 7, 1795401026],
    );
  });
  test('what is no profile in a directory, or fits a pattern, is passed over with a warning', async () => {
    const path = directoryOf({ ...TWO, 'notes.txt': 'Dear diary', '.hidden': 'x' });
    for (const word of [path, join(path, '*')]) {
      const { status, out, err } = await run(['-t', 'folded', word]);
      assert.deepEqual({ status, out }, { status: 0, out: SUM.out });
      assert.match(err, /^\S+notes.txt: warning input\/passed-over: [^\n]*\n$/);
      assertFails(await run(['--strict', '-q', '-t', 'folded', word]), 'strict/warnings', 1);
    }
    assertFails(await run(['-t', 'folded', join(path, '*.txt')]), 'input/unknown-format', 1);
    assertFails(
      await run(['-t', 'folded', join(path, '*'), join(path, 'notes.txt')]),
      'input/unknown-format',
      1,
    );
    const diary = directoryOf({ 'a.txt': 'Dear diary', 'b.txt': '' });
    for (const word of [diary, join(diary, '*.txt')]) {
      const failed = await run([word]);
      assertFails(failed, 'input/no-profiles', 1);
      assert.ok(failed.err.includes(`${word}: error `), failed.err);
    }
    assertFails(await run([directoryOf({})]), 'input/empty-directory', 1);
    assertFails(await run([join(path, '*.gz')]), 'input/no-match', 1);
  });
  test('the empty file that valgrind writes beside those of threads is passed over', async () => {
    const thread = 'events: Ir\nfn=main\n1 7\n';
    const path = directoryOf({
      'callgrind.out.1': '',
      'callgrind.out.1-01': thread,
      'callgrind.out.1-02': thread,
    });
    for (const args of [[join(path, 'callgrind.out.1*')], ['-f', 'callgrind', path]]) {
      const { status, out, err } = await run(['-t', 'folded', ...args]);
      assert.deepEqual({ status, out }, { status: 0, out: 'main 14\n' });
      assert.match(err, /callgrind.out.1: warning input\/passed-over: /);
    }
  });
  test('what is no file in a directory is not looked into', async () => {
    const path = directoryOf(TWO);
    symlinkSync(join(path, 'gone'), join(path, 'link'));
    execFileSync('mkfifo', [join(path, 'pipe')]);
    assert.deepEqual(await run(['-t', 'folded', path]), SUM);
  });
  test('of many like warnings the first few are told', async () => {
    const names = Array.from({ length: 9 }, (_, i) => `${i}.folded`);
    const path = directoryOf(Object.fromEntries(names.map((name) => [name, WARNS])));
    const { out, err } = await run(['-t', 'folded', path]);
    assert.equal(out, 'main 45\nmain;parse 9\n');
    assert.deepEqual(
      err.match(/^\S+(?=: warning folded)/gm)?.map((where) => where.replace(/^.*\/|:.*$/g, '')),
      names.slice(0, 3),
    );
    assert.match(err, /\(and 6 more inputs\)/);
  });
  test('two of them are compared as wholes', async () => {
    const [old, young] = [directoryOf(TWO), directoryOf({ 'c.folded': 'main;a 8\nmain 2\n' })];
    const { status, out, err } = await run(['--compare', old, young]);
    assert.deepEqual({ status, err }, { status: 0, err: '' });
    assert.match(out, /^digraph/);
    assertFails(await run(['--compare', old]), 'usage/not-two-inputs', 2);
  });
  test('what measures different things is not', async () => {
    const trace = 'events: Ir\nfn=main\n1 7\n';
    assertFails(await run([fileOf(STACKS), fileOf(trace)]), 'merge/no-common-metric', 1);
  });
});

describe('faults of ours are told as such', () => {
  /** Breaks a part of the language before the command starts. */
  const broken = (message: string): string[] => [
    '--import',
    `data:text/javascript,globalThis.DataView = class { constructor() { throw new RangeError(${JSON.stringify(message)}) } }`,
  ];
  test('a bug', () => assertFails(spawned([], STACKS, broken('boom')), 'internal/bug', 1));
  test('no memory', () => {
    assertFails(spawned([], STACKS, broken('Array buffer allocation failed')), 'internal/memory', 1);
  });
});

describe('flags', () => {
  test('of formats are called like no others, so that they may be left out', () => {
    const spellings = ({ name, short, aliases }: Flag) => [name, ...aliases, ...(short ? [short] : [])];
    const common = new Set(flagsFor([], builtin).flatMap(spellings));
    const own = builtin.list().flatMap(formatFlags).flatMap(spellings);
    assert.deepEqual(
      own.filter((spelling) => common.has(spelling)),
      [],
    );
    assert.equal(
      flagsFor(['-n0', '--focus=main', '-o', '-', 'in'], builtin).length,
      flagsFor([], builtin).length,
    );
    for (const argument of ['-w', '--callgrind.fold', '--foc', '-qw', '--compat=gprof2dot'])
      assert.equal(flagsFor([argument], builtin).length, allFlags(builtin).length, argument);
  });
  test('mean to the parser of yargs what they mean to all of yargs', async () => {
    const flags = allFlags(builtin);
    const word = fc.constantFrom('in', '-', '', '-1', '--', 'a b', '-0x1', '1e3', '-n', 'help', '=');
    const flag = fc.constantFrom(...flags).chain(({ name, kind, repeatable }) => {
      if (kind === 'boolean') return fc.constantFrom(`--${name}`, `--no-${name}`, `--${name}=false`);
      const one = fc
        .constantFrom('', '0', '-1', 'x', 'a=b', '--top', ' ', '007', 'true')
        .map((v) => `--${name}=${v}`);
      return repeatable ? fc.array(one, { minLength: 1, maxLength: 3 }).map((all) => all.join('\n')) : one;
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(flag, word), { maxLength: 6 }), async (arguments_) => {
        const plain = arguments_.flatMap((argument) => argument.split('\n'));
        const known = flagsIn(plain, flags);
        const outcome = (read: () => Promise<object>) =>
          read().then(
            (values) =>
              JSON.stringify(
                Object.entries(values)
                  .filter(([name]) => name !== '$0')
                  .sort(),
              ),
            (error: ProfileError) => error.message,
          );
        assert.equal(
          await outcome(() => readArguments(plain, known)),
          await outcome(async () => commandLine(known).parseAsync(plain)),
        );
      }),
      { numRuns: 150 },
    );
  });
  test('may be shortened and clustered as with argparse', async () => {
    const { out } = await run(['-n0', '-e0'], STACKS);
    assert.match(out, /render/);
    assert.equal((await run(['--node-thres=0', '--edge-thres', '0'], STACKS)).out, out);
    assert.equal((await run(['--node-t', '0', '--edge=0'], STACKS)).out, out);
    assert.equal((await run(['-qn0', '-e', '0'], STACKS)).out, out);
    assert.doesNotMatch((await run(['-n60', '-e0'], STACKS)).out, /render/);
    assert.equal((await run(['-n60', '-e0'], STACKS)).out, (await run(['-n6_0', '-e0_0'], STACKS)).out);
  });
  test('--depth takes -1, as that of gprof2dot: all the way', async () => {
    const args = ['-n0', '-e0', '--root', 'main'];
    const whole = await run(args, STACKS);
    for (const more of [[], ['--compat', 'gprof2dot']]) {
      const { status, err } = await run([...args, ...more, '--depth', '-1'], STACKS);
      assert.deepEqual({ status, err }, { status: 0, err: '' });
    }
    assert.deepEqual(await run([...args, '--depth', '-1'], STACKS), whole);
    assert.notEqual((await run([...args, '--depth', '0'], STACKS)).out, whole.out);
  });
  test('given more than once count as they were given last', async () => {
    const path = fileOf(STACKS);
    const written = await run(['-t', 'folded'], STACKS);
    assert.deepEqual(await run(['-t', 'top', '-t', 'folded', '-f', 'perf', '-f', 'folded', path]), written);
    const out = sibling(path, 'b.folded');
    await run(['-o', sibling(path, 'a.folded'), '-o', out, '--compare', '--no-compare', path]);
    assert.equal(readFileSync(out, 'utf8'), written.out);
    assert.deepEqual(siblings(path), ['b.folded', 'in.folded']);
    assert.equal((await run(['-q', '-q', '-t', 'folded'], WARNS)).err, '');
    assert.equal((await run(['--strict', '--strict', '-t', 'folded'], WARNS)).status, 1);
    assert.match((await run(['-n', '100', '-n', '0', '-e0'], STACKS)).out, /read/);
    assert.match((await run(['--max-input', '1', '--max-input', '1M', path])).out, /digraph/);
    assert.match((await run(['--list-functions', 'x', '--list-functions', 'read', path])).out, /read/);
  });
  test('of gprof2dot may be shortened as there', () => {
    const flags = allFlags(builtin);
    const theirs = GPROF2DOT_FLAGS.map((name) => flags.find((flag) => flag.name === name)!);
    const words = theirs.flatMap(({ name, aliases }) => [
      name,
      ...aliases.filter((alias) => alias.startsWith('col')),
    ]);
    // Plainly, these are flags of other names. `--to` says what to write, whatever it is like.
    const others = { plain: ['show', 'to'], compat: ['to'] };
    for (const [mode, ours] of Object.entries(others)) {
      const shortening = { flags: GPROF2DOT_FLAGS, overNames: mode === 'compat' };
      const different: string[] = [];
      let tried = 0;
      for (const { name, kind } of theirs) {
        for (let length = 1; length <= name.length; length++) {
          const short = name.slice(0, length);
          if (short !== name && words.filter((word) => word.startsWith(short)).length > 1) continue;
          const given = kind === 'boolean' ? [`--${short}`] : [`--${short}`, 'x'];
          const [plain] = plainArguments(given, flags, shortening);
          if (plain !== (kind === 'boolean' ? `--${name}` : `--${name}=x`)) different.push(short);
          tried++;
        }
      }
      assert.deepEqual(different.sort(), ours, mode);
      assert.ok(tried > 150, `${tried}`);
    }
  });
  test('of gprof2dot win over names only with --compat gprof2dot', async () => {
    const shown = (await run(['--show-samples', '--compat', 'gprof2dot'], STACKS)).out;
    assert.match(shown, /42×/);
    assert.equal((await run(['--show', '--compat', 'gprof2dot'], STACKS)).out, shown);
    assert.equal((await run(['--compat=gprof2dot', '--sh'], STACKS)).out, shown);
    assert.match((await run(['--sho'], STACKS)).out, /42×/);
    assert.match((await run(['--show', 'main', '-t', 'folded'], STACKS)).out, /^main \d+\n$/);
    assert.match((await run(['--compat', 'gprof2dot', '--to', 'folded'], STACKS)).out, /^main;/);
    assertFails(await run(['--tag', 'x'], STACKS), 'usage/ambiguous-flag', 2);
  });
  test('belong to no two meanings', () => {
    const names = new Map<string, string>();
    for (const { name, short, aliases, help } of allFlags(builtin)) {
      for (const word of [name, ...aliases, ...(short ? [short] : [])]) {
        assert.equal(names.get(word), undefined, `--${word} is --${name} and --${names.get(word)}`);
        names.set(word, name);
      }
      assert.notEqual(help, '', `--${name} has no help`);
    }
  });
});

describe('commands', () => {
  test('--version', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    assert.deepEqual(spawned(['--version'], ''), { status: 0, out: `prof2dot ${version}\n`, err: '' });
    assert.equal((await run(['-V'])).out, `prof2dot ${version}\n`);
  });
  test('help', async () => {
    const { status, out, err } = await run(['--help']);
    assert.deepEqual({ status, err }, { status: 0, err: '' });
    assert.match(out, /^prof2dot \[FILE\.\.\.\][\s\S]*--output FILE/);
    assert.match(out, /--total METHOD .*exact[\s\S]{0,90}gprof,\s+callgrind,\s+axe/);
    assert.equal((await run(['help'])).out, out);
  });
  test('help compat lists flags, and help gprof2dot what they are to those who know it', async () => {
    const { out } = await run(['help', 'compat']);
    assert.match(out, /--compat gprof2dot: /);
    const names = new Set(allFlags(builtin).map(({ name }) => `--${name}`));
    for (const [, flag] of out.matchAll(/^ {2}(--\S+)/gm)) assert.ok(names.has(flag!), flag);
    const guide = (await run(['help', 'gprof2dot'])).out;
    assert.ok(guide.endsWith(out.slice(out.indexOf('--compat gprof2dot: '))));
    for (const name of GPROF2DOT_FLAGS) if (name !== 'help') assert.ok(guide.includes(`--${name}`), name);
    for (const line of guide.split('\n')) assert.ok(line.length <= 104, line);
    const formats = /^Formats[\s\S]*?\n {2}([\s\S]*?)\n {2}Files/m
      .exec(guide)![1]!
      .match(/\b[a-z\d]+\b(?=[,;.)]| \()/g)!;
    assert.ok(formats.length >= 17);
    for (const name of formats) assert.ok(builtin.find(name)?.parser || /took|dropped|or/.test(name), name);
  });
  test('help totals', async () => {
    const { status, out } = await run(['help', 'totals']);
    assert.equal(status, 0);
    const listed = builtin.list().filter(({ parser }) => parser?.totals !== undefined);
    assert.ok(listed.length > 5);
    for (const { name } of listed) assert.match(out, new RegExp(`^  ${name} `, 'm'));
    assert.match((await run(['help', 'gprof'])).out, /--total exact is what gprof printed/);
  });
  for (const format of builtin.list()) {
    test(`help ${format.name}`, async () => {
      const { status, out } = await run(['help', format.name]);
      assert.equal(status, 0);
      for (const text of [format.title, format.spec, ...formatFlags(format).map(({ name }) => `--${name}`)]) {
        assert.ok(out.includes(text), text);
      }
    });
  }
  test('formats', async () => {
    const { status, out } = await run(['formats']);
    assert.equal(status, 0);
    const listed: { name: string; reads: boolean; writes: boolean }[] = JSON.parse(
      (await run(['formats', '--json'])).out,
    );
    for (const { name, parser, emitter } of builtin.list()) {
      assert.match(out, new RegExp(`^${name} `, 'm'));
      const { reads, writes } = listed.find((format) => format.name === name)!;
      assert.deepEqual({ reads, writes }, { reads: parser !== undefined, writes: emitter !== undefined });
    }
  });
  test('detect', async () => {
    const path = fileOf(STACKS, 'unknown');
    const answer = `${path}: folded (folded (collapsed) stacks)\n`;
    assert.deepEqual(await run(['detect', path]), { status: 0, out: answer, err: '' });
    assert.match(spawned(['detect'], STACKS).out, /^<stdin>: folded /);
    const { status, out, err } = await run(['detect', join(directory, 'no-such-file'), path]);
    assert.deepEqual({ status, out }, { status: 1, out: answer });
    assert.match(err, /input\/unreadable/);
    assert.equal(JSON.parse((await run(['detect', '--json', path])).out).format, 'folded');
    // Names do nothing to the terminal.
    assert.match((await run(['detect', fileOf(STACKS, '\x1b[31mred')])).out, /\uFFFD\[31mred: folded/);
  });
  test('completion', () => {
    const script = (user: string, ...words: string[]) => {
      const { status, out } = shell(`export SHELL=${user}; unset ZSH_NAME; prof2dot completion ${words}`);
      assert.equal(status, 0);
      return out;
    };
    const scripts = {
      bash: /^complete -o .* prof2dot$/m,
      zsh: /^#compdef prof2dot\n/,
      fish: /^complete -c prof2dot /m,
    };
    for (const [name, marks] of Object.entries(scripts)) {
      assert.match(script(`/bin/${name}`), marks);
      for (const user of ['/bin/bash', '/usr/bin/zsh', '/usr/bin/fish'])
        assert.match(script(user, name), marks);
    }
    assert.match(script('/bin/csh'), scripts.bash);
    const completions = (...words: string[]) =>
      spawned(['--complete-words', ...words], '')
        .out.split('\n')
        .map((line) => line.split('\t')[0])
        .filter(Boolean)
        .join(' ');
    assert.equal(completions('m'), 'merge');
    assert.equal(completions('no-command', ''), '');
    assert.equal(completions('help', 'callg'), 'callgrind');
    assert.equal(completions('completion', ''), 'bash zsh fish');
    assert.match(completions('--no'), /--node-thres/);
    assert.match(spawned(['--complete-words', '--no'], '').out, /^--node-count\tdraw at most /m);
    assert.equal(completions('-t', 'psta'), 'pstats pstats-text');
    assert.equal(completions('--granularity', 'filef'), 'filefunctions');
    assert.equal(completions('--granularity=filef'), '--granularity=filefunctions');
    // As bash has it.
    assert.equal(completions('--granularity', '=', 'filef'), 'filefunctions');
    // Files are the shell's.
    for (const words of [
      ['-o', ''],
      ['--base', 'm'],
      ['my.prof', ''],
    ])
      assert.equal(completions(...words), '');
  });
});
