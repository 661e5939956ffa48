/** A name for each function that no other function of the profile has. */
import type { Profile } from './profile.ts';

/**
 * By function: the source's own id, else the name; what is still the same gets its module or file in front,
 * then its line and column, and at last a number behind. Does not depend on what was cut from the profile.
 */
export function functionIds(profile: Profile): readonly string[] {
  const { functions, mappings } = profile;
  const { length, name, file, line, column, mapping } = functions;
  const given = functions.id ?? name;
  if (given.length === length && new Set(given).size === length) return given;
  const place = (f: number) => file[f] || mappings[mapping[f]!]?.name || '';
  const forms: ((f: number) => string)[] = [
    (f) => given[f]!,
    (f) => join(place(f), name[f]!),
    (f) => join(place(f), line[f] || '', name[f]!),
    (f) => join(place(f), line[f] || '', column[f] || '', name[f]!),
  ];
  const ids = new Array<string>(length);
  const count = new Map<string, number>();
  const set = (f: number, id: string) => {
    ids[f] = id;
    count.set(id, (count.get(id) ?? 0) + 1);
  };
  for (let f = 0; f < length; f++) set(f, forms[0]!(f));
  for (const form of forms.slice(1)) {
    if (count.size === length) return ids;
    const shared = ids.map((id) => count.get(id)! > 1);
    for (let f = 0; f < length; f++) {
      if (!shared[f]) continue;
      count.set(ids[f]!, count.get(ids[f]!)! - 1);
      set(f, form(f));
    }
    for (const [id, uses] of count) if (uses === 0) count.delete(id);
  }
  if (count.size < length) number(ids);
  return ids;
}

function join(...parts: (string | number)[]): string {
  return parts.filter((part, i) => part !== '' || i === parts.length - 1).join(':');
}

/** Puts `#2`, `#3`, … behind those that are not the first of their name. */
function number(ids: string[]): void {
  const taken = new Set(ids);
  const seen = new Map<string, number>();
  for (const [f, id] of ids.entries()) {
    let next = seen.get(id);
    if (next === undefined) {
      seen.set(id, 2);
      continue;
    }
    while (taken.has(`${id}#${next}`)) next++;
    ids[f] = `${id}#${next}`;
    taken.add(ids[f]!);
    seen.set(id, next + 1);
  }
}
