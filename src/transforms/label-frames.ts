/**
 * Makes labels frames: pprof's tagroot and tagleaf. Every stack gets one for each key, outermost at its root or
 * innermost at its leaf, so that samples are grouped by thread, request, … in every view.
 */
import { CallTree } from '../call-tree.ts';
import { scatterAdd, zeros } from '../columns.ts';
import { changed } from '../fewer-rows.ts';
import { stackProfile, treeTable } from '../fold-stacks.ts';
import { labelText } from '../label-values.ts';
import type { Label, Profile, SampleTable, StackTable } from '../profile.ts';

export interface LabelFrameOptions {
  /** Keys of frames at the root, the outermost first. */
  roots: string[];
  /** Keys of frames at the leaf, the innermost last. */
  leaves: string[];
}

/** A profile of stacks. `onNoMatch` is told when no label has any of the keys; `onLostLines`, that lines are lost. */
export function labelFrames(
  profile: Profile,
  { roots, leaves }: LabelFrameOptions,
  onNoMatch: (option: 'tagroot' | 'tagleaf') => void = () => {},
  onLostLines: () => void = () => {},
): Profile {
  const { labelSets } = profile;
  const isKnown = (keys: string[]) => labelSets.some((set) => set.some(({ key }) => keys.includes(key)));
  if (roots.length > 0 && !isKnown(roots)) onNoMatch('tagroot');
  if (leaves.length > 0 && !isKnown(leaves)) onNoMatch('tagleaf');
  const builder = new LabelFunctions(profile);
  const sets = [[], ...labelSets];
  const rootsOf = sets.map((set) => builder.frames(set, roots));
  const leavesOf = sets.map((set) => builder.frames(set, leaves));
  const tables = builder.tables();
  const { stacks, stackValues, stackDetails } = profile;
  if (stacks && stackValues) {
    const longer = longerStacks(stacks, stackDetails?.labels, rootsOf, leavesOf);
    return changed(profile, tables, (rest) => stackProfile(rest, longer, stackValues, stackDetails ?? {}));
  }
  if (profile.lines) onLostLines();
  return longerTree(profile, tables, rootsOf, leavesOf);
}

type Tables = Pick<Profile, 'functions' | 'frames'>;

/** Functions and frames for values of labels, behind those that there are. */
class LabelFunctions {
  readonly #profile: Profile;
  readonly #names: string[] = [];
  readonly #files: string[] = [];
  readonly #known = new Map<string, number>();

  constructor(profile: Profile) {
    this.#profile = profile;
  }

  /** Frames of the values that labels have for the keys. */
  frames(labels: Label[], keys: string[]): number[] {
    return keys.map((key) => {
      const values = labels.filter((label) => label.key === key).map(labelText);
      const name = values.length > 0 ? values.join(',') : `(no ${key})`;
      const known = this.#known.get(`${key}\0${name}`);
      if (known !== undefined) return known;
      const frame = this.#profile.frames.length + this.#names.length;
      this.#names.push(name);
      this.#files.push(key);
      this.#known.set(`${key}\0${name}`, frame);
      return frame;
    });
  }

