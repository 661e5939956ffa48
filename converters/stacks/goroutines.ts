/**
 * Go's goroutines, one by one: what each of them was doing, and since when.
 *
 * Written by `/debug/pprof/goroutine?debug=2`, by `pprof.Lookup("goroutine").WriteTo(w, 2)`, and by every Go program that
 * panics or is sent SIGQUIT.
 * Spec: https://pkg.go.dev/runtime/pprof#Profile.WriteTo
 * The surprise: the goroutine that made another one did not call it; and functions of the runtime are left out, so that
 * leaves are not those of the same profile with `debug=1`.
 */
import * as z from 'zod/mini';
import {
  defineFormat,
  type Head,
  type OptionsOf,
  option,
  type Profile,
  type Source,
} from '../../src/plugin.ts';
import { HEADER } from './goroutines/header.ts';

const options = () =>
  z.object({
    createdBy: option(z._default(z.enum(['label', 'root', 'drop']), 'label'), {
      help: 'what made a goroutine: a label, the outermost frame of its stack, or nothing',
      value: 'WHERE',
    }),
    ids: option(z._default(z.boolean(), false), {
      help: 'label samples with the numbers of goroutines, and of those that made them',
    }),
  });

export type GoroutinesOptions = OptionsOf<typeof options>;

export const goroutines = defineFormat({
  name: 'goroutines',
  title: "Go's goroutines (debug=2, panics, SIGQUIT)",
  extensions: ['goroutines.txt', 'goroutines'],
  spec: 'https://pkg.go.dev/runtime/pprof#Profile.WriteTo',
  parser: { options, probe, parse },
});

const CALL = /^[^\s(].*\)$|^\tgoroutine running on other thread/;

/** Some goroutine, and a call below it; any text may stand before. */
function probe({ text, lines }: Head): number {
  if (!text.includes('goroutine ')) return 0;
  const isGoroutine = (line: string, i: number) => HEADER.test(line) && isCall(lines[i + 1], lines[i + 2]);
  return lines.some(isGoroutine) ? 0.9 : 0;
}

/** Functions of C have no parentheses. */
function isCall(call = '', place = ''): boolean {
  return CALL.test(call) || (/^\S/.test(call) && /^\t\S/.test(place));
}

async function parse(source: Source, chosen: GoroutinesOptions): Promise<Profile> {
  const { GoroutineReader } = await import('./goroutines/read.ts');
  return new GoroutineReader(source, chosen).read();
}
