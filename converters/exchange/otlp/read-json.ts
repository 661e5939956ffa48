/** The messages of a JSON text, as they were in protobuf. */
import type { Source } from '../../../src/plugin.ts';
import { encode } from './json.ts';

/** Throws `ProfileError`. */
export function* messagesOf(source: Source): Generator<Uint8Array> {
  for (const value of values(source)) yield encode(value, 'Data', source);
}

/** The only value of the text, or one a line, as the collector writes them. */
function* values(source: Source): Generator<unknown> {
  const text = source.text();
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch (cause) {
    const lines = text.split('\n');
    for (const [i, line] of lines.entries()) {
      if (line.trim() === '') continue;
      try {
        yield JSON.parse(line);
      } catch {
        source.fail('bad-json', `this is no JSON: ${(cause as Error).message.slice(0, 200)}`, {
          line: i + 1,
        });
      }
    }
    return;
  }
  yield whole;
}
