/** Residual arcs for a graph that no stacks stand behind: a guess, and marked as one. */
import { doubles } from '../columns.ts';
import { cutLines, keptArcs, keptRows } from '../fewer-rows.ts';
import type { Column, Profile } from '../profile.ts';

/**
 * The marked groups (by function of `full`) with the arcs between them as they are, and besides the residual arcs
 * of `guess`, a graph of the same groups from estimated stacks.
 */
export function joinResidual(full: Profile, keep: Uint8Array, guess: Profile): Profile {
  const { samples: _, lines, shares: __, ...rest } = full;
  const { nodes } = full;
  const arcs = full.arcs!;
  const func = ({ nodes, frames }: Profile, node: number) => frames.func[nodes.frame[node]!]!;
  const keepNode = Uint8Array.from({ length: nodes.length }, (_, n) => keep[func(full, n)]!);
  const nodeOf = new Int32Array(nodes.length).fill(-1);
  const byFunction = new Int32Array(full.functions.length).fill(-1);
  for (let n = 0, to = 0; n < nodes.length; n++)
    if (keepNode[n]) nodeOf[n] = byFunction[func(full, n)] = to++;
  const keepArc = Uint8Array.from(arcs.caller, (caller, a) => keepNode[caller]! & keepNode[arcs.callee[a]!]!);
  const own = keptArcs(arcs, keepArc, nodeOf);
  const { caller, callee } = own;
  const joined = new Set(Array.from(caller, (from, a) => `${from} ${callee[a]}`));
  const guessed = guess.arcs!;
  const end = (node: number) => byFunction[func(guess, node)]!;
  const over = Int32Array.from({ length: guessed.length }, (_, a) => a).filter(
    (a) =>
      guessed.residual?.[a] === 1 && !joined.has(`${end(guessed.caller[a]!)} ${end(guessed.callee[a]!)}`),
  );
  const ints = (column: Int32Array, more: (arc: number) => number) =>
    Int32Array.from([...column, ...over.map(more)]);
  const values = (column: Column, more: (arc: number) => number) =>
    Float64Array.from([...doubles(column), ...Array.from(over, more)]);
  const unknown = () => Number.NaN;
  const none = () => 0;
  const ofNodes = (column: Column) => keptRows(doubles(column), keepNode);
  const frame = keptRows(nodes.frame, keepNode);
  const kept = lines && cutLines(lines, keepNode);
  return {
    ...rest,
    estimated: full.estimated || over.length > 0,
    nodes: {
      length: frame.length,
      frame,
      parent: keptRows(nodes.parent, keepNode),
      self: nodes.self.map(ofNodes),
      total: nodes.total.map(ofNodes),
    },
    arcs: {
      length: caller.length + over.length,
      caller: ints(caller, (a) => end(guessed.caller[a]!)),
      callee: ints(callee, (a) => end(guessed.callee[a]!)),
      line: ints(own.line, none),
      ...(own.file && { file: ints(own.file, none) }),
      calls: values(own.calls, unknown),
      ...(own.primitiveCalls && { primitiveCalls: values(own.primitiveCalls, unknown) }),
      total: own.total.map((column, m) => values(column, (a) => Number(guessed.total[m]![a]))),
      ...(own.self && { self: own.self.map((column) => values(column, unknown)) }),
      residual: Uint8Array.from({ length: caller.length + over.length }, (_, i) =>
        i < caller.length ? 0 : 1,
      ),
      ...(own.counts && { counts: own.counts }),
    },
    ...(kept && { lines: { ...kept, node: kept.node.map((n) => nodeOf[n]!) } }),
  };
}
