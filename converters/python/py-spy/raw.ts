/**
 * `record -f raw`: folded stacks. The frames of processes and threads that stand first in a stack become labels.
 *
 * The tree is made with them, since that is quick; where there are any, they are then taken out.
 */
import {
  type Column,
  doubles,
  type Profile,
  ProfileBuilder,
  type Source,
  StackTree,
  sumOf,
} from '../../../src/plugin.ts';
import { EMPTY_STACK, SampledTree } from '../sampled-tree.ts';
import { nodesOf, SAMPLES, StackLines } from '../stack-lines.ts';
import { addFrame, frameOf } from './frames.ts';
import { labelsOf } from './labels.ts';
import { type Prefix, prefixAt } from './prefix.ts';

export function readRaw(source: Source): Profile {
  const texts: string[] = [];
  const stacks = new StackTree(1, source.size, (text) => texts.push(text) - 1);
  const lines = new StackLines(source);
  lines.addTo(stacks);
  const { frame, parent, self } = nodesOf(stacks, source);
  const labelled = frame.some((text, node) => parent[node]! < 0 && prefixAt(texts[text]!, undefined));
  if (labelled) return withLabels(texts, frame, parent, exact(self[0]!, source));
  const builder = new ProfileBuilder([SAMPLES]);
  const frames = texts.map((text) => addFrame(builder, frameOf(text || EMPTY_STACK)));
  return builder.tree({ frame: frame.map((text) => frames[text]!), parent, self });
}

/** Values of samples are doubles. */
function exact(self: Column, source: Source): Float64Array {
  if (!(Number(sumOf(self)) <= Number.MAX_SAFE_INTEGER))
    source.warn('inexact-count', 'counts of threads beyond 2^53 are rounded');
  return doubles(self);
}

function withLabels(texts: string[], text: Int32Array, parent: Int32Array, self: Float64Array): Profile {
  const builder = new ProfileBuilder([SAMPLES]);
  const frames: number[] = [];
  const labels = new Map<Prefix, number>();
  const samples = new SampledTree(1);
  const { tree } = samples;
  /** By node of the tree that was read: the node without prefixes, -1 in one; and the prefix it stands under. */
  const nodeOf = new Int32Array(text.length);
  const prefixes = new Array<Prefix | undefined>(text.length);
  const value = new Float64Array(1);
  for (let n = 0; n < text.length; n++) {
    const up = parent[n]!;
    const above = up < 0 ? undefined : prefixes[up];
    const frameText = texts[text[n]!]!;
    const prefix = up < 0 || nodeOf[up]! < 0 ? prefixAt(frameText, above) : undefined;
    prefixes[n] = prefix ?? above;
    if (prefix) {
      nodeOf[n] = -1;
    } else {
      frames[text[n]!] ??= addFrame(builder, frameOf(frameText || EMPTY_STACK));
      nodeOf[n] = tree.child(up < 0 ? -1 : nodeOf[up]!, frames[text[n]!]!);
    }
    value[0] = self[n]!;
    if (value[0] === 0) continue;
    const node = prefix ? tree.child(-1, addFrame(builder, { name: EMPTY_STACK })) : nodeOf[n]!;
    const under = prefixes[n];
    let label = under ? labels.get(under) : -1;
    if (label === undefined) {
      label = builder.labels(labelsOf(under!));
      labels.set(under!, label);
    }
    samples.add(node, value, Number.NaN, label);
  }
  return samples.profile(builder);
}
