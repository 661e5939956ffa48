/** From zod objects to flags: names, help, and the way back from argument texts to option values. */
import type { Options as YargsOption } from 'yargs';
import type * as z from 'zod/mini';
import { type Format, flagName, type Options, optionHelp } from '../format.ts';
import { transformOptions } from '../transform-options.ts';

/** One flag of the command line, and the options that it sets. */
export interface Flag {
  name: string;
  short?: string | undefined;
  aliases: string[];
  help: string;
  value?: string | undefined;
  kind: 'boolean' | 'number' | 'string';
  repeatable: boolean;
  choices?: string[] | undefined;
  default?: unknown;
  /** Where the value goes: a format's options, or the transforms' (no format). */
  targets: { format?: string; key: string }[];
}

interface Shape {
  kind: Flag['kind'];
  repeatable: boolean;
  choices?: string[];
  default?: unknown;
}

/** Looks through optional, default and array to what a value is. */
function shapeOf(schema: z.core.$ZodType): Shape {
  const def = schema._zod.def as z.core.$ZodTypeDef & Record<string, never>;
  switch (def.type) {
    case 'default':
      return { ...shapeOf(def['innerType']!), default: def['defaultValue'] };
    case 'optional':
    case 'nullable':
      return shapeOf(def['innerType']!);
    case 'array':
      return { ...shapeOf(def['element']!), repeatable: true };
    case 'enum':
      return { kind: 'string', repeatable: false, choices: Object.values(def['entries']!) };
    case 'boolean':
      return { kind: 'boolean', repeatable: false };
    case 'number':
      return { kind: 'number', repeatable: false };
    case 'union':
      return shapeOf((def['options'] as unknown as z.core.$ZodType[])[0]!);
    default:
      return { kind: 'string', repeatable: false };
  }
}

function flagsOf(options: Options, format?: string): Flag[] {
  return Object.entries(options._zod.def.shape).map(([key, schema]) => {
    const help = optionHelp(schema);
    const shape = shapeOf(schema);
    return {
      name: flagName(options, key, format),
      short: help.short,
      aliases: help.aliases ?? [],
      help: help.help,
      value: help.value,
      ...shape,
      targets: [format === undefined ? { key } : { format, key }],
    };
  });
}

/** The flags of one format: its parser's and its emitter's. */
export function formatFlags(format: Format): Flag[] {
  return merged(
    [format.parser, format.emitter].flatMap((half) => (half ? flagsOf(half.options, format.name) : [])),
  );
}

export function transformFlags(): Flag[] {
  return flagsOf(transformOptions);
}

/** Flags of one name are one flag with several targets: options that formats share. */
export function merged(flags: Flag[]): Flag[] {
  const byName = new Map<string, Flag>();
  for (const flag of flags) {
    const known = byName.get(flag.name);
    if (known) known.targets.push(...flag.targets);
    else byName.set(flag.name, flag);
  }
  return [...byName.values()];
}

/** The flag as yargs knows it. Values stay texts: `setting` reads them, and each schema checks its own. */
export function yargsOption(flag: Flag): YargsOption {
  return {
    alias: [...(flag.short ? [flag.short] : []), ...flag.aliases],
    ...(flag.kind === 'boolean' ? { boolean: true } : { string: true, requiresArg: true }),
    ...(flag.repeatable && { array: true, nargs: 1 }),
  };
}

/** The value of a flag from what yargs read. NaN and infinities are numbers, as they are to Python. */
export function setting(flag: Flag, read: unknown): unknown {
  if (flag.repeatable) return (read as string[]).map((text) => numberOrText(flag, text));
  return numberOrText(flag, Array.isArray(read) ? read[read.length - 1] : read);
}

function numberOrText(flag: Flag, read: unknown): unknown {
  if (flag.kind !== 'number') return read;
  // As Python reads numbers: 1_000, but not 0x10.
  const text = String(read)
    .trim()
    .replace(/(?<=\d)_(?=\d)/g, '');
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinite) return infinite[1] === '-' ? -Number.MAX_VALUE : Number.MAX_VALUE;
  return text === '' || /^0[xob]/i.test(text) || Number.isNaN(Number(text)) ? read : Number(text);
}
