/** How a file of MOJO begins: three letters, and its version. */
export const MAGIC = 'MOJ';

const MAX_VERSION = 0x40;

export function isMojo(bytes: Uint8Array): boolean {
  return (
    bytes.length >= 4 &&
    [...MAGIC].every((letter, i) => bytes[i] === letter.charCodeAt(0)) &&
    bytes[3]! < MAX_VERSION
  );
}
