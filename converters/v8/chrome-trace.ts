/**
 * Chrome's trace events (`chrome://tracing`): what began and ended when, by process and thread.
 *
 * Written by Chrome, Node (`--trace-events-enabled`), py-spy, clang's -ftime-trace, Bazel, VizTracer and many more.
 * Spec: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 * The surprise: the closing bracket may be missing, and events stand in any order. The CPU profiles that Chrome puts
 * into traces are not read, nor are events that belong to no thread's stack (async, flow, counters).
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, type Source } from '../../src/plugin.ts';

export const chromeTrace = defineFormat({
  name: 'chrome-trace',
  title: 'Chrome trace events (durations)',
  extensions: ['trace.json', 'chrometrace.json'],
  spec: 'https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU',
  parser: { options: () => z.object({}), probe, parse },
});

const PHASE = /"ph"\s*:\s*"/;

function probe({ jsonKeys, jsonArray, text }: Head): number {
  if (jsonKeys?.has('traceEvents')) return 0.95;
  return jsonArray && PHASE.test(text) ? 0.9 : 0;
}

async function parse(source: Source): Promise<Profile> {
  const room = await import('./chrome-trace/parse.ts');
  return room.parse(source);
}
