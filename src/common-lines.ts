/** One line for each function of several profiles, where its line is no part of what it is. */
import type { Mapping, Profile } from './profile.ts';

/** The profiles, in which such functions have the least line that any of these knows. Others stay as they are. */
export function withCommonLines(profiles: readonly Profile[]): readonly Profile[] {
  const loose = profiles.filter(({ functions }) => functions.linesMayDiffer);
  if (loose.length < 2) return profiles;
  const least = new Map<string, number>();
  const keysOf = new Map(loose.map((profile) => [profile, keys(profile)]));
  for (const [{ functions }, own] of keysOf) {
    for (const [f, key] of own.entries()) {
      const line = functions.line[f]!;
      const known = least.get(key);
      if (known === undefined || known === 0 || (line > 0 && line < known)) least.set(key, line);
    }
  }
  return profiles.map((profile) => {
    const own = keysOf.get(profile);
    if (!own) return profile;
    const line = Int32Array.from(own, (key) => least.get(key)!);
    return { ...profile, functions: { ...profile.functions, line } };
  });
}

/** All that is known of each function but its line. */
function keys({ functions, mappings }: Profile): string[] {
  const { name, systemName, file, column, mapping, id, process } = functions;
  const images = mappings.map(imageKey);
  return Array.from({ length: functions.length }, (_, f) => {
    const place = `${file[f]}\0${column[f]}\0${images[mapping[f]!] ?? ''}`;
    return `${name[f]}\0${systemName[f]}\0${place}\0${id?.[f] ?? ''}\0${process?.[f] ?? ''}`;
  });
}

function imageKey({ name, buildId, start, limit, offset }: Mapping): string {
  return `${name}\0${buildId}\0${start}\0${limit}\0${offset}`;
}
