/** What yargs is told: it says what is wrong with a command line. */
import yargs, { type Argv } from 'yargs';
import { ProfileError } from '../diagnostics.ts';
import { type Flag, yargsOption } from './flags.ts';
import { CONFIGURATION } from './read-arguments.ts';

/** The parser of a command line that has these flags. Choices are checked later, with better words. */
export function commandLine(flags: Flag[]): Argv {
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
    });
  for (const flag of flags) parser.option(flag.name, { ...yargsOption(flag), describe: flag.help });
  return parser;
}

function usageError(message: string): ProfileError {
  return new ProfileError({
    code: 'usage/bad-arguments',
    message: message.replace(/\s*\n\s*/g, ' ').trim(),
    hint: 'prof2dot --help shows the flags, prof2dot help FORMAT those of a format',
  });
}
