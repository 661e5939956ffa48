/**
 * The messages of a stream: JSON behind its length in four bytes, high ones first, as the agent sends it; or one
 * JSON a line.
 */
import { JsonReader, type Source } from '../../../src/plugin.ts';
import { isRaw, PREFIX } from './signature.ts';

/** The messages in order, and the path of each. */
export function* messagesOf(source: Source): Generator<{ message: unknown; path: string }> {
  let number = 0;
  if (!isRaw(source.head.bytes)) {
    const json = new JsonReader(source.utf8(), source);
    while (json.peek() !== 0) yield { message: json.value(), path: `[${number++}]` };
    return;
  }
  const bytes = source.bytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const left = bytes.length - at - PREFIX;
    const size = left < 0 ? 0 : view.getUint32(at);
    if (left < size) {
      const message = 'the stream ends inside of a message, which is left out';
      source.warn('cut-off', message, { offset: at }, 'the recording may have been stopped too early');
      return;
    }
    yield { message: parsed(bytes, at + PREFIX, size, source), path: `[${number++}]` };
    at += PREFIX + size;
  }
}

function parsed(bytes: Uint8Array, at: number, size: number, source: Source): unknown {
  const part = bytes.subarray(at, at + size);
  try {
    return JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(part));
  } catch (error) {
    return source.fail('bad-json', 'a message is no JSON', { offset: at }, undefined, error);
  }
}
