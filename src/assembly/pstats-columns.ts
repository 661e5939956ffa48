/**
 * Reads what Python's own profilers write straight into columns. Whatever is out of the ordinary (long integers, code
 * objects, a function twice, bytes that make no sense, too little memory) stops the module: it is `unreachable`.
 */
import {
  hashUpTo,
  intern,
  open as openTexts,
  reserve as reserveTexts,
  length as textCount,
  size as textSize,
  starts as textStarts,
  heap as texts,
} from './interner';
import { int, larger, setInt, take } from './memory';

export { heap as texts, length as textCount, starts as textStarts } from './interner';

const FLAG_REF: u8 = 0x80;
/** Kinds of records. */
const NULL: u8 = 0x30;
const DICT: u8 = 0x7b;
const TUPLE: u8 = 0x28;
const SHORT_TUPLE: u8 = 0x29;
const INT: u8 = 0x69;
const FLOAT: u8 = 0x67;
const REFERENCE: u8 = 0x72;
/** Texts: of any length as bytes or UTF-8, the latter also with a number among its kind, which may be referred to. */
const BYTES: u8 = 0x73;
const UNICODE: u8 = 0x75;
const INTERNED: u8 = 0x74;
const INTERNED_REFERENCE: u8 = 0x52;
/** Texts in ASCII, of any length and of up to 255 bytes; each of two kinds. */
const ASCII: u8 = 0x61;
const ASCII_INTERNED: u8 = 0x41;
const SHORT_ASCII: u8 = 0x7a;
const SHORT_ASCII_INTERNED: u8 = 0x5a;
const HIGHS: u64 = 0x80 * (u64.MAX_VALUE / 255);
/** There is no such byte in a text. */
const NO_BYTE: u64 = 0;
const NONE = -1;
/** Up to a word behind the input is looked at. */
const SLACK: usize = 8;
/** Rows and callers take so many bytes or more. */
const ROW_SIZE: usize = 29;
const CALLER_SIZE: usize = 10;
const FIRST_ROOM = 1024;

let at: usize = 0;
let inputEnd: usize = 0;
/** Behind the text that was looked at last. */
let textEnd: usize = 0;
/** Where records stand that can be referred to; and which keys or texts they are, if that is known. */
let referred: usize = 0;
let referredKeys: usize = 0;
let referredTexts: usize = 0;
let referredCount = 0;
let referredRoom = 0;
/** Where the texts stand that are interned. */
let interned: usize = 0;
let internedCount = 0;
let internedRoom = 0;
/** Keys: texts and lines; the row of each, and the last row that has it as a caller. */
export let keyFiles: usize = 0;
export let keyLines: usize = 0;
export let keyNames: usize = 0;
let keyRows: usize = 0;
let keyCalledIn: usize = 0;
let keyCount = 0;
let keyRoom = 0;
/** Key + 1, by hash; there are twice as many slots as there is room for keys. */
let slots: usize = 0;
/** The keys of functions: those of rows, then those of callers that have none, as they are met. */
export let functionKeys: usize = 0;
export let functionCount: i32 = 0;
export let rowCount: i32 = 0;
export let rowCalls: usize = 0;
export let rowPrimitiveCalls: usize = 0;
export let rowSelves: usize = 0;
export let rowTotals: usize = 0;
/** Keys, and in the end functions. */
export let callers: usize = 0;
export let callees: usize = 0;
/** 1 = of the caller there is nothing but calls. */
export let countOnly: usize = 0;
export let callerCount: i32 = 0;
export let callerCalls: usize = 0;
export let callerPrimitiveCalls: usize = 0;
export let callerSelves: usize = 0;
export let callerTotals: usize = 0;

/** Where so many bytes of input are to be put. */
export function open(size: i32): usize {
  const mostRows = <usize>size / ROW_SIZE + 1;
  const most = <usize>size / CALLER_SIZE + 1;
  at = taken(<usize>size + SLACK);
  inputEnd = at + size;
  rowCalls = taken(mostRows << 3);
  rowPrimitiveCalls = taken(mostRows << 3);
  rowSelves = taken(mostRows << 3);
  rowTotals = taken(mostRows << 3);
  callerCalls = taken(most << 3);
  callerPrimitiveCalls = taken(most << 3);
  callerSelves = taken(most << 3);
  callerTotals = taken(most << 3);
  callers = taken(most << 2);
  callees = taken(most << 2);
  countOnly = taken(most << 2);
  functionKeys = taken((mostRows + most) << 2);
  if (!openTexts()) unreachable();
  reserveReferred();
  reserveKeys();
  return at;
}

function taken(size: usize): usize {
  const found = take(size);
  if (found === 0) unreachable();
  return found;
}

