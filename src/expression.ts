/** Regular expressions from the command line. */
import { ProfileError } from './diagnostics.ts';
import { re2 } from './re2.ts';

/** The expression that was given to an option. Throws `ProfileError` when it cannot be read. */
export function expression(option: string, text: string, flags = ''): RegExp {
  try {
    return re2(text, flags);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const flag = option.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
    throw new ProfileError({
      code: 'usage/bad-expression',
      message: `--${flag}: ${text} cannot be read: ${why}`,
    });
  }
}
