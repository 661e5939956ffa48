/** Texts of every kind: a header that says which, samples, then the memory map or names. */
import { bytesInput, LineReader, type Source } from '../../../src/plugin.ts';
import { type Address, type AddressProfile, addressBefore } from './address-profile.ts';
import { readContention } from './contention.ts';
import { readCpu } from './cpu.ts';
import { CPU_FRAMES } from './drop-lists.ts';
import { headerOf, isBlankOrComment } from './headers.ts';
import { readHeap, readJemalloc } from './heap.ts';
import { readJavaHeap } from './java.ts';
import { LineScanner } from './line-scanner.ts';
import { isMapStart } from './memory-map.ts';
import { readSamples } from './samples.ts';
import { readThreads } from './threads.ts';

/** Behind this line of a text with names there is a profile in machine words. */
const BINARY = new TextEncoder().encode('\n--- profile\n');
const NAMES = '--- symbol';

interface Name {
  address: Address;
  name: string;
}

/** Whether names come first: `--- symbol`, then `--- heap` or `--- profile` and what that is. */
export function isWithNames(bytes: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(bytes.subarray(0, NAMES.length)) === NAMES;
}

export function readWithNames(bytes: Uint8Array<ArrayBuffer>, profile: AddressProfile): void {
  const binary = indexOf(bytes, BINARY);
  const text = binary < 0 ? bytes : bytes.subarray(0, binary + 1);
  const lines = new LineReader(bytesInput(text), profile.source.name);
  lines.next();
  if (binary < 0) {
    readBody(lines, profile);
    return;
  }
  const names = readNames(lines);
  readCpu(bytes, binary + BINARY.length, profile);
  giveNames(names, profile);
}

/** Reads names up to the next section. */
function readNames(lines: LineReader): Name[] {
  const scanner = new LineScanner(lines);
  const names: Name[] = [];
  while (lines.next() && !lines.startsWith('---')) {
    scanner.start();
    if (!scanner.address()) continue;
    const { low, high } = scanner;
    const name = lines.text(scanner.at).trim();
    if (name !== '') names.push({ address: { low, high }, name });
  }
  return names;
}

function giveNames(names: Name[], profile: AddressProfile): void {
  if (!profile.names) return;
  for (const { address, name } of names) {
    // Some writers name the call, and some where it goes on.
    for (const each of [addressBefore(address), address]) profile.name(each, [{ name, file: '', line: 0 }]);
  }
}

function indexOf(bytes: Uint8Array, part: Uint8Array): number {
  for (let at = bytes.indexOf(part[0]!); at >= 0; at = bytes.indexOf(part[0]!, at + 1)) {
    if (part.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}

export function readText(source: Source, profile: AddressProfile): void {
  const lines = source.lines();
  let more = lines.next();
  while (more && isBlankOrComment(firstOf(lines))) more = lines.next();
  if (!more) source.fail('empty', 'there is nothing in it but blank lines and comments');
  readBody(lines, profile);
}

/** Reads what begins with the header that the reader is at. */
function readBody(lines: LineReader, profile: AddressProfile): void {
  const source: Source = profile.source;
  const names: Name[] = [];
  let header = headerOf(firstOf(lines));
  while (header?.kind === 'symbols') {
    for (const name of readNames(lines)) names.push(name);
    // The lines between are names of sections.
    let more = lines.next();
    while (more && (isBlankOrComment(firstOf(lines)) || /^--- ?\w*\s*$/.test(firstOf(lines))))
      more = lines.next();
    header = headerOf(more ? firstOf(lines) : '');
  }
  let unread: boolean;
  switch (header?.kind) {
    case 'heap':
      unread = readHeap(lines, profile, header);
      break;
    case 'jemalloc':
      unread = readJemalloc(lines, profile, header.rate, new LineScanner(lines));
      break;
    case 'count':
      unread = readCounts(lines, profile, header.name);
      break;
    case 'contention':
      unread = readContention(lines, profile);
      break;
    case 'threads':
      while (lines.next() && !lines.startsWith('-'));
      unread = readThreads(lines, profile);
      break;
    case 'thread':
      unread = readThreads(lines, profile);
      break;
    case 'java-heap':
      readJavaHeap(lines, profile);
      unread = false;
      break;
    default:
      source.fail('no-header', 'the first line names no kind of profile', lines.place());
  }
  if (unread) readMap(lines, profile);
  if (header.kind === 'threads' || header.kind === 'thread') profile.stripDuplicates();
  giveNames(names, profile);
}

/** The beginning of the reader's line. */
function firstOf(lines: LineReader): string {
  return lines.text(lines.start, Math.min(lines.end, lines.start + 2000));
}

/** Stacks and how many goroutines or the like have them. */
function readCounts(lines: LineReader, profile: AddressProfile, name: string): boolean {
  const metric = { name, unit: 'count' };
  profile.metrics = [metric];
  profile.period = { metric, value: 1 };
  profile.dropFrames = CPU_FRAMES;
  return readSamples(lines, profile, (scanner) => {
    const count = scanner.integer();
    return count === undefined ? undefined : { values: [count] };
  });
}

/** Skips sections that mean nothing here, up to the memory map, and reads that. */
function readMap(lines: LineReader, profile: AddressProfile): void {
  let inMap = isMapStart(lines.text());
  while (lines.next()) {
    const line = lines.text();
    if (inMap) profile.map.add(line, lines.line);
    else inMap = isMapStart(line);
  }
}
