/** The heading of the report. */
/** `Index  % CPU Time:Total  CPU Time:Self  CPU Time:Children  Name  Index`. */
export function isHeader(line: string): boolean {
  return /^\s*Index\s+%.*:Total\s+.*:Self\s+.*:Children\s+Name\s/.test(line);
}
