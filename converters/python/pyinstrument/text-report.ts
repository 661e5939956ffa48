/** Reports that are made for people, which are told from others but not read. */
import type { Head } from '../../../src/plugin.ts';

/** Part of what stands above each. */
const LOGO = String.raw`/_//_/// /_\ / //_// / //_'/ //`;

export function isTextReport({ text }: Head): boolean {
  return text.slice(0, 1000).includes(LOGO);
}
