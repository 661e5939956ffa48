/** How the names of our profiles tell that stacks were guessed. */

export const ESTIMATED = '(estimated)';

/** Takes the mark off the names of a file that we wrote; whether it was there. */
export function takeMarks({ exporter, parts }: { exporter: string; parts: { name: string }[] }): boolean {
  if (!exporter.startsWith('prof2dot@')) return false;
  const marked = parts.filter(({ name }) => name.endsWith(ESTIMATED));
  for (const part of marked) part.name = part.name.slice(0, -ESTIMATED.length).trimEnd();
  return marked.length > 0;
}
