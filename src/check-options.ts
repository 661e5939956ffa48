/** Options as they were given against what they may be. */
import type * as z from 'zod/mini';
import { ProfileError } from './diagnostics.ts';
import { flagName, type Options } from './format.ts';

/** The options of one format, with defaults filled in. Throws `ProfileError`. */
export function checkOptions(
  name: string,
  schema: Options,
  given: Record<string, Record<string, unknown>> = {},
): Record<string, unknown> {
  return checked(schema, given[name] ?? {}, name);
}

/** The same of any options; `format`: whose they are. */
export function checked<T extends Options>(
  schema: T,
  given: Record<string, unknown>,
  format?: string,
): z.output<T> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const key = String(issue!.path[0] ?? '');
  throw new ProfileError({
    code: 'usage/bad-option',
    message: `--${flagName(schema, key, format)}: ${given[key]} is not ${expectation(issue!)}`,
    hint:
      format === undefined
        ? 'prof2dot --help lists the options'
        : `prof2dot help ${format} lists the options`,
  });
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return `one of ${issue.values.join(', ')}`;
  if (issue.code === 'invalid_type') return `a ${issue.expected}`;
  if (issue.code === 'too_small')
    return issue.inclusive ? `${issue.minimum} or more` : `more than ${issue.minimum}`;
  if (issue.code === 'custom') return issue.message;
  if (issue.code === 'too_big') return `${issue.maximum} or less`;
  return 'a number';
}
