/** What marks the format; `fixtures/json/profile.schema.json` describes the rest. */
export const FORMAT = 'prof2dot';
/** Raised when a reader of the version before could take something for what it is not. */
export const VERSION = 1;
