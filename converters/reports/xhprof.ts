/**
 * XHProf, profiler of PHP: who called whom, how often, and what that took, callees included.
 *
 * Written by the extensions xhprof, tideways_xhprof and their like, as JSON or as PHP serializes it; by XHGui with what
 * it knows of the request around it. Spec: https://www.php.net/manual/en/function.xhprof-disable.php
 * The surprise: a function that is on the stack already is told by its level, `walk@1`, so that calls which enter it
 * from outside are known, and with them its total.
 */
import * as z from 'zod/mini';
import { defineFormat, type Head, type Profile, type Source } from '../../src/plugin.ts';

/** A key, and what stands between it and the next one, in JSON and as PHP serializes it. */
const JSON_KEY = String.raw`\s*\{\s*"(?:[^"\\]|\\.)*"\s*:`;
const PHP_KEY = String.raw`a:\d+:\{s:\d+:"[^"]*";`;
const JSON_CALL = new RegExp(String.raw`^(?:[^]{0,20000}?"profile"\s*:)?${JSON_KEY}${JSON_KEY}\s*-?\d`);
const PHP_CALL = new RegExp(`^(?:[^]{0,20000}?s:7:"profile";)?${PHP_KEY}${PHP_KEY}[id]:`);
const JSON_STACK = /^\s*\{\s*"\d+\.\d+"\s*:\s*"main\(\)/;
const PHP_STACK = /^a:\d+:\{s:\d+:"\d+\.\d+";s:\d+:"main\(\)/;
const ARC_OR_ROOT = /==>|"main\(\)"/;

export const xhprof = defineFormat({
  name: 'xhprof',
  aliases: ['tideways', 'xhgui'],
  title: 'XHProf, tideways, XHGui (PHP)',
  extensions: ['xhprof', 'xhprof.json'],
  spec: 'https://www.php.net/manual/en/function.xhprof-disable.php',
  parser: {
    totals: 'calls that enter a function from outside, as measured; recursive ones are told apart',
    options: () => z.object({}),
    probe,
    parse,
  },
});

function probe({ text, jsonKeys }: Head): number {
  const isPhp = text.startsWith('a:');
  if (!(isPhp || jsonKeys) || !ARC_OR_ROOT.test(text)) return 0;
  if ((isPhp ? PHP_STACK : JSON_STACK).test(text)) return 0.95;
  return (isPhp ? PHP_CALL : JSON_CALL).test(text) ? 0.95 : 0;
}

async function parse(source: Source): Promise<Profile> {
  const { read } = await import('./xhprof/read.ts');
  return read(source);
}
