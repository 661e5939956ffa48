/** Writes stacks as lines; those that read the same are one. */
import {
  CallTree,
  type Column,
  defaultMetric,
  FIRST_ROOM,
  grown,
  Int32List,
  kindsOfStacks,
  type Profile,
  type Sink,
  type StackTable,
  scatterAdd,
  summed,
  type Value,
  zeros,
} from '../../../src/plugin.ts';
import { type FrameTexts, writeLargeTree } from './large-tree.ts';
import { LineWriter } from './line-writer.ts';

export function write(profile: Profile, sink: Sink): void {
  const metric = defaultMetric(profile);
  const columns = profile.meta.hasBase ? [metric + 1, metric] : [metric];
  if (profile.metrics.length > columns.length) {
    const others = new Set(profile.metrics.filter((_, m) => !columns.includes(m)).map((m) => m.name));
    sink.note(
      'one-metric',
      `only ${profile.metrics[metric]!.name} is written`,
      `--metric chooses another: ${[...others].join(', ')}`,
    );
  }
  const { stacks, stackValues } = profile;
  const names = frameTexts(profile);
  // A large list is not worth a tree.
  if (stacks && stackValues)
    writeList(
      stacks,
      columns.map((column) => stackValues[column]!),
      names,
      sink,
    );
  else writeTree(profile, columns, names, sink);
}

function frameTexts({ frames, functions }: Profile): FrameTexts {
  const ids = new Map<string, number>();
  const textOf = functions.name.map((name) => {
    const text = name.replaceAll(';', ':').replace(/[\r\n]+/g, ' ');
    if (!ids.has(text)) ids.set(text, ids.size);
    return ids.get(text)!;
  });
  const of = Int32Array.from({ length: frames.length }, (_, f) => textOf[frames.func[f]!]!);
  return { texts: [...ids.keys()], of };
}

function writeList(stacks: StackTable, columns: Column[], { texts, of }: FrameTexts, sink: Sink): void {
  const { start, frame, length } = stacks;
  const { kind, first } = kindsOfStacks(stacks, undefined, of);
  const sums = columns.map((column) => summed([column.subarray(0, length)], [kind], first.length));
  const lines = new LineWriter(texts, sink);
  const stack = new Int32List();
  for (const [line, i] of first.entries()) {
    if (isNothing(sums, line)) continue;
    stack.length = 0;
    for (let at = start[i]!; at < start[i + 1]!; at++) stack.push(of[frame[at]!]!);
    if (stack.length > 0) lines.write(stack.array, 0, stack.length, counts(sums, line));
  }
  lines.flush();
}

function writeTree(profile: Profile, columns: number[], frames: FrameTexts, sink: Sink): void {
  const { nodes } = profile;
  const { texts, of } = frames;
  const [column = 0, ...others] = columns;
  const left = others.length > 0 ? 0 : writeLargeTree(nodes, frames, nodes.self[column]!, sink);
  if (left === Number.POSITIVE_INFINITY) return;
  const tree = new CallTree(nodes.length);
  const target = new Int32Array(nodes.length);
  for (let n = 0; n < nodes.length; n++) {
    const parent = nodes.parent[n]!;
    target[n] = tree.child(parent < 0 ? -1 : target[parent]!, of[nodes.frame[n]!]!);
  }
  const selves = columns.map((column) => {
    const self = zeros(nodes.self[column]!, tree.length);
    scatterAdd(self, target, nodes.self[column]!);
    return self;
  });
  const lines = new LineWriter(texts, sink);
  let stack = new Int32Array(FIRST_ROOM);
  for (let node = left; node < tree.length; node++) {
    if (isNothing(selves, node)) continue;
    let depth = 0;
    for (let n = node; n >= 0; n = tree.parent[n]!) depth++;
    stack = grown(stack, depth);
    for (let n = node, d = depth; n >= 0; n = tree.parent[n]!) stack[--d] = tree.frame[n]!;
    lines.write(stack, 0, depth, counts(selves, node));
  }
  lines.flush();
}

function counts(values: Column[], row: number): string {
  return values.map((column) => decimal(column[row]!)).join(' ');
}

function isNothing(values: Column[], row: number): boolean {
  return values.every((column) => Number(column[row]) === 0);
}

/** All digits of a number, without an exponent, which few readers of the format know. */
function decimal(value: Value): string {
  if (typeof value === 'bigint') return String(value);
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return String(BigInt(value));
  const text = String(value);
  return text.includes('e') ? value.toFixed(20).replace(/0+$/, '') : text;
}
