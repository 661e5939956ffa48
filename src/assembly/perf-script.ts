/**
 * What `perf script` prints: a header a record, the lines of its stack, a blank line. Records are taken here whose
 * header is written as most are, of an event and of who was sampled that are known, and whose lines are known, too, or
 * new ones as most are written. Everything else is JavaScript's.
 */
import { digitsEnd, digitsStart, isBlank, isHex, numberIn, skipBlanks, trimmedEnd } from './ascii';
import { reserve as reserveTree } from './call-tree';
import {
  find,
  hashUpTo,
  intern as internText,
  open as openTexts,
  reserve as reserveTexts,
  length as textCount,
  size as textSize,
} from './interner';
import {
  close as closeStack,
  depth,
  follower,
  followerEnd,
  isA,
  open as openStacks,
  push,
  pushKnown,
  reserve as reserveKinds,
} from './line-stacks';
import { larger, setInt, take } from './memory';
import { pushNew, reserveNew } from './perf-frames';
import { findByte, pattern } from './scan';

export { frame as nodeFrames, length as nodeCount, parent as nodeParents } from './call-tree';
export { heap as texts, length as textCount, starts as textStarts } from './interner';
export { define, depth, lineAt, push } from './line-stacks';
export {
  forgetNew,
  newAddresses,
  newCount,
  newLines,
  newObjects,
  newSymbols,
  newTexts,
  stopLearning,
} from './perf-frames';

const NEWLINE: u8 = 10;
const RETURN: u8 = 13;
const HASH: u8 = 35;
const DOT: u8 = 46;
const COLON: u8 = 58;
const UPPER_A: u8 = 65;
const UPPER_P: u8 = 80;
const LOWER_I: u8 = 105;
/** What a text may be besides a line. */
const WHO = 4;
const EVENT = 8;
/** So many digits make an exact number. */
const EXACT_DIGITS: usize = 15;
const NANO_DIGITS = 9;
/** `.123456`, as the time of day ends. */
const MICROSECONDS: usize = 7;
/** Up to a word behind what is read is looked at. */
const SLACK = 8;
const FIRST_RECORDS = 1024;

let input: usize = 0;
/** Whether a record is open, and what its header says: texts, and a frame or -1; NaN = unknown. */
export let isOpen: bool = false;
export let who: i32 = -1;
export let event: i32 = -1;
export let frame: i32 = -1;
export let period: f64 = NaN;
export let time: f64 = NaN;
/** The second of the first time of all, from which they are counted. */
export let firstSecond: f64 = NaN;
/** What the header says that is being read. */
let seconds: f64 = 0;
let nanoseconds: f64 = 0;
/** Records, a column for each: node, who, event, period, time. */
export let recordCount: i32 = 0;
export let recordNodes: usize = 0;
export let recordWhos: usize = 0;
export let recordEvents: usize = 0;
export let recordPeriods: usize = 0;
export let recordTimes: usize = 0;
let recordRoom = 0;
/** Where the last `run` ended, how many lines it took, and whether it met a whole one that it did not take. */
export let position: i32 = 0;
export let lineCount: i32 = 0;
export let stopped: bool = false;

/**
 * Begins a tree in which `expected` nodes may come. Returns where input is to be put, up to `size` bytes at once;
 * 0 = there is no memory.
 */
export function open(expected: i32, size: i32): usize {
  input = take(size + SLACK);
  const isReady =
    openTexts() && reserveTree(expected) && openStacks() && reserveRecords(FIRST_RECORDS) && reserveNew();
  return isReady ? input : 0;
}

/** Takes lines from an offset to another, up to one that it cannot read. */
export function run(from: i32, to: i32): void {
  const end = input + to;
  let start = input + from;
  lineCount = 0;
  stopped = false;
  while (start < end) {
    const newline = isOpen ? takeInside(start, end) : takeOutside(start, end);
    if (newline === 0) break;
    lineCount++;
    start = newline + 1;
  }
  position = <i32>(start - input);
}

/** The number of a text, the next one if it is new, that is `size` bytes from an offset on; -1 = there is no memory. */
export function intern(from: i32, size: i32): i32 {
  if (!reserveTexts(1, size) || !reserveKinds(textCount + 1)) return -1;
  const start = input + from;
  return internText(start, hashUpTo(pattern(NEWLINE), start, start + size));
}

/** Opens a record. `inFrame` = the text of a frame that stands in the header, or -1. */
export function begin(
  inWho: i32,
  inEvent: i32,
  inFrame: i32,
  inPeriod: f64,
  inSeconds: f64,
  nanos: f64,
): void {
  isOpen = true;
  who = inWho;
  event = inEvent;
  frame = inFrame;
  period = inPeriod;
  if (!(firstSecond >= 0)) firstSecond = inSeconds;
  time = (inSeconds - firstSecond) * 1e9 + nanos;
}

/** Adds the frame that stands in the header, if there is one; false = there is no memory. */
export function pushFrame(): bool {
  if (frame >= 0 && !push(frame)) return false;
  frame = -1;
  return true;
}

/** Ends the record, whose stack is not empty; false = there is no memory. */
export function endRecord(): bool {
  if (!reserveRecords(recordCount + 1)) return false;
  const node = closeStack();
  if (node < 0) return false;
  const at = (<usize>recordCount) << 3;
  setInt(recordNodes, recordCount, node);
  setInt(recordWhos, recordCount, who);
  setInt(recordEvents, recordCount, event);
  store<f64>(recordPeriods + at, period);
  store<f64>(recordTimes + at, time);
  recordCount++;
  isOpen = false;
  return true;
}

