/**
 * `--flamechart`: a line with the time in microseconds since 1970, then a line with the stack seen at it.
 *
 * Stacks of several threads may have one time. Each lasts until the next other time; how long the last ones
 * lasted is not known, so they have no time, but count as samples.
 */
import {
  Float64List,
  Int32List,
  type Profile,
  ProfileBuilder,
  type Source,
  StackTree,
  trimmedEnd,
} from '../../../src/plugin.ts';
import { SAMPLES } from '../stack-lines.ts';
import { frameReader } from './frames.ts';

const TIME = { name: 'time', unit: 'microseconds' };
const SEMICOLON = 59;
const ZERO = 48;

/** The first line that holds more than blanks is a time. */
export function readFlamechart(source: Source): Profile {
  const builder = new ProfileBuilder([TIME, SAMPLES]);
  const tree = new StackTree(2, source.size, frameReader(builder));
  const lines = source.lines();
  const stamps = new Float64List();
  const nodes = new Int32List();
  let stamp = 0;
  while (lines.next()) {
    const { bytes, start } = lines;
    let end = trimmedEnd(bytes, start, lines.end);
    if (end === start) continue;
    const number = integerIn(bytes, start, end);
    if (number > Number.MAX_SAFE_INTEGER)
      source.fail('bad-time', 'the time is no number of microseconds since 1970', lines.place());
    if (number >= 0) {
      if (number < stamp)
        source.warn('time-backwards', 'a time before the one above is moved up to it', lines.place());
      stamp = Math.max(stamp, number);
      continue;
    }
    if (bytes[end - 1] === SEMICOLON) end--;
    nodes.push(tree.node(lines, start, end));
    stamps.push(stamp);
  }
  if (nodes.length === 0)
    source.fail('no-stacks', 'there is no stack in it', undefined, 'a time is followed by a stack');
  return profileOf(builder, tree, nodes.trimmed(), stamps.trimmed(), stamp);
}

/** The number that all of the bytes are; -1 if they are none. */
function integerIn(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** `last`: a time at the end that no stack follows. */
function profileOf(
  builder: ProfileBuilder,
  tree: StackTree,
  node: Int32Array,
  stamps: Float64Array,
  last: number,
): Profile {
  const { length } = node;
  const weight = new Float64Array(length);
  let next = last;
  for (let i = length - 1, later = last; i >= 0; i--) {
    if (stamps[i]! < later) {
      next = later;
      later = stamps[i]!;
    }
    weight[i] = next - stamps[i]!;
  }
  for (let i = 0; i < length; i++) {
    tree.add(node[i]!, 0, weight[i]!);
    tree.add(node[i]!, 1, 1);
  }
  const begin = stamps[0]!;
  builder.meta.startTime = BigInt(begin) * 1000n;
  builder.meta.duration = (last - begin) * 1000;
  const time = stamps.map((stamp) => (stamp - begin) * 1000);
  const values = [weight, new Float64Array(length).fill(1)];
  return builder.tree(tree.columns(), { samples: { length, node, values, time } });
}
