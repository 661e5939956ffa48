/** How formats without a word for it tell that figures were guessed. */
import type { Profile } from '../../src/plugin.ts';

/** A comment of ours. */
export const ESTIMATE_COMMENT = 'estimated: stacks and totals are a guess';
/** The end of the name of a profile of ours. */
export const ESTIMATE_SUFFIX = '(estimated)';

/** Makes the comment, if it is there, what it stands for. */
export function markEstimate(profile: Profile): void {
  const { meta } = profile;
  if (!meta.comments?.includes(ESTIMATE_COMMENT)) return;
  profile.estimated = true;
  const others = meta.comments.filter((comment) => comment !== ESTIMATE_COMMENT);
  if (others.length > 0) meta.comments = others;
  else delete meta.comments;
}

/** Takes the suffix off the names of profiles, if we wrote them; whether it was there. */
export function takeSuffix({ exporter, parts }: { exporter: string; parts: { name: string }[] }): boolean {
  if (!exporter.startsWith('prof2dot@')) return false;
  const marked = parts.filter(({ name }) => name.endsWith(ESTIMATE_SUFFIX));
  for (const part of marked) part.name = part.name.slice(0, -ESTIMATE_SUFFIX.length).trimEnd();
  return marked.length > 0;
}
