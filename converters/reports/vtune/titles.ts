/** The line of titles. */

const TITLES = /^\s*("?)Function Stack\1([,;\t]).*:\s*(?:Self|Total)\b/i;

/** What stands between cells; undefined = it is no line of titles. */
export function delimiterOf(line: string): string | undefined {
  return TITLES.exec(line.slice(0, 4000))?.[2];
}
