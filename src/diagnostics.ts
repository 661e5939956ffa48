/** What went wrong, where, and what to do about it; and how that is printed. */

export type Severity = 'error' | 'warning' | 'note';

/** A place in the input. Lines and columns are 1-based, offsets 0-based in decompressed bytes. */
export interface Place {
  line?: number;
  column?: number;
  offset?: number;
  /** A path into JSON, as in `nodes[3].callFrame`. */
  path?: string;
  /** The text of the line, to be shown under the message. */
  excerpt?: string;
}

export interface Diagnostic {
  severity: Severity;
  /** `<format>/<what>`, or `<part of prof2dot>/<what>`. */
  code: string;
  message: string;
  /** The input's name. */
  file?: string;
  place?: Place;
  /** What the user can do. */
  hint?: string;
}

/** Stops the conversion. Every failure that input or options can cause is one of these. */
export class ProfileError extends Error {
  readonly diagnostic: Diagnostic;

  constructor(diagnostic: Omit<Diagnostic, 'severity'>, options?: ErrorOptions) {
    super(diagnostic.message, options);
    this.name = 'ProfileError';
    this.diagnostic = { severity: 'error', ...diagnostic };
  }
}

/** Of so many files the warnings with one code are told one by one. */
const FILES_SHOWN = 3;

/** Collects warnings; a code is told once for each input, with the count of all. */
export class Diagnostics {
  readonly #seen = new Map<string, { diagnostic: Diagnostic; count: number }>();
  /** Is given what is of use only before the work goes on; absent = that is collected with the rest. */
  onUrgent: ((diagnostic: Diagnostic) => void) | undefined;

  addUrgent(diagnostic: Diagnostic): void {
    if (this.onUrgent) this.onUrgent(diagnostic);
    else this.add(diagnostic);
  }

  add(diagnostic: Diagnostic): void {
    const key = `${diagnostic.file ?? ''}\0${diagnostic.code}`;
    const seen = this.#seen.get(key);
    if (seen) seen.count++;
    else this.#seen.set(key, { diagnostic, count: 1 });
  }

  /**
   * One diagnostic for each code and file; a message that was given more than once says how often. Of a code
   * that many files have, the first few are listed.
   */
  list(): Diagnostic[] {
    const byCode = new Map<string, Diagnostic[]>();
    for (const { diagnostic, count } of this.#seen.values()) {
      const told = counted(diagnostic, count - 1, 'more');
      byCode.set(diagnostic.code, [...(byCode.get(diagnostic.code) ?? []), told]);
    }
    return [...byCode.values()].flatMap((all) => {
      const shown = all.slice(0, FILES_SHOWN);
      const last = shown.pop()!;
      return [...shown, counted(last, all.length - FILES_SHOWN, 'more inputs')];
    });
  }

  clear(): void {
    this.#seen.clear();
  }
}

function counted(diagnostic: Diagnostic, others: number, what: string): Diagnostic {
  return others <= 0
    ? diagnostic
    : { ...diagnostic, message: `${diagnostic.message} (and ${others} ${what})` };
}

/** ANSI colours for `format`; leave out for plain text. */
export interface Paint {
  error(text: string): string;
  warning(text: string): string;
  note(text: string): string;
  bold(text: string): string;
}

const PLAIN: Paint = { error: (s) => s, warning: (s) => s, note: (s) => s, bold: (s) => s };
const EXCERPT_WIDTH = 100;
/** A path that is longer shows its ends. */
const PATH_WIDTH = 160;

/** Control characters would change the terminal that shows them. */
export function printable(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, (c) => (c === '\t' ? ' ' : '\uFFFD'));
}

function shortened(path: string): string {
  return path.length <= PATH_WIDTH ? path : `${path.slice(0, PATH_WIDTH / 2)}…${path.slice(-PATH_WIDTH / 2)}`;
}

/** As a compiler prints it: `file:line:column: error code: message`, the line, a caret, a hint. */
export function formatDiagnostic(diagnostic: Diagnostic, paint: Paint = PLAIN): string {
  const { severity, code, message, file, place, hint } = diagnostic;
  const where = [file || 'prof2dot'];
  if (place?.line !== undefined) where.push(String(place.line));
  if (place?.line !== undefined && place.column !== undefined) where.push(String(place.column));
  let head = printable(where.join(':'));
  if (place?.offset !== undefined) head += ` (byte ${place.offset})`;
  if (place?.path !== undefined) head += ` (${printable(shortened(place.path))})`;
  let text = `${paint.bold(`${head}:`)} ${paint[severity](severity)} ${code}: ${printable(message)}\n`;
  if (place?.excerpt !== undefined) text += excerpt(place.excerpt, place.column);
  if (hint !== undefined) text += `  ${paint.bold('hint:')} ${printable(hint)}\n`;
  return text;
}

/** The part of the line around the column, and a caret below it. */
function excerpt(line: string, column: number | undefined): string {
  const at = (column ?? 1) - 1;
  const from = at < EXCERPT_WIDTH - 20 ? 0 : at - EXCERPT_WIDTH / 2;
  let shown = printable(line.slice(from, from + EXCERPT_WIDTH));
  if (from > 0) shown = `…${shown}`;
  if (from + EXCERPT_WIDTH < line.length) shown += '…';
  const caret = column === undefined ? '' : `  | ${' '.repeat(at - from + (from > 0 ? 1 : 0))}^\n`;
  return `  | ${shown}\n${caret}`;
}
