/**
 * The samples of a recording in order of time, and where each of them stood.
 *
 * A sample lasts until the next one. V8 leaves two things open: how long the last sample lasted, and where the
 * program was while it collected garbage or was in native code. The rules for both are those of Chrome DevTools
 * (front_end/models/cpu_profile/CPUProfileDataModel.ts), or those of speedscope.
 */
import { NumberList, type Source } from '../../../src/plugin.ts';
import type { Recording } from './recording.ts';
import { GC, IDLE, NONE, PROGRAM, type Tree } from './tree.ts';

export interface Rules {
  delta: 'forward' | 'backward';
  /** How long the last sample lasts: the mean of the others, or no time at all. */
  last: 'mean' | 'none';
  /** Samples out of order: put in order, or taken to be as late as the one before. */
  unsorted: 'sort' | 'clamp';
  /** Where garbage collection goes: on the stack before it, or at the top as recorded. */
  gc: 'stack' | 'root';
  /** (program): one sample between two of one stack is filled in; or as with `gc`. */
  program: 'fill' | 'stack' | 'root';
  idle: 'keep' | 'drop';
}

export interface Timeline {
  length: number;
  /** False if nothing is known of times: all deltas are 0. */
  timed: boolean;
  /** By sample: number in the tree; -1 = on no stack, its time is left out. */
  node: Int32Array;
  /** Microseconds since the sample before, since the start for the first one. */
  deltas: Int32Array | Float64Array;
  /** Microseconds that the last sample lasted. */
  tail: number;
  /** Lines of the samples; 0 = unknown. */
  lines: Int32Array | Float64Array | undefined;
}

/** In place of a node's number: it is not in the file. */
const MISSING = -2;

/** The timeline of a recording with samples. Adds nodes to the tree where samples are put on top of others. */
export function timelineOf(recording: Recording, tree: Tree, rules: Rules, source: Source): Timeline {
  const samples = recording.samples!;
  const { deltas, timed } = deltasOf(recording, samples.length);
  const place = recording.placeOf();
  if (deltas.length < samples.length) {
    const without = samples.length - deltas.length;
    source.warn('deltas-shorter', `samples at the end without time are left out: ${without}`, place);
  } else if (deltas.length > samples.length + 1) {
    const without = deltas.length - samples.length - 1;
    source.warn(
      'deltas-longer',
      `timeDeltas at the end that belong to no sample are left out: ${without}`,
      place,
    );
  }
  if (timed && !hasItems(recording.timeDeltas) && !hasItems(recording.timestamps)) {
    source.warn('no-deltas', 'the samples have no times; they are taken to be evenly spaced', place);
  }
  const length = Math.min(samples.length, deltas.length);
  const node = numbersOf(samples, length, recording, tree);
  const timeline: Timeline = {
    length,
    timed,
    node,
    deltas: deltas.array.subarray(0, length),
    tail: 0,
    lines: recording.lines && recording.lines.length >= length ? recording.lines.array : undefined,
  };
  const back = putInOrder(timeline, rules.unsorted);
  if (back > 0 && rules.unsorted === 'sort') {
    source.warn('unsorted', `samples that are earlier than the one before are put in order: ${back}`, place);
  }
  if (deltas.length > length) timeline.tail = Math.max(0, deltas.array[length]!);
  else if (rules.last === 'mean') timeline.tail = lastSample(recording, timeline);
  if (timeline.deltas[0]! < 0) timeline.deltas[0] = 0;
  if (!(spanOf(timeline) <= Number.MAX_SAFE_INTEGER))
    source.fail('bad-value', 'timeDeltas beyond all bounds', place);
  placeSamples(timeline, tree, rules);
  leaveOutMissing(timeline, rules, source, recording);
  return timeline;
}

/** Microseconds that a sample lasted. */
export function weightOf({ length, deltas, tail }: Timeline, sample: number, delta: Rules['delta']): number {
  if (delta === 'backward') return deltas[sample]!;
  return sample + 1 < length ? deltas[sample + 1]! : tail;
}

/** Whether a list is there, and not empty. */
export function hasItems(list: NumberList | undefined): list is NumberList {
  return list !== undefined && list.length > 0;
}

/** Microseconds between samples: as they stand in the file, from timestamps, or even steps from start to end. */
function deltasOf(recording: Recording, samples: number): { deltas: NumberList; timed: boolean } {
  const { timeDeltas, timestamps, startTime } = recording;
  if (hasItems(timeDeltas)) return { deltas: timeDeltas, timed: true };
  const deltas = new NumberList(samples + 1);
  if (hasItems(timestamps)) {
    const { array, length } = timestamps;
    const start = Number.isNaN(startTime) ? array[0]! : startTime;
    for (let i = 0; i < length; i++) deltas.push(i === 0 ? array[0]! - start : array[i]! - array[i - 1]!);
    return { deltas, timed: true };
  }
  const micros = durationOf(recording);
  const timed = micros > 0;
  for (let i = 0; i <= samples; i++) deltas.push(i === 0 || !timed ? 0 : micros / samples);
  return { deltas, timed };
}

