/** The line of titles. */

const TITLES = /^\s*("?)Level\1([,;\t])("?)Function Name\3\2/;

/** What stands between cells; undefined = it is no line of titles. */
export function delimiterOf(line: string): string | undefined {
  return TITLES.exec(line.slice(0, 100))?.[2];
}
