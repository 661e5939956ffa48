/** Go's regular expressions (RE2), by an engine that none of them can keep busy for ever. */
import { RE2JS } from 're2js';
import { ProfileError } from './diagnostics.ts';

export type Expression = RE2JS;

/** Throws an Error that says why it cannot be read. */
export function re2(text: string): Expression {
  try {
    return RE2JS.compile(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(why.replace('error parsing regexp: ', ''));
  }
}

/** The expression that was given to an option. Throws `ProfileError` when it cannot be read. */
export function expression(option: string, text: string): Expression {
  try {
    return re2(text);
  } catch (error) {
    const flag = option.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
    throw new ProfileError({
      code: 'usage/bad-expression',
      message: `--${flag}: ${text} cannot be read: ${(error as Error).message}`,
    });
  }
}
