/** Keys under which replies of the DevTools protocol hold a profile. */
export const WRAPPERS: readonly string[] = ['profile', 'result', 'params'];
/** A profile deeper inside of wrappers and arrays is not looked for. */
export const MAX_WRAPPERS = 6;
