/** The profile that recordings make: their trees side by side, with what each node took in time and samples. */
import type { Details, Metric, Profile, ProfileBuilder } from '../../../src/plugin.ts';
import { lineTable } from './lines.ts';
import type { Recording } from './recording.ts';
import type { Recordings } from './recordings.ts';
import { sampleTable } from './samples.ts';
import { durationOf, hasItems, type Rules, type Timeline, timelineOf, weightOf } from './timeline.ts';
import { IDLE, NONE, Tree } from './tree.ts';

const TIME: Metric = { name: 'time', unit: 'microseconds' };
const SAMPLES: Metric = { name: 'samples', unit: 'count' };

/** One recording, worked out. */
export interface Part {
  recording: Recording;
  tree: Tree;
  /** Number in the profile of the tree's first node. */
  offset: number;
  /** Absent if hits are counted. */
  timeline: Timeline | undefined;
  /** By node of the tree: microseconds, if these are known, and samples. */
  self: Float64Array[];
}

/** With `hits`, the hit counts of nodes tell how the time was spent, and the samples' own times do not count. */
export function profileOf(recordings: Recordings, rules: Rules, hits: boolean): Profile {
  const { list, builder, source } = recordings;
  if (list.length === 0) {
    const hint = 'a profile is an object with nodes, samples and timeDeltas';
    source.fail('no-nodes', 'there is no profile in it', undefined, hint);
  }
  const filled = list.filter(hasSamples);
  if (filled.length === 0) {
    const hint = 'was the program too short, or the profiler never stopped?';
    source.fail('no-samples', 'the profile holds no samples', undefined, hint);
  }
  if (filled.length < list.length) {
    const empty = list.find((recording) => !hasSamples(recording))!;
    source.warn('empty-profile', 'a profile without samples', empty.placeOf());
  }
  const parts = filled.map((recording) => {
    const tree = new Tree(recording, recordings.frames, source);
    const part =
      !hits && hasItems(recording.samples)
        ? partByTime(recording, tree, timelineOf(recording, tree, rules, source), rules)
        : partByHits(recording, tree, rules, hits);
    recording.forgetIds();
    return part;
  });
  const timed = parts.every(({ self }) => self.length === 2);
  if (!timed && parts.some(({ self }) => self.length === 2)) {
    source.warn('no-time', 'not all profiles say how long they took: samples are counted instead');
  }
  for (const part of parts) if (!timed) part.self.splice(0, part.self.length - 1);
  builder.metrics.push(...(timed ? [TIME, SAMPLES] : [SAMPLES]));
  describe(builder, filled);
  return assemble(builder, parts, rules);
}

function hasSamples(recording: Recording): boolean {
  return hasItems(recording.samples) || sum(recording.hits, recording.length) > 0;
}

function sum(values: Float64Array, length: number): number {
  let total = 0;
  for (let i = 0; i < length; i++) total += values[i]!;
  return total;
}

function partByTime(recording: Recording, tree: Tree, timeline: Timeline, rules: Rules): Part {
  const time = new Float64Array(tree.length);
  const count = countColumn(recording, tree);
  for (let i = 0; i < timeline.length; i++) {
    const node = timeline.node[i]!;
    if (node < 0) continue;
    time[node]! += weightOf(timeline, i, rules.delta);
    count[node]!++;
  }
  return { recording, tree, offset: 0, timeline, self: timeline.timed ? [time, count] : [count] };
}

/** Zeros by node of the tree, in the memory of the hit counts, which are not needed any more. */
function countColumn({ hits }: Recording, tree: Tree): Float64Array {
  return hits.length < tree.length ? new Float64Array(tree.length) : hits.subarray(0, tree.length).fill(0);
}

/** `timed` if the hits are to tell how the time was spent. */
function partByHits(recording: Recording, tree: Tree, { idle }: Rules, timed: boolean): Part {
  const { hits, samples, length } = recording;
  if (samples && sum(hits, length) === 0) {
    for (let i = 0; i < samples.length; i++) {
      const node = recording.nodeOf(samples.array[i]!);
      if (node >= 0) hits[node]!++;
    }
  }
  const micros = durationOf(recording) / (sum(hits, length) || Number.NaN);
  const counted = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    const number = tree.number(i);
    const left = hits[i] === 0 || number === NONE || (number === IDLE && idle === 'drop');
    counted[i] = left ? NONE : number < 0 ? tree.top(number) : number;
  }
  const count = new Float64Array(tree.length);
  for (let i = 0; i < length; i++) if (counted[i]! >= 0) count[counted[i]!]! += hits[i]!;
  const self = timed && micros > 0 ? [count.map((n) => n * micros), count] : [count];
  return { recording, tree, offset: 0, timeline: undefined, self };
}

function describe({ meta }: ProfileBuilder, recordings: Recording[]): void {
  const [first] = recordings;
  if (recordings.length === 1 && first!.title) meta.title = first!.title;
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  for (const { startTime, endTime } of recordings) {
    start = Math.min(start, startTime);
    end = Math.max(end, endTime);
  }
  if (end > start) meta.duration = (end - start) * 1000;
}

function assemble(builder: ProfileBuilder, parts: Part[], rules: Rules): Profile {
  let length = 0;
  for (const part of parts) {
    part.offset = length;
    length += part.tree.length;
  }
  const details: Details = {};
  if (parts.every(({ timeline }) => timeline)) {
    const labels = parts.length > 1 ? parts.map((part, p) => labelOf(builder, part, p)) : [];
    details.samples = () => sampleTable(parts, labels, rules.delta);
  }
  if (parts.some(({ recording, timeline }) => timeline?.lines || recording.tickNode.length > 0)) {
    details.lines = () => lineTable(parts, rules.delta);
  }
  const [only] = parts;
  if (parts.length === 1) {
    const { tree, self } = only!;
    const frame = tree.frame.subarray(0, length);
    return builder.tree({ frame, parent: tree.parent.subarray(0, length), self }, details);
  }
  const frame = new Int32Array(length);
  const parent = new Int32Array(length);
  const self = only!.self.map(() => new Float64Array(length));
  for (const { tree, offset, self: own } of parts) {
    frame.set(tree.frame.subarray(0, tree.length), offset);
    for (const [m, column] of own.entries()) self[m]!.set(column, offset);
    for (let n = 0; n < tree.length; n++) {
      const p = tree.parent[n]!;
      parent[offset + n] = p < 0 ? -1 : offset + p;
    }
  }
  return builder.tree({ frame, parent, self }, details);
}

/** The label that tells several profiles of one file apart. */
function labelOf(builder: ProfileBuilder, { recording }: Part, index: number): number {
  return builder.labels([{ key: 'profile', value: recording.title ?? `${index + 1}` }]);
}
