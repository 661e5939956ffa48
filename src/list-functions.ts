/** The functions of a call graph as text, for `--list-functions`. */
import { expression } from './expression.ts';
import { functionIds } from './function-ids.ts';
import { glob } from './glob.ts';
import type { Profile } from './profile.ts';

/**
 * The functions that nodes stand for, in the order of the input: names that fit the glob, or in which the regular
 * expression is found; for `+` and `*` all, with ids.
 */
export function listFunctions(profile: Profile, pattern: string, isRegex = false): string {
  const { functions, frames, nodes } = profile;
  const present = new Set(Array.from(nodes.frame, (frame) => frames.func[frame]!));
  const order = [...present].sort((a, b) => a - b);
  if (pattern === '+' || pattern === '*') {
    const ids = functionIds(profile);
    return `${order.map((f) => `${ids[f]}:\t${functions.name[f]}`).join(',\n')}\n`;
  }
  const names = order.map((f) => functions.name[f]!).filter(isRegex ? found(pattern) : glob(pattern));
  return `${names.join(',\n')}\n`;
}

function found(pattern: string): (name: string) => boolean {
  const wanted = expression('list-functions', pattern);
  return (name) => wanted.test(name);
}