/** Microseconds from start to end; NaN = unknown. */
export function durationOf({ startTime, endTime }: Recording): number {
  return endTime - startTime;
}

/** The samples' node ids, made numbers in the tree. */
function numbersOf(samples: NumberList, length: number, recording: Recording, tree: Tree): Int32Array {
  const { array } = samples;
  // The ids are needed no more: their memory is used again.
  const numbers = array instanceof Int32Array ? array.subarray(0, length) : new Int32Array(length);
  for (let i = 0; i < length; i++) {
    const node = recording.nodeOf(array[i]!);
    numbers[i] = node < 0 ? MISSING : tree.number(node);
  }
  return numbers;
}

/** Puts samples in order of time, or moves them up to the one before; returns how many came too early. */
function putInOrder(timeline: Timeline, unsorted: Rules['unsorted']): number {
  const { length, deltas } = timeline;
  let back = 0;
  for (let i = 1; i < length; i++) if (deltas[i]! < 0) back++;
  if (back > 0) {
    const times = new Float64Array(length);
    let time = 0;
    for (let i = 0; i < length; i++) {
      time += deltas[i]!;
      times[i] = time;
    }
    if (unsorted === 'clamp') for (let i = 1; i < length; i++) times[i] = Math.max(times[i]!, times[i - 1]!);
    else {
      const order = orderOf(times);
      timeline.node = timeline.node.map((_, i) => timeline.node[order[i]!]!);
      const { lines } = timeline;
      if (lines) timeline.lines = lines.slice(0, length).map((_, i) => lines[order[i]!]!);
      times.sort();
    }
    timeline.deltas = times.map((t, i) => (i === 0 ? t : t - times[i - 1]!));
  }
  return back;
}

/** Indices by time; samples of one time stay in their order. Few are out of order, as a rule. */
function orderOf(times: Float64Array): Uint32Array {
  const order = new Uint32Array(times.length);
  const late: number[] = [];
  let count = 0;
  let latest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < times.length; i++) {
    if (times[i]! >= latest) {
      latest = times[i]!;
      order[count++] = i;
    } else {
      late.push(i);
    }
  }
  const compare = (a: number, b: number) => times[a]! - times[b]! || a - b;
  late.sort(compare);
  // Both runs are sorted: merged from their ends.
  for (let to = times.length - 1, left = late.length - 1; left >= 0; to--) {
    const takeLate = count === 0 || compare(order[count - 1]!, late[left]!) < 0;
    order[to] = takeLate ? late[left--]! : order[--count]!;
  }
  return order;
}

/** As long as the others on average, but not beyond the end of the recording. */
function lastSample(recording: Recording, { length, deltas }: Timeline): number {
  let between = 0;
  for (let i = 1; i < length; i++) between += deltas[i]!;
  const left = durationOf(recording) - deltas[0]! - between;
  if (length === 1) return Math.max(0, left || 0);
  const mean = between / (length - 1);
  return left > 0 ? Math.min(left, mean) : mean;
}

/** Microseconds from the first sample to the end, all steps taken forward. */
function spanOf({ length, deltas, tail }: Timeline): number {
  let span = tail;
  for (let i = 0; i < length; i++) span += Math.abs(deltas[i]!);
  return span;
}

/** Finds the stacks of samples that V8 recorded outside of any function. */
function placeSamples({ length, node, lines }: Timeline, tree: Tree, rules: Rules): void {
  /** Where the sample before was, as placed and as recorded. */
  let current = NONE;
  let before = NONE;
  for (let i = 0; i < length; i++) {
    const recorded = node[i]!;
    let placed = recorded;
    if (recorded < MISSING) {
      const fills =
        recorded === PROGRAM && rules.program === 'fill' && i > 0 && i + 1 < length
          ? isSameStack(tree, before, node[i + 1]!)
          : false;
      const onStack =
        recorded === GC ? rules.gc === 'stack' : recorded === PROGRAM && rules.program === 'stack';
      if (fills) placed = before;
      else if (onStack) placed = tree.onTop(current, recorded);
      else if (recorded === IDLE && rules.idle === 'drop') placed = NONE;
      else placed = tree.top(recorded);
      if (lines) lines[i] = 0;
    }
    current = placed === MISSING ? NONE : placed;
    before = recorded;
    node[i] = placed;
  }
}

/** Whether both samples ran functions called by the same outermost one. */
function isSameStack(tree: Tree, before: number, after: number): boolean {
  return before >= NONE && after >= NONE && tree.outermost(before) === tree.outermost(after);
}

function leaveOutMissing(timeline: Timeline, rules: Rules, source: Source, recording: Recording): void {
  let count = 0;
  let time = 0;
  for (let i = 0; i < timeline.length; i++) {
    if (timeline.node[i] !== MISSING) continue;
    timeline.node[i] = NONE;
    count++;
    time += weightOf(timeline, i, rules.delta);
  }
  if (count > 0) {
    const message = `samples of nodes that are not in the file are left out: ${count}, with ${time} µs`;
    source.warn('unknown-node', message, recording.placeOf('samples'));
  }
}
