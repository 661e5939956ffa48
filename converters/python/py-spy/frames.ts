/**
 * Frames as py-spy writes them: `function (file:line)`, `function (file)` without line numbers, and for native
 * code `function (library)` or `0x7f4c6d64524a (library)`.
 */
import type { ProfileBuilder } from '../../../src/plugin.ts';

const PLACE = /^(.+):(\d{1,9})$/s;
/** Files of Python code, and what stands for one: `<string>`, `<frozen importlib._bootstrap>`. */
const PYTHON_FILE = /(\.py[cowx]?|^<.+>)$/;
const ADDRESS = /^0x[0-9a-f]{1,16}$/i;
const OPEN = 40;
const CLOSE = 41;

/** What a frame says. A frame of native code has a library in place of a file. */
export interface Frame {
  name: string;
  file?: string;
  line?: number;
  library?: string;
}

/** The parts of a frame; undefined if it is of another form. */
function parts(text: string): { name: string; where: string } | undefined {
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

export function frameOf(text: string): Frame {
  const found = parts(text);
  if (!found) return { name: text };
  const { name, where } = found;
  const place = PLACE.exec(where);
  if (place) return { name, file: place[1]!, line: Number(place[2]) };
  return PYTHON_FILE.test(where) ? { name, file: where } : { name, library: where };
}

/** Adds a frame to a profile. A library is part of a function's identity unless its file is known. */
export function addFrame(
  builder: ProfileBuilder,
  { name, file = '', line = 0, library = '' }: Frame,
): number {
  if (library === '') return builder.frame(builder.function(name, { file }), { line });
  const mapping = builder.mapping(library);
  const address = ADDRESS.test(name) ? BigInt(name) : 0n;
  const func = file === '' ? builder.function(name, { mapping }) : builder.function(name, { file });
  return builder.frame(func, { line, mapping, address });
}

export function isFrame(text: string): boolean {
  return parts(text) !== undefined;
}

/** Whether a frame's file is one of Python's. */
export function isPython(text: string): boolean {
  const where = parts(text)?.where;
  return where !== undefined && PYTHON_FILE.test(PLACE.exec(where)?.[1] ?? where);
}
