/** The flags of the command line: general ones, those of the transforms, and those of all formats. */
import { presets } from '../presets.ts';
import type { Registry } from '../registry.ts';
import { STDIO } from './files.ts';
import { type Flag, formatFlags, merged, transformFlags } from './flags.ts';

/** The first word of a command line, unless it is an input. */
export const COMMANDS = ['merge', 'detect', 'formats', 'help', 'completion'];

/** A flag of the program itself, which sets no option of a format or transform. */
function general(name: string, help: string, more: Partial<Flag> = {}): Flag {
  return { name, help, aliases: [], kind: 'string', repeatable: false, targets: [], ...more };
}

export function generalFlags(registry: Registry): Flag[] {
  const names = (half: 'parser' | 'emitter') =>
    registry.list().flatMap((format) => (format[half] ? [format.name, ...(format.aliases ?? [])] : []));
  return [
    general('format', 'read the input as this format [recognised by content]', {
      short: 'f',
      aliases: ['from'],
      value: 'FORMAT',
      choices: names('parser'),
    }),
    general('to', 'write this format [by the extension of --output, else dot]', {
      short: 't',
      value: 'FORMAT',
      choices: names('emitter'),
    }),
    general('output', 'write to this file instead of standard output', { short: 'o', value: 'FILE' }),
    general('compat', 'be like another tool: a bundle of options, see prof2dot help compat', {
      value: 'TOOL',
      choices: Object.keys(presets),
    }),
    general(
      'list-functions',
      'write no graph but a list of the functions in it whose names fit; + or *: all, with ids',
      {
        value: 'GLOB',
      },
    ),
    general('label', 'an input, and the name that its samples are labelled with (repeatable)', {
      value: 'NAME=FILE',
      repeatable: true,
    }),
    general('compare', 'show the first input and the second in one graph, with what has changed', {
      kind: 'boolean',
    }),
    general('base', 'take the values of this profile off; percentages are parts of the change (repeatable)', {
      value: 'FILE',
      repeatable: true,
    }),
    general('diff-base', 'the same, but percentages are parts of the base (repeatable)', {
      value: 'FILE',
      repeatable: true,
    }),
    general('normalize', 'scale the profile first, so that it sums up to what the base does', {
      kind: 'boolean',
    }),
    general('fail-above', 'exit with 3 if a function grew by more than this part of the base', {
      value: 'PERCENT',
    }),
    general('quiet', 'say nothing but errors', { short: 'q', kind: 'boolean' }),
    general('strict', 'treat warnings as errors: exit status 1, and no output file', { kind: 'boolean' }),
    general('max-input', 'how much compressed input may hold, as in 500M or 64G [16G]', { value: 'SIZE' }),
    general('help', 'show this help', { short: 'h', kind: 'boolean' }),
    general('version', 'show the version', { short: 'V', kind: 'boolean' }),
  ];
}

/** Flags that set options of formats or transforms. */
export function optionFlags(registry: Registry): Flag[] {
  return merged([...transformFlags(), ...registry.list().flatMap(formatFlags)]);
}

export function allFlags(registry: Registry): Flag[] {
  return [...generalFlags(registry), ...optionFlags(registry)];
}

/**
 * All flags that these arguments may mean: those of formats are left out, since there are many, unless an
 * argument is none of the others, or may be short for one of them as another tool has it.
 */
export function flagsFor(argv: string[], registry: Registry): Flag[] {
  const common = [...generalFlags(registry), ...transformFlags()];
  const isCommon = (argument: string) => {
    if (!argument.startsWith('-') || argument === STDIO) return true;
    if (argument.startsWith('--')) {
      const name = argument.slice(2).split('=')[0]!;
      return name !== 'compat' && common.some((flag) => flag.name === name || flag.aliases.includes(name));
    }
    const flag = common.find(({ short }) => short === argument[1]);
    return flag !== undefined && (argument.length === 2 || flag.kind !== 'boolean');
  };
  return argv.every(isCommon) ? common : allFlags(registry);
}

/** The flags that plain arguments hold: to tell the parser of all the others takes longer than all the rest. */
export function flagsIn(argv: string[], flags: Flag[]): Flag[] {
  const names = new Set(argv.map((argument) => /^--(?:no-)?([^=]*)/.exec(argument)?.[1]));
  return flags.filter(({ name }) => names.has(name));
}
