/** Self values as the format lists them: by function, then file, then line, each place once. */
import { type Column, type Profile, scatterAdd, zeros } from '../../../src/plugin.ts';

/** Rows of node *n* are `start[n] … start[n + 1]`: those in the function's own file first. */
export interface SelfLines {
  start: Int32Array;
  line: Int32Array;
  /** Index into `Profile.files`; 0 = the function's own. */
  file: Int32Array;
  values: Column[];
}

/** First line of each node's function; 0 = unknown. */
export function firstLines({ nodes, frames, functions }: Profile): Int32Array {
  return Int32Array.from(nodes.frame, (frame) => functions.line[frames.func[frame]!]! || frames.line[frame]!);
}

/** The self values of a call graph. What has no line is put on the function's first, so that it can be seen. */
export function selfLines(profile: Profile, firstLine: Int32Array): SelfLines {
  const { nodes, lines } = profile;
  if (!lines) {
    const start = Int32Array.from({ length: nodes.length + 1 }, (_, n) => n);
    return { start, line: firstLine, file: new Int32Array(nodes.length), values: nodes.self };
  }
  const node = lines.node.subarray(0, lines.length);
  const fileOfRow = filesApart(profile, lines, node);
  const lineOfRow = node.map((n, i) =>
    fileOfRow[i] === 0 && lines.line[i] === 0 ? firstLine[n]! : lines.line[i]!,
  );
  const { order, end } = rowsByNode(node, nodes.length);
  const start = new Int32Array(nodes.length + 1);
  /** Row of the result by row of the table. */
  const target = new Int32Array(lines.length);
  const line = new Int32Array(lines.length);
  const file = new Int32Array(lines.length);
  let length = 0;
  for (let n = 0; n < nodes.length; n++) {
    const rows = order.subarray(n === 0 ? 0 : end[n - 1], end[n]);
    rows.sort((a, b) => fileOfRow[a]! - fileOfRow[b]! || lineOfRow[a]! - lineOfRow[b]!);
    for (const row of rows) {
      const last = length - 1;
      const again = last >= start[n]! && file[last] === fileOfRow[row] && line[last] === lineOfRow[row];
      if (!again) {
        line[length] = lineOfRow[row]!;
        file[length] = fileOfRow[row]!;
        length++;
      }
      target[row] = length - 1;
    }
    start[n + 1] = length;
  }
  const values = lines.values.map((column) => {
    const sums = zeros(column, length);
    scatterAdd(sums, target, column);
    return sums;
  });
  return { start, line, file, values };
}

/** The file of each row of a table; 0 also where it is named and yet that of the node's function. */
export function filesApart(
  { nodes, frames, functions, files }: Profile,
  { file, length }: { file?: Int32Array; length: number },
  node: Int32Array,
): Int32Array {
  if (!file) return new Int32Array(length);
  return file
    .subarray(0, length)
    .map((f, i) => (files[f] === functions.file[frames.func[nodes.frame[node[i]!]!]!] ? 0 : f));
}

/** The rows of each node in table order, and where they end. */
function rowsByNode(node: Int32Array, nodeCount: number): { order: Int32Array; end: Int32Array } {
  const end = new Int32Array(nodeCount);
  for (const n of node) end[n]!++;
  for (let n = 1; n < nodeCount; n++) end[n]! += end[n - 1]!;
  const order = new Int32Array(node.length);
  const at = new Int32Array(nodeCount);
  for (let n = 1; n < nodeCount; n++) at[n] = end[n - 1]!;
  for (let i = 0; i < node.length; i++) order[at[node[i]!]!++] = i;
  return { order, end };
}
