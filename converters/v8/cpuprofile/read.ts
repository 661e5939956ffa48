/** The recordings of a file: by way of `JSON.parse` while it is small, which is the faster way then. */
import { bytesInput, PeekedInput, type Source } from '../../../src/plugin.ts';
import { readBytes } from './read-bytes.ts';
import { readObject } from './read-object.ts';
import { Recordings } from './recordings.ts';

const SMALL = 8 << 20;

export function readRecordings(source: Source): Recordings {
  const recordings = new Recordings(source);
  if ((source.size ?? 0) > SMALL) {
    readBytes(source.utf8(), recordings);
    return recordings;
  }
  const input = new PeekedInput(source.utf8());
  const bytes = input.peek(SMALL + 1);
  if (bytes.length > SMALL) readBytes(input, recordings);
  else readObject(parsed(bytes, source), recordings);
  return recordings;
}

function parsed(bytes: Uint8Array, source: Source): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  } catch (error) {
    // The byte reader knows the place, and says what it expected there.
    readBytes(bytesInput(bytes), new Recordings(source));
    return source.fail('bad-json', String(error));
  }
}
