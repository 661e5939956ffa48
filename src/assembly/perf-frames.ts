/** Frame lines of `perf script` that were not met before: those written as most are, `\taddress symbol+offset (object)`. */
import { addressIn, hexEnd, isBlank, isDigit, skipBlanks, trimmedEnd } from './ascii';
import {
  find,
  hashUpTo,
  intern as internText,
  reserve as reserveTexts,
  length as textCount,
} from './interner';
import { define, FRAME, push, reserve as reserveKinds } from './line-stacks';
import { larger, setInt } from './memory';
import { pattern } from './scan';

const TAB: u8 = 9;
const NEWLINE: u8 = 10;
const RETURN: u8 = 13;
const OPEN: u8 = 40;
const CLOSE: u8 = 41;
const PLUS: u8 = 43;
const ZERO: u8 = 48;
const OPEN_BRACKET: u8 = 91;
const LOWER_A: u8 = 97;
const LOWER_I: u8 = 105;
const LOWER_P: u8 = 112;
const LOWER_X: u8 = 120;
/** Of `inlined`. */
const INLINED_SIZE: usize = 7;
/** An address has no more digits. */
const MOST_HEX: usize = 16;
const FIRST_ROOM = 1024;

/** A column for each: the line, the text without its indent, its symbol, its object, its address. */
export let newCount: i32 = 0;
export let newLines: usize = 0;
export let newTexts: usize = 0;
export let newSymbols: usize = 0;
export let newObjects: usize = 0;
export let newAddresses: usize = 0;
let newRoom = 0;
let learns: bool = true;

/** Adds a line that was not known, if it is `\taddress symbol+offset (object)`. */
export function pushNew(start: usize, newline: usize): bool {
  if (!learns || load<u8>(start) !== TAB) return false;
  const lineEnd = load<u8>(newline - 1) === RETURN ? newline - 1 : newline;
  const first = skipBlanks(start, lineEnd);
  const end = trimmedEnd(first, lineEnd);
  const addressEnd = hexEnd(first);
  if (addressEnd === first || addressEnd - first > MOST_HEX || !isBlank(load<u8>(addressEnd))) return false;
  const symbol = skipBlanks(addressEnd, end);
  if (load<u8>(end - 1) !== CLOSE) return false;
  let open = end - 2;
  while (open > symbol && load<u8>(open) !== OPEN && load<u8>(open) !== CLOSE) open--;
  const symbolEnd = trimmedEnd(symbol, open);
  if (open <= symbol || load<u8>(open) !== OPEN || symbolEnd === open || symbolEnd === symbol) return false;
  const object = open + 1;
  const objectEnd = end - 1;
  if (saysMore(symbol, object, objectEnd)) return false;

  const size = <i32>(newline - start);
  if (find(start, hashUpTo(pattern(NEWLINE), start, newline)) >= 0) return false;
  if (!reserveTexts(4, 4 * size) || !reserveKinds(textCount + 4) || !reserveNew()) return false;
  const line = textOf(start, newline);
  define(line, FRAME);
  setInt(newLines, newCount, line);
  setInt(newTexts, newCount, textOf(first, lineEnd));
  setInt(newObjects, newCount, textOf(object, objectEnd));
  setInt(newSymbols, newCount, textOf(symbol, withoutOffset(symbol, symbolEnd)));
  store<u64>(newAddresses + ((<usize>newCount) << 3), addressIn(first, addressEnd));
  newCount++;
  return push(line);
}

/**
 * Whether a line may tell of several frames, or of none: it is inlined, or names what was, as the maps of JIT compilers
 * do, or it is `[unknown]`.
 */
function saysMore(symbol: usize, object: usize, objectEnd: usize): bool {
  const isNone = load<u8>(symbol) === OPEN_BRACKET;
  const isInlined = objectEnd - object === INLINED_SIZE && load<u8>(object) === LOWER_I;
  const isMap = load<u8>(objectEnd - 1) === LOWER_P && load<u8>(objectEnd - 2) === LOWER_A;
  return isNone || isInlined || isMap;
}

function textOf(start: usize, end: usize): i32 {
  return internText(start, hashUpTo(pattern(NEWLINE), start, end));
}

/** Where a symbol ends in front of its offset, `+0x1f`. */
function withoutOffset(start: usize, end: usize): usize {
  let at = end;
  while (at > start && isLowerHex(load<u8>(at - 1))) at--;
  const isOffset =
    at < end &&
    at - start >= 3 &&
    load<u8>(at - 1) === LOWER_X &&
    load<u8>(at - 2) === ZERO &&
    load<u8>(at - 3) === PLUS;
  return isOffset ? at - 3 : end;
}

function isLowerHex(byte: u8): bool {
  return isDigit(byte) || byte - LOWER_A <= 5;
}

/** Says that the lines were taken note of. */
export function forgetNew(): void {
  newCount = 0;
}

/** Leaves all lines that are not known to JavaScript. */
export function stopLearning(): void {
  learns = false;
}

/** Makes room for one more line; false = there is no memory. */
export function reserveNew(): bool {
  if (newCount < newRoom) return true;
  const room = max(2 * newRoom, FIRST_ROOM);
  const used = (<usize>newCount) << 2;
  const size = (<usize>room) << 2;
  const lines = larger(newLines, used, size);
  const texts = larger(newTexts, used, size);
  const symbols = larger(newSymbols, used, size);
  const objects = larger(newObjects, used, size);
  const addresses = larger(newAddresses, 2 * used, 2 * size);
  if (lines === 0 || texts === 0 || symbols === 0 || objects === 0 || addresses === 0) return false;
  newLines = lines;
  newTexts = texts;
  newSymbols = symbols;
  newObjects = objects;
  newAddresses = addresses;
  newRoom = room;
  return true;
}