  tables(): Tables {
    const { functions, frames } = this.#profile;
    const count = this.#names.length;
    const more = (column: Int32Array, length: number, fill: number) => {
      const longer = new Int32Array(length + count).fill(fill, length);
      longer.set(column.subarray(0, length));
      return longer;
    };
    const texts = (column: string[], added: string[]) => [...column.slice(0, functions.length), ...added];
    const { id, process, address, inline } = { ...functions, ...frames };
    const empty = this.#names.map(() => '');
    const ids = this.#names.map((name, i) => `${this.#files[i]}:${name}`);
    const longerAddress = address && new BigUint64Array(frames.length + count);
    longerAddress?.set(address!.subarray(0, frames.length));
    return {
      functions: {
        length: functions.length + count,
        name: texts(functions.name, this.#names),
        systemName: texts(functions.systemName, empty),
        file: texts(functions.file, this.#files),
        line: more(functions.line, functions.length, 0),
        column: more(functions.column, functions.length, 0),
        mapping: more(functions.mapping, functions.length, -1),
        ...(id && { id: texts(id, ids) }),
        ...(process && { process: texts(process, empty) }),
      },
      frames: {
        length: frames.length + count,
        func: more(frames.func, frames.length, 0).map((func, f) =>
          f < frames.length ? func : functions.length + f - frames.length,
        ),
        line: more(frames.line, frames.length, 0),
        column: more(frames.column, frames.length, 0),
        mapping: more(frames.mapping, frames.length, -1),
        ...(longerAddress && { address: longerAddress }),
        ...(inline && { inline: more(inline, frames.length, 0) }),
      },
    };
  }
}

function longerStacks(
  { start, frame, length }: StackTable,
  labels: Int32Array | undefined,
  rootsOf: number[][],
  leavesOf: number[][],
): StackTable {
  const more = rootsOf[0]!.length + leavesOf[0]!.length;
  const longer = new Int32Array(start[length]! - start[0]! + length * more);
  const starts = new Uint32Array(length + 1);
  let to = 0;
  for (let i = 0; i < length; i++) {
    const set = (labels?.[i] ?? -1) + 1;
    for (const root of rootsOf[set]!) longer[to++] = root;
    longer.set(frame.subarray(start[i]!, start[i + 1]!), to);
    to += start[i + 1]! - start[i]!;
    for (const leaf of leavesOf[set]!) longer[to++] = leaf;
    starts[i + 1] = to;
  }
  return { length, start: starts, frame: longer };
}

function longerTree(profile: Profile, tables: Tables, rootsOf: number[][], leavesOf: number[][]): Profile {
  const { nodes } = profile;
  const samples: SampleTable = profile.samples ?? {
    length: nodes.length,
    node: Int32Array.from({ length: nodes.length }, (_, n) => n),
    values: nodes.self,
  };
  const tree = new CallTree();
  const under = (parent: number, frames: number[]) =>
    frames.reduce((node, frame) => tree.child(node, frame), parent);
  const node = new Int32Array(samples.length);
  const placeOf = new Int32Array(nodes.length);
  // By node: the root frames below which its place is known.
  const known = new Int32Array(nodes.length).fill(-2);
  const path: number[] = [];
  const setOf = (i: number) => (samples.labels?.[i] ?? -1) + 1;
  // Only sets that samples have get frames.
  const roots = new Int32Array(rootsOf.length).fill(-2);
  for (let i = 0; i < samples.length; i++)
    if (roots[setOf(i)] === -2) roots[setOf(i)] = under(-1, rootsOf[setOf(i)]!);
  const rows = Int32Array.from({ length: samples.length }, (_, i) => i);
  // What stands below the same frames comes together, so that each node is placed once below them.
  rows.sort((a, b) => roots[setOf(a)]! - roots[setOf(b)]! || a - b);
  for (const i of rows) {
    const set = setOf(i);
    const root = roots[set]!;
    let n = samples.node[i]!;
    for (; n >= 0 && known[n] !== root; n = nodes.parent[n]!) path.push(n);
    let place = n < 0 ? root : placeOf[n]!;
    for (let next = path.pop(); next !== undefined; next = path.pop()) {
      place = tree.child(place, nodes.frame[next]!);
      placeOf[next] = place;
      known[next] = root;
    }
    node[i] = under(place, leavesOf[set]!);
  }
  const self = samples.values.map((column) => {
    const sums = zeros(column, tree.length);
    scatterAdd(sums, node, column);
    return sums;
  });
  const table = treeTable(tree.frame.slice(0, tree.length), tree.parent.slice(0, tree.length), self);
  const moved = profile.samples && { samples: { ...samples, node } };
  return changed(profile, tables, (rest) => ({
    ...rest,
    callers: 'all',
    nodes: table,
    ...moved,
  }));
}
