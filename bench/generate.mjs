/**
 * Writes a large input: node bench/generate.mjs KIND MEGABYTES FILE [SEED], where KIND is folded, perf,
 * cpuprofile, callgrind, pprof, pprof-labelled, gprof or pstats.
 * The same arguments give the same bytes.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { makeProgram, randoms, Walk } from './program.mjs';

/** Text or bytes to a file, in large pieces. */
class Out {
  size = 0;
  #file;
  #pieces = [];
  #pending = 0;

  constructor(path) {
    this.#file = openSync(path, 'w');
  }

  write(piece) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
    this.#pieces.push(bytes);
    this.#pending += bytes.length;
    this.size += bytes.length;
    if (this.#pending > 1 << 20) this.#flush();
  }

  #flush() {
    writeSync(this.#file, Buffer.concat(this.#pieces));
    this.#pieces = [];
    this.#pending = 0;
  }

  close() {
    this.#flush();
    closeSync(this.#file);
  }
}

/** A calling-context tree as it grows along a walk. */
class Tree {
  frame = [-1];
  self = [0];
  children = [new Map()];
  path = [0];

  /** The node of the walk's stack, made if it is new. */
  follow(stack, keep) {
    this.path.length = Math.min(keep + 1, this.path.length);
    for (let d = this.path.length - 1; d < stack.length; d++)
      this.path.push(this.child(this.path[d], stack[d]));
    return this.path[this.path.length - 1];
  }

  child(parent, frame) {
    let node = this.children[parent].get(frame);
    if (node === undefined) {
      node = this.frame.push(frame) - 1;
      this.self.push(0);
      this.children.push(new Map());
      this.children[parent].set(frame, node);
    }
    return node;
  }

