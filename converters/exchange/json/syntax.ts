/** JSON text to values, with a place for what is wrong in it. */
import { bytesInput, JsonReader, type Source } from '../../../src/plugin.ts';

/** The parsed text of the source. Throws `ProfileError`. */
export function parseText(text: string, source: Source): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The byte reader knows the place, and says what it expected there.
    const reader = new JsonReader(bytesInput(new TextEncoder().encode(text)), source);
    reader.skip();
    reader.finish();
    return source.fail('bad-json', String(error));
  }
}
