/** The second command: pyprof2calltree's options, with any profile and with scripts that it runs. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { cli, needs, root } from './support.ts';

const directory = mkdtempSync(join(tmpdir(), 'prof2calltree-test-'));
after(() => rmSync(directory, { recursive: true }));

const PROFILE = join(root, 'fixtures/cpuprofile/node-main/input.cpuprofile');
const command = join(dirname(cli), 'prof2calltree.js');

/** Runs the command in a directory of its own, with programs before others on the path. */
function run(args: string[], programs: Record<string, string> = {}, input = '', shell = '#!/bin/sh') {
  const cwd = mkdtempSync(join(directory, 'case-'));
  const bin = mkdtempSync(join(directory, 'bin-'));
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `${shell}\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH']}`, TMPDIR: bin };
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], { cwd, env, input });
  const left = readdirSync(bin).filter((name) => name.startsWith('prof2calltree-'));
  assert.deepEqual(left, [], 'nothing stays in the directory for temporary files');
  return { status, out: String(stdout), err: String(stderr), cwd, files: readdirSync(cwd) };
}

/** But for what Node itself keeps where temporary files are. */
function filesIn(path: string): string[] {
  return readdirSync(path).filter((name) => name !== 'node-compile-cache');
}

function eventsOf(path: string): string {
  return /^events: (.*)$/m.exec(readFileSync(path, 'utf8'))![1]!;
}