  /** Depth first, parents before children. */
  *preorder() {
    const open = [0];
    while (open.length > 0) {
      const node = open.pop();
      yield node;
      open.push(...[...this.children[node].values()].reverse());
    }
  }
}

function folded(target, out) {
  const functions = makeProgram(8000);
  const walk = new Walk(functions);
  const tree = new Tree();
  let size = 0;
  while (size < target) {
    const node = tree.follow(walk.stack, walk.step());
    if (tree.self[node]++ === 0) for (const f of walk.stack) size += functions[f].name.length + 1;
  }
  const names = [];
  const depths = new Map([[0, 0]]);
  for (const node of tree.preorder()) {
    const depth = depths.get(node);
    depths.delete(node);
    for (const child of tree.children[node].values()) depths.set(child, depth + 1);
    if (depth > 0) names[depth - 1] = functions[tree.frame[node]].name;
    if (tree.self[node] > 0) out.write(`${names.slice(0, depth).join(';')} ${tree.self[node]}\n`);
  }
}

/** Samples as perf script prints them: frames return to the call sites of a function, leaves are anywhere in it. */
function perf(target, out) {
  const functions = makeProgram(3000);
  const walk = new Walk(functions);
  const random = randoms(4);
  for (let time = 1e6; out.size < target; time += 101) {
    walk.step();
    const { stack } = walk;
    const stamp = `${1000 + Math.floor(time / 1e6)}.${String(time % 1e6).padStart(6, '0')}`;
    const thread = 4000 + (stack.length % 8);
    const lines = [`server ${thread} [00${thread % 4}] ${stamp}: ${1e6 + (time % 977)} cycles:u: \n`];
    for (let d = stack.length - 1; d >= 0; d--) {
      const { name, object } = functions[stack[d]];
      const offset = d === stack.length - 1 ? Math.floor(random() * 16) * 4 : 64 + (stack[d + 1] % 240) * 4;
      const address = (0x7f0000000000 + stack[d] * 1024 + offset).toString(16);
      lines.push(`\t${address.padStart(16)} ${name}+0x${offset.toString(16)} (${object})\n`);
    }
    out.write(`${lines.join('')}\n`);
  }
}

function cpuprofile(target, out) {
  const functions = makeProgram(20_000, { style: 'js' });
  const walk = new Walk(functions);
  const random = randoms(3);
  const tree = new Tree();
  const samples = [];
  while (tree.frame.length * 190 + samples.length * 12 < target) {
    const moved = samples.length === 0 || random() < 0.3;
    const node = moved ? tree.follow(walk.stack, walk.step()) : samples[samples.length - 1];
    samples.push(node);
    tree.self[node]++;
  }
  out.write('{"nodes":[');
  for (const node of tree.preorder()) {
    const f = functions[tree.frame[node]];
    const callFrame = f
      ? {
          functionName: f.name,
          scriptId: '12',
          url: f.file,
          lineNumber: f.line - 1,
          columnNumber: f.column - 1,
        }
      : { functionName: '(root)', scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 };
    const entry = { id: node + 1, callFrame, hitCount: tree.self[node] };
    if (tree.children[node].size > 0)
      entry.children = [...tree.children[node].values()].map((child) => child + 1);
    if (tree.self[node] > 0 && f) entry.positionTicks = [{ line: f.line + 2, ticks: tree.self[node] }];
    out.write(`${node === 0 ? '' : ','}${JSON.stringify(entry)}`);
  }
  const delta = () => 900 + Math.floor(random() * 300);
  const list = (count, value) => {
    for (let i = 0; i < count; i++) out.write(`${i === 0 ? '' : ','}${value(i)}`);
  };
  out.write(`],"startTime":1000000,"endTime":${1000000 + samples.length * 1300},"samples":[`);
  list(samples.length, (i) => samples[i] + 1);
  out.write('],"timeDeltas":[');
  list(samples.length, delta);
  out.write(']}');
}

/** Without the line `# callgrind format`, which gprof2dot learned late to read over. */
function callgrind(target, out) {
  const functions = makeProgram(60_000, { acyclic: true });
  const random = randoms(4);
  const seen = new Map();
  const reference = (kind, text) => {
    const key = `${kind}${text}`;
    if (seen.has(key)) return `(${seen.get(key)})`;
    seen.set(key, seen.size + 1);
    return `(${seen.size}) ${text}`;
  };
  out.write('version: 1\ncreator: callgrind-3.19.0\ncmd: ./server\npositions: line\nevents: Ir\n\n');
  for (let i = 0; out.size < target; i = (i + 1) % functions.length) {
    const f = functions[i];
    let text = `ob=${reference('ob', f.object)}\nfl=${reference('fl', f.file)}\nfn=${reference('fn', f.name)}\n`;
    let line = f.line;
    for (let k = 3 + Math.floor(random() ** 2 * 500); k > 0; k--) {
      line += 1 + Math.floor(random() * 3);
      text += `${line} ${1 + Math.floor(random() ** 6 * 1e7)}\n`;
      if (random() > 0.12) continue;
      const callee = functions[f.callees[Math.floor(random() * f.callees.length)]];
      if (callee.object !== f.object) text += `cob=${reference('ob', callee.object)}\n`;
      if (callee.file !== f.file) text += `cfi=${reference('fl', callee.file)}\n`;
      text += `cfn=${reference('fn', callee.name)}\ncalls=${1 + Math.floor(random() * 5000)} ${callee.line}\n`;
      text += `${line} ${1 + Math.floor(random() ** 4 * 1e8)}\n`;
    }
    out.write(`${text}\n`);
  }
}

function varint(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  bytes.push(value);
  return bytes;
}

const number = (field, value) => [...varint(field * 8), ...varint(value)];
const nested = (field, bytes) => [...varint(field * 8 + 2), ...varint(bytes.length), ...bytes];

/** Long, hardly ever equal stacks, as in a profile merged from a fleet. */
function pprof(target, out) {
  samplesOf(makeProgram(16_700), target * 0.95, randoms(5), out);
}

/** One of the profiles of a fleet: the same small program, with labels. The seed makes the samples. */
function labelledPprof(target, out, seed) {
  samplesOf(makeProgram(3000), target * 0.7, randoms(seed), out, true);
}

function samplesOf(functions, target, random, out, labelled = false) {
  const strings = new Map([['', 0]]);
  const string = (text) => {
    if (!strings.has(text)) strings.set(text, strings.size);
    return strings.get(text);
  };
  const put = (field, bytes) => out.write(Uint8Array.from(nested(field, bytes)));
  put(1, [...number(1, string('samples')), ...number(2, string('count'))]);
  put(1, [...number(1, string('cpu')), ...number(2, string('nanoseconds'))]);
  const ids = functions.map((_, f) => [0, 1, 2].map((k) => varint(1 + f * 3 + k)));
  const label = (key, value) => nested(3, [...number(1, string(key)), ...number(2, string(value))]);
  const labels = () =>
    labelled
      ? [
          ...label('thread', `worker-${Math.floor(random() * 64)}`),
          ...label('handler', `/api/${Math.floor(random() * 18)}`),
        ]
      : [];
  while (out.size < target) {
    let f = Math.floor(random() * 50);
    const stack = [];
    for (let depth = 15 + Math.floor(random() * 30); depth > 0; depth--) {
      stack.push(ids[f][Math.floor(random() * 3)]);
      const { callees } = functions[f];
      f = callees[Math.floor(random() * callees.length)];
    }
    const values = nested(2, [...varint(1), ...varint(10_000_000)]);
    put(2, [...nested(1, stack.reverse().flat()), ...values, ...labels()]);
  }
  put(3, [
    ...number(1, 1),
    ...number(2, 0x400000),
    ...number(3, 0x9000000),
    ...number(5, string('/usr/bin/server')),
  ]);
  for (const [i, f] of functions.entries()) {
    for (let k = 0; k < 3; k++) {
      const line = nested(4, [...number(1, i + 1), ...number(2, f.line + k * 7)]);
      put(4, [
        ...number(1, 1 + i * 3 + k),
        ...number(2, 1),
        ...number(3, 0x400000 + i * 64 + k * 9),
        ...line,
      ]);
    }
    put(5, [
      ...number(1, i + 1),
      ...number(2, string(f.name)),
      ...number(4, string(f.file)),
      ...number(5, f.line),
    ]);
  }
  for (const text of strings.keys()) put(6, [...Buffer.from(text)]);
}

/** A graph without cycles whose costs add up: functions call later ones, and their totals follow from that. */
function graph(functionCount, seed) {
  const functions = makeProgram(functionCount, { seed });
  const random = randoms(seed);
  const callers = functions.map(() => []);
  const callees = functions.map(() => []);
  for (let i = 0; i + 1 < functionCount; i++) {
    const near = Math.min(functionCount - i - 1, 2000);
    const called = new Set(Array.from({ length: 8 }, () => i + 1 + Math.floor(random() * near)));
    for (const j of called) {
      const arc = { caller: i, callee: j, calls: 1 + Math.floor(random() * 50), self: 0, total: 0 };
      callees[i].push(arc);
      callers[j].push(arc);
    }
  }
  const selves = functions.map(() => Math.floor(random() * 100) / 100);
  const totals = [...selves];
  for (let j = functionCount - 1; j >= 0; j--) {
    for (const arc of callees[j]) totals[j] += arc.total;
    const all = callers[j].reduce((sum, { calls }) => sum + calls, 0);
    for (const arc of callers[j]) {
      arc.self = (selves[j] * arc.calls) / all;
      arc.total = (totals[j] * arc.calls) / all;
    }
  }
  return { functions, callers, callees, selves, totals };
}

/** gprof's call graph, as GNU gprof prints it without what it explains. */
function gprof(target, out, seed) {
  const { functions, callers, callees, selves, totals } = graph(Math.ceil(target / 1730), seed);
  const sum = selves.reduce((a, b) => a + b, 0);
  const name = (i) => `${functions[i].name} [${i + 1}]`;
  const calls = callers.map((arcs) => arcs.reduce((all, arc) => all + arc.calls, 0));
  const costs = (self, rest) => `${self.toFixed(2).padStart(8)}${rest.toFixed(2).padStart(8)}`;
  const row = (arc, i) =>
    `${' '.repeat(12)}${costs(arc.self, arc.total - arc.self)}${`${arc.calls}/${calls[arc.callee]}`.padStart(15)}         ${name(i)}\n`;
  out.write(`\ngranularity: each sample hit covers 2 byte(s) for 0.01% of ${sum.toFixed(2)} seconds\n\n`);
  out.write('index % time    self  children    called     name\n');
  for (let i = 0; i < functions.length; i++) {
    if (callers[i].length === 0) out.write(`${' '.repeat(49)}<spontaneous>\n`);
    for (const arc of callers[i]) out.write(row(arc, arc.caller));
    const share = ((100 * totals[i]) / sum).toFixed(1);
    out.write(
      `${`[${i + 1}]`.padEnd(6)}${share.padStart(6)}${costs(selves[i], totals[i] - selves[i])}${`${calls[i] || ''}`.padStart(11)}             ${name(i)}\n`,
    );
    for (const arc of callees[i]) out.write(row(arc, arc.callee));
    out.write(`${'-'.repeat(47)}\n`);
  }
  out.write('\n\f\nIndex by function name\n\n');
}

/** What Python's cProfile dumps: a marshalled dictionary. */
function pstats(target, out, seed) {
  const { functions, callers, selves, totals } = graph(Math.ceil(target / 355), seed);
  const int = (value) => {
    const bytes = Buffer.alloc(5, 'i');
    bytes.writeInt32LE(value, 1);
    return bytes;
  };
  const float = (value) => {
    const bytes = Buffer.alloc(9, 'g');
    bytes.writeDoubleLE(value, 1);
    return bytes;
  };
  const text = (value) => Buffer.concat([Buffer.from([0x7a, value.length]), Buffer.from(value)]);
  const tuple = (...items) => Buffer.concat([Buffer.from([0x29, items.length]), ...items]);
  const dict = (entries) => Buffer.concat([Buffer.from('{'), ...entries.flat(), Buffer.from('0')]);
  // Keys are numbered as they come, and named by their numbers from then on.
  const key = ({ file, line }, i) => {
    const whole = tuple(text(file), int(line), text(`function_${i}`));
    whole[0] |= 0x80;
    return whole;
  };
  const known = (i) => {
    const bytes = int(i);
    bytes[0] = 0x72;
    return bytes;
  };
  out.write('{');
  for (const [i, func] of functions.entries()) {
    const calls = callers[i].reduce((all, arc) => all + arc.calls, 0) || 1;
    const from = callers[i].map((arc) => [
      known(arc.caller),
      tuple(int(arc.calls), int(arc.calls), float(arc.self), float(arc.total)),
    ]);
    out.write(key(func, i));
    out.write(tuple(int(calls), int(calls), float(selves[i]), float(totals[i]), dict(from)));
  }
  out.write('0');
}

const KINDS = {
  gprof,
  pstats,
  folded,
  perf,
  cpuprofile,
  callgrind,
  pprof,
  'pprof-labelled': labelledPprof,
};

/** Writes an input of the given kind and size (bytes, roughly). */
export function generate(kind, bytes, path, seed = 5) {
  const out = new Out(path);
  KINDS[kind](bytes, out, seed);
  out.close();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [kind, megabytes, path, seed = 5] = process.argv.slice(2);
  generate(kind, Number(megabytes) * 1e6, path, Number(seed));
}
