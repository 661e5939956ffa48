/** `prof2dot completion`: scripts by which shells complete the words of its command lines, and what they ask for. */
import { ProfileError } from '../diagnostics.ts';
import type { Registry } from '../registry.ts';
import { allFlags, COMMANDS } from './command-line.ts';
import type { Flag } from './flags.ts';
import { helpTopics } from './help.ts';

/** By this the scripts ask for words; those of the command line follow, the last of them unfinished. */
const COMPLETE = '--complete-words';

/** Where nothing is proposed, shells propose files; so they do beside the commands. */
const SCRIPTS: Record<string, string> = {
  bash: `# Installation: prof2dot completion bash >> ~/.bashrc
_prof2dot() {
    local current=\${COMP_WORDS[COMP_CWORD]} word
    [[ $current == = ]] && current=
    COMPREPLY=()
    while IFS=$'\\t' read -r word _; do
        COMPREPLY+=("$word")
    done < <(prof2dot ${COMPLETE} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    if ((COMP_CWORD == 1)) && [[ $current != -* ]]; then
        compopt -o filenames
        while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$current")
    fi
}
complete -o bashdefault -o default -F _prof2dot prof2dot
`,
  zsh: `#compdef prof2dot
# Installation: prof2dot completion zsh >> ~/.zshrc, behind compinit
_prof2dot() {
    local -a found
    found=("\${(@f)$(prof2dot ${COMPLETE} "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
    found=("\${(@)\${(@)found:#}%%$'\\t'*}")
    if (( $#found )); then compadd -a found; fi
    if (( CURRENT == 2 || ! $#found )) && [[ $words[CURRENT] != -* ]]; then _files; fi
}
compdef _prof2dot prof2dot
`,
  fish: `# Installation: prof2dot completion fish > ~/.config/fish/completions/prof2dot.fish
function __prof2dot_completions
    set -l words (commandline -cpo) (commandline -ct)
    prof2dot ${COMPLETE} $words[2..] 2>/dev/null
end
complete -c prof2dot -a '(__prof2dot_completions)'
`,
};
const SHELLS = Object.keys(SCRIPTS);

/** The script for a shell, or for the one that the user has. Throws `ProfileError` if it is none of ours. */
export function completionScript(shell: string = ownShell()): string {
  if (Object.hasOwn(SCRIPTS, shell)) return SCRIPTS[shell]!;
  throw new ProfileError({
    code: 'usage/unknown-shell',
    message: `there is no completion for ${shell}`,
    hint: `shells: ${SHELLS.join(', ')}`,
  });
}

/** That of which the environment speaks, else bash. */
function ownShell(): string {
  const { SHELL = '', ZSH_NAME = '' } = process.env;
  return ['zsh', 'fish'].find((name) => `${SHELL} ${ZSH_NAME}`.includes(name)) ?? 'bash';
}

/** What may stand for the last word: one a line, with what it means behind a tab. */
export function completions(registry: Registry, words: string[]): string {
  const found = proposals(registry, words);
  return found.map(([word, meaning]) => `${meaning ? `${word}\t${meaning}` : word}\n`).join('');
}

type Proposal = [word: string, meaning?: string];

function proposals(registry: Registry, words: string[]): Proposal[] {
  const flags = allFlags(registry);
  const current = words.at(-1) ?? '';
  const glued = /^(--[^=]+=)(.*)$/s.exec(current);
  if (glued) {
    const [, name, value] = glued as unknown as [string, string, string];
    return choicesOf(flags, name.slice(0, -1), value).map((choice) => [name + choice]);
  }
  // Bash takes a = for a word of its own.
  const before = words.slice(0, -1).filter((word) => word !== '=');
  const value = current === '=' ? '' : current;
  const last = before.at(-1);
  const wanting = last === undefined ? undefined : flagOf(flags, last);
  if (wanting && wanting.kind !== 'boolean') return choicesOf(flags, last!, value).map((choice) => [choice]);
  if (value.startsWith('-')) return flags.flatMap((flag) => named(flag, value));
  const choices = { help: helpTopics(registry), completion: SHELLS };
  if (before.length === 0) return starting(COMMANDS, value);
  if (before.length === 1 && Object.hasOwn(choices, last!))
    return starting(choices[last as keyof typeof choices], value);
  return [];
}

function starting(words: string[], beginning: string): Proposal[] {
  return words.filter((word) => word.startsWith(beginning)).map((word) => [word]);
}

function flagOf(flags: Flag[], word: string): Flag | undefined {
  return flags.find(
    ({ name, short, aliases }) =>
      word === `-${short}` || [name, ...aliases].some((each) => word === `--${each}`),
  );
}

function choicesOf(flags: Flag[], word: string, beginning: string): string[] {
  return (flagOf(flags, word)?.choices ?? []).filter((choice) => choice.startsWith(beginning));
}

/** The names of a flag that begin like this: all of them once a letter of them is there. */
function named({ name, aliases, help }: Flag, beginning: string): Proposal[] {
  const names = beginning === '--' || beginning === '-' ? [name] : [name, ...aliases];
  return names
    .filter((each) => each.length > 1 && `--${each}`.startsWith(beginning))
    .map((each) => [`--${each}`, help]);
}