describe('a profile', () => {
  test('goes to its name and .log, or to -o', () => {
    const { status, err, files, cwd } = run(['-i', PROFILE]);
    assert.deepEqual({ status, files }, { status: 0, files: ['input.cpuprofile.log'] });
    assert.match(err, /^written: input.cpuprofile.log$/m);
    assert.match(eventsOf(join(cwd, files[0]!)), /time/);
    assert.deepEqual(run(['-qi', PROFILE, '-o', 'x.out']).files, ['x.out']);
    assert.match(run([PROFILE, '-o', '-']).out, /^# callgrind format\n/);
  });
  test('comes from standard input, alone or with files', () => {
    const input = readFileSync(PROFILE, 'utf8');
    for (const infile of [['-i', '-'], ['--infile', '-'], ['-i-'], ['--infile=-'], ['-']]) {
      const { status, files } = run([...infile, '-q'], {}, input);
      assert.deepEqual({ infile, status, files }, { infile, status: 0, files: ['stdin.log'] });
    }
    assert.deepEqual(run(['-o', 'out', '-i', '-'], {}, input).files, ['out']);
    const sum = (args: string[]) => /^summary: (\d+)/m.exec(run([...args, '-qo', '-'], {}, input).out)![1];
    assert.equal(Number(sum(['-i', '-', '-i', PROFILE, PROFILE])), 3 * Number(sum(['-i', '-'])));
  });
  test('is opened in a viewer, and kept only if it was asked for', () => {
    const viewer = { kcachegrind: 'head -n 1 "$1" > seen' };
    const { status, files, cwd } = run(['-k', '-i', PROFILE], viewer);
    assert.deepEqual({ status, files }, { status: 0, files: ['seen'] });
    assert.equal(readFileSync(join(cwd, 'seen'), 'utf8'), '# callgrind format\n');
    assert.deepEqual(run(['-k', '-o', 'kept', '-i', PROFILE], viewer).files, ['kept', 'seen']);
  });
  test('stays if it was asked for, when the viewer fails, which is told', () => {
    const failures: [string, RegExp][] = [
      [
        'echo no display >&2; exit 3',
        /^no display\n\S+ error output\/viewer-failed: \S+\/kcachegrind ended with status 3\n$/,
      ],
      ['kill -SEGV $$', / error output\/viewer-failed: \S+\/kcachegrind ended with SIGSEGV\n$/],
    ];
    for (const [kcachegrind, message] of failures) {
      const { status, err, files } = run(['-qk', '-i', PROFILE], { kcachegrind });
      assert.deepEqual({ status, files }, { status: 1, files: [] });
      assert.match(err, message);
      const kept = run(['-qk', '-i', PROFILE, '-o', 'kept'], { kcachegrind });
      assert.deepEqual({ status: kept.status, files: kept.files }, { status: 1, files: ['kept'] });
    }
  });
  test('is opened in no viewer that cannot be started', () => {
    const { status, err } = run(['-k', '-i', PROFILE], { kcachegrind: '' }, '', '#!/no/such/shell');
    assert.equal(status, 1);
    assert.match(
      err,
      / error input\/no-program: \S+\/kcachegrind cannot be started: no such file or directory\n$/,
    );
  });
  test('has its times in the unit of -s', () => {
    const sum = (unit: string) => {
      const { cwd } = run(['-qi', PROFILE, '-o', 'out', '-s', unit]);
      return Number(/^summary: (\d+)/m.exec(readFileSync(join(cwd, 'out'), 'utf8'))![1]);
    };
    const nanoseconds = sum('ns');
    assert.equal(sum('us') * 1000, nanoseconds);
    assert.equal(sum('ms'), Math.round(nanoseconds / 1e6));
  });
});

describe('a script', () => {
  test('in Python', { skip: needs('python3') }, () => {
    const script = join(directory, 'work.py');
    writeFileSync(
      script,
      'import sys\ndef f(n): return 1 if n == 0 else f(n - 1)\nprint(f(int(sys.argv[1])), sys.argv[2])\n',
    );
    const { status, out, files, cwd } = run(['-q', '-r', script, '5', '-k']);
    assert.deepEqual({ status, out, files }, { status: 0, out: '1 -k\n', files: ['work.py.log'] });
    assert.match(readFileSync(join(cwd, files[0]!), 'utf8'), /^calls=5 2$/m);
  });
  test('in JavaScript, with its workers', () => {
    const script = join(directory, 'work.mjs');
    writeFileSync(
      script,
      `import { isMainThread, Worker } from 'node:worker_threads';
      function busy() { const end = Date.now() + 30; while (Date.now() < end); }
      busy();
      if (isMainThread) new Worker(new URL(import.meta.url));`,
    );
    const { status, files, cwd } = run(['-q', '-o', 'out', '-r', script]);
    assert.deepEqual({ status, files }, { status: 0, files: ['out'] });
    assert.match(readFileSync(join(cwd, 'out'), 'utf8'), /^c?fn=\(\d+\) busy$/m);
  });
  test('behind a = or other letters, and values behind theirs', { skip: needs('python3') }, () => {
    const script = join(directory, 'none.py');
    writeFileSync(script, 'sum(range(9))\n');
    assert.deepEqual(run(['-qo', 'out', `--run-script=${script}`]).files, ['out']);
    assert.deepEqual(run(['-o', 'out', '-qr', script]).files, ['out']);
    assert.deepEqual(run([`-i${PROFILE}`, '-q', '-oout']).files, ['out']);
    for (const args of [
      [PROFILE, '--help'],
      ['-q', '-h'],
    ])
      assert.match(run(args).out, /^prof2calltree -i FILE/);
  });
  test('that is stopped with us leaves nothing behind', { skip: needs('python3') }, async () => {
    const script = join(directory, 'waits.py');
    writeFileSync(script, 'import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(60)\n');
    const room = mkdtempSync(join(directory, 'room-'));
    const child = spawn(process.execPath, [command, '-r', script], {
      cwd: room,
      env: { ...process.env, TMPDIR: room },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [pid] = (await once(child.stdout, 'data')) as [Buffer];
    child.kill('SIGTERM');
    const [status] = await once(child, 'exit');
    assert.equal(status, 1);
    assert.deepEqual(filesIn(room), []);
    assert.throws(() => process.kill(Number(pid), 0), { code: 'ESRCH' });
  });
  test('that the terminal stops gets one signal of it', { skip: needs('python3') }, async () => {
    const script = join(directory, 'cleans.py');
    const lines = ['import os, time', 'try:', '  os.write(1, b"waits ")', '  time.sleep(60)'];
    lines.push('except KeyboardInterrupt:', '  time.sleep(0.3)', '  os.write(1, b"cleaned")');
    writeFileSync(script, `${lines.join('\n')}\n`);
    const room = mkdtempSync(join(directory, 'room-'));
    const child = spawn(process.execPath, [command, '-qo', 'out', '-r', script], {
      cwd: room,
      env: { ...process.env, TMPDIR: room },
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    let out = '';
    child.stdout.on('data', (text) => {
      out += text;
    });
    await once(child.stdout, 'data');
    process.kill(-child.pid!, 'SIGINT');
    const [status] = await once(child, 'close');
    assert.deepEqual([status, out], [0, 'waits cleaned']);
    assert.deepEqual(filesIn(room), ['out']);
  });
  test('that fails is told of, and what it left is converted', { skip: needs('python3') }, () => {
    const script = join(directory, 'fails.py');
    writeFileSync(script, 'raise SystemError(3)\n');
    const { status, err, files } = run(['-r', script]);
    assert.deepEqual({ status, files }, { status: 1, files: ['fails.py.log'] });
    assert.match(err, /fails.py ended with status 1\n/);
  });
  test('that leaves no profile is told of by its name', { skip: needs('python3') }, () => {
    const exits = join(directory, 'exits.py');
    writeFileSync(exits, 'import os\nos._exit(0)\n');
    const killed = join(directory, 'killed.mjs');
    // Node writes the profile before it kills itself, so another program has to.
    writeFileSync(
      killed,
      "import { execFileSync } from 'node:child_process';\nexecFileSync('kill', ['-9', String(process.pid)]);\n",
    );
    for (const [script, ending] of [
      ['no-file.py', 'status 1'],
      [exits, 'status 0'],
      [killed, 'SIGKILL'],
    ] as const) {
      const { status, err, files } = run(['-r', script]);
      assert.deepEqual({ status, files }, { status: 1, files: [] });
      assert.ok(
        err.endsWith(` error input/no-profile: ${script} ended with ${ending} and left no profile\n`),
        err,
      );
      assert.doesNotMatch(err, /prof2calltree-\w+\/profiles/);
    }
  });
});

describe('bad usage', () => {
  const usages: [string, number, string[]][] = [
    ['usage/bad-arguments', 2, []],
    ['usage/bad-arguments', 2, ['--no-such-flag']],
    ['usage/bad-arguments', 2, ['-r']],
    ['usage/bad-arguments', 2, ['-i']],
    ['usage/bad-arguments', 2, ['-i', '-q', PROFILE]],
    ['usage/bad-arguments', 2, ['--infile']],
    ['usage/bad-arguments', 2, ['-o', 'out', '-i']],
    ['usage/bad-arguments', 2, ['-i', PROFILE, '-r', 'x.py']],
    ['usage/bad-arguments', 2, ['-k', '-o', '-', '-i', PROFILE]],
    ['usage/bad-arguments', 2, ['-s', 'weeks', '-i', PROFILE]],
    ['usage/bad-arguments', 2, ['-s', 'weeks', '-r', 'no-file.py']],
    ['input/unreadable', 1, ['-i', 'no-such-file']],
  ];
  for (const [code, expected, args] of usages) {
    test(`${code}: ${args.slice(0, 1)}`, () => {
      const { status, err, files } = run(args);
      assert.match(err, new RegExp(` error ${code}: `));
      assert.deepEqual({ status, files }, { status: expected, files: [] });
    });
  }
  test('a unit that is none, in terms of -s', () => {
    const { err } = run(['-i', PROFILE, '-s', 'parsec']);
    assert.match(err, /: -s: parsec is not one of auto, ns, us, ms, s\n {2}hint: prof2calltree --help shows/);
    assert.doesNotMatch(err, /callgrind/);
  });
  test('a viewer that is not there', () => {
    const { status, stderr } = spawnSync(process.execPath, [command, '-k', '-i', PROFILE], {
      env: { ...process.env, PATH: directory },
    });
    assert.equal(status, 1);
    assert.match(String(stderr), / error input\/no-program: /);
  });
});
