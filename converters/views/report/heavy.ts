/** The stacks and the lines that cost most. */
import { CallTree, type Column, type Profile, summed, type Value } from '../../../src/plugin.ts';
import { byMagnitude, placeText } from './rows.ts';

export interface HeavyStack {
  self: Value;
  /** Functions, root first. */
  names: string[];
}

/** The stacks of functions with the greatest self; none where the profile holds no stacks. */
export function heavyStacks(profile: Profile, metric: number, count: number): HeavyStack[] {
  const { nodes, frames, functions } = profile;
  if (profile.callers !== 'all') return [];
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

export interface HeavyLine {
  self: Value;
  /** File and line. */
  place: string;
}

/** The lines with the greatest self; none where the profile knows no lines. */
export function heavyLines(profile: Profile, metric: number, count: number): HeavyLine[] {
  const { lines, nodes, frames, functions, files } = profile;
  const places: string[] = [];
  const ids = new Map<string, number>();
  const values = lines ? lines.values[metric]! : nodes.self[metric]!;
  const rows = Int32Array.from({ length: values.length }, (_, i) => {
    const frame = nodes.frame[lines ? lines.node[i]! : i]!;
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

/** Rows with the values that are furthest from 0, at most so many, and no zeros. */
function greatest(values: Column, count: number): number[] {
  return Array.from(values.keys())
    .filter((row) => Number(values[row]) !== 0)
    .sort((a, b) => byMagnitude(values[a]!, values[b]!) || a - b)
    .slice(0, count);
}
