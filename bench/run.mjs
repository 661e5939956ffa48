/**
 * npm run bench: whole processes on large inputs, beside the tools they replace.
 *
 * Each row runs prof2dot and its peer in turn and compares medians of CPU time (user + system) and of wall time, so
 * that a busy machine slows both. Peers: GPROF2DOT=path/to/gprof2dot.py (or gprof2dot on PATH), Go, and
 * STACKCOLLAPSE=path/to/stackcollapse-perf.pl (or that on PATH). Needs GNU time.
 * Rows: node bench/run.mjs [NAME…]; ROUNDS=5 for more runs of each, PROF2DOT=FILE for another program.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from './generate.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const data = join(root, 'bench', 'data');
const PROF2DOT = process.env.PROF2DOT ?? join(root, 'dist', 'cli', 'prof2dot.js');
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const MB = 1e6;
/** How many times less CPU than gprof2dot a small input shall take: later Nodes start faster. */
const SMALL = Number(process.versions.node.split('.')[0]) < 22 ? 1 : 1.7;
/** Seconds after which a peer is stopped: by then the ratio is clear. */
const PEER_LIMIT = 300;

// Not what a machine's own certificates cost Node 20 to read at its start, nor what pprof looks for elsewhere.
const { NODE_EXTRA_CA_CERTS: _, ...rest } = process.env;
const env = { ...rest, PPROF_BINARY_PATH: '/nonexistent' };

function onPath(command) {
  const found = spawnSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() : undefined;
}

// Not the shim of a version manager, whose shell may take longer than the program.
const python =
  onPath('python3') &&
  execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
const gprof2dotPath = process.env.GPROF2DOT ?? onPath('gprof2dot');
// It dies in the recursion of large inputs otherwise.
const gprof2dot = python && gprof2dotPath && [python, join(root, 'bench', 'deep-python.py'), gprof2dotPath];
const stackcollapse = process.env.STACKCOLLAPSE ?? onPath('stackcollapse-perf.pl');
const pprof = onPath('go') && [execFileSync('go', ['tool', '-n', 'pprof'], { encoding: 'utf8' }).trim()];
const jsonParse = [process.execPath, '-e', 'JSON.parse(require("fs").readFileSync(process.argv[1],"utf8"))'];

const withPprof = (...options) => ({
  name: `pprof ${options[0]}`,
  command: pprof && [...pprof, ...options],
});
const withGprof2dot = (format) => ({ name: 'gprof2dot', command: gprof2dot && [...gprof2dot, '-f', format] });
const CASES = [
  {
    name: 'cpuprofile',
    kind: 'cpuprofile',
    size: 200,
    peer: { name: 'JSON.parse alone', command: jsonParse },
    ratio: 2.5,
    memory: 200,
  },
  { name: 'cpuprofile-huge', kind: 'cpuprofile', size: 800, memory: 350 },
  { name: 'folded', kind: 'folded', size: 200, peer: withGprof2dot('collapse'), ratio: 15 },
  { name: 'perf', kind: 'perf', size: 200, peer: withGprof2dot('perf'), ratio: 15 },
  {
    name: 'perf-folded',
    kind: 'perf',
    size: 200,
    options: ['-t', 'folded'],
    peer: { name: 'stackcollapse-perf.pl', command: stackcollapse && ['perl', stackcollapse] },
    ratio: 13,
  },
  { name: 'gprof', kind: 'gprof', size: 50, peer: withGprof2dot('prof'), ratio: 10, rounds: 1 },
  { name: 'pstats', kind: 'pstats', size: 7.1, peer: withGprof2dot('pstats'), ratio: 10 },
  {
    name: 'callgrind',
    kind: 'callgrind',
    size: 200,
    peer: withGprof2dot('callgrind'),
    ratio: 30,
    memory: 350,
    rounds: 1,
  },
  {
    name: 'pprof',
    kind: 'pprof',
    size: 92,
    peer: withPprof('-dot'),
    ratio: 8,
    memory: 600,
    rounds: 1,
  },
  {
    name: 'pprof-top',
    kind: 'pprof',
    size: 92,
    options: ['-t', 'top'],
    peer: withPprof('-top'),
    ratio: 10,
    memory: 600,
    rounds: 1,
  },
  // No peer: pprof -dot -call_tree takes all memory there is.
  { name: 'pprof-call-tree', kind: 'pprof', size: 92, options: ['-t', 'folded'], memory: 1500, rounds: 1 },
  {
    name: 'merge',
    kind: 'pprof-labelled',
    size: 1.2,
    files: 100,
    command: ['merge'],
    peer: withPprof('-proto', '-output=/dev/null'),
    ratio: 2.5,
    memory: 500,
    rounds: 1,
  },
  {
    name: 'merge-top',
    kind: 'pprof-labelled',
    size: 1.2,
    files: 100,
    options: ['-t', 'top'],
    peer: withPprof('-top'),
    ratio: 15,
    memory: 500,
    rounds: 1,
  },
  {
    name: 'small',
    kind: 'callgrind',
    size: 0.15,
    peer: withGprof2dot('callgrind'),
    ratio: SMALL,
    repeat: 20,
  },
];

/** Paths of the input: one file, or as many as are asked for. */
function input({ kind, size, files }) {
  const name = join(data, `${kind}-${size}`);
  const paths = files ? Array.from({ length: files }, (_, i) => `${name}-${i + 1}`) : [name];
  for (const [i, path] of paths.entries()) {
    if (existsSync(path)) continue;
    console.error(`generating ${path}`);
    mkdirSync(data, { recursive: true });
    generate(kind, size * MB, `${path}.part`, files && i + 1);
    renameSync(`${path}.part`, path);
  }
  return paths;
}

