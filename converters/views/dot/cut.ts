/** Names that are too long for Graphviz. */

const MAX_NAME = 4096;

/** A name of more than 4095 characters cut to that; Graphviz does not take much longer ones. */
export function cutName(name: string): string {
  if (name.length < MAX_NAME) return name;
  const chars = Array.from(name);
  return chars.length < MAX_NAME ? name : `${chars.slice(0, MAX_NAME - 1).join('')}…`;
}
