/** Whether it is of Ruby's Marshal 4.8, which all Rubies since 1.8 write. */
export function isMarshal(bytes: Uint8Array): boolean {
  return bytes[0] === 4 && bytes[1] === 8;
}
