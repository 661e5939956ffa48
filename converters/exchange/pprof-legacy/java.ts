/** Java's profiles: the code at an address is told behind the samples. */
import type { Label, LineReader, Source, Value } from '../../../src/plugin.ts';
import type { AddressProfile, CodeSymbol } from './address-profile.ts';
import { Attributes } from './attributes.ts';
import { unsampled } from './heap.ts';
import { LineScanner } from './line-scanner.ts';
import { readAddresses } from './samples.ts';

/**
 * Reads lines like `0x7f01 com.example.Main.run (Main.java:12)`; what says nothing of an address is left out.
 * `current`: the line that the reader is at is the first one.
 */
export function readJavaLocations(lines: LineReader, profile: AddressProfile, current: boolean): void {
  const scanner = new LineScanner(lines);
  for (let more = current || lines.next(); more; more = lines.next()) {
    scanner.start();
    scanner.spaces();
    if (!scanner.address()) continue;
    const text = lines.text(scanner.at).trim();
    if (text !== '') profile.name(scanner, [symbolOf(text)]);
  }
}

function symbolOf(text: string): CodeSymbol {
  const open = text.lastIndexOf(' (');
  if (open > 0 && text.endsWith(')')) {
    const name = text.slice(0, open).trimEnd();
    const place = text.slice(open + 2, -1);
    const colon = place.lastIndexOf(':');
    const line = colon > 0 ? Number(place.slice(colon + 1)) : Number.NaN;
    if (Number.isInteger(line))
      return { name, file: place.slice(0, colon), line: line > 0 && line < 2 ** 31 ? line : 0 };
    // The path of a library.
    return { name, file: place.slice(place.lastIndexOf('/') + 1), line: 0 };
  }
  return { name: text.includes('generated stub/JIT') ? 'STUB' : text, file: '', line: 0 };
}

/** How many bytes Java's heap profiles were sampled by. */
const RATE = 512 * 1024;

/** Reads a heap profile behind its first line: attributes, samples, then the code at their addresses. */
export function readJavaHeap(lines: LineReader, profile: AddressProfile): void {
  const attributes = new Attributes(lines, profile.source, ['format', 'resolution']);
  profile.metrics = [
    { name: 'inuse_objects', unit: 'count' },
    { name: 'inuse_space', unit: unitOf(attributes, profile, lines) },
  ];
  readJavaSamples(lines, profile, attributes.more, ([bytes, objects]) => {
    const size = Number(objects) === 0 ? 0 : Math.trunc(Number(bytes) / Number(objects));
    return { values: unsampled(objects, bytes, RATE), labels: [{ key: 'bytes', value: size }] };
  });
}

/** Reads a contention profile behind its attributes. */
export function readJavaContention(lines: LineReader, profile: AddressProfile, attributes: Attributes): void {
  const count = { name: 'contentions', unit: 'count' };
  profile.metrics = [count, { name: 'delay', unit: unitOf(attributes, profile, lines) }];
  const period = attributes.number('sampling period', 0);
  if (period !== 0) profile.period = { metric: count, value: period };
  const factor = period || 1;
  readJavaSamples(lines, profile, attributes.more, ([delay, count]) => ({
    values: [times(count, factor), times(delay, factor)],
  }));
}

function unitOf(attributes: Attributes, profile: AddressProfile, lines: LineReader): string {
  const source: Source = profile.source;
  const format = attributes.text('format') ?? 'java';
  if (format !== 'java') source.fail('unknown-format', `its format is ${format}, not java`, lines.place());
  const unit = attributes.text('resolution');
  if (!unit) source.fail('no-resolution', 'there is no resolution: the values mean nothing', lines.place());
  return unit;
}

function times(value: Value, factor: number): Value {
  const product = Number(value) * factor;
  return Number.isSafeInteger(product) ? product : BigInt.asIntN(64, BigInt(value) * BigInt(factor));
}

/** Samples, `value count @ addresses`; the first line that is none begins the locations. */
function readJavaSamples(
  lines: LineReader,
  profile: AddressProfile,
  current: boolean,
  sampleOf: (pair: [Value, Value]) => { values: Value[]; labels?: Label[] },
): void {
  const scanner = new LineScanner(lines);
  profile.forgetAddresses = true;
  let more = current;
  for (; more; more = lines.next()) {
    scanner.start();
    scanner.spaces();
    if (scanner.done) continue;
    const first = scanner.integer();
    const second = scanner.integer();
    if (first === undefined || second === undefined || !scanner.take('@')) break;
    readAddresses(scanner, profile, false);
    const { values, labels } = sampleOf([first, second]);
    profile.sample(values, labels);
  }
  if (more) readJavaLocations(lines, profile, true);
}
