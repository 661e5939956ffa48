/** The functions of a call graph as text, for `--list-functions`. */
import { expression } from './expression.ts';
import { functionIds } from './function-ids.ts';
import { glob } from './glob.ts';
import type { Profile } from './profile.ts';

/**
 * The functions that nodes stand for, in the order of the input: names that fit the glob, or in which the regular
 * expression is found; for `+` and `*` all, with ids. Where two profiles are drawn, what only the second has follows.
 */
export function listFunctions(profile: Profile, pattern: string, isRegex = false): string {
  const own = listed(profile);
  const known = new Set(own.map(({ name }) => name));
  const { compareWith } = profile;
  const others = compareWith?.functions === 'both' ? listed(compareWith.profile) : [];
  const all = [...own, ...others.filter(({ name }) => !known.has(name))];
  if (pattern === '+' || pattern === '*')
    return `${all.map(({ id, name }) => `${id}:\t${name}`).join(',\n')}\n`;
  const names = all.map(({ name }) => name).filter(isRegex ? found(pattern) : glob(pattern));
  return `${names.join(',\n')}\n`;
}

function listed(profile: Profile): { id: string; name: string }[] {
  const { functions, frames, nodes } = profile;
  const present = new Set(Array.from(nodes.frame, (frame) => frames.func[frame]!));
  const ids = functionIds(profile);
  return [...present].sort((a, b) => a - b).map((f) => ({ id: ids[f]!, name: functions.name[f]! }));
}

function found(pattern: string): (name: string) => boolean {
  const wanted = expression('list-functions', pattern);
  return (name) => wanted.test(name);
}
