/**
 * Timeline recordings of Safari's Web Inspector: what JavaScript ran when.
 *
 * Written by "Export" in its Timelines tab, of Safari and other browsers of WebKit.
 * Spec: https://github.com/WebKit/WebKit/blob/main/Source/WebInspectorUI/UserInterface/Models/TimelineRecording.js
 * The surprise: durations are not measured. The inspector shares the time that a script ran among the samples in it, and
 * gives those outside of any a millisecond.
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, type Source } from '../../src/plugin.ts';

const SPEC =
  'https://github.com/WebKit/WebKit/blob/main/Source/WebInspectorUI/UserInterface/Models/TimelineRecording.js';

export const safari = defineFormat({
  name: 'safari',
  title: 'Safari timeline recordings (Web Inspector)',
  extensions: ['recording.json'],
  spec: SPEC,
  parser: { options: () => z.object({}), probe, parse },
});

const RECORDING = /"recording"\s*:\s*\{/;
const INSIDE =
  /"(?:sampleStackTraces|instrumentTypes|timeline-record-type-[a-z-]+)"|"samples"\s*:\s*\[\s*\{\s*"/;

/** Records of other kinds may fill the head. */
function probe({ jsonKeys, text }: Head): number {
  if (!jsonKeys?.has('recording') || !RECORDING.test(text)) return 0;
  return INSIDE.test(text) ? 0.95 : 0;
}

async function parse(source: Source): Promise<Profile> {
  const { Reader } = await import('./safari/read.ts');
  return new Reader(source).read();
}
