/** The columns of a report, and the names that a row has behind its figures. */
import type { Heading, NameColumn } from './heading.ts';

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
/** Columns behind the figures, with what a cell of each looks like. */
const CELLS: Record<NameColumn, string> = {
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

  constructor({ figures, names }: Heading) {
    this.figures = figures;
    this.#names = new RegExp(`^${names.map((name) => CELLS[name]).join(String.raw`\s+`)}$`);
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
