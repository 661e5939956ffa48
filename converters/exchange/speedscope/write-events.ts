/** Writes a tree as functions that open and close: in as many events as there are nodes, however deep it is. */
import type { NodeTable, Sink } from '../../../src/plugin.ts';

/** `self` by node, not negative, in the unit that is written; `numbers` are those of the frames. */
export function writeEvents(
  { frame, parent, length }: NodeTable,
  self: Float64Array,
  numbers: Int32Array,
  sink: Sink,
): void {
  // 1 = something was spent in the node or what it called.
  const holds = new Uint8Array(length);
  const firstChild = new Int32Array(length).fill(-1);
  const sibling = new Int32Array(length).fill(-1);
  let firstRoot = -1;
  for (let n = length - 1; n >= 0; n--) {
    if (self[n] === 0 && holds[n] === 0) continue;
    const p = parent[n]!;
    if (p >= 0) holds[p] = 1;
    sibling[n] = p < 0 ? firstRoot : firstChild[p]!;
    if (p < 0) firstRoot = n;
    else firstChild[p] = n;
  }
  let at = 0;
  let separator = '';
  const event = (type: 'O' | 'C', n: number) => {
    sink.write(`${separator}{"type":"${type}","frame":${numbers[frame[n]!]},"at":${at}}`);
    separator = ',\n';
  };
  sink.write('"events":[');
  for (let n = firstRoot; n >= 0; ) {
    event('O', n);
    at += self[n]!;
    let next = firstChild[n]!;
    while (next < 0 && n >= 0) {
      event('C', n);
      next = sibling[n]!;
      n = parent[n]!;
    }
    n = next;
  }
  sink.write(']}');
}
