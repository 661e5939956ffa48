/**
 * Binary recordings of Tachyon: all samples of all threads, with their times.
 *
 * Spec: https://github.com/python/cpython/blob/main/InternalDocs/profiling_binary_format.md
 * The surprise: numbers are in the byte order of the machine that wrote them, which the magic tells; a stack is
 * told by how it differs from the one before of its thread.
 */
import type { Profile, ProfileBuilder, Source } from '../../../src/plugin.ts';
import { ByteReader } from './byte-reader.ts';
import { SampleReader } from './samples.ts';
import { MAGIC } from './signature.ts';
import { readFrames, readStrings } from './tables.ts';
import { unzstd } from './unzstd.ts';

const VERSION = 1;
const HEADER_SIZE = 64;
const FOOTER_SIZE = 32;
/** The end of the statistics: a signature, their version and their size. */
const TRAILER_SIZE = 16;
const SIGNATURE = 'TACHSTAT';
const UNCOMPRESSED = 0;
const ZSTD = 1;
const MODES = ['wall', 'cpu', 'gil', 'all', 'exception'];
/** Microseconds since 1970 in 64 bits of nanoseconds. */
const MAX_MICROSECONDS = 2n ** 53n;

export async function parseBinary(source: Source, builder: ProfileBuilder): Promise<Profile> {
  const bytes = source.bytes();
  const header = readHeader(bytes, source);
  const { view, little, footer } = header;
  const tables = new ByteReader(bytes, 0, source);
  tables.at = header.strings;
  tables.limit = header.frames;
  const strings = readStrings(tables, view.getUint32(footer, little));
  tables.at = header.frames;
  tables.limit = footer;
  const frames = readFrames(tables, view.getUint32(footer + 4, little), strings, builder);
  const packed = bytes.subarray(HEADER_SIZE, header.strings);
  const samples =
    header.compression === ZSTD ? await unzstd(packed, header.samples, HEADER_SIZE, source) : packed;
  const reader = new SampleReader(new ByteReader(samples, HEADER_SIZE, source), little, frames, builder);
  reader.read();
  const { sampleCount } = reader;
  if (sampleCount === 0) source.fail('no-samples', 'there are no samples in it');
  if (sampleCount !== header.samples)
    source.warn('other-count', `it says that it holds ${header.samples} samples, and has ${sampleCount}`);
  describe(builder, header);
  return reader.profile();
}

interface Header {
  view: DataView;
  little: boolean;
  samples: number;
  /** Offsets of the tables. */
  strings: number;
  frames: number;
  footer: number;
  compression: number;
}

function readHeader(bytes: Uint8Array, source: Source): Header {
  const hint = 'the recording was not finished, or the file was cut off';
  if (bytes.length < HEADER_SIZE + FOOTER_SIZE)
    source.fail('truncated', `the file ends after ${bytes.length} bytes`, undefined, hint);
  const view = viewOf(bytes);
  const little = view.getUint32(0, true) === MAGIC;
  const version = view.getUint32(4, little);
  if (version !== VERSION) {
    const convert =
      'the Python that wrote it converts it: python -m profiling.sampling replay --collapsed FILE';
    source.fail('later-version', `version ${version} of the format is not known`, { offset: 4 }, convert);
  }
  const long = (at: number) => Number(view.getBigUint64(at, little));
  const footer = bytes.length - FOOTER_SIZE;
  const size = long(footer + 8);
  if (size !== bytes.length)
    source.fail(
      'truncated',
      `the file has ${bytes.length} bytes, and not the ${size} it says`,
      undefined,
      hint,
    );
  const strings = long(40);
  const frames = long(48);
  if (strings < HEADER_SIZE || frames < strings || footer < frames)
    source.fail('bad-offset', `tables at bytes ${strings} and ${frames}`, { offset: 40 });
  const compression = view.getUint32(56, little);
  if (compression !== UNCOMPRESSED && compression !== ZSTD)
    source.fail('unknown-compression', `compression ${compression} is not known`, { offset: 56 });
  return { view, little, samples: long(28), strings, frames, footer, compression };
}

function describe({ meta }: ProfileBuilder, { view, little, footer, frames }: Header): void {
  const [major, minor, micro] = [8, 9, 10].map((at) => view.getUint8(at));
  meta.producer = `Python ${major}.${minor}.${micro} profiling.sampling`;
  const start = view.getBigUint64(12, little);
  if (start > 0n && start < MAX_MICROSECONDS) meta.startTime = start * 1000n;
  const interval = Number(view.getBigUint64(20, little));
  if (interval > 0) meta.period = { metric: { name: 'time', unit: 'microseconds' }, value: interval };
  const mode = MODES[view.getUint32(60, little) - 1];
  if (mode !== undefined) meta.comments = [`mode: ${mode}`];
  const trailer = footer - TRAILER_SIZE;
  const statistics = footer - view.getUint32(footer - 4, little);
  if (statistics < frames || statistics > trailer - TRAILER_SIZE) return;
  if ([...SIGNATURE].some((c, i) => view.getUint8(trailer + i) !== c.charCodeAt(0))) return;
  const seconds = view.getFloat64(statistics, little);
  if (seconds > 0 && Number.isFinite(seconds)) meta.duration = seconds * 1e9;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
