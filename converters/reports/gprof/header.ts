/** The headings that gprofs print over a call graph; the words of some are translated. */
export function isGraphHeader(line: string): boolean {
  return /^\s*(?:called\/total\s+(?:parents|children)\s*$|index\s+%(?!.*:Total))/i.test(line);
}

/** The heading of the flat profile. */
export function isFlatHeader(line: string): boolean {
  return /^\s*%\s+(?:time\s+)?cumulative\s+self\s+/.test(line);
}
