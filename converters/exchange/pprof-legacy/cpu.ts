/** gperftools' CPU profiles: machine words of either size and order, then the memory map, or Java's locations. */
import { bytesInput, LineReader, type Source } from '../../../src/plugin.ts';
import type { AddressProfile } from './address-profile.ts';
import { headerOf, WordReader } from './cpu-header.ts';
import { CPU_FRAMES } from './drop-lists.ts';
import { readJavaLocations } from './java.ts';

const HINT = 'the file may be cut off; copy it again';

/** Reads the profile that begins at `at`. */
export function readCpu(bytes: Uint8Array<ArrayBuffer>, at: number, profile: AddressProfile): void {
  const source: Source = profile.source;
  const header = headerOf(bytes, at);
  if (!header)
    source.fail(
      'no-header',
      'there is no header of a CPU profile: 0, 3, 0, a period, 0',
      { offset: at },
      HINT,
    );
  const { words, java, period } = header;
  const nanoseconds = period * 1000;
  profile.metrics = [
    { name: 'samples', unit: 'count' },
    { name: 'cpu', unit: 'nanoseconds' },
  ];
  profile.period = { metric: { name: 'cpu', unit: 'nanoseconds' }, value: nanoseconds };
  profile.dropFrames = CPU_FRAMES;
  const reader = new WordReader(bytes, at + 5 * words.size, words);
  readSamples(reader, nanoseconds, !java, profile);
  const lines = new LineReader(bytesInput(bytes.subarray(reader.at)), source.name);
  if (java) {
    profile.forgetAddresses = true;
    readJavaLocations(lines, profile, false);
    return;
  }
  profile.stripHandlers();
  while (lines.next()) profile.map.add(lines.text(), lines.line);
  profile.stripDuplicates();
}

function readSamples(reader: WordReader, period: number, adjust: boolean, profile: AddressProfile): void {
  const source: Source = profile.source;
  while (reader.left > 0) {
    const { at } = reader;
    if (reader.left < 2) source.fail('truncated', 'the last sample is cut off', { offset: at }, HINT);
    const count = reader.next();
    const exact = (BigInt(reader.high) << 32n) | BigInt(reader.low);
    const depth = reader.next();
    if (depth > reader.left) {
      const message = `a stack of ${depth} addresses, but only ${reader.left} words are left`;
      source.fail('truncated', message, { offset: at }, HINT);
    }
    if (count === 0 && depth === 1) {
      if (reader.next() === 0) return;
      profile.push(reader.low, reader.high);
    } else {
      for (let i = 0; i < depth; i++) {
        reader.next();
        // But for the leaf, addresses are those behind the call.
        if (adjust && i > 0) profile.pushBefore(reader.low, reader.high);
        else profile.push(reader.low, reader.high);
      }
    }
    const isSafe = count * period <= Number.MAX_SAFE_INTEGER;
    profile.sample(
      isSafe
        ? [count, count * period]
        : [BigInt.asIntN(64, exact), BigInt.asIntN(64, exact * BigInt(period))],
    );
  }
  source.warn('no-trailer', 'the profile ends without its last record: it may be cut off', undefined, HINT);
}