/** Leaves the record out. */
export function drop(): void {
  isOpen = false;
}

/** Takes the line at `start` in a record. Where it ends; 0 = it is not taken. */
function takeInside(start: usize, end: usize): usize {
  const follows = followerEnd(start, end);
  if (follows !== 0) {
    stopped = !push(follower());
    return stopped ? 0 : follows;
  }
  const hash = hashUpTo(pattern(NEWLINE), start, end);
  const newline = start + textSize;
  if (newline === end) return 0;
  if (isEmpty(start, newline)) stopped = depth > 0 && !endRecord();
  else stopped = !pushKnown(start, hash) && !pushNew(start, newline);
  return stopped ? 0 : newline;
}

/** Takes the line at `start` between records. Where it ends; 0 = it is not taken. */
function takeOutside(start: usize, end: usize): usize {
  const newline = findByte(start, end, pattern(NEWLINE));
  if (newline === end) return 0;
  stopped = !isEmpty(start, newline) && !takeHeader(start, newline);
  return stopped ? 0 : newline;
}

/** Whether there are only blanks up to a line's end. */
function isEmpty(start: usize, newline: usize): bool {
  const at = skipBlanks(start, newline);
  return at === newline || (at + 1 === newline && load<u8>(at) === RETURN);
}

/** Opens a record if the line is `comm pid/tid [cpu] seconds.fraction: period event:`, and no more. */
function takeHeader(start: usize, newline: usize): bool {
  const isReturned = load<u8>(newline - 1) === RETURN;
  const end = trimmedEnd(start, isReturned ? newline - 1 : newline);
  const first = skipBlanks(start, end);
  const byte = load<u8>(first);
  // Comments, frames, and fields as ` ABI:2` and ` insn: 90`, are something else.
  const isField = first === start + 1 && (byte === UPPER_A || byte === LOWER_I);
  if (byte === HASH || isField || isAddress(first, end)) return false;

  const colon = wordColon(first, end);
  if (colon === end) return false;
  const whoEnd = readTime(first, colon);
  if (whoEnd === 0) return false;
  const eventColon = wordColon(colon + 1, end);
  if (eventColon + 1 !== end) return false;
  let eventStart = skipBlanks(colon + 1, end);
  const periodEnd = digitsEnd(eventStart);
  let events: f64 = NaN;
  if (periodEnd > eventStart && isBlank(load<u8>(periodEnd))) {
    if (periodEnd - eventStart > EXACT_DIGITS) return false;
    events = numberIn(eventStart, periodEnd);
    eventStart = skipBlanks(periodEnd, eventColon);
  }
  // Other records than samples are called PERF_RECORD_….
  if (load<u8>(eventStart) === UPPER_P) return false;
  const theWho = find(start, hashUpTo(pattern(NEWLINE), start, whoEnd));
  if (!isA(theWho, WHO)) return false;
  const theEvent = find(eventStart, hashUpTo(pattern(NEWLINE), eventStart, eventColon));
  if (!isA(theEvent, EVENT)) return false;
  begin(theWho, theEvent, -1, events, seconds, nanoseconds);
  return true;
}

/** Whether the first word may be an address. */
function isAddress(start: usize, end: usize): bool {
  let at = start;
  for (; at < end; at++) {
    if (!isHex(load<u8>(at))) break;
  }
  return at === end || isBlank(load<u8>(at));
}

/** The next colon at the end of a word, or `end`. */
function wordColon(from: usize, end: usize): usize {
  let at = from;
  while (at < end && !(load<u8>(at) === COLON && (at + 1 === end || isBlank(load<u8>(at + 1))))) at++;
  return at;
}

/** Reads `seconds.fraction` in front of a colon. Where what stands before it ends; 0 = it is no time, or more than one. */
function readTime(start: usize, colon: usize): usize {
  let at = digitsStart(start, colon);
  const digits = <i32>(colon - at);
  if (digits === 0 || digits > NANO_DIGITS || at === start || load<u8>(at - 1) !== DOT) return 0;
  nanoseconds = numberIn(at, colon);
  for (let i = digits; i < NANO_DIGITS; i++) nanoseconds *= 10;
  const dot = at - 1;
  at = digitsStart(start, dot);
  if (at === dot || dot - at > EXACT_DIGITS || at === start || !isBlank(load<u8>(at - 1))) return 0;
  seconds = numberIn(at, dot);
  const end = trimmedEnd(start, at);
  // The time of day may stand in front.
  return end - start >= MICROSECONDS && load<u8>(end - MICROSECONDS) === DOT ? 0 : end;
}

/** Makes room for so many records; false = there is no memory. */
function reserveRecords(count: i32): bool {
  if (count <= recordRoom) return true;
  const room = max(count, 2 * recordRoom);
  const ints = (<usize>recordCount) << 2;
  const nodes = larger(recordNodes, ints, (<usize>room) << 2);
  const whos = larger(recordWhos, ints, (<usize>room) << 2);
  const events = larger(recordEvents, ints, (<usize>room) << 2);
  const periods = larger(recordPeriods, 2 * ints, (<usize>room) << 3);
  const times = larger(recordTimes, 2 * ints, (<usize>room) << 3);
  if (nodes === 0 || whos === 0 || events === 0 || periods === 0 || times === 0) return false;
  recordNodes = nodes;
  recordWhos = whos;
  recordEvents = events;
  recordPeriods = periods;
  recordTimes = times;
  recordRoom = room;
  return true;
}
