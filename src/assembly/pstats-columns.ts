/**
 * Reads what Python's own profilers write straight into columns. Whatever is out of the ordinary stops the module, also
 * a function that stands twice: it is `unreachable`.
 */
import { length as textCount, starts as textStarts, heap as texts } from './interner';
import {
  at,
  begin,
  beginDict,
  beginTuple,
  inputEnd,
  isAtNull,
  isAtReference,
  isAtTuple,
  isPlain,
  nameTuple,
  open as openMarshal,
  readInt,
  readNamed,
  readNumber,
  readText,
  skip,
} from './marshal';
import { int, setDouble, setInt } from './memory';
import {
  calledIn as keyCalledIn,
  count as keyCount,
  keyOf,
  rows as keyRows,
  reserve as reserveKeys,
} from './pstats-keys';
import { moved, movedDoubles, needed } from './tables';

export { heap as texts, length as textCount, starts as textStarts } from './interner';
export { files as keyFiles, lines as keyLines, names as keyNames } from './pstats-keys';

/** Up to a word behind the input is looked at. */
const SLACK: usize = 8;
/** A row without its callers, or a caller, that is longer may stop the module. */
const LONGEST: usize = 1 << 13;
/** Rows and callers take so many bytes, most often. */
const USUAL_ROW = 256;
const USUAL_CALLER = 32;
const FIRST_ROOM = 1024;

/** Where a part of the input is put. */
let window: usize = 0;
let isBegun = false;
let isEnded = false;
/** Whether the callers of the last row are being read. */
let isInRow = false;
/** The keys of functions: those of rows, then those of callers that have none, as they are met. */
export let functionKeys: usize = 0;
export let functionCount: i32 = 0;
export let rowCount: i32 = 0;
let rowRoom = 0;
/** NaN = not counted. */
export let rowCalls: usize = 0;
export let rowPrimitiveCalls: usize = 0;
export let rowSelves: usize = 0;
export let rowTotals: usize = 0;
/** Whether some rows have more primitive calls than calls; fewer; calls that are counted. */
export let hasMorePrimitive: bool = false;
export let hasFewerPrimitive: bool = false;
export let hasCounted: bool = false;
/** Keys, and in the end functions. */
export let callers: usize = 0;
export let callees: usize = 0;
export let callerCount: i32 = 0;
let callerRoom = 0;
/** NaN = not counted, or not there: of some callers there is nothing but calls. */
export let callerCalls: usize = 0;
export let callerPrimitiveCalls: usize = 0;
export let callerSelves: usize = 0;
export let callerTotals: usize = 0;

/** For an input of so many bytes: where parts of it, `room` bytes at most, are to be put. */
export function open(size: i32, room: usize): usize {
  window = needed(room + SLACK);
  reserveRows(size / USUAL_ROW + FIRST_ROOM);
  reserveCallers(size / USUAL_CALLER + FIRST_ROOM);
  let keys = FIRST_ROOM;
  while (keys < size / USUAL_ROW) keys *= 2;
  openMarshal(keys);
  reserveKeys(keys);
  return window;
}

function reserveRows(room: i32): void {
  rowCalls = movedDoubles(rowCalls, rowCount, room);
  rowPrimitiveCalls = movedDoubles(rowPrimitiveCalls, rowCount, room);
  rowSelves = movedDoubles(rowSelves, rowCount, room);
  rowTotals = movedDoubles(rowTotals, rowCount, room);
  rowRoom = room;
}

function reserveCallers(room: i32): void {
  callers = moved(callers, callerCount, room);
  callees = moved(callees, callerCount, room);
  callerCalls = movedDoubles(callerCalls, callerCount, room);
  callerPrimitiveCalls = movedDoubles(callerPrimitiveCalls, callerCount, room);
  callerSelves = movedDoubles(callerSelves, callerCount, room);
  callerTotals = movedDoubles(callerTotals, callerCount, room);
  callerRoom = room;
}