/**
 * Seconds of CPU and of wall time, and peak memory (MB) of a command that must succeed, or stop after so many seconds
 * of CPU. What takes no longer than some ticks of the clock is to be repeated.
 */
function measure(command, { limit = 'unlimited', repeat = 1 }) {
  const script = `ulimit -t ${limit}; for i in $(seq ${repeat}); do "$@" || exit; done`;
  const start = performance.now();
  const run = spawnSync('/usr/bin/time', ['-f', '%U %S %M', 'sh', '-c', script, 'sh', ...command], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    env,
    maxBuffer: 1 << 26,
  });
  const wall = (performance.now() - start) / 1000 / repeat;
  const figures = run.stderr.trim().split('\n').pop().split(' ').map(Number);
  const stopped = figures[0] + figures[1] > limit - 1;
  if ((run.status !== 0 && !stopped) || figures.length !== 3)
    throw new Error(`${command.join(' ')} failed: ${run.stderr.slice(0, 500)}`);
  const [user, system, kibibytes] = figures;
  return { cpu: (user + system) / repeat, wall, memory: (kibibytes * 1024) / MB, stopped };
}

/** Adds a run of a peer to `runs`; returns why there is none. */
function peerRun(runs, command, repeat) {
  try {
    runs.push(measure(command, { limit: PEER_LIMIT, repeat }));
    return undefined;
  } catch (error) {
    console.error(error.message);
    return 'fails';
  }
}

const seconds = (time) => `${time.toFixed(time < 0.1 ? 3 : 2)} s`;
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const medians = (runs) => ['cpu', 'wall'].map((time) => median(runs.map((run) => run[time])));

function compare({
  name,
  command = [],
  options = [],
  peer,
  ratio,
  memory,
  rounds = ROUNDS,
  repeat,
  ...what
}) {
  const paths = input(what);
  const ours = [];
  const theirs = [];
  let refusal;
  for (let round = 0; round < rounds; round++) {
    ours.push(measure([process.execPath, PROF2DOT, ...command, ...paths, ...options], { repeat }));
    if (peer?.command && !refusal) refusal = peerRun(theirs, [...peer.command, ...paths], repeat);
  }
  const own = medians(ours);
  const peak = Math.max(...ours.map((run) => run.memory));
  const row = [
    name,
    `${what.files ? `${what.files} × ` : ''}${what.size} MB`,
    own.map(seconds).join(' / '),
    `${peak.toFixed(0)} MB${memory ? ` (< ${memory})` : ''}`,
  ];
  if (!peer) return [...row, '', ''];
  if (!peer.command) return [...row, `${peer.name}: missing`, `(≥ ${ratio})`];
  if (refusal) return [...row, `${peer.name}: ${refusal}`, `(≥ ${ratio})`];
  const others = medians(theirs);
  const more = theirs.some((run) => run.stopped) ? '> ' : '';
  return [
    ...row,
    `${peer.name}: ${more}${others.map(seconds).join(' / ')}`,
    `${more}${others.map((time, i) => `${(time / own[i]).toFixed(1)}×`).join(' / ')} (≥ ${ratio})`,
  ];
}

/** The library alone: a tree of ten million nodes to a call graph. */
async function treeToGraph() {
  const { ProfileBuilder } = await import(join(root, 'dist', 'src', 'plugin.js'));
  const { coarsen } = await import(join(root, 'dist', 'src', 'index.js'));
  const row = ['tree-to-graph', '10 M nodes'];
  const taken = [5e6, 1e7].map((nodes) => {
    const profile = randomTree(new ProfileBuilder([{ name: 'samples', unit: 'samples' }]), nodes);
    const start = process.cpuUsage();
    coarsen(profile);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e6;
  });
  return [...row, `${seconds(taken[1])} (< 2.5)`, '', `5 M nodes: ${seconds(taken[0])}`, ''];
}

function randomTree(builder, length) {
  const functions = 20_000;
  for (let f = 0; f < functions; f++) builder.addFrame(builder.addFunction(`f${f}`));
  const parent = new Int32Array(length).fill(-1, 0, 1);
  const frame = new Int32Array(length);
  const self = new Float64Array(length);
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) / 2 ** 24;
  };
  for (let i = 1; i < length; i++) {
    parent[i] = Math.max(0, i - 1 - Math.floor(random() ** 3 * Math.min(i, 5000)));
    frame[i] = (frame[parent[i]] * 5 + 1 + Math.floor(random() * 5)) % functions;
    self[i] = Math.floor(random() * 10);
  }
  return builder.tree({ frame, parent, self: [self] });
}

function print(rows) {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  for (const row of rows)
    console.log(
      row
        .map((cell, c) => cell.padEnd(widths[c]))
        .join('  ')
        .trimEnd(),
    );
}

const wanted = process.argv.slice(2);
const chosen = (name) => wanted.length === 0 || wanted.includes(name);
const rows = [['case', 'input', 'prof2dot', 'peak memory', 'peer', 'ratio']];
for (const one of CASES) if (chosen(one.name)) rows.push(compare(one));
if (chosen('tree-to-graph')) rows.push(await treeToGraph());
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
console.log(
  `prof2dot ${version}, node ${process.version}; medians of CPU (user + system) / wall seconds, targets in brackets\n`,
);
print(rows);
