/**
 * `drop_frames` and `keep_frames`: frames that the profiler itself put on the stack, which pprof leaves out
 * when it loads a profile. The total of every function that stays is the same with and without them.
 */
import { loadExpressions, simplifiedName } from '../../../src/plugin.ts';

/** Tells functions to drop by name. Throws an Error with a message when an expression cannot be read. */
export async function dropTest(drop: string, keep: string): Promise<(name: string) => boolean> {
  const { re2 } = await loadExpressions();
  const dropped = re2(drop);
  const kept = keep === '' ? undefined : re2(keep);
  const known = new Map<string, boolean>([['', false]]);
  return (name) => {
    let result = known.get(name);
    if (result === undefined) {
      const simple = simplifiedName(name);
      result = dropped.matches(simple) && !kept?.matches(simple);
      known.set(name, result);
    }
    return result;
  };
}

/** What the test says of a location: nothing in it, its inner lines, or all of it is to be dropped. */
export const STAYS = 0;
export const CUT = 1;
export const GOES = 2;

/**
 * How much of a stack stays, as the index of its first location that does (leaf first, as in the file). The
 * scan starts at the root; frames before the first one that stays are never dropped, or whole stacks would go.
 */
export function cutStack(rows: Int32Array, length: number, fate: Uint8Array): number {
  let inUserCode = false;
  for (let i = length - 1; i >= 0; i--) {
    const what = fate[rows[i]!];
    if (what === STAYS) inUserCode = true;
    else if (inUserCode) return what === GOES ? i + 1 : i;
  }
  return 0;
}
