/**
 * Nodes of a cpuprofile as V8 writes nearly all of them: these keys in this order, short whole numbers, no blanks.
 *
 * `{"id":2,"callFrame":{…},"hitCount":1,"children":[3,20],"positionTicks":[{"line":7,"ticks":1}]}`
 */
import {
  endIfAt,
  hashUpTo,
  intern,
  open as openTexts,
  reserve as reserveTexts,
  length as textCount,
} from './interner';
import { int, isExhausted, larger, setInt, take } from './memory';
import { findByte, pattern } from './scan';

const COMMA: u8 = 44;
const MINUS: u8 = 45;
const ZERO: u8 = 48;
const CLOSE_BRACKET: u8 = 93;
const OPEN_BRACE: u8 = 123;
const CLOSE_BRACE: u8 = 125;
/** Numbers of more digits are not short. */
const DIGITS: usize = 9;
/** A node takes so many bytes or more, and a child, and ticks. */
const NODE_SIZE = 32;
const CHILD_SIZE = 2;
const TICKS_SIZE = 20;
/** Up to so much behind the input is looked at. */
const SLACK = 64;
/** Call frames met lately are found by this part of them, without a look for their end. */
const SAMPLE_START: usize = 16;
const SAMPLE_END: usize = 48;
const CACHE_SIZE = 1 << 15;
/** There is no such byte in JSON. */
const NO_BYTE: u64 = 0;
const FIRST_ROOM = 1024;

export { heap as texts, starts as textStarts } from './interner';

let input: usize = 0;
let inputEnd: usize = 0;
/** Where reading is. */
let at: usize = 0;
/** What stands between the values. */
let beforeId: usize = 0;
let beforeCallFrame: usize = 0;
let beforeHitCount: usize = 0;
let beforeChildren: usize = 0;
let beforePositionTicks: usize = 0;
let beforeLine: usize = 0;
let beforeTicks: usize = 0;
/** By call frame: 1 = it is none. */
let refused: usize = 0;
let refusedRoom = 0;
/** The call frame + 1 that was last met, by hash of its sample. */
let cache: usize = 0;

/** The nodes that the last `run` found: where each ends, its numbers, and how many children and ticks there are so far. */
export let nodeCount: i32 = 0;
export let nodeEnds: usize = 0;
export let ids: usize = 0;
export let frames: usize = 0;
export let hitCounts: usize = 0;
export let childEnds: usize = 0;
export let tickEnds: usize = 0;
export let children: usize = 0;
export let tickLines: usize = 0;
export let ticks: usize = 0;
let childCount = 0;
let tickCount = 0;
export let numberCount: i32 = 0;

/** Where input is to be put, up to `size` bytes at once; 0 = there is no memory. */
export function open(size: i32): usize {
  const ofNodes = (<usize>size / NODE_SIZE + 1) << 2;
  input = take(size + SLACK);
  nodeEnds = take(ofNodes);
  ids = take(ofNodes);
  frames = take(ofNodes);
  hitCounts = take(ofNodes);
  childEnds = take(ofNodes);
  tickEnds = take(ofNodes);
  children = take((<usize>size / CHILD_SIZE + 1) << 2);
  tickLines = take((<usize>size / TICKS_SIZE + 1) << 2);
  ticks = take((<usize>size / TICKS_SIZE + 1) << 2);
  cache = take(CACHE_SIZE << 2);
  beforeId = literal('{"id":');
  beforeCallFrame = literal(',"callFrame":');
  beforeHitCount = literal(',"hitCount":');
  beforeChildren = literal(',"children":[');
  beforePositionTicks = literal(',"positionTicks":[');
  beforeLine = literal('{"line":');
  beforeTicks = literal(',"ticks":');
  return openTexts() && !isExhausted ? input : 0;
}

/** A text in ASCII, by words: their number and its size, then each, and the bits of it that count. */
function literal(text: string): usize {
  const words = (text.length + 7) >>> 3;
  const found = take(8 + 16 * words);
  if (found === 0) return 0;
  store<i32>(found, words);
  store<i32>(found + 4, text.length);
  for (let i = 0; i < text.length; i++) {
    const at = found + 8 + 16 * (i >>> 3) + (i & 7);
    store<u8>(at, <u8>text.charCodeAt(i));
    store<u8>(at + 8, 0xff);
  }
  return found;
}

/** Says that what was met up to its first `}` is no call frame. */
export function refuse(text: i32): void {
  setInt(refused, text, 1);
}

/** Makes room for so many call frames; false = there is no memory. */
function reserveRefused(count: i32): bool {
  if (count <= refusedRoom) return true;
  const room = max(count, max(2 * refusedRoom, FIRST_ROOM));
  const more = larger(refused, (<usize>refusedRoom) << 2, (<usize>room) << 2);
  if (more === 0) return false;
  refused = more;
  refusedRoom = room;
  return true;
}

