/** The line below a frame, as `-F +srcline` asks for it: `  file.c:12`, and `(inlined)` if that is what it is. */

/** '' and 0 = perf does not know. */
export interface SourceLine {
  file: string;
  line: number;
  inlined: boolean;
}

/** What is longer is no path. */
const MAX_LINE = 8192;
const PLACE = /^\s*(\S.*):(\d+)(?: \(discriminator \d+\))?( \(inlined\))?\s*$/;
/** An object and an address, a symbol and an offset, or question marks. */
const NOWHERE = /^\s*(?:\S.*\[[0-9a-f]+\]|\S.*\+0x[0-9a-f]+|\?\?:\?|:0)( \(inlined\))?\s*$/;

/** What a line says of the frame above it; undefined if it is none of this kind. */
export function sourceLine(text: string): SourceLine | undefined {
  if (text.length > MAX_LINE) return undefined;
  const [, file = '', line = '0', inlined] = PLACE.exec(text) ?? [];
  const isKnown = file !== '' && file !== '??' && Number(line) > 0 && Number(line) < 2 ** 31;
  if (isKnown) return { file, line: Number(line), inlined: inlined !== undefined };
  const nowhere = NOWHERE.exec(text) ?? PLACE.exec(text);
  return nowhere ? { file: '', line: 0, inlined: nowhere.at(-1) !== undefined } : undefined;
}