/** Reads so many bytes, which are the input's last ones or at least `LONGEST`. Returns how many have been used. */
export function read(size: usize, isLast: bool): usize {
  begin(window, size);
  const end = isLast ? inputEnd : inputEnd - LONGEST;
  while (at < end && !isEnded) readItem();
  if (isEnded !== isLast) unreachable();
  if (isLast) finish();
  return at - window;
}

function readItem(): void {
  if (isAtNull()) {
    skip(1);
    if (isInRow) rowCount++;
    else isEnded = true;
    isInRow = false;
  } else if (isInRow) readCaller();
  else if (isBegun) readRow();
  else {
    beginDict();
    isBegun = true;
  }
}

function finish(): void {
  if (at < inputEnd || rowCount === 0) unreachable();
  findFunctions();
}

/** Whether all texts are ASCII. */
export function isAscii(): bool {
  return isPlain(texts, texts + int(textStarts, textCount));
}

/** Reads a row up to its callers. */
function readRow(): void {
  const key = readKey();
  if (rowCount === rowRoom) reserveRows(2 * rowRoom);
  if (int(keyRows, key) >= 0) unreachable();
  setInt(keyRows, key, rowCount);
  beginTuple(5);
  const primitiveCalls = readCount();
  const calls = readCount();
  // What is counted in part is for the general reader.
  if (calls < 0 && primitiveCalls >= 0) unreachable();
  if (primitiveCalls > calls) hasMorePrimitive = true;
  if (primitiveCalls < calls) hasFewerPrimitive = true;
  if (calls >= 0) hasCounted = true;
  setDouble(rowPrimitiveCalls, rowCount, counted(primitiveCalls));
  setDouble(rowCalls, rowCount, counted(calls));
  setDouble(rowSelves, rowCount, readTime());
  setDouble(rowTotals, rowCount, readTime());
  beginDict();
  isInRow = true;
}

function readCaller(): void {
  const key = readKey();
  if (callerCount === callerRoom) reserveCallers(2 * callerRoom);
  if (int(keyCalledIn, key) === rowCount) unreachable();
  setInt(keyCalledIn, key, rowCount);
  setInt(callers, callerCount, key);
  setInt(callees, callerCount, rowCount);
  if (isAtTuple()) {
    beginTuple(4);
    setDouble(callerCalls, callerCount, counted(readCount()));
    setDouble(callerPrimitiveCalls, callerCount, counted(readCount()));
    setDouble(callerSelves, callerCount, readTime());
    setDouble(callerTotals, callerCount, readTime());
  } else {
    setDouble(callerCalls, callerCount, counted(readCount()));
    setDouble(callerPrimitiveCalls, callerCount, NaN);
    setDouble(callerSelves, callerCount, NaN);
    setDouble(callerTotals, callerCount, NaN);
  }
  callerCount++;
}

function readCount(): f64 {
  const count = readNumber();
  if (!(count >= 0 || count < 0)) unreachable();
  return count;
}

/** NaN = it was not counted. */
function counted(count: f64): f64 {
  return count < 0 ? NaN : count;
}

/** The number of a key, by which it is the same wherever it stands. */
function readKey(): i32 {
  if (isAtReference()) return readNamed();
  const reference = beginTuple(3);
  const file = readText();
  const line = readInt();
  const key = keyOf(file, line, readText());
  nameTuple(reference, key);
  return key;
}

function readTime(): f64 {
  const time = readNumber();
  if (!(abs(time) < Infinity)) unreachable();
  // Not -0.
  return time + 0;
}

/** Makes functions of the keys of callers. */
function findFunctions(): void {
  functionKeys = needed((<usize>keyCount) << 2);
  for (let key = 0; key < keyCount; key++) {
    const row = int(keyRows, key);
    if (row >= 0) setInt(functionKeys, row, key);
  }
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
