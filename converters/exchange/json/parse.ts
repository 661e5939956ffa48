/** Reads a document of one of the two kinds: our own, or gprof2dot's. */
import type { Profile, Source } from '../../../src/plugin.ts';
import { parseGprof2dotJson } from './gprof2dot.ts';
import type { EventKind } from './gprof2dot-options.ts';
import { read } from './read.ts';
import { parseText } from './syntax.ts';

/** Throws `ProfileError`. */
export function parse(source: Source, events: EventKind): Profile {
  const text = source.text();
  const document = parseText(text, source);
  const keys = new Set(Object.keys(Object(document)));
  return keys.has('events') ? parseGprof2dotJson(document, text, source, events) : read(source, document);
}
