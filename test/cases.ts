/**
 * The fixtures on disk: `fixtures/<format>/<case>/` with `input.*` and what is expected of it.
 *
 * - `profile.txt`: the canonical dump of what is read. Or `error.txt`: the printed diagnostic it fails with.
 * - `to.<format>` or `to.<format>.<extension>`: what that format writes.
 * - `warnings.txt`: the warnings of reading, then those of each writing. Absent = there are none.
 * - `options.json`: `{"<format>": {…}}` options of formats, `"transforms": {…}` those of the way between them,
 *   `"input": "../other/input.x"` an input shared with another case.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtin } from '../src/builtin.ts';
import type { FormatOptions } from '../src/pipeline.ts';
import type { TransformOptions } from '../src/transform-options.ts';
import { root } from './support.ts';

/** A folder of cases of no single format: how inputs are opened and recognised. */
export const INPUT = 'input';

export interface Case {
  /** `<format>/<case>`. */
  name: string;
  directory: string;
  /** The fixture folder's name: a format, or `input`. */
  format: string;
  /** The format it is read as; undefined = recognised by content, where its folder's is none that is read. */
  readAs: string | undefined;
  /** Path of the input from the package's root. */
  input: string;
  options: FormatOptions;
  transforms: Partial<TransformOptions>;
  /** Expected outputs: format by file name. */
  outputs: Map<string, string>;
  fails: boolean;
}

export const fixtures: string = join(root, 'fixtures');

/** Names of the fixture folders. */
export function folders(): string[] {
  return directories(fixtures);
}

/** All cases, or those of one folder. */
export function cases(folder?: string): Case[] {
  const chosen = folder === undefined ? folders() : [folder];
  return chosen.flatMap((format) =>
    directories(join(fixtures, format)).map((name) => readCase(format, name)),
  );
}

function directories(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** The format of an input: that of the folder which holds it. */
function formatOf(input: string, folder: string): string | undefined {
  const home = /^\.\.\/\.\.\/([^/]+)\//.exec(input)?.[1] ?? folder;
  return builtin.find(home)?.parser && home;
}

function readCase(format: string, name: string): Case {
  const directory = join(fixtures, format, name);
  const files = readdirSync(directory).sort();
  const given = files.includes('options.json')
    ? JSON.parse(readFileSync(join(directory, 'options.json'), 'utf8'))
    : {};
  const { input = files.find((file) => file.startsWith('input.')), transforms = {}, ...options } = given;
  if (typeof input !== 'string' || !existsSync(join(directory, input)))
    throw new Error(`${directory} has no input.*`);
  const outputs = new Map<string, string>();
  for (const file of files) {
    const output = /^to\.([a-z0-9-]+)(\.|$)/.exec(file);
    if (output) outputs.set(file, output[1]!);
  }
  return {
    name: `${format}/${name}`,
    directory,
    format,
    readAs: formatOf(input, format),
    input: join('fixtures', format, name, input),
    options,
    transforms,
    outputs,
    fails: files.includes('error.txt'),
  };
}
