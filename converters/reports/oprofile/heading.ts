/** The heading, and which columns it names. */

const FIGURES = new Set(['vma', 'samples', '%', 'cum. samples', 'cum. %']);
const NAMES = ['linenr info', 'image name', 'app name', 'symbol name'] as const;

export type NameColumn = (typeof NAMES)[number];

/** The columns from left to right: figures first, then names. */
export interface Heading {
  figures: string[];
  names: NameColumn[];
}

/** The columns of a heading such as `samples  %        image name    symbol name`; undefined if it is none. */
export function headingOf(line: string): Heading | undefined {
  if (!/^(?:vma\s{2,})?samples\s+%/.test(line)) return undefined;
  const fields = line.trim().split(/\s{2,}/);
  const first = fields.findIndex((field) => !FIGURES.has(field));
  const figures = fields.slice(0, first);
  const names = fields.slice(first);
  if (first < 0 || !figures.includes('samples') || !names.every(isName)) return undefined;
  return new Set(names).size < names.length ? undefined : { figures, names };
}

function isName(field: string): field is NameColumn {
  return NAMES.some((name) => name === field);
}
