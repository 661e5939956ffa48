/** How a binary file begins: four letters, in the byte order of the machine. */
export const MAGIC = 0x54414348;

export function isBinary(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return bytes.length >= 8 && (view.getUint32(0, true) === MAGIC || view.getUint32(0, false) === MAGIC);
}
