/** Self and total of each function, whatever rung the profile stands on. */
import { scatterAdd, zeros } from './columns.ts';
import type { Column, Profile } from './profile.ts';
import { coarsen } from './transforms/coarsen.ts';

/** By metric, then by function. Recursion is counted once; functions that never occur have zeros. */
export interface FunctionValues {
  self: Column[];
  total: Column[];
}

/** The exact self and total of every function of the profile, by its index in `profile.functions`. */
export function functionValues(profile: Profile): FunctionValues {
  const { nodes, frames } = coarsen(profile);
  const original = namedFunctions(profile);
  const func = nodes.frame.map((frame) => original[frames.func[frame]!]!);
  const byFunction = (column: Column): Column => {
    const sums = zeros(column, profile.functions.length);
    scatterAdd(sums, func, column);
    return sums;
  };
  return { self: nodes.self.map(byFunction), total: nodes.total.map(byFunction) };
}

/** Functions in the order in which frames first name them: the order of `coarsen`'s own. */
function namedFunctions({ functions, frames }: Profile): Int32Array {
  const seen = new Uint8Array(functions.length);
  const order = new Int32Array(functions.length);
  let count = 0;
  for (let frame = 0; frame < frames.length; frame++) {
    const func = frames.func[frame]!;
    if (seen[func]) continue;
    seen[func] = 1;
    order[count++] = func;
  }
  return order;
}
