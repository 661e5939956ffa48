/**
 * Spellings that argparse users know and yargs does not: unique beginnings of long flags (`--node`), values
 * glued to short ones (`-cgray`), and both in a cluster (`-swn0`). Rewritten to the plain spelling.
 */
import { ProfileError } from '../diagnostics.ts';
import type { Flag } from './flags.ts';

/** What a text may be short for. */
export interface Shortening {
  /** The names of flags that win where it may be several. */
  flags: readonly string[];
  /** Whether they win over a flag that has this very name. */
  overNames: boolean;
}

export function plainArguments(argv: string[], flags: Flag[], shortening: Shortening): string[] {
  const plain: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i]!;
    if (argument === '--') {
      plain.push(...argv.slice(i));
      break;
    }
    if (argument.startsWith('--')) {
      const [, name, rest] = /^--([^=]*)(=.*)?$/s.exec(argument)!;
      const flag = longFlag(name!, flags, shortening);
      plain.push(`--${flag?.name ?? name}${rest ?? ''}`);
      if (flag && flag.kind !== 'boolean' && rest === undefined) i = takeValue(plain, argv, i);
    } else if (/^-[A-Za-z]/.test(argument)) {
      i = cluster(plain, argv, i, flags);
    } else {
      plain.push(argument);
    }
  }
  return plain;
}

/** Glues the next argument to the flag before it, so that a value like `-1` is not taken for a flag. */
function takeValue(plain: string[], argv: string[], at: number): number {
  if (at + 1 >= argv.length) return at;
  plain[plain.length - 1] += `=${argv[at + 1]}`;
  return at + 1;
}

function longFlag(name: string, flags: Flag[], { flags: first, overNames }: Shortening): Flag | undefined {
  const exact = flags.find((flag) => spellings(flag).includes(name));
  if (name === '' || (exact && (isGeneral(exact) || !overNames))) return exact;
  const fitting = beginning(name, flags);
  const preferred = fitting.filter((flag) => first.includes(flag.name));
  if (preferred.length === 1) return preferred[0];
  if (exact) return exact;
  if (fitting.length <= 1) return fitting[0];
  throw new ProfileError({
    code: 'usage/ambiguous-flag',
    message: `--${name} may be ${fitting.map((flag) => `--${flag.name}`).join(', ')}`,
  });
}

function spellings(flag: Flag): string[] {
  return [flag.name, ...flag.aliases];
}

/** Whether it is one of the program itself: what to read and write is said the same way everywhere. */
function isGeneral(flag: Flag): boolean {
  return flag.targets.length === 0;
}

/** The flags that a text may be short for. Those of single formats are many: they are named up to the dot. */
function beginning(name: string, flags: Flag[]): Flag[] {
  const fits = (spelling: string) =>
    spelling.startsWith(name) && (name.includes('.') || !spelling.includes('.'));
  return flags.filter((flag) => spellings(flag).some(fits));
}

/** `-swn0`: flags without values one after the other, the last one may take the rest as its value. */
function cluster(plain: string[], argv: string[], at: number, flags: Flag[]): number {
  const letters = argv[at]!;
  for (let k = 1; k < letters.length; k++) {
    const flag = flags.find((f) => f.short === letters[k]);
    if (!flag) {
      plain.push(`-${letters.slice(k)}`);
      return at;
    }
    plain.push(`--${flag.name}`);
    if (flag.kind === 'boolean') continue;
    if (k + 1 === letters.length) return takeValue(plain, argv, at);
    plain[plain.length - 1] += `=${letters.slice(k + 1).replace(/^=/, '')}`;
    return at;
  }
  return at;
}
