/** JSON text to values, with a place for what is wrong in it. */
import type { Source } from '../../../src/plugin.ts';

/** The parsed document. Throws `ProfileError`. */
export function parseText(source: Source): unknown {
  const text = source.text();
  try {
    return JSON.parse(text);
  } catch (error) {
    return source.fail('bad-json', (error as Error).message);
  }
}
