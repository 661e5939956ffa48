/** Reports that are made for people, which are told from others but not read. */
import type { Head } from '../../../src/plugin.ts';

/** Above the table of a file. */
const TEXT_REPORT = /^.*: % of time = *[\d.]+% \(.*\) out of /m;

export function isTextReport({ text }: Head): boolean {
  return TEXT_REPORT.test(text.slice(0, 4000));
}
