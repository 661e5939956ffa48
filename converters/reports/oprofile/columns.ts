/** What the heading says of the columns, and the names that a row has behind its figures. */

export interface Names {
  /** '' = no symbols. */
  symbol: string;
  image: string;
  application: string;
  file: string;
  line: number;
  /** As it is written, with the line; '' = unknown. */
  source: string;
  /** Whether it is the function itself among its callees. */
  self: boolean;
}

const SELF = ' [self]';
const NUMBERS = new Set(['vma', 'samples', '%', 'cum. samples', 'cum. %']);
/** Columns behind the figures, with what a cell of each looks like. */
const CELLS: Record<string, string> = {
  'linenr info': String.raw`(?<source>\(no location information\)|\S+:\d+)`,
  'image name': String.raw`(?<image>\S+(?:\s\(tgid:[^)]*\))?)`,
  'app name': String.raw`(?<application>\S+(?:\s\(tgid:[^)]*\))?)`,
  'symbol name': '(?<symbol>.+)',
};

/** The columns of a report. */
export class Columns {
  /** Names of the columns with figures, from left to right. */
  readonly figures: string[];
  readonly #names: RegExp;

  constructor(figures: string[], names: RegExp) {
    this.figures = figures;
    this.#names = names;
  }

  /** The columns of a heading such as `samples  %        image name    symbol name`; undefined if it is none. */
  static of(heading: string): Columns | undefined {
    const fields = heading.trim().split(/\s{2,}/);
    const first = fields.findIndex((field) => !NUMBERS.has(field));
    const figures = fields.slice(0, first);
    const named = fields.slice(first);
    const cells = named.map((field) => CELLS[field]);
    if (first < 0 || !figures.includes('samples') || cells.includes(undefined)) return undefined;
    if (new Set(named).size < named.length) return undefined;
    return new Columns(figures, new RegExp(`^${cells.join(String.raw`\s+`)}$`));
  }

  /** The names in the text behind the figures; undefined if it is none of this report's. */
  names(text: string): Names | undefined {
    const self = text.endsWith(SELF);
    const groups = this.#names.exec(self ? text.slice(0, -SELF.length).trimEnd() : text)?.groups;
    if (!groups) return undefined;
    const { source = '', image = '', application = '', symbol = '' } = groups;
    const place = /^(.*):(\d+)$/.exec(source);
    const quoted = symbol.length > 1 && symbol.startsWith('"') && symbol.endsWith('"');
    return {
      symbol: symbol === '(no symbols)' ? '' : quoted ? symbol.slice(1, -1) : symbol,
      image,
      application,
      file: place?.[1] ?? '',
      line: Number(place?.[2] ?? 0),
      source: place ? source : '',
      self,
    };
  }
}
