/** What the columns are, by their titles. */

export interface ValueColumn {
  /** Which cell. */
  cell: number;
  /** The unit that the title names, of cells that name none; '' = none. */
  unit: string;
}

export interface Columns {
  symbol: number;
  /** -1 = there is none. */
  file: number;
  library: number;
  /** What nodes took with their callees, and what they took alone, if that is told. */
  values: { title: string; total: ValueColumn; self: ValueColumn | undefined }[];
}

const TOTALS = /^(Weight|Running Time|Bytes Used|Count|# Allocations)(?: \((\S+)\))?$/;
const SELF = /^Self(?: Weight| Time| Bytes| Cycles)?(?: \((\S+)\))?$/;

/** undefined = it is no line of titles. */
export function columnsOf(line: string): Columns | undefined {
  const titles = line.split('\t').map((title) => title.trim());
  const symbol = titles.findIndex((title) => title === 'Symbol Name' || title === 'Symbol Names');
  if (symbol < 0) return undefined;
  const values: Columns['values'] = [];
  for (const [cell, text] of titles.entries()) {
    const [, title, unit = ''] = TOTALS.exec(text) ?? [];
    if (title !== undefined) values.push({ title, total: { cell, unit }, self: undefined });
  }
  if (values.length === 0) return undefined;
  // One column of selves belongs to the first.
  const cell = titles.findIndex((title) => SELF.test(title));
  if (cell >= 0) values[0]!.self = { cell, unit: SELF.exec(titles[cell]!)![1] ?? '' };
  const library = titles.findIndex((title) => title === 'Library' || title === 'Binary');
  return { symbol, file: titles.indexOf('Source Path'), library, values };
}
