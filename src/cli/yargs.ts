/** What yargs is told: it completes words for shells, and says what is wrong with a command line. */
import yargs, { type Argv } from 'yargs';
import { ProfileError } from '../diagnostics.ts';
import { COMMANDS } from './command-line.ts';
import { type Flag, yargsOption } from './flags.ts';
import { CONFIGURATION } from './read-arguments.ts';

/** The shells that complete words. */
export const SHELLS = ['bash', 'zsh', 'fish'];

/**
 * The parser of a command line that has these flags. Choices are checked later, with better words; only a shell
 * that completes a word is told of them here, of the topics of `help`, and of the shells.
 */
export function commandLine(flags: Flag[], topics?: string[]): Argv {
  const parser = yargs()
    .scriptName('prof2dot')
    .parserConfiguration(CONFIGURATION)
    .help(false)
    .version(false)
    .exitProcess(false)
    .strictOptions()
    .fail((message, error) => {
      if (error instanceof ProfileError) throw error;
      throw usageError(message ?? String(error));
    })
    .completion('completion', false as never);
  if (topics) for (const command of COMMANDS) addCommand(parser, command, topics);
  for (const flag of flags) {
    const choices = topics && flag.choices ? { choices: flag.choices } : {};
    parser.option(flag.name, { ...yargsOption(flag), ...choices, describe: flag.help });
  }
  return parser;
}

function addCommand(parser: Argv, command: string, topics: string[]): void {
  const choices = { help: topics, completion: SHELLS }[command];
  if (choices === undefined) parser.command(command, '');
  else parser.command(`${command} [what]`, '', (words) => words.positional('what', { choices }));
}

function usageError(message: string): ProfileError {
  return new ProfileError({
    code: 'usage/bad-arguments',
    message: message.replace(/\s*\n\s*/g, ' ').trim(),
    hint: 'prof2dot --help shows the flags, prof2dot help FORMAT those of a format',
  });
}
