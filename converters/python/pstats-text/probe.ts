/** What pstats prints above its tables. */
export const CALLS_LINE =
  /^\s*(?:at least )?(?:-?\d+|\?) function calls(?: \((?:at least )?(?:-?\d+|\?) primitive calls\))? in (\S+) (.*?)( \(estimated\))?\s*$/;
/** Stands before the calls, where tables are of what has changed. */
export const DIFFERENCE = 'Difference:';
export const STATS_TITLE = /^\s*ncalls +\w+ +percall +\w+ +percall +filename:lineno\(function\)\s*$/;
export const CALLS_TITLE = /^\s*Function +(was called by|called)\.\.\.\s*$/;

/** 0 … 1: how surely these lines are printed by pstats. */
export function probeReport(lines: string[]): number {
  const table = lines.some((line) => STATS_TITLE.test(line) || CALLS_TITLE.test(line));
  if (!table) return 0;
  const calls = lines.some((line) => CALLS_LINE.test(line) || line.trim().startsWith(DIFFERENCE));
  return calls ? 0.97 : 0.85;
}
