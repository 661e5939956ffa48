/** `prof2dot completion`: the scripts by which shells complete the words of its command lines. */
import { ProfileError } from '../diagnostics.ts';
import type { Registry } from '../registry.ts';
import { allFlags } from './command-line.ts';
import { commandLine, SHELLS } from './yargs.ts';

/** That of yargs completes no files, and no topics of `help`. SHELL tells yargs to answer as fish takes it. */
const FISH = `# Installation: prof2dot completion fish > ~/.config/fish/completions/prof2dot.fish
function __prof2dot_completions
    set -lx SHELL fish
    prof2dot --get-yargs-completions (commandline -cpo) (commandline -ct) 2>/dev/null
end
complete -c prof2dot -a '(__prof2dot_completions)'
`;

/** Prints the script for a shell, or for the one that the user has. Throws `ProfileError` if it is none of ours. */
export function completion(
  registry: Registry,
  shell: string | undefined,
  print: (text: string) => void,
): void {
  const wanted = shell ?? ownShell();
  if (!SHELLS.includes(wanted)) {
    throw new ProfileError({
      code: 'usage/unknown-shell',
      message: `there is no completion for ${wanted}`,
      hint: `shells: ${SHELLS.join(', ')}`,
    });
  }
  if (wanted === 'fish') {
    print(FISH);
    return;
  }
  // By these yargs chooses.
  process.env['SHELL'] = wanted;
  delete process.env['ZSH_NAME'];
  commandLine(allFlags(registry)).showCompletionScript();
}

/** As yargs tells: bash unless the environment speaks of another. */
function ownShell(): string {
  const { SHELL = '', ZSH_NAME = '' } = process.env;
  if (`${SHELL} ${ZSH_NAME}`.includes('zsh')) return 'zsh';
  return SHELL.includes('fish') ? 'fish' : 'bash';
}
