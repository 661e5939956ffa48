/** Gives functions other names and files. Those that are then the same are one, with all that they took. */
import { ProfileBuilder } from '../builder.ts';
import { CallTree } from '../call-tree.ts';
import { scatterAdd, zeros } from '../columns.ts';
import { restOf, withoutLists } from '../fewer-rows.ts';
import { stackProfile, treeTable } from '../fold-stacks.ts';
import type { FrameTable, FunctionTable, Profile } from '../profile.ts';

export interface RenameOptions {
  name?: (name: string) => string;
  file?: (file: string) => string;
  /** Keep old names as system names, where there are none. */
  keepSystemName?: boolean;
}

/** The same profile under other names. Where functions of call graphs become one, the caller groups them. */
export function rename(profile: Profile, options: RenameOptions): Profile {
  const { functions, changed, of } = renamedFunctions(profile.functions, options);
  const files = options.file ? profile.files.map((file) => file && options.file!(file)) : profile.files;
  if (!changed && files.every((file, i) => file === profile.files[i])) return profile;
  const merges = functions.length < profile.functions.length;
  const frames = { ...profile.frames, func: profile.frames.func.map((f) => of[f]!) };
  const merged = merges && profile.callers === 'all' ? mergedFrames(frames) : undefined;
  const meta = withoutLists(profile.meta);
  const rest = { ...restOf(profile), functions, frames: merged?.table ?? frames, files, meta };
  const { stacks, stackValues, stackDetails } = profile;
  if (stacks && stackValues) {
    const frame = merged ? stacks.frame.map((f) => merged.of[f]!) : stacks.frame;
    return stackProfile(rest, { ...stacks, frame }, stackValues, stackDetails ?? {});
  }
  const renamed = { ...profile, ...rest };
  return merged ? regrown(renamed, merged.of) : renamed;
}

function renamedFunctions(
  table: FunctionTable,
  { name: newName = (name) => name, file: newFile = (file) => file, keepSystemName = false }: RenameOptions,
): { functions: FunctionTable; changed: boolean; of: Int32Array } {
  const builder = new ProfileBuilder([]);
  const of = new Int32Array(table.length);
  const known = new Map<string, number>();
  let changed = false;
  for (let f = 0; f < table.length; f++) {
    const name = newName(table.name[f]!);
    const file = newFile(table.file[f]!);
    const isNew = name !== table.name[f];
    changed ||= isNew || file !== table.file[f];
    const info = {
      file,
      line: table.line[f]!,
      column: table.column[f]!,
      mapping: table.mapping[f]!,
      ...(table.id && { id: table.id[f]! }),
      ...(table.process && { process: table.process[f]! }),
    };
    const key = `${name}\0${Object.values(info).join('\0')}`;
    const systemName = table.systemName[f] || (isNew && keepSystemName ? table.name[f]! : '');
    const index = known.get(key) ?? builder.addFunction(name, { ...info, systemName });
    known.set(key, index);
    of[f] = index;
  }
  const { functions } = builder.flat({ frame: new Int32Array(), self: [], total: [] });
  if (table.calls) functions.calls = addedCounts(table.calls, of, functions.length);
  // Of calls between functions that are now one, none would be primitive.
  if (table.primitiveCalls && functions.length === table.length)
    functions.primitiveCalls = table.primitiveCalls;
  return { functions, changed, of };
}

function addedCounts(counts: Float64Array, of: Int32Array, length: number): Float64Array {
  const sums = new Float64Array(length);
  scatterAdd(sums, of, counts, of.length);
  return sums;
}

/** Frames that agree in all are one. */
function mergedFrames(frames: FrameTable): { table: FrameTable; of: Int32Array } {
  const builder = new ProfileBuilder([]);
  const { address, inline } = frames;
  const of = Int32Array.from({ length: frames.length }, (_, f) =>
    builder.frame(frames.func[f]!, {
      line: frames.line[f]!,
      column: frames.column[f]!,
      mapping: frames.mapping[f]!,
      ...(address && { address: address[f]! }),
      ...(inline && { inline: inline[f]! }),
    }),
  );
  return { table: builder.flat({ frame: new Int32Array(), self: [], total: [] }).frames, of };
}

/** The tree with nodes of one frame side by side made one. */
function regrown(profile: Profile, frameOf: Int32Array): Profile {
  const { nodes, samples, lines } = profile;
  const tree = new CallTree(nodes.length);
  const nodeOf = new Int32Array(nodes.length);
  for (let n = 0; n < nodes.length; n++) {
    const parent = nodes.parent[n]!;
    nodeOf[n] = tree.child(parent < 0 ? -1 : nodeOf[parent]!, frameOf[nodes.frame[n]!]!);
  }
  const self = nodes.self.map((column) => {
    const sums = zeros(column, tree.length);
    scatterAdd(sums, nodeOf, column);
    return sums;
  });
  const table = treeTable(tree.frame.slice(0, tree.length), tree.parent.slice(0, tree.length), self);
  if (nodes.calls) {
    table.calls = new Float64Array(tree.length);
    scatterAdd(table.calls, nodeOf, nodes.calls);
  }
  const moved = <T extends { node: Int32Array }>(rows: T): T => ({
    ...rows,
    node: rows.node.map((n) => nodeOf[n]!),
  });
  return {
    ...profile,
    nodes: table,
    ...(samples && { samples: moved(samples) }),
    ...(lines && { lines: moved(lines) }),
  };
}
