/**
 * austin's samples: text, as all its versions write it, and MOJO, the binary form.
 *
 * Written by austin, the frame stack sampler for CPython (`austin -o FILE python3 program.py`), and by its children
 * austin-tui and austin-web. Version 1 to 3 write text, 3.4 and later MOJO with `-b`, 4 nothing else.
 * Spec: https://github.com/P403n1x87/austin and https://github.com/P403n1x87/austin/wiki/The-MOJO-file-format
 * The surprise: what the number at the end of a line means, time or memory, is told only by version 3.
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
import { isSample } from './austin/sample-line.ts';
import { isMojo } from './austin/signature.ts';

/** Lines that the probe looks at. */
const SAMPLE = 200;

const options = () =>
  z.object({
    metric: option(z._default(z.enum(['auto', 'time', 'memory']), 'auto'), {
      help: 'what the one number at the end of a line is, where the file does not say: versions 1 and 2',
      value: 'WHAT',
    }),
    columns: option(z._default(z.boolean(), false), {
      help: 'tell places in a line apart, which only MOJO knows',
    }),
  });

export const austin = defineFormat({
  name: 'austin',
  title: 'austin samples (CPython): text and MOJO',
  extensions: ['austin', 'mojo'],
  spec: 'https://github.com/P403n1x87/austin',
  parser: { options, probe, parse },
});

function probe({ bytes, lines, whole }: Head): number {
  if (isMojo(bytes)) return 0.95;
  if (lines[0]!.startsWith('# austin: ')) return 1;
  const complete = whole ? lines : lines.slice(0, -1);
  const filled = complete.filter((line) => line.trim() !== '' && !line.startsWith('# ')).slice(0, SAMPLE);
  const share = filled.filter(isSample).length / filled.length;
  return share > 0.8 ? 0.9 * share : 0;
}

async function parse(source: Source, { metric, columns }: OptionsOf<typeof options>): Promise<Profile> {
  if (isMojo(source.head.bytes)) return (await import('./austin/mojo.ts')).readMojo(source, columns);
  return (await import('./austin/text.ts')).readText(source, metric);
}
