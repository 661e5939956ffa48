/** The stacks and the lines that cost most. */
import {
  CallTree,
  type Column,
  kindsOfStacks,
  type Profile,
  type StackTable,
  summed,
  type Value,
} from '../../../src/plugin.ts';
import { byMagnitude, placeText } from './rows.ts';

export interface HeavyStack {
  self: Value;
  /** Functions, root first. */
  names: string[];
}

/** The stacks of functions with the greatest self; none where the profile holds no stacks. */
export function heavyStacks(profile: Profile, metric: number, count: number): HeavyStack[] {
  if (profile.callers !== 'all') return [];
  const { stacks, stackValues } = profile;
  if (stacks && stackValues) return heavyListed(profile, stacks, stackValues[metric]!, count);
  const { nodes, frames, functions } = profile;
  // Frames of one function are one here.
  const tree = new CallTree();
  const rows = new Int32Array(nodes.length);
  for (let n = 0; n < nodes.length; n++) {
    const parent = nodes.parent[n]!;
    rows[n] = tree.child(parent < 0 ? -1 : rows[parent]!, frames.func[nodes.frame[n]!]!);
  }
  const self = summed([nodes.self[metric]!], [rows], tree.length);
  return greatest(self, count).map((node) => {
    const names: string[] = [];
    for (let n = node; n >= 0; n = tree.parent[n]!) names.push(functions.name[tree.frame[n]!]!);
    return { self: self[node]!, names: names.reverse() };
  });
}

/** The same of stacks that are listed, without a tree. */
function heavyListed(
  { frames, functions }: Profile,
  stacks: StackTable,
  values: Column,
  count: number,
): HeavyStack[] {
  const { start, frame, length } = stacks;
  const { kind, first } = kindsOfStacks(stacks, undefined, frames.func);
  const self = summed([values.subarray(0, length)], [kind], first.length);
  return greatest(self, count).map((each) => {
    const stack = frame.subarray(start[first[each]!]!, start[first[each]! + 1]!);
    return { self: self[each]!, names: Array.from(stack, (f) => functions.name[frames.func[f]!]!) };
  });
}

export interface HeavyLine {
  self: Value;
  /** File and line. */
  place: string;
}

/** The lines with the greatest self; none where the profile knows no lines. */
export function heavyLines(profile: Profile, metric: number, count: number): HeavyLine[] {
  const { lines, frames, functions, files } = profile;
  const places: string[] = [];
  const ids = new Map<string, number>();
  const { frameOf, values } = spentIn(profile, metric);
  const rows = Int32Array.from({ length: values.length }, (_, i) => {
    const frame = frameOf(i);
    if (frame < 0) return -1;
    const line = lines ? lines.line[i]! : frames.line[frame]!;
    const file = files[lines?.file?.[i] ?? 0] || functions.file[frames.func[frame]!]!;
    const place = line > 0 && file !== '' ? placeText(file, line) : '';
    let id = ids.get(place);
    if (id === undefined) {
      id = places.push(place) - 1;
      ids.set(place, id);
    }
    return id;
  });
  const self = summed([values], [rows], places.length);
  return greatest(self, count + 1)
    .filter((id) => places[id] !== '')
    .slice(0, count)
    .map((id) => ({ self: self[id]!, place: places[id]! }));
}

/** Rows that add up to all self: those of the lines, else the leaves of listed stacks, else the nodes. */
function spentIn(profile: Profile, metric: number): { frameOf: (row: number) => number; values: Column } {
  const { lines, stacks, stackValues } = profile;
  if (stacks && stackValues && !lines) {
    const { start, frame, length } = stacks;
    return {
      frameOf: (i) => (start[i] === start[i + 1] ? -1 : frame[start[i + 1]! - 1]!),
      values: stackValues[metric]!.subarray(0, length),
    };
  }
  const { nodes } = profile;
  if (!lines) return { frameOf: (n) => nodes.frame[n]!, values: nodes.self[metric]! };
  const values = lines.values[metric]!.subarray(0, lines.length);
  return { frameOf: (i) => nodes.frame[lines.node[i]!]!, values };
}

/** Rows with the values that are furthest from 0, at most so many, and no zeros. */
function greatest(values: Column, count: number): number[] {
  return Array.from(values.keys())
    .filter((row) => Number(values[row]) !== 0)
    .sort((a, b) => byMagnitude(values[a]!, values[b]!) || a - b)
    .slice(0, count);
}
