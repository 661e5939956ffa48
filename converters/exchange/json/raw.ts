/** Leftovers of other formats: kept when JSON can hold them. */

/** Beyond this depth a value is left out, so that nothing here or behind us overflows the stack. */
const MAX_DEPTH = 500;

/** Whether a value comes out of `JSON.parse(JSON.stringify(value))` as it went in. */
export function isJson(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return false;
    const next: unknown[] = [];
    for (const item of level) {
      if (item === null || typeof item === 'string' || typeof item === 'boolean') continue;
      if (typeof item === 'number') {
        if (!Number.isFinite(item) || Object.is(item, -0)) return false;
        continue;
      }
      if (typeof item !== 'object') return false;
      if (!Array.isArray(item) && Object.getPrototypeOf(item) !== Object.prototype) return false;
      for (const inner of Object.values(item)) next.push(inner);
    }
    level = next;
  }
  return true;
}
