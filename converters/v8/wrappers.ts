/** What may stand around profiles: arrays, and replies of the DevTools protocol. */
import type { JsonReader } from '../../src/plugin.ts';

/** Keys under which replies of the DevTools protocol hold a profile. */
export const WRAPPERS: readonly string[] = ['profile', 'result', 'params'];
/** A profile deeper inside of wrappers and arrays is not looked for. */
export const MAX_WRAPPERS = 6;

/**
 * Goes through the objects in the value that comes next: `profile` reads each, and calls this again, a level deeper,
 * for what it has under a key of `WRAPPERS`.
 */
export function eachProfile(json: JsonReader, depth: number, profile: (depth: number) => void): void {
  if (depth <= MAX_WRAPPERS && json.isObject()) profile(depth);
  else if (depth <= MAX_WRAPPERS && json.isArray()) {
    for (let more = json.enterArray(); more; more = json.nextItem()) eachProfile(json, depth + 1, profile);
  } else json.skip();
}
