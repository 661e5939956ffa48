/** From arguments to values by flag name. */
import parser from 'yargs-parser';
import { ProfileError } from '../diagnostics.ts';
import { STDIO } from './files.ts';
import type { Flag } from './flags.ts';

/** What yargs read: values by flag name. */
export type Arguments = Record<string, unknown>;

/** How yargs and its parser read. */
export const CONFIGURATION = {
  'dot-notation': false,
  'camel-case-expansion': false,
  'boolean-negation': true,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'greedy-arrays': false,
};

/**
 * The values of plain arguments; words that belong to no flag are under `_`. Throws `ProfileError`. The parser of
 * yargs does it alone: all of yargs, which takes longer to load, is asked only if there is something to complain of.
 */
export async function readArguments(plain: string[], flags: Flag[]): Promise<Arguments> {
  if (plain.every((word) => word === STDIO || !word.startsWith('-'))) return { _: plain };
  checkBooleans(plain, flags);
  const { argv, error } = parser.detailed(plain, parserOptions(flags));
  const known = new Set(['_', ...flags.flatMap(spellings)]);
  if (!error && Object.keys(argv).every((name) => known.has(name))) return argv;
  const { commandLine } = await import('./yargs.ts');
  return commandLine(flags).parseAsync(plain);
}

/** What is neither true nor false would be taken for false. */
function checkBooleans(plain: string[], flags: Flag[]): void {
  const booleans = new Set(flags.flatMap((flag) => (flag.kind === 'boolean' ? spellings(flag) : [])));
  for (const word of plain) {
    const [, name, value] = /^--?([^=]+)=(.*)$/s.exec(word) ?? [];
    if (word === '--') return;
    if (name === undefined || !booleans.has(name) || value === 'true' || value === 'false') continue;
    throw new ProfileError({
      code: 'usage/bad-value',
      message: `--${name} takes no value, unless true or false`,
    });
  }
}

/** The same with one value for each flag that is not repeatable: the last one, as commands have it. */
export function lastValues(args: Arguments, flags: Flag[]): Arguments {
  const once = flags.filter(({ name, repeatable }) => !repeatable && Array.isArray(args[name]));
  return { ...args, ...Object.fromEntries(once.map(({ name }) => [name, (args[name] as unknown[]).at(-1)])) };
}

/** The flags as `yargsOption` gives them, in the parser's own terms. */
function parserOptions(flags: Flag[]): parser.Options {
  const names = (fits: (flag: Flag) => boolean) => flags.filter(fits).map(({ name }) => name);
  const values = flags.filter(({ kind }) => kind !== 'boolean');
  return {
    configuration: CONFIGURATION,
    alias: Object.fromEntries(flags.map((flag) => [flag.name, spellings(flag).slice(1)])),
    boolean: names(({ kind }) => kind === 'boolean'),
    string: names(({ kind }) => kind !== 'boolean'),
    array: names(({ repeatable }) => repeatable),
    narg: Object.fromEntries(values.map(({ name, repeatable }) => [name, repeatable ? 1 : Number.NaN])),
  };
}

function spellings({ name, short, aliases }: Flag): string[] {
  return [name, ...(short ? [short] : []), ...aliases];
}
