/** Names made shorter for people: C++ arguments stripped, long names broken into lines as Python does. */

const WIDTH = 32;
const TAB_STOP = 8;
/** White space as Python counts it. */
const SPACE = String.raw`[[\s\x1c-\x1f\x85]--[\uFEFF]]`;
const BLANK = new RegExp(`^${SPACE}*$`, 'v');
const CONST = new RegExp(`${SPACE}+const(?=\n?$)`, 'v');
/** A word of a name: letters, digits and `_`. */
const WORD = String.raw`[\p{L}\p{N}_]`;
const LETTER = String.raw`[\p{L}\p{Nl}\p{No}_]`;
const BEFORE_DASH = String.raw`(?<=[\p{L}\p{N}_!"'&.,?])`;
/** Where a line may be broken: at blanks, behind a hyphen inside a word, around a dash between words. */
const CHUNK = new RegExp(
  [
    ' +',
    `${BEFORE_DASH}-{2,}(?=${WORD})`,
    `[^ ]+?(?:-(?:(?<=${LETTER}{2}-)|(?<=${LETTER}-${LETTER}-))(?=${LETTER}-?${LETTER})|(?= |$)|${BEFORE_DASH}(?=-{2,}${WORD}))`,
  ].join('|'),
  'gu',
);

/** The name without arguments, `const` and template arguments. */
export function stripName(name: string): string {
  return withoutPairs(withoutPairs(name, '(', ')').replace(CONST, ''), '<', '>');
}

/** Leaves out what stands between matching brackets, and the brackets; those without a partner stay. */
function withoutPairs(text: string, opening: string, closing: string): string {
  if (!text.includes(closing)) return text;
  const opened: number[] = [];
  const kept: string[] = [];
  for (const char of text) {
    if (char === closing && opened.length > 0) {
      kept.length = opened.pop()!;
      continue;
    }
    if (char === opening) opened.push(kept.length);
    kept.push(char);
  }
  return kept.join('');
}

/** The name in lines of at most 32 characters where it has places to break, and with less blanks. */
export function wrapName(name: string): string {
  const lines = length(name) > WIDTH ? fill(name) : name;
  return lines.replaceAll(', ', ',').replaceAll('> >', '>>').replaceAll('> >', '>>');
}

function fill(text: string): string {
  const flat = expandTabs(text).replace(/[\n\v\f\r]/g, ' ');
  const chunks = flat.match(CHUNK) ?? [];
  const lines: string[] = [];
  let at = 0;
  while (at < chunks.length) {
    if (lines.length > 0 && BLANK.test(chunks[at]!)) at++;
    const line: string[] = [];
    let room = WIDTH;
    while (at < chunks.length && length(chunks[at]!) <= room) {
      room -= length(chunks[at]!);
      line.push(chunks[at++]!);
    }
    // A chunk that is longer than a line gets a line of its own.
    if (at < chunks.length && line.length === 0) line.push(chunks[at++]!);
    if (line.length > 0 && BLANK.test(line[line.length - 1]!)) line.pop();
    if (line.length > 0) lines.push(line.join(''));
  }
  return lines.join('\n');
}

/** In characters, as Python counts. */
function length(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0xd800 && code < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) count--;
  }
  return count;
}

function expandTabs(text: string): string {
  if (!text.includes('\t')) return text;
  let column = 0;
  let expanded = '';
  for (const char of text) {
    const blanks = char === '\t' ? TAB_STOP - (column % TAB_STOP) : 0;
    expanded += blanks > 0 ? ' '.repeat(blanks) : char;
    column = char === '\n' || char === '\r' ? 0 : column + (blanks || 1);
  }
  return expanded;
}