/** Reads all of the input. */
export function read(): void {
  beginDict();
  while (load<u8>(at) !== NULL) readRow();
  skip(1);
  if (at < inputEnd || rowCount === 0) unreachable();
  findFunctions();
}

/** Whether all texts are ASCII. */
export function isAscii(): bool {
  return isPlain(texts, texts + int(textStarts, textCount));
}

function readRow(): void {
  const key = readKey();
  if (int(keyRows, key) >= 0) unreachable();
  setInt(keyRows, key, rowCount);
  setInt(functionKeys, rowCount, key);
  beginTuple(5);
  setDouble(rowPrimitiveCalls, rowCount, readNumber());
  setDouble(rowCalls, rowCount, readNumber());
  setDouble(rowSelves, rowCount, readNumber());
  setDouble(rowTotals, rowCount, readNumber());
  beginDict();
  while (load<u8>(at) !== NULL) readCaller();
  skip(1);
  rowCount++;
}

function readCaller(): void {
  const key = readKey();
  if (int(keyCalledIn, key) === rowCount) unreachable();
  setInt(keyCalledIn, key, rowCount);
  setInt(callers, callerCount, key);
  setInt(callees, callerCount, rowCount);
  if (isTuple(load<u8>(at))) {
    beginTuple(4);
    setDouble(callerCalls, callerCount, readNumber());
    setDouble(callerPrimitiveCalls, callerCount, readNumber());
    setDouble(callerSelves, callerCount, readNumber());
    setDouble(callerTotals, callerCount, readNumber());
  } else {
    setInt(countOnly, callerCount, 1);
    setDouble(callerCalls, callerCount, readNumber());
  }
  callerCount++;
}

function setDouble(table: usize, index: i32, value: f64): void {
  store<f64>(table + ((<usize>index) << 3), value);
}

/** The number of a key, by which it is the same wherever it stands. */
function readKey(): i32 {
  if (load<u8>(at) === REFERENCE) {
    const known = int(referredKeys, readIndex(referredCount));
    if (known < 0) unreachable();
    return known;
  }
  const reference = beginTuple(3);
  const file = readText();
  const line = readLeaf();
  if ((load<u8>(line) & ~FLAG_REF) !== INT) unreachable();
  const key = keyOf(file, load<i32>(line + 1), readText());
  if (reference >= 0) setInt(referredKeys, reference, key);
  return key;
}

function readNumber(): f64 {
  const leaf = readLeaf();
  const kind = load<u8>(leaf) & ~FLAG_REF;
  if (kind === FLOAT) return load<f64>(leaf + 1);
  if (kind !== INT) unreachable();
  return load<i32>(leaf + 1);
}

/** Goes behind a number, or a reference to a record; returns where the record stands. */
function readLeaf(): usize {
  const byte = load<u8>(at);
  if (byte === REFERENCE) return int(referred, readIndex(referredCount));
  if (byte & FLAG_REF) refer(at);
  return skip((byte & ~FLAG_REF) === FLOAT ? 9 : 5);
}

/** The number of a text, by which it is the same wherever it stands. */
function readText(): i32 {
  const start = at;
  const byte = load<u8>(start);
  if (byte === REFERENCE) {
    const reference = readIndex(referredCount);
    const known = int(referredTexts, reference);
    return known === NONE ? textAt(int(referred, reference)) : known;
  }
  if (byte === INTERNED_REFERENCE) return textAt(int(interned, readIndex(internedCount)));
  if ((byte & ~FLAG_REF) === INTERNED) addInterned(start);
  const text = textAt(start);
  if (byte & FLAG_REF) {
    // Before the table is named: it may move.
    const reference = refer(start);
    setInt(referredTexts, reference, text);
  }
  at = textEnd;
  return text;
}

function textAt(record: usize): i32 {
  const kind = load<u8>(record) & ~FLAG_REF;
  const isShort = kind === SHORT_ASCII || kind === SHORT_ASCII_INTERNED;
  const isAscii = isShort || kind === ASCII || kind === ASCII_INTERNED;
  if (!isAscii && kind !== BYTES && kind !== UNICODE && kind !== INTERNED) unreachable();
  const start = record + (isShort ? 2 : 5);
  if (start > inputEnd) unreachable();
  const size = isShort ? <i32>load<u8>(record + 1) : load<i32>(record + 1);
  if (size < 0 || <usize>size > inputEnd - start) unreachable();
  textEnd = start + size;
  if (isAscii && !isPlain(start, textEnd)) unreachable();
  if (!reserveTexts(1, size)) unreachable();
  const hash = hashUpTo(NO_BYTE, start, textEnd);
  if (textSize !== size) unreachable();
  return intern(start, hash);
}

function isPlain(start: usize, end: usize): bool {
  let any: u64 = 0;
  let place = start;
  for (; place + 8 <= end; place += 8) any |= load<u64>(place);
  for (; place < end; place++) any |= load<u8>(place);
  return (any & HIGHS) === 0;
}

