/** How formats without a word for it tell that stacks were guessed: by a comment. */
import type { Profile } from '../../src/plugin.ts';

export const ESTIMATED = 'estimated: stacks were guessed from calls between functions';

/** Makes the comment, if it is there, what it stands for. */
export function markEstimate(profile: Profile): void {
  const { meta } = profile;
  if (!meta.comments?.includes(ESTIMATED)) return;
  profile.estimated = true;
  const others = meta.comments.filter((comment) => comment !== ESTIMATED);
  if (others.length > 0) meta.comments = others;
  else delete meta.comments;
}
