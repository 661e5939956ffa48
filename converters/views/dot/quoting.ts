/** Ids and attribute values as the DOT language takes them. */

const MAX_ID = 1024;
const KEYWORDS = new Set(['node', 'edge', 'graph', 'digraph', 'subgraph', 'strict']);
const ESCAPES: Record<string, string> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\t': '\\t',
  '"': '\\"',
  '\0': '\uFFFD',
};

/** The text as one word of DOT. */
export function quoted(text: string): string {
  if (isBare(text) && !KEYWORDS.has(text.toLowerCase())) return text;
  return `"${text.replace(/[\\\n\t"\0]/g, (char) => ESCAPES[char]!)}"`;
}

/** Whether it is letters and digits that do not begin with a digit, or a number: anything else is quoted. */
function isBare(text: string): boolean {
  if (/^(?:[A-Za-z][A-Za-z0-9]*|[0-9]+)$/.test(text)) return true;
  // An expression with the letters of all languages takes a while to make, and most names are ASCII.
  return /[^\0-\x7f]/.test(text) && /^(?![0-9])[\p{L}\p{N}]+$/u.test(text);
}

/** The text as the value of an attribute that is shown: Graphviz takes `&lt;` in it for `<`. */
export function quotedText(text: string): string {
  return quoted(text.replace(/&(?=#?\w+;)/g, '&amp;'));
}

/** The same of several lines, flush left. */
export function quotedLines(lines: string[]): string {
  // Quoted by the blank behind it.
  return `"${lines.map((line) => quotedText(`${line} `).slice(1, -2)).join('\\l')}\\l"`;
}

/** Ids that are safe for Graphviz: very long ones, as C++ makes them, become their SHA-1. */
export async function graphvizId(id: string): Promise<string> {
  if (id.length <= MAX_ID) return id;
  const chars = Array.from(id).length;
  if (chars <= MAX_ID) return id;
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(id));
  return `_${Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
