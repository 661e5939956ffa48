/** Samples of a line each: numbers, `@`, and the stack as addresses, leaf first. */
import type { Label, LineReader, Value } from '../../../src/plugin.ts';
import type { AddressProfile } from './address-profile.ts';
import { LineScanner } from './line-scanner.ts';
import { isMapStart } from './memory-map.ts';
import { GoComments, goLabels } from './symbols.ts';

interface Sample {
  values: Value[];
  labels?: Label[];
}

/** Reads the numbers before the `@`; undefined if the line is no sample. May fail. */
export type ReadNumbers = (scanner: LineScanner) => Sample | undefined;

const HASH = 35;

/**
 * Reads samples up to the next section, which begins with `---`, or to the end. Returns whether the reader is at
 * a line that was not read. `current`: the line that the reader is at is the first one.
 */
export function readSamples(
  lines: LineReader,
  profile: AddressProfile,
  numbers: ReadNumbers,
  current = false,
): boolean {
  const scanner = new LineScanner(lines);
  const comments = new GoComments(profile);
  let pending: Sample | undefined;
  const finish = () => {
    if (!pending) return;
    comments.end((low, high) => profile.occurrences(low, high));
    profile.sample(pending.values, pending.labels);
    pending = undefined;
  };
  for (let more = current || lines.next(); more; more = lines.next()) {
    scanner.start();
    scanner.spaces();
    if (scanner.done) continue;
    if (lines.bytes[scanner.at] === HASH) {
      if (pending && profile.names) {
        const labels = comments.add(lines) ? undefined : goLabels(lines.text());
        if (labels) pending.labels = [...(pending.labels ?? []), ...labels];
      }
      continue;
    }
    if (
      lines.startsWith('---') ||
      isMapStart(lines.text(lines.start, Math.min(lines.end, lines.start + 100)))
    ) {
      finish();
      return true;
    }
    finish();
    pending = numbers(scanner);
    if (!pending || !scanner.take('@')) {
      const message = 'expected a sample: numbers, @ and addresses';
      profile.source.fail('bad-sample', message, lines.place(scanner.at));
    }
    readAddresses(scanner, profile);
  }
  finish();
  return false;
}

/** Reads the addresses of a stack. */
export function readAddresses(scanner: LineScanner, profile: AddressProfile, adjust = true): void {
  for (scanner.spaces(); !scanner.done; scanner.spaces()) {
    if (!scanner.address()) {
      profile.source.fail(
        'bad-address',
        'expected an address: 0x and up to 16 digits',
        scanner.lines.place(scanner.at),
      );
    }
    if (adjust) profile.pushBefore(scanner.low, scanner.high);
    else profile.push(scanner.low, scanner.high);
  }
}
