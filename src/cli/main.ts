/** The command line: which command, and what becomes of errors. */
import './working-directory.ts';
import { builtin } from '../builtin.ts';
import { formatDiagnostic, ProfileError } from '../diagnostics.ts';
import { GPROF2DOT_FLAGS, presetNamed } from '../presets.ts';
import { VERSION } from '../version.ts';
import { plainArguments, type Shortening } from './argv.ts';
import { COMMANDS, flagsFor, flagsIn } from './command-line.ts';
import { convert } from './convert.ts';
import { ClosedPipe, openOutput, STDIO } from './files.ts';
import { lastValues, readArguments } from './read-arguments.ts';
import { paint, say } from './terminal.ts';
import { optimise } from './v8-flags.ts';

/** How `merge` differs from a conversion of several inputs. */
const MERGE = { to: 'pprof', tellsSources: false };

/** Runs the command; returns the exit status: 0, 1 for bad input, 2 for bad usage, 3 for growth. */
export function main(argv: string[]): Promise<number> {
  return exitStatus(() => run(argv));
}

/** The exit status of work whose errors are told to the user. */
export async function exitStatus(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ClosedPipe) return 0;
    const known = error instanceof ProfileError ? error : unexpected(error);
    say(formatDiagnostic(known.diagnostic, paint()));
    return known.diagnostic.code.startsWith('usage/') ? 2 : 1;
  }
}

/** A fault of ours, or of the machine. */
function unexpected(error: unknown): ProfileError {
  if (process.env['PROF2DOT_DEBUG']) say(`${error instanceof Error ? error.stack : error}\n`);
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError && /allocation|invalid (typed )?array length/i.test(message)) {
    return new ProfileError({ code: 'internal/memory', message: `there is not enough memory: ${message}` });
  }
  return new ProfileError({
    code: 'internal/bug',
    message,
    hint: 'this is a fault of prof2dot; PROF2DOT_DEBUG=1 shows where. Please report it with the input, if you can',
  });
}

async function run(argv: string[]): Promise<number> {
  optimise(false);
  // The shell asks with a command line that is not finished yet.
  if (argv[0] === '--complete-words') {
    const { completions } = await import('./completion.ts');
    return print(completions(builtin, argv.slice(1)));
  }
  const flags = flagsFor(argv, builtin);
  const plain = plainArguments(argv, flags, shortening(argv));
  const args = lastValues(await readArguments(plain, flagsIn(plain, flags)), flags);
  const words = (args['_'] as unknown[]).map(String);
  if (args['version'] === true) return print(`prof2dot ${VERSION}\n`);
  const command = COMMANDS.includes(words[0] ?? '') ? words[0] : undefined;
  if (args['help'] === true) return help(command === 'help' ? words[1] : undefined);
  switch (command) {
    case 'merge':
      return convert(builtin, words.slice(1), args, flags, MERGE);
    case 'help':
      return help(words[1]);
    case 'formats': {
      const { formatTable } = await import('./formats.ts');
      return print(formatTable(builtin, args['json'] === true));
    }
    case 'detect': {
      const { detect } = await import('./detect.ts');
      return detect(builtin, words.slice(1), args['json'] === true);
    }
    case 'completion': {
      const { completionScript } = await import('./completion.ts');
      return print(completionScript(words[1]));
    }
    default:
      return convert(builtin, words, args, flags);
  }
}

/** How flags may be shortened: as those of the tool that `--compat` names, before flags are looked at. */
function shortening(argv: string[]): Shortening {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  const at = words.findLastIndex((word) => /^--compat(=|$)/.test(word));
  const name = at < 0 ? undefined : (words[at]!.split('=')[1] ?? words[at + 1]);
  const preset = name === undefined ? undefined : presetNamed(name);
  return { flags: preset?.flags ?? GPROF2DOT_FLAGS, overNames: preset !== undefined };
}

async function help(topic: string | undefined): Promise<number> {
  const { helpPage } = await import('./help.ts');
  return print(helpPage(builtin, topic));
}

function print(text: string): number {
  openOutput(STDIO).write(new TextEncoder().encode(text));
  return 0;
}
