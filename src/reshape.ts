/** What happens to names and stacks before anything is counted, in one order for all formats. */

import { demangler } from './demangle.ts';
import { type Diagnostics, ProfileError } from './diagnostics.ts';
import { type Expression, expression } from './expression.ts';
import { checkFilters, filterStacks } from './filter-stacks.ts';
import type { Profile } from './profile.ts';
import type { ReshapeOptions } from './reshape-options.ts';
import { coarsen } from './transforms/coarsen.ts';
import { collapseRecursion } from './transforms/collapse-recursion.ts';
import { type RenameOptions, rename } from './transforms/rename.ts';

/** The profile under the names that the options ask for, filtered, without recursion. Throws `ProfileError`. */
export async function reshape(
  profile: Profile,
  options: ReshapeOptions,
  diagnostics: Diagnostics,
  mayBeEmpty: boolean,
): Promise<Profile> {
  let shaped = profile;
  if (options.demangle !== 'none') {
    const name = await demangler(options.demangle);
    shaped = renamed(shaped, { name, keepSystemName: true });
  }
  if (options.rename.length > 0) shaped = renamed(shaped, { name: renaming(options.rename) });
  shaped = filterStacks(shaped, options, diagnostics, mayBeEmpty);
  if (options.collapseRecursion) shaped = collapseRecursion(shaped);
  if (options.trimPath.length > 0) shaped = renamed(shaped, { file: trimming(options.trimPath) });
  return shaped;
}

/** Throws `ProfileError` for options that no profile would make right. */
export function checkReshape(options: ReshapeOptions): void {
  renaming(options.rename);
  checkFilters(options);
}

/** In a call graph, functions that are now one are one node. */
function renamed(profile: Profile, options: RenameOptions): Profile {
  const result = rename(profile, options);
  const isGrouped =
    profile.callers !== 'all' && result.functions.length < profile.functions.length && !profile.shares;
  return isGrouped ? coarsen(result, { lines: true }) : result;
}

/** Applies rules such as `worker-[0-9]+=worker`, one after the other. */
function renaming(rules: string[]): (name: string) => string {
  const steps = rules.map((rule) => {
    const split = rule.lastIndexOf('=');
    if (split <= 0) {
      throw new ProfileError({
        code: 'usage/bad-rename',
        message: `--rename: ${rule} is not of the form REGEX=TEXT`,
      });
    }
    return { found: expression('rename', rule.slice(0, split)), text: rule.slice(split + 1) };
  });
  return (name) => steps.reduce((text, step) => replaced(text, step.found, step.text), name);
}

/** As Go replaces: an empty match right behind another is none, and `$1` and `${name}` stand for groups. */
function replaced(name: string, found: Expression, text: string): string {
  let result = '';
  let at = 0;
  for (const match of found.matchAll(name)) {
    const start = match.index!;
    if (match[0] === '' && start === at && at > 0) continue;
    const filled = text.replace(/\$(?:\{(\w+)\}|(\w+)|\$)/g, (whole, braced, bare) => {
      if (whole === '$$') return '$';
      const group: string = braced ?? bare;
      return (/^\d+$/.test(group) ? match[Number(group)] : match.groups?.[group]) ?? '';
    });
    result += name.slice(at, start) + filled;
    at = start + match[0].length;
  }
  return result + name.slice(at);
}

/** Takes the first of the prefixes that a file has off it, with the slash behind. */
function trimming(prefixes: string[]): (file: string) => string {
  const whole = prefixes.map((prefix) => (/[\\/]$/.test(prefix) ? prefix : `${prefix}/`));
  return (file) => file.slice(whole.find((prefix) => file.startsWith(prefix))?.length ?? 0);
}