/** Reads nodes from an offset to another, with commas between them. Returns where the last one ends, or `from`. */
export function run(from: i32, to: i32): i32 {
  inputEnd = input + to;
  // What ends there is not known to be whole.
  store<u64>(inputEnd, 0);
  nodeCount = 0;
  childCount = 0;
  tickCount = 0;
  let end = input + from;
  at = end;
  while (readNode()) {
    end = at;
    nodeCount++;
    if (load<u8>(at) !== COMMA) break;
    at++;
  }
  return <i32>(end - input);
}

/**
 * Reads numbers with a comma behind each, from an offset to another, to where children are. Returns where the last comma
 * ends, or `from`; `numberCount` are read.
 */
export function readNumbers(from: i32, to: i32): i32 {
  inputEnd = input + to;
  store<u64>(inputEnd, 0);
  numberCount = 0;
  let end = input + from;
  while (true) {
    at = end;
    const isNegative = passByte(MINUS);
    const value = readInteger();
    if (value < 0 || !passByte(COMMA)) return <i32>(end - input);
    setInt(children, numberCount++, isNegative ? -value : value);
    end = at;
  }
}

function readNode(): bool {
  let childAt = childCount;
  let tickAt = tickCount;
  if (!pass(beforeId)) return false;
  const id = readInteger();
  if (id < 0 || !pass(beforeCallFrame)) return false;
  const frame = readFrame();
  if (frame < 0 || !pass(beforeHitCount)) return false;
  const hitCount = readInteger();
  if (hitCount < 0) return false;
  if (pass(beforeChildren)) {
    do {
      const child = readInteger();
      if (child < 0) return false;
      setInt(children, childAt++, child);
    } while (passByte(COMMA));
    if (!passByte(CLOSE_BRACKET)) return false;
  }
  if (pass(beforePositionTicks)) {
    do {
      const line = pass(beforeLine) ? readInteger() : -1;
      const count = pass(beforeTicks) ? readInteger() : -1;
      if (line < 1 || count < 1 || !passByte(CLOSE_BRACE)) return false;
      setInt(tickLines, tickAt, line);
      setInt(ticks, tickAt++, count);
    } while (passByte(COMMA));
    if (!passByte(CLOSE_BRACKET)) return false;
  }
  if (!passByte(CLOSE_BRACE)) return false;
  childCount = childAt;
  tickCount = tickAt;
  setInt(nodeEnds, nodeCount, <i32>(at - input));
  setInt(ids, nodeCount, id);
  setInt(frames, nodeCount, frame);
  setInt(hitCounts, nodeCount, hitCount);
  setInt(childEnds, nodeCount, childCount);
  setInt(tickEnds, nodeCount, tickCount);
  return true;
}

/** Whether this text is next, which then is behind us. */
function pass(text: usize): bool {
  const words = load<i32>(text);
  for (let i = 0; i < words; i++) {
    const word = text + 8 + 16 * i;
    if (((load<u64>(at + 8 * i) ^ load<u64>(word)) & load<u64>(word + 8)) !== 0) return false;
  }
  at += load<i32>(text + 4);
  return true;
}

function passByte(byte: u8): bool {
  if (load<u8>(at) !== byte) return false;
  at++;
  return true;
}

/** The short whole number that is next; -1 = it is no such number. */
function readInteger(): i32 {
  const start = at;
  let value = 0;
  for (let digit = load<u8>(at) - ZERO; digit <= 9 && at - start <= DIGITS; digit = load<u8>(++at) - ZERO)
    value = value * 10 + digit;
  const size = at - start;
  return size > 0 && size <= DIGITS && (load<u8>(start) !== ZERO || size === 1) ? value : -1;
}

/** The number of the call frame that is next, up to its first `}`; -1 = it is none, or is not seen whole. */
function readFrame(): i32 {
  if (at + SAMPLE_END > inputEnd || load<u8>(at) !== OPEN_BRACE) return -1;
  const slot = cache + ((<usize>sampleHash(at)) << 2);
  const recent = load<i32>(slot) - 1;
  const end = recent < 0 ? <usize>0 : endIfAt(recent, at, inputEnd);
  if (end !== 0) {
    at = end;
    return recent;
  }
  const close = findByte(at, inputEnd, pattern(CLOSE_BRACE)) + 1;
  if (close > inputEnd) return -1;
  if (!reserveTexts(1, <i32>(close - at)) || !reserveRefused(textCount + 1)) return -1;
  const frame = intern(at, hashUpTo(NO_BYTE, at, close));
  if (int(refused, frame) !== 0) return -1;
  store<i32>(slot, frame + 1);
  at = close;
  return frame;
}

function sampleHash(start: usize): i32 {
  let hash: u64 = 0;
  for (let i = SAMPLE_START; i < SAMPLE_END; i += 8) {
    hash = (hash ^ load<u64>(start + i)) * 0x9e3779b1;
    hash ^= hash >> 32;
  }
  return <i32>(hash >> 7) & (CACHE_SIZE - 1);
}
