/**
 * Frames as py-spy writes them: `function (file:line)`, `function (file)` without line numbers, and for native
 * code `function (library)` or `0x7f4c6d64524a (library)`.
 */

export const PLACE = /^(.+):(\d{1,9})$/s;
/** Files of Python code, and what stands for one: `<string>`, `<frozen importlib._bootstrap>`. */
export const PYTHON_FILE = /(\.py[cowx]?|^<.+>)$/;
const OPEN = 40;
const CLOSE = 41;

/** The parts of a frame; undefined if it is of another form. */
export function parts(text: string): { name: string; where: string } | undefined {
  if (!text.endsWith(')')) return undefined;
  // Names of functions and of files may both hold parentheses: the last one has its own partner.
  let open = 0;
  for (let at = text.length - 1; at > 0; at--) {
    const code = text.charCodeAt(at);
    if (code === CLOSE) open++;
    else if (code === OPEN && --open === 0) {
      const between = text[at - 1] === ' ' && at > 1;
      return between ? { name: text.slice(0, at - 1), where: text.slice(at + 1, -1) } : undefined;
    }
  }
  return undefined;
}

export function isFrame(text: string): boolean {
  return parts(text) !== undefined;
}

/** Whether a frame's file is one of Python's. */
export function isPython(text: string): boolean {
  const where = parts(text)?.where;
  return where !== undefined && PYTHON_FILE.test(PLACE.exec(where)?.[1] ?? where);
}
