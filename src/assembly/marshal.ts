/**
 * Records of Python's `marshal`, as far as its profilers write them: tuples, dictionaries, numbers, texts and
 * references. Whatever is out of the ordinary (long integers, code objects, bytes that make no sense, too little
 * memory) stops the module: it is `unreachable`.
 */
import { hashUpTo, intern, open as openTexts, reserve as reserveTexts, size as textSize } from './interner';
import { double, int, larger, setDouble, setInt } from './memory';
import { moved, movedDoubles } from './tables';

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
/** What records are that can be referred to: of no use, tuples that were named, texts, whole and other numbers. */
const UNUSED: u8 = 0;
const NAMED: u8 = 1;
const TEXT: u8 = 2;
const WHOLE: u8 = 3;
const DOUBLE: u8 = 4;
const FIRST_ROOM = 1024;

/** Where the next record stands, and the end of what is there. */
export let at: usize = 0;
export let inputEnd: usize = 0;
/** Behind the text that was looked at last. */
let textEnd: usize = 0;
/** Of the number that was read last. */
let numberKind: u8 = 0;
/** What records are that can be referred to, and their values: names, texts, numbers. */
let kinds: usize = 0;
let values: usize = 0;
let referredCount = 0;
let referredRoom = 0;
/** The texts that are interned. */
let interned: usize = 0;
let internedCount = 0;
let internedRoom = 0;

/** Makes room for so many texts, a power of two. */
export function open(texts: i32): void {
  if (!openTexts(<usize>(2 * texts))) unreachable();
  reserveReferred();
}

/** Goes to so many bytes. Up to a word behind them is looked at. */
export function begin(start: usize, size: usize): void {
  at = start;
  inputEnd = start + size;
}

/** Whether here is the end of a dictionary. */
export function isAtNull(): bool {
  return load<u8>(at) === NULL;
}

export function isAtReference(): bool {
  return load<u8>(at) === REFERENCE;
}

export function isAtTuple(): bool {
  return isTuple(load<u8>(at));
}

function isTuple(byte: u8): bool {
  const kind = byte & ~FLAG_REF;
  return kind === SHORT_TUPLE || kind === TUPLE;
}

/** Reads a number, or a reference to one. */
export function readNumber(): f64 {
  const byte = load<u8>(at);
  if (byte === REFERENCE) {
    const reference = readIndex(referredCount);
    numberKind = load<u8>(kinds + reference);
    if (numberKind !== WHOLE && numberKind !== DOUBLE) unreachable();
    return double(values, reference);
  }
  const kind = byte & ~FLAG_REF;
  numberKind = kind === FLOAT ? DOUBLE : WHOLE;
  if (kind !== FLOAT && kind !== INT) unreachable();
  const start = skip(kind === FLOAT ? 9 : 5) + 1;
  const value = kind === FLOAT ? load<f64>(start) : <f64>load<i32>(start);
  if (byte & FLAG_REF) setReferred(refer(), numberKind, value);
  return value;
}

/** Reads an integer, or a reference to one. */
export function readInt(): i32 {
  const value = readNumber();
  if (numberKind !== WHOLE) unreachable();
  return <i32>value;
}

/** The number of a text, by which it is the same wherever it stands. */
export function readText(): i32 {
  const start = at;
  const byte = load<u8>(start);
  if (byte === REFERENCE) return referredAs(TEXT);
  if (byte === INTERNED_REFERENCE) return int(interned, readIndex(internedCount));
  const text = textAt(start);
  if ((byte & ~FLAG_REF) === INTERNED) addInterned(text);
  if (byte & FLAG_REF) setReferred(refer(), TEXT, text);
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

/** Whether all bytes are ASCII. */
export function isPlain(start: usize, end: usize): bool {
  let any: u64 = 0;
  let place = start;
  for (; place + 8 <= end; place += 8) any |= load<u64>(place);
  for (; place < end; place++) any |= load<u8>(place);
  return (any & HIGHS) === 0;
}

/** Goes to the items of a tuple. Returns the number by which it is referred to; `NONE` = by none. */
export function beginTuple(length: i32): i32 {
  const start = at;
  const byte = load<u8>(start);
  if (!isTuple(byte)) unreachable();
  const isShort = (byte & ~FLAG_REF) === SHORT_TUPLE;
  skip(isShort ? 2 : 5);
  if ((isShort ? <i32>load<u8>(start + 1) : load<i32>(start + 1)) !== length) unreachable();
  return byte & FLAG_REF ? refer() : NONE;
}

export function beginDict(): void {
  const byte = load<u8>(at);
  if ((byte & ~FLAG_REF) !== DICT) unreachable();
  if (byte & FLAG_REF) refer();
  skip(1);
}

/** Goes on by so many bytes; returns where they begin. */
export function skip(size: usize): usize {
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

/** Reads a reference to a tuple; returns how it was named. */
export function readNamed(): i32 {
  return referredAs(NAMED);
}

/** Names a tuple by its number. */
export function nameTuple(reference: i32, value: i32): void {
  if (reference !== NONE) setReferred(reference, NAMED, value);
}

/** Goes behind a reference to a record of a kind; returns which of these it is. */
function referredAs(kind: u8): i32 {
  const reference = readIndex(referredCount);
  if (load<u8>(kinds + reference) !== kind) unreachable();
  return <i32>double(values, reference);
}

/** Numbers a record, so that it can be referred to. */
function refer(): i32 {
  if (referredCount === referredRoom) reserveReferred();
  store<u8>(kinds + referredCount, UNUSED);
  return referredCount++;
}

function setReferred(reference: i32, kind: u8, value: f64): void {
  store<u8>(kinds + reference, kind);
  setDouble(values, reference, value);
}

function reserveReferred(): void {
  const room = max(2 * referredRoom, FIRST_ROOM);
  kinds = larger(kinds, referredCount, room);
  if (kinds === 0) unreachable();
  values = movedDoubles(values, referredCount, room);
  referredRoom = room;
}

function addInterned(text: i32): void {
  if (internedCount === internedRoom) {
    internedRoom = max(2 * internedRoom, FIRST_ROOM);
    interned = moved(interned, internedCount, internedRoom);
  }
  setInt(interned, internedCount++, text);
}
