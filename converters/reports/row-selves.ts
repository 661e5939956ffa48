/** Selves of rows, where tables tell totals, too, and may leave out rows. */
import type { Source } from '../../src/plugin.ts';
import type { CallRows, RowValues } from './call-rows.ts';

/**
 * Selves by metric, then by node. What rows have beyond their selves and the rows below is with nodes that are added
 * for it; `hiddenFrame`: what these are called.
 */
export function selvesOf(
  source: Source,
  { tree }: CallRows,
  values: RowValues[],
  hiddenFrame: () => number,
): Float64Array[] {
  const { length } = tree;
  const rests = values.map((each) => each.rests(tree));
  const hiddenNode = new Int32Array(length).fill(-1);
  let hidden = 0;
  let beyond = 0;
  for (let node = 0; node < length; node++) {
    if (rests.some((rest) => rest[node]! < 0)) beyond++;
    if (!values.some(({ hasSelf }, m) => hasSelf && rests[m]![node]! > 0)) continue;
    hidden++;
    hiddenNode[node] = tree.child(node, hiddenFrame());
  }
  if (values.some(({ hasSelf, slack }) => !hasSelf && slack.trimmed().some((each) => each > 0)))
    source.note('rounded-totals', 'selves are differences of totals that are rounded');
  if (hidden > 0) {
    const message = `rows with more than their self and the rows below: ${hidden}; the rest is below them as [hidden]`;
    source.warn('hidden-rows', message);
  }
  if (beyond > 0) {
    source.warn(
      'children-beyond-total',
      `rows with less than their self and the rows below: ${beyond}; totals are raised`,
    );
  }
  return values.map((each, m) => {
    const selves = new Float64Array(tree.length);
    for (let node = 0; node < length; node++) {
      const rest = Math.max(rests[m]![node]!, 0);
      selves[node]! += each.hasSelf ? each.self.array[node]! : rest;
      if (each.hasSelf && rest > 0) selves[hiddenNode[node]!]! += rest;
    }
    return selves;
  });
}
