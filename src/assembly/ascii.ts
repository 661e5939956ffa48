/** Bytes of texts in ASCII. */

const TAB: u8 = 9;
const SPACE: u8 = 32;
const ZERO: u8 = 48;
const LOWER_A: u8 = 97;

export function isBlank(byte: u8): bool {
  return byte === SPACE || byte === TAB;
}

export function isDigit(byte: u8): bool {
  return byte - ZERO <= 9;
}

export function isHex(byte: u8): bool {
  return isDigit(byte) || (byte | 32) - LOWER_A <= 5;
}

/** Where the first byte is that is neither a blank nor a tab. */
export function skipBlanks(start: usize, end: usize): usize {
  let at = start;
  while (at < end && isBlank(load<u8>(at))) at++;
  return at;
}

/** Where a range ends without the blanks and tabs at its end. */
export function trimmedEnd(start: usize, end: usize): usize {
  let at = end;
  while (at > start && isBlank(load<u8>(at - 1))) at--;
  return at;
}

/** Where the digits end that begin at `start`. */
export function digitsEnd(start: usize): usize {
  let at = start;
  while (isDigit(load<u8>(at))) at++;
  return at;
}

/** Where the digits begin that end at `end`. */
export function digitsStart(start: usize, end: usize): usize {
  let at = end;
  while (at > start && isDigit(load<u8>(at - 1))) at--;
  return at;
}

/** Where the hexadecimal digits end that begin at `start`. */
export function hexEnd(start: usize): usize {
  let at = start;
  while (isHex(load<u8>(at))) at++;
  return at;
}

/** The number that digits make. */
export function numberIn(start: usize, end: usize): f64 {
  let value: i64 = 0;
  for (let at = start; at < end; at++) value = value * 10 + (load<u8>(at) - ZERO);
  return <f64>value;
}

/** The number that hexadecimal digits make. */
export function addressIn(start: usize, end: usize): u64 {
  let address: u64 = 0;
  for (let at = start; at < end; at++) {
    const byte = load<u8>(at);
    address = (address << 4) | (isDigit(byte) ? byte - ZERO : (byte | 32) - LOWER_A + 10);
  }
  return address;
}
