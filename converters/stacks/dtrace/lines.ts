/** What kinds of lines there are: as little as both the probe and the reader ask for. */

const COLUMNS = /^\s*CPU\s+ID\s+FUNCTION:NAME\s*$/;
const ADDRESS = /^0x[0-9a-f]+$/;

/** The names of the columns that `dtrace` prints in front of what a probe prints. */
export function isTitle(line: string): boolean {
  return COLUMNS.test(line);
}

/** A frame without a symbol, not indented. */
export function isAddress(text: string): boolean {
  return ADDRESS.test(text);
}