/** Goes to the items of a tuple. Returns the number by which it is referred to; -1 = none. */
function beginTuple(length: i32): i32 {
  const start = at;
  const byte = load<u8>(start);
  if (!isTuple(byte)) unreachable();
  const isShort = (byte & ~FLAG_REF) === SHORT_TUPLE;
  skip(isShort ? 2 : 5);
  if ((isShort ? <i32>load<u8>(start + 1) : load<i32>(start + 1)) !== length) unreachable();
  return byte & FLAG_REF ? refer(start) : NONE;
}

function isTuple(byte: u8): bool {
  const kind = byte & ~FLAG_REF;
  return kind === SHORT_TUPLE || kind === TUPLE;
}

function beginDict(): void {
  const byte = load<u8>(at);
  if ((byte & ~FLAG_REF) !== DICT) unreachable();
  if (byte & FLAG_REF) refer(at);
  skip(1);
}

/** Goes on by so many bytes; returns where they begin. */
function skip(size: usize): usize {
  const start = at;
  if (size > inputEnd - start) unreachable();
  at = start + size;
  return start;
}

/** Goes behind a reference to one of so many. */
function readIndex(count: i32): i32 {
  const index = load<i32>(skip(5) + 1);
  if (index < 0 || index >= count) unreachable();
  return index;
}

/** Numbers the record, so that it can be referred to. */
function refer(record: usize): i32 {
  if (referredCount === referredRoom) reserveReferred();
  setInt(referred, referredCount, <i32>record);
  setInt(referredKeys, referredCount, NONE);
  setInt(referredTexts, referredCount, NONE);
  return referredCount++;
}

function reserveReferred(): void {
  const room = max(2 * referredRoom, FIRST_ROOM);
  referred = moved(referred, referredCount, room);
  referredKeys = moved(referredKeys, referredCount, room);
  referredTexts = moved(referredTexts, referredCount, room);
  referredRoom = room;
}

/** A table of so many integers, with the first ones of another. */
function moved(table: usize, count: i32, room: i32): usize {
  const found = larger(table, (<usize>count) << 2, (<usize>room) << 2);
  if (found === 0) unreachable();
  return found;
}

function addInterned(record: usize): void {
  if (internedCount === internedRoom) {
    internedRoom = max(2 * internedRoom, FIRST_ROOM);
    interned = moved(interned, internedCount, internedRoom);
  }
  setInt(interned, internedCount++, <i32>record);
}

/** The number of a key. */
function keyOf(file: i32, line: i32, name: i32): i32 {
  let slot = slotOf(file, line, name);
  while (true) {
    const key = int(slots, slot) - 1;
    if (key < 0) break;
    if (int(keyFiles, key) === file && int(keyNames, key) === name && int(keyLines, key) === line) return key;
    slot = (slot + 1) & (2 * keyRoom - 1);
  }
  const key = keyCount++;
  setInt(keyFiles, key, file);
  setInt(keyLines, key, line);
  setInt(keyNames, key, name);
  setInt(keyRows, key, NONE);
  setInt(keyCalledIn, key, NONE);
  setInt(slots, slot, key + 1);
  if (keyCount === keyRoom) reserveKeys();
  return key;
}

function slotOf(file: i32, line: i32, name: i32): i32 {
  let hash = (file * 0x9e3779b1) ^ (name * 0x85ebca6b) ^ (line * 0x27d4eb2f);
  hash ^= hash >>> 15;
  hash *= 0xc2b2ae35;
  return (hash ^ (hash >>> 13)) & (2 * keyRoom - 1);
}

function reserveKeys(): void {
  const room = max(2 * keyRoom, FIRST_ROOM);
  keyFiles = moved(keyFiles, keyCount, room);
  keyLines = moved(keyLines, keyCount, room);
  keyNames = moved(keyNames, keyCount, room);
  keyRows = moved(keyRows, keyCount, room);
  keyCalledIn = moved(keyCalledIn, keyCount, room);
  slots = taken((<usize>room) << 3);
  keyRoom = room;
  for (let key = 0; key < keyCount; key++) {
    let slot = slotOf(int(keyFiles, key), int(keyLines, key), int(keyNames, key));
    while (int(slots, slot) !== 0) slot = (slot + 1) & (2 * room - 1);
    setInt(slots, slot, key + 1);
  }
}

/** Makes functions of the keys of callers. */
function findFunctions(): void {
  functionCount = rowCount;
  for (let i = 0; i < callerCount; i++) {
    const key = int(callers, i);
    let func = int(keyRows, key);
    if (func < 0) {
      func = functionCount++;
      setInt(keyRows, key, func);
      setInt(functionKeys, func, key);
    }
    setInt(callers, i, func);
  }
}
