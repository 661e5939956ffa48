/** Stacks of all threads, as servers show them: each a block of addresses, with names behind them or not. */
import type { Label, LineReader, Source } from '../../../src/plugin.ts';
import type { AddressProfile } from './address-profile.ts';
import { CPU_FRAMES } from './drop-lists.ts';
import { THREAD } from './headers.ts';
import { LineScanner } from './line-scanner.ts';
import { isMapStart } from './memory-map.ts';

/** Reads blocks of threads; the reader is at the first one. Returns whether it is at a line that was not read. */
export function readThreads(lines: LineReader, profile: AddressProfile): boolean {
  const metric = { name: 'thread', unit: 'count' };
  profile.metrics = [metric];
  profile.period = { metric, value: 1 };
  profile.dropFrames = CPU_FRAMES;
  const source: Source = profile.source;
  for (;;) {
    const head = lines.text(lines.start, Math.min(lines.end, lines.start + 1000));
    if (isMapStart(head)) return true;
    if (head.startsWith('---- no stack trace for')) {
      source.warn('no-stack-trace', 'the profile ends at a thread without a stack', lines.place());
      return true;
    }
    const found = THREAD.exec(head);
    if (!found) source.fail('bad-thread', 'expected --- Thread … (name: …/…) stack: ---', lines.place());
    const [, , name, id] = found;
    const labels: Label[] = profile.names
      ? [
          { key: 'thread', value: name! },
          { key: 'thread id', value: Number(id) },
        ]
      : [];
    const more = readThread(lines, profile, labels);
    if (!more) return false;
  }
}

/** Reads the stack of one thread, up to the next line that begins with `---`. */
function readThread(lines: LineReader, profile: AddressProfile, labels: Label[]): boolean {
  const scanner = new LineScanner(lines);
  let isSame = false;
  let more = lines.next();
  for (; more; more = lines.next()) {
    scanner.start();
    scanner.spaces();
    if (scanner.done) continue;
    if (lines.bytes[scanner.at] === 45 && lines.text(scanner.at, scanner.at + 3) === '---') break;
    if (lines.text(scanner.at, Math.min(lines.end, scanner.at + 200)).includes('same as previous thread')) {
      isSame = true;
      continue;
    }
    readStackLine(scanner, profile);
  }
  if (isSame || profile.depth === 0) profile.repeat(labels);
  else profile.sample([1], labels);
  return more;
}

/** Addresses, wherever they stand; the name of the last one may follow it behind a colon. */
function readStackLine(scanner: LineScanner, profile: AddressProfile): void {
  while (scanner.nextAddress()) {
    const { low, high } = scanner;
    // The leaf is no call.
    if (profile.depth === 0) profile.push(low, high);
    else profile.pushBefore(low, high);
    if (profile.names && scanner.take(':')) {
      const name = scanner.lines.text(scanner.at).trim();
      if (name !== '') profile.nameLast(name);
      return;
    }
  }
}
