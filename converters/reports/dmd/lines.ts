/** By which lines a trace is known. */

/** Whether a line stands between two entries. */
export function isRule(line: string): boolean {
  return /^-{10,}\s*$/.test(line);
}

/** Whether a line is about the function of an entry: name, calls, total and self. */
export function isEntry(line: string): boolean {
  return /^[^\t]+\t\s*\d+\t\s*\d+\t\s*\d+\s*$/.test(line);
}
