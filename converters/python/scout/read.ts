/** From messages to spans, and from spans to calls. */
import type { Profile, Source } from '../../../src/plugin.ts';
import { profileOf } from './calls.ts';
import { messagesOf } from './messages.ts';
import { Spans } from './spans.ts';

export function readStream(source: Source): Profile {
  const spans = new Spans(source);
  for (const { message, path } of messagesOf(source)) spans.add(message, path);
  return profileOf(spans, source);
}
