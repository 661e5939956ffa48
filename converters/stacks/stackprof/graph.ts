/** Who called whom, as a dump without stacks tells it. */
import {
  Float64List,
  Int32List,
  type LineTable,
  type Profile,
  type ProfileBuilder,
  type Source,
} from '../../../src/plugin.ts';
import { type Scale, tellSum } from './facts.ts';
import type { Frame } from './frames.ts';
import type { Recording } from './recording.ts';

/** Frame *i* becomes node *i*. */
export function graphOf(
  recording: Recording,
  frames: Frame[],
  { metrics, factors }: Scale,
  builder: ProfileBuilder,
  source: Source,
): Profile {
  const sum = frames.reduce((all, { self }) => all + self, 0);
  tellSum(recording, sum, sum * factors[0]!, source);
  const scaled = (samples: Float64Array) => metrics.map((_, m) => samples.map((n) => n * factors[m]!));
  const nodes = {
    frame: framesOf(frames, builder),
    self: scaled(Float64Array.from(frames, ({ self }) => self)),
    total: scaled(totalsOf(frames, sum, source)),
  };
  const { caller, callee, samples } = edgesOf(frames, source);
  const { length } = caller;
  const arcs = {
    length,
    caller,
    callee,
    line: new Int32Array(length),
    calls: new Float64Array(length).fill(Number.NaN),
    total: scaled(samples),
    counts: 'every' as const,
  };
  const lines = linesOf(frames, source);
  return builder.graph(nodes, arcs, { lines: { ...lines, values: scaled(lines.self) } });
}

/** Functions of the same name that begin on the same line are told apart by their numbers. */
function framesOf(frames: Frame[], builder: ProfileBuilder): Int32Array {
  const met = new Set<string>();
  return Int32Array.from(frames, ({ key, name, file, line }) => {
    const what = `${name}\0${file}\0${line}`;
    const id = met.has(what) ? { id: `${name} (${key})` } : {};
    met.add(what);
    return builder.frame(builder.addFunction(name, { file, line, ...id }));
  });
}

function totalsOf(frames: Frame[], sum: number, source: Source): Float64Array {
  let odd = 0;
  const totals = Float64Array.from(frames, ({ self, total }) => {
    const possible = Math.min(Math.max(self, total), sum);
    if (possible !== total) odd++;
    return possible;
  });
  if (odd > 0) {
    const message = `totals below the self or beyond the sum are made possible: ${odd}`;
    source.warn('bad-total', message, { path: 'frames.*.total_samples' });
  }
  return totals;
}

function edgesOf(frames: Frame[], source: Source) {
  const indexOf = new Map(frames.map(({ key }, i) => [key, i]));
  const caller = new Int32List();
  const callee = new Int32List();
  const samples = new Float64List();
  let dangling = 0;
  for (const [i, { edges }] of frames.entries()) {
    for (const [to, count] of edges) {
      const index = indexOf.get(to);
      if (index === undefined) dangling++;
      else {
        caller.push(i);
        callee.push(index);
        samples.push(count);
      }
    }
  }
  if (dangling > 0) {
    const message = `edges to frames that are not there are left out: ${dangling}`;
    source.warn('unknown-callee', message, { path: 'frames.*.edges' });
  }
  return { caller: caller.trimmed(), callee: callee.trimmed(), samples: samples.trimmed() };
}

/** Selves by line; what no line has is on line 0. */
function linesOf(frames: Frame[], source: Source): Omit<LineTable, 'values'> & { self: Float64Array } {
  const node = new Int32List();
  const line = new Int32List();
  const self = new Float64List();
  let odd = 0;
  for (const [i, frame] of frames.entries()) {
    const sum = frame.lines.reduce((all, [, count]) => all + count, 0);
    if (sum > frame.self) odd++;
    const lines = sum > frame.self ? [] : frame.lines;
    const rest = frame.self - (sum > frame.self ? 0 : sum);
    for (const [at, count] of rest > 0 ? [...lines, [0, rest] as const] : lines) {
      if (count === 0) continue;
      node.push(i);
      line.push(at);
      self.push(count);
    }
  }
  if (odd > 0) {
    const message = `functions whose lines have more than they do are read without lines: ${odd}`;
    source.warn('bad-lines', message, { path: 'frames.*.lines' });
  }
  return { length: node.length, node: node.trimmed(), line: line.trimmed(), self: self.trimmed() };
}
